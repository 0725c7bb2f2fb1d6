"""What stands at the end of letters, by language. Data, and the expressions made of it."""

import re
from collections.abc import Iterable
from typing import Final

from services.intake.quote_phrases import folded, words

CLOSINGS: Final = {
    "en": "regards,kind regards,best regards,warm regards,warmest regards,kindest regards,"
    "with kind regards,with best regards,many regards,best wishes,with best wishes,all the best,"
    "thanks and regards,thanks & regards,thanks and best regards,sincerely,sincerely yours,"
    "yours sincerely,yours faithfully,yours truly,respectfully,cordially,warmly,br,kr,rgds,"
    "best regards and thanks,kind wishes,warm wishes,sent with kind regards,speak soon,"
    "many kind regards",
    "cy": "cofion,cofion gorau,cofion cynnes,cofion caredig,yn gywir,yr eiddoch yn gywir,"
    "yr eiddoch yn ddiffuant,yn ddiffuant,dymuniadau gorau,gyda dymuniadau gorau,hwyl fawr,"
    "hwyl am y tro,pob hwyl,pob dymuniad da",
    "fr": "cordialement,bien cordialement,très cordialement,bien à vous,bien à toi,salutations,"
    "salutations distinguées,sincères salutations,meilleures salutations,respectueusement,"
    "sentiments distingués,amicalement,avec mes remerciements,cdt,cdlt,sincèrement,"
    "meilleurs sentiments",
    "de": "mit freundlichen grüßen,mit freundlichen gruessen,mit freundlichem gruß,"
    "freundliche grüße,freundliche gruesse,mit besten grüßen,beste grüße,viele grüße,"
    "liebe grüße,schöne grüße,herzliche grüße,mit herzlichen grüßen,hochachtungsvoll,grüße,mfg,"
    "lg,vg,mit freundlichen grüssen,freundliche grüsse,beste grüsse,viele grüsse,liebe grüsse",
    "es": "saludos,un saludo,saludos cordiales,un cordial saludo,cordiales saludos,atentamente,"
    "muy atentamente,le saluda atentamente,cordialmente,abrazos,gracias y saludos,"
    "saludos y gracias,reciba un cordial saludo",
    "ar": "مع أطيب التحيات,مع خالص التحية,مع التحية,تحياتي,مع تحياتي,أطيب التحيات,تحية طيبة,"
    "وتفضلوا بقبول فائق الاحترام,مع فائق الاحترام,مع الشكر,مع جزيل الشكر,والسلام عليكم,"
    "والسلام عليكم ورحمة الله وبركاته,المخلص,المخلصة",
    "it": "cordiali saluti,distinti saluti,un saluto,cordialmente,grazie e saluti,in fede,"
    "un cordiale saluto,i migliori saluti",
    "pt": "atenciosamente,cumprimentos,com os melhores cumprimentos,melhores cumprimentos,"
    "cordialmente,abraços,um abraço,att",
    "nl": "met vriendelijke groet,met vriendelijke groeten,vriendelijke groet,"
    "vriendelijke groeten,groet,groeten,hartelijke groet,hartelijke groeten,mvg,hoogachtend",
    "sv": "med vänlig hälsning,med vänliga hälsningar,vänliga hälsningar,vänligen,hälsningar,"
    "mvh,bästa hälsningar,varma hälsningar",
    "da": "med venlig hilsen,venlig hilsen,med venlige hilsner,hilsen,mange hilsner,vh,kh,"
    "de bedste hilsner",
    "no": "med vennlig hilsen,vennlig hilsen,med vennlige hilsener,hilsen,beste hilsen",
    "fi": "ystävällisin terveisin,terveisin,parhain terveisin,yst. terv",
    "pl": "pozdrawiam,z poważaniem,pozdrowienia,z wyrazami szacunku,serdecznie pozdrawiam",
    "cs": "s pozdravem,s přátelským pozdravem,s úctou",
    "ru": "с уважением,с наилучшими пожеланиями,всего доброго,с благодарностью,искренне ваш",
    "uk": "з повагою",
    "tr": "saygılarımla,iyi çalışmalar,sevgiler",
    "hu": "üdvözlettel,tisztelettel,köszönettel",
    "ro": "cu stimă,cu respect",
    "el": "με εκτίμηση,φιλικά",
    "vi": "trân trọng,thân mến",
    "zh": "此致,此致敬礼,祝好,顺颂商祺,敬上",
    "ja": "よろしくお願いします,よろしくお願いいたします,敬具,宜しくお願い致します",
}
"""Phrases with which letters close, in a line of their own."""

THANKED: Final = {
    "en": "best,cheers,thanks,thank you,many thanks,thanks again,thanks in advance,"
    "thank you very much,thanks so much,thank you in advance,yours,take care,kind thanks,"
    "with thanks,thx,love",
    "cy": "diolch,diolch yn fawr,llawer o ddiolch,gyda diolch,hwyl",
    "fr": "merci,merci d'avance,merci beaucoup,bonne journée,bonne réception,à bientôt",
    "de": "gruß,danke,vielen dank,besten dank,herzlichen dank,danke im voraus,"
    "vielen dank im voraus",
    "es": "un abrazo,gracias,muchas gracias,gracias de antemano,quedo a la espera de su respuesta",
    "ar": "شكرا,شكراً,شكرا لكم,شكرا جزيلا,شكراً جزيلاً",
    "it": "saluti,grazie,grazie mille",
    "pt": "obrigado,obrigada,muito obrigado,muito obrigada",
    "nl": "bedankt,alvast bedankt,dank,dank u",
    "sv": "tack,tack på förhand",
    "da": "tak,på forhånd tak,mange tak",
    "no": "takk,på forhånd takk,mange takk",
    "fi": "kiitos",
    "pl": "dziękuję,z góry dziękuję",
    "cs": "děkuji,hezký den,zdraví",
    "ru": "спасибо,заранее спасибо",
    "uk": "дякую",
    "tr": "teşekkürler",
    "hu": "köszönöm",
    "ro": "mulțumesc,o zi bună",
    "el": "ευχαριστώ",
    "vi": "cảm ơn,xin cảm ơn",
    "zh": "谢谢,謝謝",
    "ja": "以上",
    "ko": "감사합니다,고맙습니다",
}
"""Those with which they close only if a name follows: a sentence may be like them."""

SENT_FROM: Final = {
    "en": "sent from,sent via,sent with,sent by,sent using,sent on,get outlook for,"
    "sent from my,typed on my,written on my",
    "cy": "anfonwyd o,anfonwyd o fy,anfonwyd oddi ar fy,anfonwyd gan,wedi'i anfon o",
    "fr": "envoyé de mon,envoyé depuis,envoyé à partir de,envoyé avec,télécharger outlook pour,"
    "obtenir outlook pour,envoyé de,envoyé par",
    "de": "von meinem,gesendet von,gesendet mit,diese nachricht wurde von meinem,outlook für,"
    "von meinem iphone gesendet,holen sie sich outlook für,laden sie outlook für,gesendet aus,"
    "versendet mit",
    "es": "enviado desde,enviado con,enviado de,obtener outlook para,descargar outlook para,"
    "obtenga outlook para,enviado por",
    "ar": "أرسلت من,مرسل من,تم الإرسال من,أُرسلت من,الحصول على outlook",
    "it": "inviato da,inviato con,inviato dal mio,scarica outlook per,ottieni outlook per",
    "pt": "enviado do meu,enviado a partir,enviado via,enviado de,enviado pelo,"
    "obter o outlook para,"
    "obtenha o outlook para",
    "nl": "verzonden vanaf,verstuurd vanaf,verzonden met,verstuurd van,outlook voor,verstuurd met,"
    "download outlook voor",
    "sv": "skickat från,skickat från min,hämta outlook för,skickades från",
    "da": "sendt fra,sendt fra min,hent outlook til",
    "no": "sendt fra,sendt via,skaff deg outlook for,få outlook for",
    "fi": "lähetetty,hanki outlook,lähetetty minun",
    "pl": "wysłane z,wysłano z,pobierz program outlook,wysłano ze,wysłane przez",
    "cs": "odesláno z,odesláno ze,odesláno pomocí,získat outlook pro",
    "ru": "отправлено с,отправлено из,отправлено от,отправлено через,скачать outlook для",
    "uk": "надіслано з",
    "tr": "gönderildi,outlook için,iphone'umdan gönderildi",
    "hu": "elküldve,iphone-ról küldve,az outlook",
    "ro": "trimis de pe,trimis din",
    "el": "στάλθηκε από,εστάλη από",
    "vi": "đã gửi từ,được gửi từ,gửi từ",
    "zh": "发自我的,從我的,发送自,從我的 iphone 傳送,寄自我的,来自我的",
    "ja": "iphoneから送信,ipadから送信,androidから送信,から送信",
    "ko": "나의 iphone에서 보냄,내 iphone에서 보냄,에서 보냄",
}
"""What telephones and mail programs add, with the name of the thing after it."""

DEVICES: Final = (
    r"iphone|ipad|ipod|ios\b|android|samsung|galaxy|blackberry|windows phone|windows mail"
    r"|windows 1\d|nokia|htc|huawei|xiaomi|redmi|honor|oppo|vivo|oneplus|pixel|motorola|moto\b"
    r"|lg\b|sony|xperia|lumia|outlook|yahoo|gmail|aol|mobile|phone|tablet|handheld|handy"
    r"|smartphone|mobil\w{0,6}|portable|téléphone|teléfono|móvil|telefon\w{0,4}|cellulare|celular"
    r"|telefoon|ffôn|symudol|mail\b|email app|thunderbird|sparrow|airmail|spark|mailbird|polymail"
    r"|proton|tutanota|acompli|mailbox|boxer|blue ?mail|newton|superhuman|front|gmx|web\.de"
    r"|fairphone|treo|palm|wireless|verizon|t-mobile|vodafone|laptop|mac\b|macbook|watch|الهاتف"
    r"|هاتفي|جهازي|手机|телефона|мобильн\w{0,6}|устройства|почты|mail\.ru|яндекс\w{0,4}|myphone"
    r"|device|dispositivo|enhet|appareil|gerät|inbox"
)
_SENT: Final = words(",".join(SENT_FROM.values()).split(","))
_EXCUSED: Final = (
    r"(?:[.,;!-]{0,3}\s{0,3}\(?(?:please |so )?(?:excuse|forgive|pardon|apolog|sorry).{0,99})?"
)
PROGRAM: Final = re.compile(
    folded(
        rf"\A[\s*_<\[(~-]{{0,6}}(?:(?:{_SENT})(?:[^,;:?!]{{0,40}}(?:{DEVICES})|(?<=送信)|(?<=보냄))"
        rf"[^,;?!]{{0,60}}{_EXCUSED}$|sent from my(?:\s[\w'-]{{1,20}}){{1,4}}[.)\]]?\s{{0,3}}$"
        r"|.{0,30}(?:gesendet|から送信|에서 보냄|傳送|gönderildi|发送|lähetetty)[.\s]{0,3}$)"
    )
)
"""Of a line in small letters."""
_NAMED: Final = r"[^\W\d_a-z][\w.'-]{0,30}+(?:\s{1,2}[^\W\d_a-z][\w.'-]{0,30}+){0,3}[.\s]{0,3}$"


def _closing(phrases: Iterable[str], *, has_name: bool) -> re.Pattern[str]:
    """A line that holds one of these alone, or with a name after a comma."""
    lead = rf"\A[\s*_-]{{0,4}}(?i:{words(phrases)})[\s*_]{{0,4}}"
    alone, named = r"[,.!،。;:~-]{0,3}[\s*_]{0,3}$", rf"[,.!،;-]{{1,2}}\s{{0,3}}{_NAMED}"
    return re.compile(rf"{lead}{named}" if has_name else rf"{lead}(?:{alone}|{named})")


_THANKED: Final = ",".join(THANKED.values()).split(",")
CLOSING: Final = _closing(",".join(CLOSINGS.values()).split(","), has_name=False)
THANKS: Final = _closing(_THANKED, has_name=False)
THANKS_AND_NAME: Final = _closing(_THANKED, has_name=True)
_WORD: Final = (
    r"(?:[^\W\d_a-z][\w.'-]{0,30}+|(?:de|van|von|der|ap|ab|ferch|al|bin|la|le|du)(?![^\W\d_]))"
)
NAME: Final = re.compile(
    rf"\A\s{{0,3}}[*_]{{0,2}}{_WORD}(?:\s{{1,2}}{_WORD}){{0,4}}"
    r"(?:,\s?[\w. ]{1,40})?[*_]{0,2}\s{0,3}$"
)
CONTACT: Final = re.compile(
    folded(
        r"(?=[^\W_]|[+(])(?:(?<![^\s<])[^\s@]{1,64}+@[^\s@]{1,253}|\bhttps?://|\bwww\."
        r"|\bvia mobile\b"
        r"|(?<![\w.()-])[+(]{0,2}+\d(?:[\s().-]{0,2}+\d){6,14}+(?!\d)"
        r"|\b(?:tel|phone|mobile|fax|skype|ffôn|tél|handy|teléfono)\b\s{0,2}[.:])"
    )
)
"""Of a line in small letters."""
DISCLAIMER: Final = re.compile(
    folded(
        r"\A[\s*_>~-]{0,6}(?:(?:this|the) (?:e-?mail|message|communication|transmission"
        r"|information)"
        r"\b.{0,120}\b(?:confidential|intended (?:only|solely)|intended for|privileged|scanned"
        r"|checked for viruses)|(?:confidentiality|disclaimer|legal notice|privacy notice)\b.{0,20}"
        r"(?:[:.]|$)|please consider the environment|think before you print|virus-free\b"
        r"|mae'r (?:e-?bost|neges)\b.{0,80}\bcyfrinachol|mae'r (?:e-?bost|neges)\b.{0,80}"
        r"gyfrinachol|ystyriwch yr amgylchedd|ce (?:message|courriel|mail)\b.{0,120}\bconfidentiel"
        r"|avant d'imprimer|pensez à l'environnement|merci de penser à l'environnement"
        r"|diese (?:e-?mail|nachricht)\b.{0,120}\b(?:vertraulich|virenfrei|auf viren)"
        r"|bitte denken sie an die umwelt|este (?:mensaje|correo)\b.{0,120}\bconfidencial"
        r"|aviso legal\b|antes de imprimir|questo messaggio\b.{0,120}\b(?:riservat|confidenzial)"
        r"|le informazioni contenute in|dit (?:e-?mail)?bericht\b.{0,120}\bvertrouwelijk"
        r"|esta mensagem\b.{0,120}\bconfidencia|هذه الرسالة.{0,80}سري)"
    )
)
"""How begins what mail servers add under everything, in small letters."""
