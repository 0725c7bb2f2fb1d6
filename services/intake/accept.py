"""The use case of every door: understand, screen, match, save. Only then may a door say "kept"."""

import asyncio
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

import structlog
from prometheus_client import Counter

from services.intake import screen
from services.intake.bounce import bounce_of, has_signs
from services.intake.dkim_check import Lookup, verified
from services.intake.follow_up import Claims, claims
from services.intake.letter import Letter, Verdicts
from services.intake.mail import Mail, Unreadable, read
from services.intake.remarks import remark
from services.intake.reply_text import split, split_html
from services.intake.safe_html import pictures, safe_html
from services.intake.store import ReferenceTaken
from services.intake.verdicts import verdicts_of
from shared.messages import EnquiryReceived, Message
from shared.references import Seal, allot

log = structlog.get_logger()

_kept = Counter("desk_letters_kept", "Letters kept", ["door", "state"])
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_LASTING: Final = (b"from:", b"date:", b"message-id:", b"subject:")
_LARGE: Final = 64 * 1024
"""Bytes from which a mail is read in a thread, so that it holds nobody else up."""

_MOST_HTML: Final = 1_000_000
"""Characters of HTML in which quotations are looked for; beyond, in its text."""
_OLDEST: Final = timedelta(days=3650)
_CLOCKS_DIFFER: Final = timedelta(days=1)
"""How long before its arrival, and how long after it, a letter may say that it was written."""


class Letters(Protocol):
    """What this use case needs of the store."""

    async def save(
        self, letter: Letter, reference: str | None, event: EnquiryReceived | None
    ) -> bool: ...
    async def find(self, letter_id: str) -> dict[str, Any] | None: ...
    async def belongs(self, reference: str, address: str) -> bool: ...
    async def reference_answered(
        self, message_ids: tuple[str, ...], address: str
    ) -> str | None: ...


class Outbox(Protocol):
    """What sends the event once it is saved."""

    def send(self, document_id: str, messages: list[Message]) -> None: ...


class Scans(Protocol):
    """What looks for viruses in a letter's attachments once it is kept."""

    def begin(self, letter_id: str) -> None: ...


@dataclass(frozen=True)
class Trust:
    """Whose word is taken for where a mail comes from."""

    authserv_id: str | None = None
    """The name under which our own mail server writes what it found (RFC 8601 §2.5)."""
    dns: Lookup | None = None
    """Where signatures are looked up if that server said nothing; None: they are not verified."""


TRUST_NOBODY: Final = Trust()


@dataclass(frozen=True)
class Desk:
    """What accepting a letter takes."""

    letters: Letters
    outbox: Outbox
    seal: Seal
    enquiry_address: str
    scans: Scans | None = None
    """None where nothing looks for viruses."""
    trust: Trust = TRUST_NOBODY


async def accept_mail(
    raw: bytes, envelope_from: str | None, recipients: tuple[str, ...], at: datetime, *, desk: Desk
) -> str | None:
    """Keep a mail message. Returns its ticket's reference, None if it has no ticket.

    Raises: Transient: not kept; the sender must try again.
    """
    letter = await understand(
        raw, envelope_from, recipients, at, desk.enquiry_address, trust=desk.trust
    )
    return await keep(letter, desk=desk)


async def understand(
    raw: bytes,
    envelope_from: str | None,
    recipients: tuple[str, ...],
    at: datetime,
    own: str,
    *,
    trust: Trust = TRUST_NOBODY,
) -> Letter:
    """The letter in these bytes; one that can't be read says so of itself."""
    letter = Letter(id=_fingerprint(raw), door="smtp", at=at, raw=raw, recipients=recipients)
    is_long = len(raw) > _LARGE
    try:
        mail = await asyncio.to_thread(read, raw) if is_long else read(raw)
    except Unreadable as error:
        return replace(letter, unreadable=str(error))
    bounce = None
    if has_signs(mail, has_null_sender=envelope_from == ""):
        bounce = await asyncio.to_thread(bounce_of, raw, has_null_sender=envelope_from == "")
    make = partial(_understood, letter, mail)
    known = await asyncio.to_thread(make) if is_long else make()
    return replace(
        known,
        automatic=screen.automatic(mail, envelope_from, own, bounce),
        bounce=bounce,
        verdicts=await _verdicts(raw, mail, trust),
    )


async def _verdicts(raw: bytes, mail: Mail, trust: Trust) -> Verdicts:
    """What our mail server found out; where it found nothing, what this program can."""
    verdicts = verdicts_of(mail.trace, trust.authserv_id)
    if verdicts.results or trust.dns is None or "dkim-signature" not in mail.headers:
        return verdicts
    found = await verified(raw, trust.dns)
    results = (("dkim", found.result), *((("dkim_domain", found.domain),) if found.domain else ()))
    return replace(verdicts, by="self", results=results)


def _understood(letter: Letter, mail: Mail) -> Letter:
    """The letter with what its mail says; its HTML made safe, with its own pictures in it."""
    remarks = list(mail.remarks)
    html: str | None = None
    blocked = 0
    if mail.html:
        made = safe_html(mail.html, pictures(letter.id, mail.attachments))
        html, blocked = made.html, made.blocked_loads
        if html is None:
            remarks.append(remark("html_too_large"))
    sent_at = mail.sent_at
    if sent_at is not None and not -_OLDEST < sent_at - letter.at < _CLOCKS_DIFFER:
        sent_at = None
        remarks.append(remark("date_odd"))
    by_html = mail.is_html_alone and len(mail.html) <= _MOST_HTML
    words = split_html(mail.html) if by_html else split(mail.text)
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
        html=html,
        blocked_loads=blocked,
        remarks=tuple(remarks),
        message_id=mail.message_id,
        replies_to=tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))),
        references=mail.references,
        attachments=mail.attachments,
    )


def _fingerprint(raw: bytes) -> str:
    """The same for every copy of one letter: what relays add on the way does not count.

    Message-ID alone would not do: senders repeat, omit and forge it. A letter without one is told
    from others by all of its bytes.
    """
    end = _BLANK_LINE.search(raw)
    head = _FOLD.sub(b" ", raw[: end.start()]) if end else b""
    lasting = sorted(line for line in head.splitlines() if line.lower().startswith(_LASTING))
    if end is None or not any(line.lower().startswith(b"message-id:") for line in lasting):
        return hashlib.sha256(raw).hexdigest()
    return hashlib.sha256(b"\0".join([*lasting, raw[end.end() :]])).hexdigest()


async def keep(letter: Letter, *, desk: Desk) -> str | None:
    """Match a letter to its ticket and save it with its event. Returns the ticket's reference.

    Raises: Transient, Permanent.
    """
    if desk.scans is not None and letter.attachments:
        held = tuple(replace(one, state="held") for one in letter.attachments)
        letter = replace(letter, attachments=held)
    joined = None if letter.unreadable else await _ticket_of(letter, desk)
    while True:
        reference = joined or _new_reference(letter)
        event = _event(letter, reference, opens=joined is None) if reference else None
        try:
            is_new = await desk.letters.save(letter, reference, event)
            break
        except ReferenceTaken:
            continue
    _note(letter, reference, is_new)
    if not is_new:
        kept = await desk.letters.find(letter.id)
        return kept["reference"] if kept else None
    if event is not None:
        desk.outbox.send(letter.id, [event])
    if desk.scans is not None and letter.attachments:
        desk.scans.begin(letter.id)
    return reference


def _new_reference(letter: Letter) -> str | None:
    """Automatic mail about nothing, and mail that nobody can read, open no ticket."""
    return None if letter.automatic or letter.unreadable else allot()


def _event(letter: Letter, reference: str, *, opens: bool) -> EnquiryReceived:
    return EnquiryReceived(
        message_id=letter.id,
        reference=reference,
        at=letter.at,
        letter_id=letter.id,
        opens=opens,
    )


async def _ticket_of(letter: Letter, desk: Desk) -> str | None:
    returned = letter.bounce.original_message_id if letter.bounce else None
    replies_to = (returned, *letter.replies_to) if returned else letter.replies_to
    claimed = claims(letter.subject, letter.recipients, replies_to, desk.seal)
    if claimed.must_be_checked and letter.address:
        return await _checked(claimed, letter.address, desk.letters)
    return claimed.proven


async def _checked(claimed: Claims, address: str, letters: Letters) -> str | None:
    for reference in claimed.named:
        if await letters.belongs(reference, address):
            return reference
    return await letters.reference_answered(claimed.answered, address) if claimed.answered else None


def _note(letter: Letter, reference: str | None, is_new: bool) -> None:
    if not is_new:
        log.info("letter_known", door=letter.door, letter_id=letter.id)
        return
    state = "quarantined" if letter.unreadable else "automatic" if letter.automatic else "enquiry"
    _kept.labels(letter.door, state).inc()
    if letter.unreadable:
        log.warning("letter_quarantined", letter_id=letter.id, reason=letter.unreadable)
    log.info("letter_kept", door=letter.door, letter_id=letter.id, reference=reference)
