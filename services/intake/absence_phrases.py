"""What automatic replies call themselves and say, by language. Data, and expressions made of it.

Every expression meets folded text in small letters (`quote_phrases.folded`), white space in single
blanks. What is looked for all through a text is compiled by RE2, which reads the text once however
many phrases there are; to it `\\w` and `\\b` know ASCII alone.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import re2

from services.intake.quote_phrases import folded, words

CALLED: Final = {
    "en": "automatic reply,automatic response,automated reply,automated response,auto reply,"
    "auto-reply,autoreply,auto response,auto-response,autoresponse,auto responder,autoresponder,"
    "auto-responder,auto:,auto answer,out of office autoreply,out of office reply,"
    "out of office response,vacation reply,vacation response,vacation autoreply,vacation message,"
    "out of office message,absence reply,absence notification,out of office notification",
    "cy": "ateb awtomatig,ymateb awtomatig,neges awtomatig,atebiad awtomatig",
    "fr": "réponse automatique,message automatique,accusé de réception automatique,réponse auto,"
    "message d'absence,réponse d'absence,avis d'absence,notification d'absence",
    "de": "automatische antwort,automatische abwesenheitsnotiz,automatische rückmeldung,"
    "automatische nachricht,abwesenheitsnotiz,abwesenheitsnachricht,abwesenheitsmeldung,"
    "abwesenheitsagent,abwesenheitsmitteilung,autoantwort,auto-antwort,urlaubsnotiz,"
    "automatische empfangsbestätigung,automatische eingangsbestätigung",
    "es": "respuesta automática,mensaje automático,respuesta de ausencia,contestación automática,"
    "aviso de ausencia,mensaje de ausencia,respuesta automática de fuera de oficina",
    "ar": "رد تلقائي,الرد التلقائي,رد آلي,الرد الآلي,استجابة تلقائية",
    "it": "risposta automatica,messaggio automatico,risponditore automatico,messaggio di assenza,"
    "avviso di assenza",
    "pt": "resposta automática,mensagem automática,resposta de ausência,aviso de ausência,"
    "resposta automática de ausência",
    "ca": "resposta automàtica,missatge automàtic",
    "nl": "automatisch antwoord,automatische reactie,afwezigheidsbericht,afwezigheidsmelding,"
    "automatisch bericht,afwezigheidsassistent",
    "sv": "autosvar,automatiskt svar,frånvaromeddelande,automatsvar",
    "da": "autosvar,automatisk svar,fraværsmeddelelse,automatisk besked,fraværsbesked",
    "no": "automatisk svar,autosvar,fraværsmelding,fraværsassistent",
    "fi": "automaattinen vastaus,poissaoloviesti,automaattivastaus,poissaoloilmoitus",
    "is": "sjálfvirkt svar",
    "pl": "automatyczna odpowiedź,autoodpowiedź,odpowiedź automatyczna,wiadomość automatyczna",
    "cs": "automatická odpověď,automatická zpráva,automatické oznámení",
    "sk": "automatická odpoveď",
    "sl": "samodejni odgovor",
    "hr": "automatski odgovor",
    "hu": "automatikus válasz,automatikus üzenet",
    "ro": "răspuns automat,mesaj automat",
    "ru": "автоматический ответ,автоответ,автоответчик,автоматическое сообщение",
    "uk": "автоматична відповідь,автовідповідь",
    "bg": "автоматичен отговор",
    "el": "αυτόματη απάντηση,αυτόματο μήνυμα",
    "tr": "otomatik yanıt,otomatik cevap,otomatik mesaj",
    "vi": "trả lời tự động,thư trả lời tự động",
    "id": "balasan otomatis,jawaban otomatis",
    "ga": "freagra uathoibríoch",
    "eu": "erantzun automatikoa",
    "he": "תשובה אוטומטית,מענה אוטומטי,הודעה אוטומטית",
    "ja": "自動応答,自動返信,自動回答,不在通知,不在応答",
    "zh": "自动答复,自动回复,自動回覆,自動答覆,自动应答,外出自动回复",
    "ko": "자동 회신,자동 응답,자동응답,자동회신,부재중 자동",
    "th": "ตอบกลับอัตโนมัติ",
}
"""What only an automatic reply is called, at the beginning of its subject."""

AWAY: Final = {
    "en": "out of office,out of the office,ooo,ooto,away from the office,away from my office,"
    "away from my desk,away from my e-mail,away from my mail,away from email,on vacation,vacation,"
    "on holiday,on holidays,on leave,on annual leave,on sick leave,on maternity leave,"
    "on parental leave,on paternity leave,annual leave,away on leave,i am away,i'm away,"
    "i am out of the office,i am on leave,i am on holiday,i am on vacation,not in the office,"
    "currently away,currently out of the office,absence,absent,no longer with,no longer working,"
    "i have left,left the company,change of e-mail address,office closed,office closure",
    "cy": "allan o'r swyddfa,i ffwrdd o'r swyddfa,ar wyliau,i ffwrdd,ar absenoldeb,absenoldeb",
    "fr": "absence,absent,absente,absence du bureau,en congé,en congés,hors du bureau,en vacances,"
    "absence temporaire,indisponible",
    "de": "abwesend,abwesenheit,nicht im büro,nicht im haus,im urlaub,außer haus,urlaub,"
    "ich bin im urlaub,bin nicht im büro,nicht im dienst,elternzeit,in elternzeit",
    "es": "fuera de la oficina,fuera de oficina,ausente,de vacaciones,ausencia,estoy de vacaciones",
    "ar": "خارج المكتب,في إجازة,غير متواجد,أنا خارج المكتب",
    "it": "fuori ufficio,fuori sede,assente,assenza,in ferie,fuori dall'ufficio",
    "pt": "fora do escritório,ausência temporária,ausente,de férias,em férias,ausência",
    "nl": "niet aanwezig,afwezig,afwezigheid,buiten kantoor,niet op kantoor,op vakantie,vakantie",
    "sv": "frånvaro,frånvarande,ej på kontoret,inte på kontoret,semester,på semester,ledig",
    "da": "fravær,ikke på kontoret,ikke til stede,fraværende,ferie,på ferie,ude af kontoret",
    "no": "fravær,ikke til stede,ikke på kontoret,borte fra kontoret,ferie,på ferie",
    "fi": "poissa,poissaolo,lomalla,poissa toimistosta",
    "pl": "poza biurem,nieobecność,nieobecny,nieobecna,urlop,na urlopie,nieobecność w biurze",
    "cs": "mimo kancelář,nepřítomnost,dovolená,nepřítomen,nepřítomna",
    "hu": "házon kívül,irodán kívül,szabadság,szabadságon",
    "ro": "în afara biroului,concediu,în concediu,absent",
    "ru": "вне офиса,нет на месте,в отпуске,отсутствую,отсутствие,я в отпуске",
    "uk": "поза офісом,у відпустці",
    "el": "εκτός γραφείου,απουσία,σε άδεια",
    "tr": "ofis dışında,ofis dışındayım,izinliyim,izindeyim,yıllık izin",
    "he": "מחוץ למשרד,לא במשרד,בחופשה",
    "ja": "不在,休暇,外出中,不在のお知らせ,休暇中",
    "zh": "外出,休假,不在办公室,不在辦公室,外出中",
    "ko": "부재중,휴가,휴가중",
}
"""What automatic replies of the absent are called, and persons' letters too."""

_REPLY: Final = (
    r"(?:re|fwd?|aw|antw|wg|ynghylch|atb|tr|rv|sv|vs|odp|res|ref|rif|r|回复|答复|回覆|返信|отв|на)"
)
_LEAD: Final = r"\A\W{0,4}(?:\[[^\]]{1,30}\]\s?)?"


def _said(phrases: Iterable[str]) -> str:
    return words(",".join(phrases).split(","))


CALLED_AT_FIRST: Final = re.compile(rf"{_LEAD}(?:{_said(CALLED.values())})(?![^\W\d_])")
CALLED_BEHIND_RE: Final = re.compile(
    rf"{_LEAD}{_REPLY}\s?:\s?\W{{0,3}}(?:{_said(CALLED.values())})(?![^\W\d_])"
    rf"|[(\[-]\s?(?:{_said(CALLED.values())})\s?[)\]]?\Z"
)
AWAY_AT_FIRST: Final = re.compile(
    rf"{_LEAD}(?:{_REPLY}\s?:\s?)?(?:{_said(AWAY.values())})(?![^\W\d_])"
    rf"(?! (?:hours|loans?|returns?|books?|collection|access|fees?|card|policy|phone|number))"
    rf"|[(\[-]\s?(?:{_said(AWAY.values())})\s?[)\]]?\Z"
)

_I: Final = r"(?:i am|i'm|i will be|i'll be|i shall be|we are|we will be|will be|am|is)"
STATEMENTS: Final = (
    # Away, and nothing asked.
    rf"\b{_I}(?: \w+){{0,3}} (?:out of (?:the |my )?office|away\b|on (?:\w+ )?(?:leave|holiday"
    rf"|vacation)"
    r"|off sick|abroad|travell?ing|unavailable|out of town|absent|not (?:in|at) (?:the "
    r"|my )?(?:office"
    r"|desk|work))|\bout of (?:the )?office (?:until|till|from|on|between|today|this|with|and|at)\b"
    r"|\b(?:currently|presently) (?:out of|away|on (?:\w+ )?(?:leave|holiday|vacation))"
    r"|\bno longer (?:work|with|employed)|\bhas left the|\boffice (?:is|will be) closed"
    r"|allan o'r swyddfa|\bi ffwrdd\b|ar wyliau|absente? (?:du|jusqu|de mon|pour|a partir|le)"
    r"|(?:suis|serai|sommes) (?:actuellement )?(?:absente?s?|en (?:conges?|vacances|deplacement))"
    r"|en conges? (?:jusqu|du|a partir)|nicht (?:im|in) (?:buro|haus|dienst)|(?:im|in) urlaub"
    r"|abwesend|ausser haus|nicht (?:erreichbar|am arbeitsplatz)|fuera de la oficina|de vacaciones"
    r"|estoy ausente|estare ausente|ausente (?:hasta|del|de la)|خارج المكتب|في اجازه|في اجازة"
    r"|غير متواجد|fuori (?:ufficio|sede)|in ferie|(?:sono|saro) assente|fora do escritorio"
    r"|(?:de|em) ferias|(?:estou|estarei) ausente|niet (?:aanwezig|op kantoor|bereikbaar)|afwezig"
    r"|op vakantie|inte pa (?:kontoret|plats)|pa semester|(?:ar|ej) tjanste|ledig (?:till|fran)"
    r"|ikke (?:pa kontoret|til stede)|pa ferie|borte fra kontoret|lomalla|poissa (?:toimistosta"
    r"|tyosta)"
    r"|poza biurem|na urlopie|nieobecn|mimo kancelar|na dovolene|nepritom|szabadsagon|irodan kivul"
    r"|in concediu|в отпуске|вне офиса|отсутству|ofis disinda|izinli|εκτος γραφειου|σε αδεια"
    r"|מחוץ למשרד|בחופשה|不在|休暇|休假|外出|不在办公室|부재중|휴가",
    # Who helps meanwhile.
    r"\bin my absence\b|\bwhile i(?:'m| am) (?:away|out)|\b(?:if|for|in)(?: your| it is|it's"
    r"| any| an)?"
    r"(?: \w+)? (?:urgent|emergenc|immediate)\w*|\bin the meantime\b|\bplease (?:contact|call"
    r"|e-?mail)\b"
    r"|mewn argyfwng|os yw'n frys|yn fy absenoldeb|cysylltwch a|en cas d'urgence|en mon absence"
    r"|(?:veuillez|merci de) contacter|in dringenden|dringende[nr]? (?:fall|angelegenheit)"
    r"|wenden sie sich|in meiner abwesenheit|en caso de urgencia|para (?:asuntos|temas) urgentes"
    r"|en mi ausencia|contacte con|للحالات العاجله|للامور العاجله|يرجى التواصل|in caso di urgenz"
    r"|per urgenze|em caso de urgencia|assuntos urgentes|bij spoed|dringende (?:zaken|vragen)"
    r"|vid bradskande|ved hast|haster|kiireellis|w (?:pilnych|naglych)|в срочных|по срочным"
    r"|お急ぎ|緊急|紧急|緊急|급한",
    # When there will be an answer.
    r"\b(?:will|shall|'ll) (?:\w+ )?(?:respond|reply|answer|get back|be back|attend)\b"
    r"|\bwill return (?:on|to (?:the office|work)|from)\b|\b(?:on|upon|after) my return\b"
    r"|\blimited access to\b|\bnot (?:be )?(?:reading"
    r"|checking"
    r"|monitor|have access)|\bback (?:in|at) (?:the office|work)\b|\bas soon as possible\b"
    r"|byddaf (?:yn ol|yn ateb|yn dychwelyd)|pan ddychwelaf|atebaf|de retour|a mon retour"
    r"|(?:repondrai|repondrons)|wieder (?:erreichbar|da|im buro|zuruck)|zuruck (?:am|ab|im)"
    r"|nach meiner ruckkehr|werde ich (?:\w+ )?(?:beantworten|antworten)|regres(?:o|are|are)\b"
    r"|a mi (?:regreso|vuelta)|سأعود|ساعود|سارد|al mio (?:rientro|ritorno)|rispondero"
    r"|(?:retorno|regresso) (?:em|no|dia|ao)|responderei|(?:ben ik|weer) (?:terug|bereikbaar"
    r"|aanwezig)"
    r"|ater (?:den|pa|i)|tillbaka|tilbage|tilbake|palaan|wroce|wracam|odpowiem|vratim|zpet"
    r"|вернусь|отвечу|dondugumde|επιστρεφω|アクセスできません|戻り|返信いたします|回复您|回覆您"
    r"|回来|复귀|돌아",
)
"""What replies of the absent say. A person says one of these; all together they are a form."""
STATED: Final[tuple[Any, ...]] = tuple(re2.compile(folded(one)) for one in STATEMENTS)
MECHANICAL: Final[Any] = re2.compile(
    folded(
        r"\b(?:this|the following) (?:is|was|e-?mail is|message is|e-?mail was"
        r"|message was)(?: \w+){0,3}"
        r" (?:auto(?:matic(?:ally)?|mated|-?generated|-?reply|-?response))"
        r"|(?:\bthis (?:is )?(?:an? )?|\A\W{0,5})(?:\w+ )?(?:automatic|automated"
        r"|auto)[- ]?(?:generated )?"
        r"(?:reply|response|acknowledge?ment|message|e-?mail|notification|receipt)"
        r"|\bautomatically generated|\bdo not (?:reply"
        r"|respond) to this"
        r"|\b(?:mailbox|address|inbox|account) is (?:not|un) ?monitored|\bunmonitored\b"
        r"|\bgenerated automatically\b|(?:ateb|neges|ymateb) awtomatig|peidiwch ag ateb"
        r"|(?:reponse|message|courriel|mail) automatique|ne pas repondre|genere automatiquement"
        r"|automatische (?:antwort|nachricht|e-?mail|bestatigung|eingangs)|automatisch (?:erstellt"
        r"|generiert|erzeugt|versendet)|nicht auf diese (?:e-?mail|nachricht)|(?:respuesta|mensaje"
        r"|correo) automatic[oa]|generado automaticamente|no responda a este|رساله تلقائيه"
        r"|رد تلقائي"
        r"|رسالة تلقائية|لا ترد على|risposta automatica|messaggio automatico|non rispondere a"
        r"|resposta automatica|mensagem automatica|nao responda|automatisch (?:antwoord|bericht"
        r"|gegenereerd"
        r"|verzonden)|niet op deze|autosvar|automatiskt (?:svar|meddelande)|automatisk (?:svar"
        r"|besked"
        r"|melding|genereret)|automaattinen|automatyczn|automaticka|automatikus|automat generat"
        r"|автоматическ|не отвечайте|otomatik|自動(?:送信|返信|応答|的に|回覆)|自动(?:回复"
        r"|答复|发送)"
        r"|系统自动|자동(?:으로| 응답| 회신| 발송)"
    )
)
"""A text that says of itself that no person sent it."""
RECEIVED: Final[Any] = re2.compile(
    folded(
        r"\b(?:we|i)(?: have|'ve)? (?:now )?received your\b|\byour (?:\w+ ){0,2}(?:request"
        r"|ticket|e-?mail"
        r"|enquiry|inquiry|message|case|query|question)(?: \S+)? (?:has been|was"
        r"|is being) (?:received"
        r"|created|logged|registered|opened|assigned|submitted|forwarded)|\bthank(?:s"
        r"| you) for (?:contacting"
        r"|your (?:e-?mail|message|enquiry|inquiry|request|interest)|getting in touch|writing)"
        r"|\ba (?:ticket|case|request) has been (?:created|opened)|(?:rydym|ryn ni) wedi derbyn"
        r"|diolch am (?:gysylltu|eich (?:neges|e-?bost|ymholiad))|(?:avons )?bien recu votre"
        r"|merci (?:de nous avoir|pour votre)|accusons reception|(?:haben )?ihre (?:anfrage"
        r"|nachricht"
        r"|e-?mail|mail)\b.{0,40}(?:erhalten|eingegangen)|vielen dank fur ihre|hemos recibido su"
        r"|gracias por (?:contactar|su|ponerse)|استلمنا|تلقينا|شكرا (?:لتواصل|على تواصل)"
    )
)
"""A text that only tells that something came in."""
TICKET: Final = re.compile(
    r"\[[a-z]{0,12}[-# ]{0,2}\d{2,12}\]|\b(?:ticket|case|request|incident|inc"
    r"|ref)\b\W{0,3}(?:id|no|nr"
    r"|number)?\W{0,3}\d{3,12}"
)
NOBODY: Final = re.compile(
    r"\A(?:no|do|dont|not)[-_.]?(?:t[-_.]?)?(?:reply|respond|answer|not[-_.]?reply)"
)
"""The local part of an address that nobody reads."""
