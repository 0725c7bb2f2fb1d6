"""What routing does when it hears something: load, decide, save, and send what follows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

import structlog

from services.routing.arrival import add_letter, going_on, open_ticket
from services.routing.contact import lose_contact
from services.routing.deliveries import hearing
from services.routing.hours import Calendar
from services.routing.known_patron import KnownPatron, heed
from services.routing.links import BACK, link_back, linked
from services.routing.roster import Roster
from services.routing.situation import Situation
from services.routing.surveying import take_opinion
from services.routing.ticket import Change, Letter, Link, Ticket
from shared.addresses import untagged
from shared.crash import crash_point
from shared.errors import Permanent, Transient
from shared.library import Library
from shared.messages import (
    TO_PUBLISHERS,
    ContactLost,
    EnquiryReceived,
    Message,
    Notice,
    NoticeFailed,
    SurveyAnswered,
    derived_id,
)
from shared.references import names_in

log = structlog.get_logger()

_TRIES: Final = 5
"""How often a change is decided anew because somebody else was quicker."""
MOST_MERGES: Final = 20
"""Steps that are followed from a ticket to the one that it was merged into."""
_GIVES: Final = frozenset({"assigned", "handed_over"})
"""What the timeline says when somebody is given a ticket."""


class KnownPatrons(Protocol):
    """What the handlers need to know of patrons."""

    async def find(self, key: str) -> KnownPatron | None: ...
    async def marked(self, mark: str) -> KnownPatron | None: ...
    async def open_tickets(self, key: str) -> Sequence[str]: ...


class Tickets(Protocol):
    """What the handlers need of the store."""

    @property
    def known_patrons(self) -> KnownPatrons: ...

    async def letter(self, letter_id: str) -> Letter | None: ...
    async def find(self, reference: str) -> Ticket | None: ...
    async def open(self, change: Change, *, caused_by: str, also: Sequence[str] = ()) -> bool: ...
    async def save(self, change: Change, *, caused_by: str) -> bool: ...
    async def has_applied(self, reference: str, caused_by: str) -> bool: ...
    async def whole(self, reference: str) -> Mapping[str, Any] | None: ...
    async def words(self, reference: str) -> frozenset[str]: ...
    async def letters(
        self, references: Sequence[str], written: Sequence[str]
    ) -> Sequence[Mapping[str, Any]]: ...
    async def came_back(
        self, reference: str, begins: str, whom: Sequence[str], reason: str
    ) -> bool: ...
    async def move_letters(self, ids: Sequence[str], source: str, to: str) -> None: ...


class Outbox(Protocol):
    """What sends the messages once they are saved."""

    def send(self, document_id: str, messages: Sequence[Message]) -> None: ...


@dataclass(frozen=True)
class Desk:
    """What the handlers work with."""

    tickets: Tickets
    outbox: Outbox
    roster: Roster
    library: Library
    calendars: Mapping[str, Calendar]
    clock: Callable[[], datetime]

    def gave(self, change: Change) -> None:
        """Who is given the ticket by a change that was saved has one more from this moment on."""
        if change.ticket.given and any(one["event"] in _GIVES for one in change.entries):
            self.roster.gave(change.ticket.given[-1])

    def situation(self, cause: str, now: datetime | None = None) -> Situation:
        """What a decision is made from, at this moment."""
        return Situation(
            library=self.library,
            calendars=self.calendars,
            staff=self.roster.staff,
            load=self.roster.load,
            now=now or self.clock(),
            cause=cause,
            achieved=self.roster.achieved,
        )


async def on_enquiry_received(message: EnquiryReceived, *, desk: Desk) -> None:
    """Open a ticket, or add the patron's words to the ticket that they answer."""
    await _receive(message, desk)


async def on_contact_lost(message: ContactLost, *, desk: Desk) -> None:
    """Make it somebody's task to find the patron again, on a ticket of its own or the old one."""
    await _receive(message, desk)


async def on_notice_failed(message: NoticeFailed, *, desk: Desk) -> None:
    """A letter of ours could not be sent: somebody has to reach the patron another way."""
    if await desk.tickets.find(message.reference) is None:
        raise Permanent(f"there is no ticket {message.reference}")

    def decide(ticket: Ticket) -> Change | None:
        return _not_told(ticket, message, desk.situation(message.message_id))

    changed = change_standing(message.reference, message.message_id, decide, desk)
    change = await carried_out(changed, desk)
    if change is not None:
        log.info("contact_lost", reference=change.ticket.reference, notice=message.notice)


async def on_survey_answered(message: SurveyAnswered, *, desk: Desk) -> None:
    """A patron said how it was: what was not solved is open again."""
    letter = await desk.tickets.letter(message.letter_id)
    if letter is None or letter.opinion is None:
        raise Permanent(f"the answer {message.letter_id} is not there")
    if letter.is_erased:
        return
    opinion = letter.opinion

    def decide(ticket: Ticket) -> Change | None:
        change = take_opinion(ticket, letter, opinion, desk.situation(message.message_id))
        return replace(change, words=letter.words) if change else None

    changed = change_standing(message.reference, message.message_id, decide, desk)
    change = await carried_out(changed, desk)
    if change is not None:
        desk.gave(change)
        log.info("survey_taken", reference=change.ticket.reference, letter_id=letter.id)


async def on_outcome(message: ContactLost | NoticeFailed | SurveyAnswered, *, desk: Desk) -> None:
    """What became of a contact, a letter or an answer: they come by one queue."""
    if isinstance(message, SurveyAnswered):
        await on_survey_answered(message, desk=desk)
    elif isinstance(message, NoticeFailed):
        await on_notice_failed(message, desk=desk)
    else:
        await on_contact_lost(message, desk=desk)


def _not_told(ticket: Ticket, message: NoticeFailed, s: Situation) -> Change | None:
    """Contact is lost; but that an automatic letter failed says nothing new while it is known to
    be, and takes nothing back of what is resolved: only the answer itself does. Copies that were in
    it are not delivered."""
    if ticket.erased_at is not None:
        return None  # it was on its way when its patron was erased
    if message.notice in TO_PUBLISHERS:
        return hearing.not_sent(ticket, message.notice_id, message.reason, s)
    back = hearing.came_back(ticket, message.notice_id, message.reason, s)
    if back is not None and ticket.lost is None:
        return back.and_then(_lost(back.ticket, message, s))
    if back is not None:
        return back
    if message.notice is not Notice.REPLY and (ticket.lost is not None or ticket.is_ended):
        return None
    return _lost(ticket, message, s)


def _lost(ticket: Ticket, message: NoticeFailed, s: Situation) -> Change:
    change = lose_contact(ticket, "mail", message.notice_id, s)
    lost, *rest = change.entries
    return replace(change, entries=({**lost, "reason": message.reason}, *rest))


async def _receive(message: EnquiryReceived, desk: Desk) -> None:
    letter = await desk.tickets.letter(message.letter_id)
    if letter is None:
        raise Permanent(f"the letter {message.letter_id} is not there")
    if letter.is_erased:
        log.info("erased_letter_passed", reference=message.reference, letter_id=letter.id)
        return
    decide = _open if message.opens else _add
    await carried_out(decide(message, letter, desk), desk)


async def carried_out(deciding: Awaitable[Change | None], desk: Desk) -> Change | None:
    """What was decided and saved; what follows from it is on its way."""
    crash_point("routing.before_effect")
    change = await deciding
    crash_point("routing.after_effect")
    if change is not None:
        desk.outbox.send(change.ticket.reference, change.outgoing)
    return change


async def _open(message: EnquiryReceived, letter: Letter, desk: Desk) -> Change | None:
    situation = desk.situation(message.message_id)
    links = await _links(message, desk)
    if message.continues:
        letter = going_on(letter, await standing(message.continues, desk))
    change = linked(open_ticket(message.reference, letter, situation), links, situation.now)
    change = replace(change, words=letter.words)
    if await desk.tickets.open(change, caused_by=message.message_id):
        desk.gave(change)
        owner = change.ticket.owner.id if change.ticket.owner else None
        log.info("ticket_opened", reference=message.reference, owner=owner)
    # After the ticket, and done again if this process ends here: the delivery comes again then.
    for one in links:
        await _link_back(message, one, desk)
    await heed_since(letter, message.reference, desk)
    return change


async def _links(message: EnquiryReceived, desk: Desk) -> tuple[Link, ...]:
    """The tickets that the letter has to do with, of those that exist."""
    wanted = [("continues", message.continues)] if message.continues else []
    wanted += [("named", one) for one in message.named if one != message.reference]
    found = [(kind, await standing(one, desk)) for kind, one in wanted]
    return tuple(dict.fromkeys(Link(kind, one.reference) for kind, one in found if one))


async def _link_back(message: EnquiryReceived, link: Link, desk: Desk) -> None:
    back = Link(BACK[link.kind], message.reference)

    def decide(ticket: Ticket) -> Change | None:
        return link_back(ticket, back, desk.clock())

    if await change_standing(link.reference, message.message_id, decide, desk) is not None:
        log.info("attempt_noted", reference=link.reference, letter_id=message.letter_id)


async def _note_returned(letter: Letter, desk: Desk) -> None:
    """Before the ticket's own write, so that it is done again if this process ends here. Nobody
    names a letter of ours by its Message-ID who has not seen it."""
    if not (letter.is_returned and letter.is_proven and letter.automatic):
        return
    if named := names_in(letter.returned_id or ""):
        why = f"it came back: {letter.returned_for}" if letter.returned_for else "it came back"
        if await desk.tickets.came_back(*named, letter.returned_from, why):
            log.info("notice_bounced", reference=named[0], letter_id=letter.id)


async def _add(message: EnquiryReceived, letter: Letter, desk: Desk) -> Change | None:
    await _note_returned(letter, desk)

    def decide(ticket: Ticket) -> Change:
        situation = desk.situation(message.message_id)
        if message.ask is not None:
            change = hearing.answer(ticket, letter, message.ask, situation)
        else:
            change = hearing.with_returned(ticket, letter, add_letter, situation)
        return replace(change, words=letter.words)

    change = await change_standing(message.reference, message.message_id, decide, desk)
    if change is not None:
        desk.gave(change)
        log.info("letter_added", reference=change.ticket.reference, letter_id=letter.id)
    return change


async def heed_since(letter: Letter, reference: str, desk: Desk) -> None:
    """What was noted of its patron while the ticket was being opened, and whoever told the tickets
    did not find it yet. Who has never written before has nothing noted."""
    address = letter.patron.address
    if letter.heeds is None or address is None:
        return
    known = await desk.tickets.known_patrons.find(untagged(address))
    if known is not None:
        await heed_known(reference, known, desk=desk)


async def heed_known(reference: str, known: KnownPatron, *, desk: Desk) -> None:
    """A ticket follows what is noted of its patron, if it does not yet. Raises: Transient."""
    languages = desk.library.library.languages

    def decide(ticket: Ticket) -> Change | None:
        return heed(ticket, known, languages, desk.clock())

    cause = derived_id(known.mark, str(known.version), reference)
    change = await change_standing(reference, cause, decide, desk)
    if change is not None:
        desk.outbox.send(change.ticket.reference, change.outgoing)
        log.info("patron_heeded", reference=change.ticket.reference)


async def change_standing(
    reference: str, cause: str, decide: Callable[[Ticket], Change | None], desk: Desk
) -> Change | None:
    """Decide on the ticket as it stands until nobody else is quicker; None: nothing to do, or done
    before. Raises: Transient."""
    for _ in range(_TRIES):
        ticket = await standing(reference, desk, cause)
        if ticket is None:
            raise Transient("the ticket that this letter joins is not there yet")
        if await desk.tickets.has_applied(ticket.reference, cause):
            return None
        change = decide(ticket)
        if change is None or await desk.tickets.save(change, caused_by=cause):
            return change
    raise Transient("the ticket is being changed by others all the time")


async def standing(reference: str, desk: Desk, cause: str | None = None) -> Ticket | None:
    """The ticket, or the one that it was merged into; but the one that has applied this cause,
    if it did so before it was merged."""
    ticket = await desk.tickets.find(reference)
    for _ in range(MOST_MERGES):
        if ticket is None or ticket.merged_into is None:
            break
        if cause is not None and await desk.tickets.has_applied(ticket.reference, cause):
            break
        ticket = await desk.tickets.find(ticket.merged_into)
    return ticket
