"""What stands at the end of letters, by language. Data, and the expressions made of it."""

import re
from typing import Final

from services.intake.quote_phrases import words

CLOSINGS: Final = {
    "en": "regards,kind regards,best regards,warm regards,warmest regards,kindest regards,"
    "with kind regards,with best regards,many regards,best wishes,with best wishes,all the best,"
    "best,cheers,thanks,thank you,many thanks,thanks again,thanks in advance,thank you very much,"
    "thanks so much,thank you in advance,thanks and regards,thanks & regards,"
    "thanks and best regards,"
    "sincerely,sincerely yours,yours sincerely,yours faithfully,yours truly,yours,respectfully,"
    "cordially,warmly,take care,kind thanks,with thanks,br,kr,rgds,thx,love,"
    "best regards and thanks",
    "cy": "cofion,cofion gorau,cofion cynnes,cofion caredig,yn gywir,yr eiddoch yn gywir,"
    "yr eiddoch yn ddiffuant,yn ddiffuant,dymuniadau gorau,gyda dymuniadau gorau,diolch,"
    "diolch yn fawr,llawer o ddiolch,gyda diolch,hwyl,hwyl fawr,hwyl am y tro,pob hwyl,"
    "pob dymuniad da",
    "fr": "cordialement,bien cordialement,très cordialement,bien à vous,bien à toi,salutations,"
    "salutations distinguées,sincères salutations,meilleures salutations,respectueusement,"
    "sentiments distingués,amicalement,merci,merci d'avance,merci beaucoup,avec mes remerciements,"
    "cdt,cdlt,bonne journée,bonne réception,à bientôt,sincèrement,meilleurs sentiments",
    "de": "mit freundlichen grüßen,mit freundlichen gruessen,mit freundlichem gruß,"
    "freundliche grüße,"
    "freundliche gruesse,mit besten grüßen,beste grüße,viele grüße,liebe grüße,schöne grüße,"
    "herzliche grüße,mit herzlichen grüßen,hochachtungsvoll,gruß,grüße,mfg,lg,vg,danke,vielen dank,"
    "besten dank,herzlichen dank,mit freundlichen grüssen,freundliche grüsse,beste grüsse,"
    "viele grüsse,liebe grüsse,danke im voraus,vielen dank im voraus",
    "es": "saludos,un saludo,saludos cordiales,un cordial saludo,cordiales saludos,atentamente,"
    "muy atentamente,le saluda atentamente,cordialmente,un abrazo,abrazos,gracias,muchas gracias,"
    "gracias de antemano,gracias y saludos,saludos y gracias,reciba un cordial saludo,"
    "quedo a la espera de su respuesta",
    "ar": "مع أطيب التحيات,مع خالص التحية,مع التحية,تحياتي,مع تحياتي,أطيب التحيات,تحية طيبة,"
    "وتفضلوا بقبول فائق الاحترام,مع فائق الاحترام,شكرا,شكراً,شكرا لكم,شكرا جزيلا,شكراً جزيلاً,"
    "مع الشكر,مع جزيل الشكر,والسلام عليكم,والسلام عليكم ورحمة الله وبركاته,المخلص,المخلصة",
    "it": "cordiali saluti,distinti saluti,saluti,un saluto,cordialmente,grazie,grazie mille,"
    "grazie e saluti,in fede,un cordiale saluto,i migliori saluti",
    "pt": "atenciosamente,cumprimentos,com os melhores cumprimentos,melhores cumprimentos,"
    "cordialmente,obrigado,obrigada,muito obrigado,muito obrigada,abraços,um abraço,att",
    "nl": "met vriendelijke groet,met vriendelijke groeten,vriendelijke groet,vriendelijke groeten,"
    "groet,groeten,hartelijke groet,hartelijke groeten,mvg,bedankt,alvast bedankt,dank,dank u,"
    "hoogachtend",
    "sv": "med vänlig hälsning,med vänliga hälsningar,vänliga hälsningar,vänligen,hälsningar,"
    "mvh,tack,"
    "bästa hälsningar,tack på förhand",
    "da": "med venlig hilsen,venlig hilsen,med venlige hilsner,hilsen,mange hilsner,vh,tak,"
    "på forhånd tak,mange tak",
    "no": "med vennlig hilsen,vennlig hilsen,med vennlige hilsener,hilsen,beste hilsen,takk,"
    "på forhånd takk,mange takk",
    "fi": "ystävällisin terveisin,terveisin,parhain terveisin,kiitos,t,yst. terv",
    "pl": "pozdrawiam,z poważaniem,pozdrowienia,z wyrazami szacunku,serdecznie pozdrawiam,dziękuję,"
    "z góry dziękuję",
    "cs": "s pozdravem,s přátelským pozdravem,s úctou,děkuji,hezký den,zdraví",
    "ru": "с уважением,с наилучшими пожеланиями,всего доброго,спасибо,заранее спасибо,"
    "с благодарностью,искренне ваш",
    "uk": "з повагою,дякую",
    "tr": "saygılarımla,iyi çalışmalar,teşekkürler,sevgiler",
    "hu": "üdvözlettel,tisztelettel,köszönettel,köszönöm",
    "ro": "cu stimă,cu respect,mulțumesc,o zi bună",
    "el": "με εκτίμηση,ευχαριστώ,φιλικά",
    "vi": "trân trọng,cảm ơn,xin cảm ơn,thân mến",
    "zh": "此致,此致敬礼,谢谢,謝謝,祝好,顺颂商祺,敬上",
    "ja": "よろしくお願いします,よろしくお願いいたします,敬具,以上,宜しくお願い致します",
    "ko": "감사합니다,고맙습니다",
}
"""Phrases with which a letter closes, a line of their own."""

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
    r"|windows 1\d"
    r"|nokia|htc|huawei|xiaomi|redmi|honor|oppo|vivo|oneplus|pixel|motorola|moto\b|lg\b|sony|xperia"
    r"|lumia|outlook|yahoo|gmail|aol|mobile|phone|tablet|handheld|handy|smartphone|mobil\w{0,6}"
    r"|portable|téléphone|teléfono|móvil|telefon\w{0,4}|cellulare|celular|telefoon|ffôn|symudol"
    r"|mail\b|email app|thunderbird|sparrow|airmail|spark|mailbird|polymail|proton|tutanota|acompli"
    r"|mailbox|boxer|bluemail|blue mail|newton|superhuman|front|gmx|web\.de|fairphone|treo|palm"
    r"|wireless|verizon|t-mobile|at&t|vodafone|orange|laptop|mac\b|macbook|watch|الهاتف|هاتفي|جهازي"
    r"|手机|телефона|мобильн\w{0,6}|устройства|почты|mail\.ru|яндекс\w{0,4}|myphone|device"
    r"|dispositivo"
    r"|enhet|appareil|gerät"
)
PROGRAM: Final = re.compile(
    rf"[\s*_<\[(~-]{{0,6}}(?:{words(','.join(SENT_FROM.values()).split(','))})"
    rf"(?:.{{0,40}}(?:{DEVICES})|(?<=送信)|(?<=보냄)).{{0,80}}$"
    r"|[\s*_]{0,4}.{0,30}(?:gesendet|から送信|에서 보냄|傳送|gönderildi|发送|lähetetty)[.\s]{0,3}$",
    re.IGNORECASE,
)
CLOSING: Final = re.compile(
    rf"[\s*_-]{{0,4}}(?:{words(','.join(CLOSINGS.values()).split(','))})"
    r"[\s*_]{0,4}(?:[,.!،，。;:~-]{0,3}\s{0,3}$"
    r"|[,.!،，;-]{1,2}\s{0,3}(?:[^\W\d_a-z][\w.'’-]{0,20}\s{0,2}){1,4}[.\s]{0,3}$)",
    re.IGNORECASE,
)
NAME: Final = re.compile(
    r"\s{0,3}[*_]{0,2}(?:(?:[^\W\d_a-z][\w.'’-]{0,30}|de|van|von|der|ap|ab|ferch|al|bin|la|le"
    r"|du)\s{0,2}){1,5}"
    r"(?:,\s?[\w. ]{1,40})?[*_]{0,2}\s{0,3}$"
)
CONTACT: Final = re.compile(
    r"[^\s@]{1,64}@[^\s@]{1,253}\.\w|\bhttps?://|\bwww\.|(?:\+|\(|\b)\d[\d\s().-]{6,20}\d\b"
    r"|\bvia mobile\b|\b(?:tel|phone|mobile|fax|skype|ffôn|tél|handy|teléfono)\b\s{0,2}[.:]",
    re.IGNORECASE,
)
