"""From bytes to a letter: read, screened, and with what is known of where it came from.

Decides nothing about tickets: `accept.py` does.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.intake import screen
from services.intake.dkim_check import Verifier
from services.intake.follow_up import tagged
from services.intake.headers import decoded, remark_imitations, usable_address
from services.intake.letter import Letter, Verdicts
from services.intake.mail import Mail, Unreadable
from services.intake.quarantine import glimpse
from services.intake.reader import Reader
from services.intake.reading import Reading
from services.intake.remarks import Remarks, remark
from services.intake.verdicts import verdicts_of
from shared.references import Seal

_FOLD: Final = re.compile(rb"\n[ \t]+")
_MOST_HEAD: Final = 256 * 1024
"""Bytes in which a header must have ended: one that goes on is read by nobody (`mail.py`)."""
_LASTING: Final = (b"from:", b"date:", b"message-id:", b"subject:")
_TELLING: Final = (b"message-id:", b"date:")
_OLDEST: Final = timedelta(days=3650)
_CLOCKS_DIFFER: Final = timedelta(days=1)
"""How long before its arrival, and how long after it, a letter may say that it was written."""


@dataclass(frozen=True)
class Trust:
    """Whose word is taken for where a mail comes from."""

    authserv_id: str | None = None
    """The name under which our own mail server writes what it found (RFC 8601 §2.5)."""
    signatures: Verifier | None = None
    """Who looks at signatures if that server said nothing; None: they are not verified."""


TRUST_NOBODY: Final = Trust()


@dataclass(frozen=True)
class Clerk:
    """What understanding a mail takes."""

    reader: Reader
    seal: Seal
    own: frozenset[str]
    """The library's addresses, in lower case and without tags."""
    most_bytes: int = 26_214_400
    trust: Trust = TRUST_NOBODY


async def understand(
    raw: bytes,
    envelope_from: str | None,
    recipients: tuple[str, ...],
    at: datetime,
    *,
    clerk: Clerk,
) -> Letter:
    """The letter in these bytes; one that can't be read says so of itself."""
    letter = Letter(
        id=fingerprint(raw),
        door="smtp",
        at=at,
        raw=raw,
        envelope_from=envelope_from,
        recipients=recipients,
    )
    if len(raw) > clerk.most_bytes:
        return replace(letter, unreadable="it is too large", **glimpse(raw))
    try:
        reading = await clerk.reader.read(raw, letter.id, has_null_sender=envelope_from == "")
    except Unreadable as error:
        return replace(letter, unreadable=str(error), **glimpse(raw))
    mail, bounce = _with_sender(reading.mail, envelope_from), reading.bounce
    new_text = reading.words.new
    return replace(
        _understood(letter, replace(reading, mail=mail)),
        bounce=bounce,
        automatic=screen.automatic(
            mail, new_text, envelope_from, clerk.own, bounce=bounce, seal=clerk.seal
        ),
        verdicts=await _verdicts(raw, mail, clerk.trust),
    )


def fingerprint(raw: bytes) -> str:
    """The same for every copy of one letter: what relays add on the way does not count.

    Message-ID alone would not do: senders repeat, omit and forge it. A letter with neither that nor
    a Date is told from others by all of its bytes, and so is one whose header has no end: this is
    made before anything bounds what a letter may cost. Line ends differ between the doors.
    """
    raw = raw.replace(b"\r\n", b"\n")
    end = raw.find(b"\n\n", 0, _MOST_HEAD)
    head = _FOLD.sub(b" ", raw[: max(0, end)])
    lasting = sorted(line for line in head.splitlines() if line.lower().startswith(_LASTING))
    if not any(line.lower().startswith(_TELLING) for line in lasting):
        return hashlib.sha256(raw).hexdigest()
    return hashlib.sha256(b"\0".join([*lasting, raw[end + 2 :].rstrip(b"\n")])).hexdigest()


def _with_sender(mail: Mail, envelope_from: str | None) -> Mail:
    """Where no header holds an address, whoever gave the mail to the mail system (RFC 5321 §3.3)
    is its sender, as Return-Path would tell in a mailbox. What stands in a header, usable or not,
    is not replaced by another."""
    address = usable_address(envelope_from or "")
    if address is None or "@" in mail.sender:
        return mail
    remarks = Remarks()
    remarks.add("sender_taken_from", "the SMTP envelope")
    remark_imitations(mail.name, address, remarks)
    told = (*mail.remarks, *remarks.all())
    return replace(mail, sender=address, address=address, remarks=told)


def _understood(letter: Letter, reading: Reading) -> Letter:
    """The letter with what its mail says."""
    mail, html, words = reading.mail, reading.html, reading.words
    remarks = list(mail.remarks)
    if html is not None and html.html is None:
        remarks.append(remark("html_too_large"))
    sent_at = mail.sent_at
    if sent_at is not None and not -_OLDEST < sent_at - letter.at < _CLOCKS_DIFFER:
        sent_at = None
        remarks.append(remark("date_odd"))
    return replace(
        letter,
        name=mail.name,
        sender=mail.sender,
        address=mail.address,
        sent_at=sent_at,
        subject=mail.subject,
        text=mail.text,
        new_text=words.new,
        quoted_text=words.quoted,
        signature=words.signature,
        html=html.html if html else None,
        blocked_loads=html.blocked_loads if html else 0,
        remarks=tuple(remarks),
        message_id=mail.message_id,
        replies_to=tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))),
        references=mail.references,
        attachments=mail.attachments,
        reply_to=decoded(mail.header("reply-to") or "")[:320],
        also_to=tagged((*mail.headers.get("to", ()), *mail.headers.get("cc", ()))),
    )


async def _verdicts(raw: bytes, mail: Mail, trust: Trust) -> Verdicts:
    """What our mail server found out; where it found nothing, what this program can."""
    verdicts = verdicts_of(mail.trace, trust.authserv_id)
    if verdicts.results or trust.signatures is None or "dkim-signature" not in mail.headers:
        return verdicts
    found = await trust.signatures.verified(raw)
    results = (("dkim", found.result), *((("dkim_domain", found.domain),) if found.domain else ()))
    return replace(verdicts, by="self", results=results)
