"""What bounces without a machine-readable part say, by families of phrasing. Pure data, no rules.

Each expression is bounded and meets text whose white space is single blanks, except where lines
matter. A family is a way of saying it that several mail systems share, in the languages in which
it has been seen.
"""

import re
from typing import Final

_FLAGS: Final = re.IGNORECASE | re.MULTILINE


def _any_of(*families: str) -> re.Pattern[str]:
    return re.compile("|".join(families), _FLAGS)


DAEMON: Final = _any_of(
    r"^mailer[-_. ]?daemon\b|^mail-?daemon\b|^mdaemon\b|^mail[-_. ]delivery",
    r"\bmail(?:er)?[ -]delivery (?:sub)?(?:system|service|agent)|\bdelivery (?:sub)?system\b",
    r"\bmail(?:er)?[- ]daemon\b|\binternet mail delivery\b|\bjetmail system\b",
)
"""In the local part or the name of From: a mail system, certainly."""
CLERK: Final = _any_of(
    r"^(?:post[-_.]?master|mail-?admin|mailadm|bounces?|mail-?system|ndr)\b",
    r"\b(?:system administrator|mail administrator|post ?master|mail system|anti-?virus)\b",
    r"\bsmtp|_mail_service|\bimss?\b|\bexchange (?:server|system)\b",
    r"\b(?:mail|e-?mail|message) ?(?:security|gateway|sweeper|marshal|filter|firewall|system)\b"
    r"|\b(?:content|spam)[- ](?:filter|firewall|gateway)|\bmobile mail\b|^mail ?master\b"
    r"|^mail-?returns?\b|\b(?:mail|groupwise) agent\b",
)
"""Likewise: a mail system, or the person who looks after it."""

SUBJECT: Final = _any_of(
    r"^(?:[^\w\n]*\w{0,20}\][^\S\n]*)?(?:re: )?"
    r"(?:undeliver(?:ed|able)|un-?delivered|non[- ]?delivery|returned (?:e-?)?mail|returned to)",
    r"^(?:failure notice|failure delivery|failed mail|bounced?(?: mail|:)|ndn:|ndr:"
    r"|processing error)",
    r"^(?:\[[^\]]{1,20}\] )?(?:permanent |final |temporary )?(?:e-?mail |mail |message )*"
    r"(?:delivery|deliver|system|status) (?:\w+ )?"
    r"(?:fail|error|problem|warning|status|report|notif|delay|has been delayed|not possible)",
    r"^(?:mail|message|e-?mail)s? (?:was |is |has |have |has been |could |can )*"
    r"(?:not |failed|error|delayed|undeliver|rejected|system error|returned)",
    r"^your (?:e-?mail|message|mail) .{0,80}(?:could not|was not|wasn't|cannot"
    r"|not) (?:be )?deliver",
    r"^(?:delayed mail|warning: .{0,80}(?:delayed|not (?:yet )?been|could not|user unknown))",
    r"^automatically rejected mail|^rejected (?:mail|message)|^could not (?:be )?deliver",
    r"^(?:delivery|deliver|dsn|status)\b.{0,40}\b(?:fail|failed|failure|delay|delayed|error)\b",
    r"^(?:notification|notice|report) (?:of|about) (?:\w+ ){0,3}(?:delivery|undeliver|non-deliver)",
    r"^(?:failed|unable) (?:to )?deliver|^(?:fatal|permanent) (?:mail )?error|^user unknown",
    r"\((?:delivery failed|undeliver(?:ed|able)|failure)\)$|: user unknown!?$|: returned mail$",
    r"^postmaster notify|^message status\W{1,3}undeliver"
    r"|^(?:\W{0,3}message you sent (?:was )?blocked|banned contents from you)"
    r"|^there was an error sending your (?:mail|message)|^returned mail\b|^delivery has failed\b",
    # French, German, Spanish, Italian, Portuguese, Dutch, Welsh
    r"^(?:non remis|message non|courrier non|échec|echec|avis de non|retour"
    r"|impossible de remettre)",
    r"^(?:unzustellbar|nicht zustellbar|unzustellbare|zustellung|fehler bei der|nicht zugestellt)",
    r"^(?:no se puede entregar|no entregado|correo no|mensaje no|error de entrega"
    r"|error en la entreg)",
    r"^(?:notificaci.n de (?:fallo|error|estado)|aviso de (?:no|fall)|devuelto|mail devuelto)",
    r"^(?:non recapitabile|mancato recapito|mancata consegna|messaggio non|impossibile recapitare)",
    r"^(?:não (?:foi )?entregue|falha (?:na|de) entrega|mensagem não|onbestelbaar|niet bezorgd)",
    r"^(?:methu (?:â )?(?:danfon|dosbarthu)|heb ei ddosbarthu|neges heb)",
    r"^(?:não é possível entregar|não entregue|falha no envio|niet bestelbaar|onbestelbare"
    r"|bezorging mislukt|mancata notifica|notifica di mancat|lliurament fallit|no es pot lliurar)",
    # Swedish, Danish, Norwegian, Finnish, Polish, Czech, Hungarian, Romanian, Turkish, Greek
    r"^(?:kan inte levereras|går inte att leverera|olevererbart|kan ikke leveres|kunne ikke leveres"
    r"|kan ikkje leverast|ikke levert|toimitus epäonnistui|ei voi(?:tu|da)? toimittaa"
    r"|viestiä ei voitu|perille toimittamaton)",
    r"^(?:niedostarcz|nie (?:można|udało się) dostarczyć|zwrot (?:poczty|wiadomości)|nedoručiteln"
    r"|nedoručen|doručení se nezdařilo|kézbesíthetetlen|sikertelen kézbesítés|nelivrabil|nelivrat"
    r"|teslim edilem|δεν είναι δυνατή η παράδοση|αδύνατη η παράδοση)",
    # Russian, Ukrainian, Bulgarian, Chinese, Japanese, Korean, Hebrew, Arabic
    r"не ?достав|недоставлен|невозможно достав|не вдалося достав|退信|投递失败|无法(?:投递|送达)"
    r"|投遞|無法(?:傳遞|傳送|寄送)|传递失败|未送达|配信(?:不能|失敗|エラー|に失敗|でき)"
    r"|送信(?:不能|失敗|エラー|でき)|配達(?:不能|できま)|不達|배달(?:되지| 못| 실패)|반송"
    r"|לא ניתן למסור|לא נמסר",
    r"تعذر تسليم|لم يتم تسليم|فشل (?:في )?(?:ال)?تسليم|غير قابل للتسليم",
)
"""A subject that says of a message that it did not arrive."""

PHRASE: Final = _any_of(
    r"\b(?:could|can|was|were|has|have|did|does|is|are|will)(?: ?not|n't)\b"
    r"(?: yet)?(?: be| been)?(?: successfully)? "
    r"(?:deliver|reach|reached|receive the|receive this|receive your|receive a copy|accepting mail"
    r"|sent\b|processed|collected)",
    r"\b(?:unable|not able|wasn't able|failed|trouble|impossible|error|attempting|trying)"
    r"(?: \w+){0,2}?(?: to)? (?:deliver|send)",
    r"\bdeliver(?:y|ies|ing)?(?: \w+){0,8}? (?:failed|delayed|aborted|postponed|unsuccessful)",
    r"\b(?:delivery|delevery|deliver) (?:to|of|attempt|fail|error|problem|status notif)",
    r"\bundeliver(?:ed|able)\b|\bnon-?delivery\b|\bnot delivered\b|\bdelivery report\b",
    r"\b(?:failed|invalid|affected|intended|undeliverable|unknown) (?:final delivery )?"
    r"(?:recipient|address|user|userid)",
    r"\baddress(?:es)?(?:\(es\))? (?:had|have|has|failed)\b|\berror-for:|\baddressed to:",
    r"\b(?:unknown user|user unknown|no such user|user not (?:known|found|listed)|unknown address)",
    r"\b(?:has|have|been|was) (?:been )?(?:automatically )?(?:returned|rejected|postponed"
    r"|delayed)\b",
    r"\b(?:mail ?box|mailfolder|account|inbox)(?: \w+){0,3}? (?:full|unavailable|disabled|quota)",
    r"\b(?:quota (?:exceeded|violation)|over ?quota|disk quota|address(?:es)? rejected)\b",
    r"\bdid not exactly match\b|\bdelivery problems?\b|\bwrong or no longer valid\b",
    r"\bfollowing (?:reason|error)s?\b|\breturned (?:message|mail|to (?:the )?sender)\b",
    r"\b[45]\d\d[ -][45]\.\d\.\d|\b5[05]\d[ :-]{1,2}(?:\w+ ){0,3}(?:user|recipient|mailbox"
    r"|address)",
    r"\b(?:recipient|user|mailbox|address|account|host|domain)s?(?: name)?(?: was| is| were)?"
    r" (?:not found|not known|unknown|does not exist|doesn't exist|no longer (?:exists|valid"
    r"|active)"
    r"|not (?:listed|recogni[sz]ed))",
    r"\b(?:no valid recipients|has failed delivery|not known at this site|failure reasons"
    r"|exceeds allowed size|permanent fatal (?:delivery )?errors?|fatal errors|delivery errors)\b",
    r"\bgroup you tried to contact\b|\bnot have permission to post\b|\brejected recipient\b"
    r"|\bdelivery of the (?:e-?mail|message) was stopped|\bwas blocked by\b"
    r"|\bnot been delivered\b|\btrouble delivering\b|\bdestination addresses were unknown",
    # French, German, Spanish, Italian, Portuguese, Dutch, Welsh
    r"n'a (?:pas )?(?:pu|été)(?: \w+){0,3} (?:remis|delivr|délivr|distribu|envoy|achemin)",
    r"échec de (?:la )?(?:remise|distribution|l'envoi)|impossible de (?:remettre|distribuer"
    r"|délivrer)",
    r"(?:nicht|nie) (?:\w+ ){0,3}(?:zugestellt|zustellbar|ausgeliefert|übermittelt)|unzustellbar",
    r"fehler bei der (?:nachrichten)?(?:zustellung|übermittlung)|zustellung .{0,60}fehlgeschlagen",
    r"no (?:se )?(?:ha |han )?(?:podido|pudo|puede|fue)(?: \w+){0,3} (?:entreg|envi)",
    r"error (?:de|en la) entrega|no (?:ha sido|fue) entregad",
    r"impossibile (?:recapitare|consegnare)|non è stato (?:possibile|recapitat|consegnat)",
    r"n[ãa]o (?:p[ôo]de|foi|foi poss[íi]vel)(?: \w+){0,2} (?:entreg|envi)",
    r"(?:kon|kan|is) niet (?:\w+ ){0,3}(?:bezorgd|afgeleverd)",
    r"(?:methu|methwyd) (?:â )?(?:danfon|dosbarthu|anfon)|heb (?:gael )?ei (?:ddosbarthu|danfon)",
    r"recapito non riuscito|consegna (?:non riuscita|fallita)|falha (?:na|de|no) (?:entrega|envio)"
    r"|bezorging is mislukt|niet (?:worden )?(?:bezorgd|afgeleverd|bestelbaar)",
    # Swedish, Danish, Norwegian, Finnish, Polish, Czech, Hungarian, Romanian, Turkish, Greek
    r"leverans(?:en)? misslyckades|kunde inte levereras|levering(?:en)? (?:mislykkedes|mislyktes"
    r"|feilet)|kunne ikke (?:leveres|levere)|ei voitu toimittaa|toimitus\b.{0,60}epäonnistui",
    r"nie (?:można|udało się|mogła zostać|została) (?:\w+ )?dostarcz|doručení\b.{0,60}nezdařilo"
    r"|(?:nelze|nebylo možné|se nepodařilo) (?:\w+ )?doručit|kézbesítés\b.{0,60}(?:sikertelen"
    r"|nem sikerült)|nem (?:lehetett|sikerült) kézbesíteni|nu (?:a putut fi|s-a putut) livra",
    r"teslim edilem|teslimat\b.{0,40}başarısız|δεν ήταν δυνατή η παράδοση"
    r"|η παράδοση\b.{0,40}απέτυχε",
    # Russian, Chinese, Japanese, Korean, Hebrew, Arabic
    r"не (?:удалось|может|могло|было)(?: \w+){0,3} (?:выполнить доставку|доставить|отправлен)"
    r"|не вдалося (?:\w+ )?достав|пользователь не найден|ящик (?:переполнен|не существует)",
    r"邮件被退回|无法送达|传递失败|未能送达|退信原因|無法(?:傳遞|送達)|宛先(?:の|が|に|へ)"
    r"|見つかりません|存在しません|送信できません|배달(?:되지|할 수| 실패)|전송(?:되지|할 수"
    r"|에 실패)"
    r"|לא ניתן למסור|מסירת ההודעה",
    r"не (?:может быть|удалось|возможно|было|был)?(?: \w+){0,2} ?достав|невозможно доставить",
    r"无法(?:投递|发送|送达|到达)|投递失败|退回|無法(?:投遞|寄送|傳送)",
    r"(?:配信|送信|配送|お届け|届ける(?:こと)?)(?:が|は)?(?:でき|出来)|届きません",
    r"تعذر (?:تسليم|إرسال)|لم يتم (?:تسليم|توصيل)|فشل (?:في )?(?:ال)?(?:تسليم|توصيل)",
)
"""Words of a notice that says that a message did not arrive, or why."""

DELAY: Final = _any_of(
    r"\b(?:not|n't) yet been delivered|\bhas been (?:delayed|postponed)|\bmessage(?: is)? delayed",
    r"\bstill being retried|\bwill (?:be retried|continue to (?:try|attempt)|keep trying)",
    r"\bdelivery attempts will continue|\bwarning message only|\badvisory-only|\bjust a warning",
    r"\bcould not send message for past|\bdelayed mail\b|\(delay(?:ed)?\)$",
    r"n'a pas encore été (?:remis|distribu)|noch nicht zugestellt"
    r"|todavía no se ha (?:podido )?entreg",
    r"heb gael ei ddanfon eto|لم يتم تسليم .{0,40} بعد",
)
"""The mail system is still trying."""

RETURNED: Final = _any_of(
    r"^[^\w\n]{0,40}(?:this is (?:a|the) |included is (?:a|the) |here is (?:a|the) |(?:a|the) )?"
    r"(?:full |first part of |header of )?(?:copy|headers?|text|lines|part|summary|start) of "
    r"(?:the |your |this )?(?:first part of the )?(?:original |returned |source |undelivered )*"
    r"(?:mail|message)",
    r"^[^\w\n]{0,40}(?:the )?(?:original|returned|unsent|undelivered|old|source) (?:e-?mail"
    r"|message)\b"
    r"(?! was received| at)[^.\n]{0,60}$",
    r"^[^\w\n]{0,40}(?:message|mail) (?:text|header|headers|body)[^.\n]{0,40}$",
    r"^[^\w\n]{0,40}(?:the )?(?:original|returned|undelivered) (?:e-?mail|message) (?:as received"
    r"|attach"
    r"|follow|header|detail)",
    r"^[^\w\n]{0,40}(?:message headers follow|below th(?:is|e next) line|attachment is a copy)",
    r"^[^\w\n]{0,40}(?:the (?:first \d{1,4} lines|header and top|header of the original))",
    r"^[^\w\n]{0,40}your message reads|^[^\w\n]{0,40}(?:returned mail"
    r"|forwarded message)\b[^.\n]{0,30}$",
    r"^[^\w\n]{0,40}(?:mensaje original|message d'origine|ursprüngliche nachricht|neges wreiddiol)",
    r"^(?:content-type: message/(?:rfc822|delivery)|received: from|return-path:)",
    r"^[-=|* ]{3,40}(?:原始|原邮件|以下是|元のメッセージ|копия|ниже)",
)
"""The line from which on a notice shows what it returns."""

ASIDE: Final = _any_of(
    r"\bcontact\b|\bassistance\b|(?<!\bin )\breply to\b|\bquestions\b|\bmail from\b|\bhelp ?desk\b"
    r"|\bsupport\b",
    r"^[^\w\n]{0,5}(?:from|sender|cc|reply-to|return-path|de|von|oddi wrth)\s{0,5}:",
    r"\bx-\w+-sender\b",
    r"\bmade by\b|\bsent by\b|\bmessage sent from\b|\bfrom <|\bmessage-id\b|\b(?:from|by) host\b",
)
"""Lines of a notice whose addresses are somebody else's."""

HEADER_OF_ORIGINAL: Final = re.compile(
    r"^[^\w\n]{0,5}(?:to|an|à|para|a|at|subject|sent|date)\s{0,5}:", _FLAGS
)
"""Lines that repeat the returned message's header: its To is believed if nothing else is there."""

GREETING: Final = re.compile(
    r"^(?:dear|hello|hi|hey|good (?:morning|day|afternoon|evening)|annwyl|helo|bonjour|cher|chère"
    r"|madame|monsieur|sehr geehrte\w?|liebe\w?|hallo|guten tag|hola|estimad[oa]s?|buenos días"
    r"|مرحبا|السلام عليكم|عزيزي)\b[^.\n]{0,60}$",
    _FLAGS,
)
"""A line with which a person begins a letter."""
