"""The use case of every door: understand, screen, match, save. Only then may a door say "kept"."""

import asyncio
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

import structlog
from prometheus_client import Counter

from services.intake import screen
from services.intake.bounce import bounce_of, has_signs
from services.intake.follow_up import Claims, claims
from services.intake.letter import Letter
from services.intake.mail import Unreadable, read
from services.intake.store import ReferenceTaken
from shared.messages import EnquiryReceived, Message
from shared.references import Seal, allot

log = structlog.get_logger()

_kept = Counter("desk_letters_kept", "Letters kept", ["door", "state"])
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_LASTING: Final = (b"from:", b"date:", b"message-id:", b"subject:")
_LARGE: Final = 64 * 1024
"""Bytes from which a mail is read in a thread, so that it holds nobody else up."""


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


@dataclass(frozen=True)
class Desk:
    """What accepting a letter takes."""

    letters: Letters
    outbox: Outbox
    seal: Seal
    enquiry_address: str


async def accept_mail(
    raw: bytes, envelope_from: str | None, recipients: tuple[str, ...], at: datetime, *, desk: Desk
) -> str | None:
    """Keep a mail message. Returns its ticket's reference, None if it has no ticket.

    Raises: Transient: not kept; the sender must try again.
    """
    letter = await understand(raw, envelope_from, recipients, at, desk.enquiry_address)
    return await keep(letter, desk=desk)


async def understand(
    raw: bytes,
    envelope_from: str | None,
    recipients: tuple[str, ...],
    at: datetime,
    own: str,
) -> Letter:
    """The letter in these bytes; one that can't be read says so of itself."""
    letter = Letter(id=_fingerprint(raw), door="smtp", at=at, raw=raw, recipients=recipients)
    try:
        mail = await asyncio.to_thread(read, raw) if len(raw) > _LARGE else read(raw)
    except Unreadable as error:
        return replace(letter, unreadable=str(error))
    bounce = None
    if has_signs(mail, has_null_sender=envelope_from == ""):
        bounce = await asyncio.to_thread(bounce_of, raw, has_null_sender=envelope_from == "")
    return replace(
        letter,
        name=mail.name,
        address=mail.address,
        subject=mail.subject,
        text=mail.text,
        message_id=mail.message_id,
        replies_to=tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))),
        references=mail.references,
        attachments=mail.attachments,
        bounce=bounce,
        automatic=screen.automatic(mail, envelope_from, own, bounce),
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
    if letter.door == "form":
        return None  # anybody can type anybody's address, so that it proves nothing
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
