"""The use case of every door: understand, screen, match, save. Only then may a door say "kept"."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog
from prometheus_client import Counter

from services.intake.letter import Letter, state_of
from services.intake.matching import Known, Match, match, standing
from services.intake.quarantine import glimpse
from services.intake.store import ReferenceTaken
from services.intake.understand import Clerk, understand
from shared.messages import EnquiryReceived, Message
from shared.references import Seal, allot
from shared.topic_rules import Door

log = structlog.get_logger()

_kept = Counter("desk_letters_kept", "Letters kept", ["door", "state"])
_HOUR: Final = timedelta(hours=1)


class Letters(Known, Protocol):
    """What this use case needs of the store."""

    async def save(
        self, letter: Letter, reference: str | None, event: EnquiryReceived | None
    ) -> bool: ...
    async def find(self, letter_id: str) -> dict[str, Any] | None: ...
    async def opened_since(self, counted_as: str, since: datetime) -> int: ...


class Outbox(Protocol):
    """What sends the event once it is saved."""

    def send(self, document_id: str, messages: list[Message]) -> None: ...


class Scans(Protocol):
    """What looks for viruses in a letter's attachments once it is kept."""

    def begin(self, letter_id: str) -> None: ...


@dataclass(frozen=True)
class Desk:
    """What accepting a letter takes."""

    letters: Letters
    outbox: Outbox
    clerk: Clerk
    seal: Seal
    scans: Scans | None = None
    """None where nothing looks for viruses."""
    most_enquiries: int = 20
    """New enquiries by mail from one address in an hour; any more are quarantined."""


async def accept_mail(
    raw: bytes,
    envelope_from: str | None,
    recipients: tuple[str, ...],
    at: datetime,
    *,
    desk: Desk,
    door: Door = "smtp",
) -> str | None:
    """Keep a mail message. Returns its ticket's reference, None if it has no ticket.

    Raises: Transient: not kept; the sender must try again.
    """
    letter = await understand(raw, envelope_from, recipients, at, clerk=desk.clerk)
    return await keep(replace(letter, door=door), desk=desk)


async def set_aside(
    head: bytes,
    reason: str,
    recipients: tuple[str, ...],
    at: datetime,
    *,
    place: str,
    desk: Desk,
    door: Door,
) -> None:
    """Keep the header of a mail that can't be taken in whole, for a person to look at.

    `place`: where it lies, as no other does; its header may be empty. Raises: Transient, Permanent.
    """
    name = hashlib.sha256(b"aside\0" + place.encode()).hexdigest()
    letter = Letter(name, door, at, head, recipients=recipients, unreadable=reason)
    await keep(replace(letter, **glimpse(head)), desk=desk)


async def keep(
    letter: Letter,
    *,
    desk: Desk,
    event: type[EnquiryReceived] = EnquiryReceived,
    joins: str | None = None,
) -> str | None:
    """Match a letter to its ticket and save it with its event. Returns the ticket's reference.

    `joins`: the ticket that it belongs to, where the door knows it; a closed one is continued, as
    by any letter. Raises: Transient, Permanent.
    """
    if desk.scans is not None and letter.attachments:
        held = tuple(replace(one, state="held") for one in letter.attachments)
        letter = replace(letter, attachments=held)
    found = await _match(letter, joins, desk)
    letter = replace(letter, is_proven=found.is_proven, ask=found.ask)
    letter = replace(letter, sender_is_known=found.sender_is_known)
    if found.joins is None and await _is_a_storm(letter, desk):
        letter = replace(letter, held="too many new enquiries from one address")
    while True:
        reference = found.joins or _new_reference(letter)
        told = _event(event, letter, reference, found) if reference else None
        try:
            is_new = await desk.letters.save(letter, reference, told)
            break
        except ReferenceTaken:
            continue
    _note(letter, reference, is_new, opens=found.joins is None)
    if not is_new:
        kept = await desk.letters.find(letter.id)
        return kept["reference"] if kept else None
    if told is not None:
        desk.outbox.send(letter.id, [told])
    if desk.scans is not None and letter.attachments:
        desk.scans.begin(letter.id)
    return reference


async def _match(letter: Letter, joins: str | None, desk: Desk) -> Match:
    if joins is not None:
        return await standing(Match(joins=joins), letter, desk.letters)
    return Match() if letter.aside else await match(letter, desk.letters, desk.seal)


async def _is_a_storm(letter: Letter, desk: Desk) -> bool:
    """Whether its sender has opened too many tickets of late: a program gone wild, or an attack.

    Letters of the same moment do not see each other: a few more may pass.
    """
    if letter.aside or letter.automatic or letter.counted_as is None:
        return False
    count = await desk.letters.opened_since(letter.counted_as, letter.at - _HOUR)
    return count >= desk.most_enquiries


def _new_reference(letter: Letter) -> str | None:
    """Automatic mail about nothing, and what is quarantined, open no ticket."""
    return None if letter.automatic or letter.aside else allot()


def _event(
    kind: type[EnquiryReceived], letter: Letter, reference: str, found: Match
) -> EnquiryReceived:
    return kind(
        message_id=letter.id,
        reference=reference,
        at=letter.at,
        letter_id=letter.id,
        opens=found.joins is None,
        named=found.named,
        continues=found.continues,
        ask=found.ask,
    )


def _note(letter: Letter, reference: str | None, is_new: bool, *, opens: bool) -> None:
    if not is_new:
        log.info("letter_known", door=letter.door, letter_id=letter.id)
        return
    state = state_of(letter, opens=opens)
    _kept.labels(letter.door, state).inc()
    if letter.aside:
        log.warning("letter_quarantined", letter_id=letter.id, reason=letter.aside)
    log.info("letter_kept", door=letter.door, letter_id=letter.id, reference=reference, state=state)
