"""How mail programs introduce what they quote, by language. Data, and the expressions made of it.

Every expression is bounded and meets at most one line, or a few lines joined, cut to a length.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from shared.unmarked import unmarked

_ALIKE: Final = str.maketrans("łŁøØđĐıʼ’‘´`‐‒", "lLoOdDi" + "'" * 5 + "--")
"""Letters that do not come apart into a plain one and its accent; apostrophes; hyphens."""
_STRANGE: Final = re.compile(r"[^\x00-\x7f]{1,100}")
"""What is not ASCII; nothing of it depends on what is, for that has no marks."""


def folded(text: str) -> str:
    """The text without accents, marks of direction and wide forms: many write without them."""
    if text.isascii():
        return text
    return _STRANGE.sub(_plain, text).replace("`", "'")


def _plain(strange: re.Match[str]) -> str:
    return _without_marks(strange[0])


@lru_cache(maxsize=5_000)
def _without_marks(strange: str) -> str:
    return unmarked(unicodedata.normalize("NFKD", strange).translate(_ALIKE))


_Tree = dict[str, "_Tree"]


def words(phrases: Iterable[str]) -> str:
    """An expression for any of these phrases, folded; a blank stands for any white space.

    It tries each letter once, however many the phrases are: they share their beginnings. Where
    nothing parts there is no group: each costs when the expression is compiled.
    """
    tree: _Tree = {}
    for phrase in phrases:
        node = tree
        for letter in " ".join(folded(phrase).split()):
            node = node.setdefault(letter, {})
        node[""] = {}
    return f"(?:{_expression(tree)})"


def _expression(node: _Tree) -> str:
    branches = [
        (r"\s{1,3}" if letter == " " else re.escape(letter)) + _expression(after)
        for letter, after in sorted(node.items())
        if letter
    ]
    every = "|".join(branches)
    if branches and "" in node:
        return f"(?:{every})?"
    return f"(?:{every})" if len(branches) > 1 else every


WROTE: Final = {
    "en": "wrote,sent,writes,wrote the following,has written,quoting,excerpts from",
    "cy": "ysgrifennodd,wedi ysgrifennu,a ysgrifennodd,anfonodd",
    "fr": "a écrit,a ecrit,ecrit,écrit,écrivait,a envoyé,citation de",
    "de": "schrieb,geschrieben,schreibt,schrieb folgendes,hat geschrieben,zitat von",
    "es": "escribió,escribio,ha escrito,escribía,escribe,citando a",
    "ar": "كتب,كتبت,كتب ما يلي,بواسطة,تمت كتابة ما يلي بواسطة",
    "it": "ha scritto,scrive,scritto",
    "pt": "escreveu,escreveu o seguinte",
    "ca": "va escriure,escrigué",
    "gl": "escribiu",
    "nl": "schreef,geschreven,het volgende geschreven,schreef het volgende",
    "sv": "skrev,skrev följande",
    "da": "skrev følgende,skrev",
    "fi": "kirjoitti",
    "is": "skrifaði",
    "pl": "napisał,napisała,napisał(a),napisał/a,pisze",
    "cs": "napsal,napsala,napsal(a),napsal/a,píše",
    "sk": "napísal,napísala,napísal(a)",
    "sl": "je napisal,je napisala,je napisal/-a",
    "hr": "je napisao,je napisala,je napisao/la",
    "hu": "írta,ezt írta,ezt írta (időpont",
    "ro": "a scris",
    "ru": "написал,написала,написал(а),пишет,писал,писала",
    "uk": "пише,написав,написала,написав(ла)",
    "bg": "написа",
    "el": "έγραψε",
    "tr": "yazdı,şunu yazdı",
    "vi": "đã viết",
    "id": "menulis",
    "et": "kirjutas",
    "lv": "rakstīja",
    "lt": "rašė",
    "ga": "scríobh",
    "he": "כתב,כתבה,כתב/ה,מאת",
    "fa": "نوشت",
    "zh": "写道,寫道,写到,寫到,撰寫,編寫",
    "ja": "書きました,書いた,さんは書きました,のメッセージ,のメール",
    "ko": "작성,님이 작성,썼습니다",
    "th": "เขียนว่า",
    "hi": "ने लिखा",
    "bn": "লিখেছেন",
}
"""What is said of the writer of quoted words."""

ON: Final = {
    "en": "On,At",
    "cy": "Ar,Ddydd",
    "fr": "Le,En date du",
    "de": "Am",
    "es": "El,El día",
    "ar": "في,بتاريخ,يوم",
    "it": "Il,Il giorno,In data,Alle",
    "pt": "Em,Na data de,A",
    "nl": "Op",
    "sv": "Den",
    "da": "På",
    "pl": "W dniu,Dnia",
    "cs": "Dne,Dňa",
    "vi": "Vào,Vào lúc",
    "el": "Στις",
    "he": "בתאריך,ב-",
    "id": "Pada",
    "ro": "În,Pe",
    "hr": "Dana",
}
"""The word before the date."""

FROM: Final = (
    "From,Oddi wrth,O,De,Expéditeur,Von,Absender,من,المرسل,Da,Mittente,Remetente,Remitente,Van,"
    "Afzender,Från,Fra,Avsändare,Avsender,Afsender,Lähettäjä,Od,Nadawca,От,Отправитель,Від,Από,"
    "Gönderen,Kimden,Feladó,De la,Từ,Người gửi,Dari,发件人,寄件者,寄件人,發件人,差出人,送信者,"
    "보낸사람,"
    "보낸 사람,발신,מאת,Frá,Expeditor"
)
DATE: Final = (
    "Sent,Date,Sent on,Date sent,Message du,Dyddiad,Anfonwyd,Envoyé,Envoyé le,Envoyée,"
    "Date d'envoi,Gesendet,"
    "Gesendet am,Datum,تاريخ,التاريخ,تم الإرسال,أرسلت,تاريخ الإرسال,مرسل,Inviato,Data,Data invio,"
    "Enviado,Enviado el,Enviada el,Enviado em,Enviada em,Enviada,Fecha,Verzonden,Skickat,Sendt,"
    "Dato,"
    "Lähetetty,Päivämäärä,Päiväys,Wysłano,Wysłane,Odesláno,Odoslané,Отправлено,Дата,Надіслано,"
    "Ημερομηνία,Στάλθηκε,Gönderildi,Gönderme Tarihi,Tarih,Elküldve,Dátum,Trimis,Ngày,Đã gửi,"
    "Tanggal,"
    "发送时间,发送日期,寄件日期,傳送日期,日期,时间,送信日時,日時,日付,보낸날짜,보낸 날짜,날짜,"
    "נשלח,תאריך,Data wysłania"
)
TO: Final = (
    "To,At,À,A,Destinataire,An,Empfänger,إلى,الى,المستلم,Para,Aan,Till,Til,Vastaanottaja,Do,"
    "Adresat,"
    "Komu,Кому,Προς,Kime,Alıcı,Kime,Címzett,Către,Đến,Người nhận,Kepada,收件人,收件者,宛先,"
    "받는사람,받는 사람,"
    "수신,אל"
)
SUBJECT: Final = (
    "Subject,Pwnc,Testun,Objet,Sujet,Betreff,Betr,Asunto,الموضوع,موضوع,Oggetto,Assunto,Onderwerp,"
    "Ämne,Emne,Aihe,Otsikko,Temat,Předmět,Predmet,Тема,Θέμα,Konu,Tárgy,Subiect,Chủ đề,Perihal,"
    "主题,"
    "主題,主旨,件名,제목,נושא"
)
ALSO: Final = (
    "Cc,Bcc,Copi,Copie,Copie à,Copies,Kopie,Kopia,Kopi,Copia,Cópia,نسخة,نسخة إلى,DW,Копия,Κοιν,"
    "Bilgi,抄送,副本,참조,עותק,Másolatot kap,Reply-To,Reply to,Répondre à,Antwort an,Responder a,"
    "Rispondi a,Importance,Importancia,Wichtigkeit,Priority,Attachments,Anhänge,Pièces jointes,"
    "Organization,Message-ID,Sender,Resent-From,Newsgroups,In-Reply-To,References,CC,BCC"
)
ROLES: Final = {
    folded(name).casefold(): role
    for role, names in {
        "from": FROM,
        "date": DATE,
        "to": TO,
        "subject": SUBJECT,
        "also": ALSO,
    }.items()
    for name in names.split(",")
}
"""What a line of a repeated header is called, and what it tells."""

ORIGINAL: Final = (
    "original message,original appointment,reply message,original,original mail,original email,"
    "neges wreiddiol,message d'origine,message original,message initial,mail original,"
    "ursprüngliche mail,originalmail,message de réponse,"
    "ursprüngliche nachricht,original-nachricht,originalnachricht,antwort nachricht,"
    "urspr. nachricht,originalmeldung,mensaje original,mensaje de respuesta,correo original,"
    "الرسالة الأصلية,الرسالة الاصلية,رسالة أصلية,messaggio originale,mensagem original,"
    "mensagem de resposta,oorspronkelijk bericht,origineel bericht,originele bericht,"
    "ursprungligt meddelande,originalmeddelande,oprindelig meddelelse,original meddelelse,"
    "opprinnelig melding,opprinnelig meddelelse,alkuperäinen viesti,wiadomość oryginalna,"
    "oryginalna wiadomość,původní zpráva,původní e-mail,pôvodná správa,eredeti üzenet,"
    "исходное сообщение,исходное письмо,оригінальне повідомлення,αρχικό μήνυμα,orijinal mesaj,"
    "özgün ileti,özgün mesaj,mesajul original,thư gốc,tin nhắn gốc,pesan asli,原始邮件,"
    "原始郵件,原郵件,"
    "原邮件,原始信件,original message from,元のメッセージ,原文,원본 메시지,원본 메일,הודעה מקורית"
)
"""What stands between dashes before the message that is answered."""

FORWARDED: Final = (
    "forwarded message,forwarded by,forwarded mail,forwarded email,forwarded,"
    "begin forwarded message,"
    "start of forwarded message,forwarded messages,fwd,neges a anfonwyd ymlaen,"
    "neges wedi'i hanfon ymlaen,neges a flaenyrrwyd,dechrau'r neges a anfonwyd ymlaen,"
    "message transféré,message réexpédié,début du message transféré,début du message réexpédié,"
    "transféré par,message transmis,weitergeleitete nachricht,weitergeleitet von,"
    "anfang der weitergeleiteten nachricht,weitergeleitete e-mail,mensaje reenviado,"
    "inicio del mensaje reenviado,reenviado por,رسالة معاد توجيهها,رسالة مُعاد توجيهها,"
    "رسالة تمّ تحويلها,رسالة تم تحويلها,الرسالة المعاد توجيهها,messaggio inoltrato,"
    "inizio messaggio inoltrato,mensagem encaminhada,mensagem reencaminhada,"
    "início da mensagem reencaminhada,início da mensagem encaminhada,doorgestuurd bericht,"
    "begin doorgestuurd bericht,vidarebefordrat meddelande,vidarebefordrat brev,"
    "videresendt meddelelse,start på videresendt meddelelse,videresendt melding,"
    "vidarebefordrat mejl,välitetty viesti,przekazana wiadomość,wiadomość przekazana,"
    "treść przekazanej wiadomości,přeposlaná zpráva,preposlaná správa,továbbított üzenet,"
    "пересылаемое сообщение,пересланное сообщение,перенаправленное сообщение,"
    "начало переадресованного сообщения,переслане повідомлення,προωθημένο μήνυμα,"
    "iletilen mesaj,yönlendirilen ileti,mesaj redirecționat,thư đã chuyển tiếp,pesan terusan,"
    "转发邮件,轉寄郵件,转发的邮件,轉寄的郵件,已转发邮件,转发邮件信息,転送メッセージ,"
    "転送されたメッセージ,전달된 메시지,"
    "전달된 메일,הודעה שהועברה"
)
"""What stands before a message that is handed on: that is for the library to read."""

# What follows meets folded lines. Where all of it is in small letters, so must the line be: that is
# ten times faster than to ignore the case.

BY_US: Final = re.compile(
    folded(
        r"(?<!\w)(?:i|we|you|they|he|she|ich|wir|sie|er|je|j'ai|nous|vous|tu|il|elle|ils|elles|yo"
        r"|nosotros|usted|ustedes|él|ella|io|noi|lei|eu|nós|ik|wij|jij|jag|vi|ni|jeg|ja|я|мы|вы"
        r"|он|она|أنا|نحن|fi|hi|chi|nhw)(?!\w)"
    )
)
"""Beside the verb: a person tells of something, no program introduces a quotation."""
VERB: Final = re.compile(
    rf"(?=[^\W\d_])(?:(?<![^\W\d_])(?:{words(','.join(WROTE.values()).split(','))})(?![^\W\d_])"
    rf"|{words(('写道', '寫道', '書きました', 'のメール', '님이 작성'))})"
)
OPENER: Final = re.compile(rf"\A(?:{words(','.join(ON.values()).split(','))})(?![^\W\d_])")
INLINE_OPENER: Final = re.compile(
    r"(?<=[\s-])(?:On|Le|Am|El|Il|Op|Den|Em|W dniu|Ar)(?=\s(?:[^\W\d_]{2,12}[.,]{0,2}\s)?"
    r"(?:[^\W\d_]{2,12}\s)?\d)"
)
"""Where an introduction begins behind other words of the same line."""
CLOCK: Final = re.compile(
    r"(?=\d)(?<!\d)\d{1,2}(?:\s?[:.hH٫]\s?[0-5٠-٥۰-۵०-५০-৫]\d(?!\d)|\s?[aApP]\.?[mM]\b|[時时点])"
)
DAY: Final = re.compile(
    r"(?=\d)(?<!\d)(?:(?:19|20)\d\d(?!\d)|[٠-٩۰-۹०-९০-৯]{4}|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?!\d)|\d{4}年"
    r"|\d{1,2}[-. ]{1,2}[^\W\d_]{3,10}[-. ]{1,2}\d{2,4}(?!\d))"
)
ADDRESS: Final = re.compile(
    r"(?<![^\s<>@:;,()\[\]])[^\s<>@:;,()\[\]]{1,64}+@[^\s<>@:;,()\[\]]{1,253}+"
)
LABEL: Final = re.compile(
    rf"(?=[*_]|[^\W\d_])(?<!\S)[*_]{{0,2}}({words(','.join(ROLES).split(','))})\s{{0,3}}[*_]{{0,2}}\s{{0,3}}:"
)
"""A field's name at the beginning of a line or within it."""
