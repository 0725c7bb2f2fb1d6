"""A ticket and what may happen to it. Pure: each function takes a ticket and gives a change.

A change is the ticket as it will be, what the timeline will say, and what others must be told; the
store saves all three as one document or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.routing.assign import Assignment
from services.routing.promise import Promise, PromiseState, answered
from shared.messages import Message, Notice, NoticeRequested, derived_id


class Status(StrEnum):
    """Where a ticket is. Escalation is a field of its own: a waiting ticket may be escalated."""

    NEW = "new"
    ASSIGNED = "assigned"
    WAITING_PATRON = "waiting_patron"
    WAITING_THIRD_PARTY = "waiting_third_party"
    RESOLVED = "resolved"


class Event(StrEnum):
    """What moves a ticket from one status to another."""

    ASSIGN = "assign"
    PATRON_WRITES = "patron_writes"
    REPLY = "reply"
    WAIT_FOR_PATRON = "wait_for_patron"
    WAIT_FOR_THIRD_PARTY = "wait_for_third_party"
    RESOLVE = "resolve"
    REOPEN = "reopen"


_AT_WORK: Final = {
    Event.ASSIGN: Status.ASSIGNED,
    Event.PATRON_WRITES: Status.ASSIGNED,
    Event.REPLY: Status.ASSIGNED,
    Event.WAIT_FOR_PATRON: Status.WAITING_PATRON,
    Event.WAIT_FOR_THIRD_PARTY: Status.WAITING_THIRD_PARTY,
    Event.RESOLVE: Status.RESOLVED,
}

# Every status has a row. What a row does not name is not allowed in that status.
TRANSITIONS: Final[Mapping[Status, Mapping[Event, Status]]] = {
    Status.NEW: {
        Event.ASSIGN: Status.ASSIGNED,
        Event.PATRON_WRITES: Status.NEW,
        Event.REPLY: Status.ASSIGNED,
        Event.RESOLVE: Status.RESOLVED,
    },
    Status.ASSIGNED: _AT_WORK,
    Status.WAITING_PATRON: _AT_WORK | {Event.REPLY: Status.WAITING_PATRON},
    Status.WAITING_THIRD_PARTY: _AT_WORK
    | {
        Event.REPLY: Status.WAITING_THIRD_PARTY,
        Event.PATRON_WRITES: Status.WAITING_THIRD_PARTY,
    },
    Status.RESOLVED: {
        Event.PATRON_WRITES: Status.ASSIGNED,
        Event.REPLY: Status.RESOLVED,
        Event.REOPEN: Status.ASSIGNED,
    },
}


class NotAllowed(Exception):
    """This can't happen to a ticket in this status."""

    def __init__(self, status: Status, event: Event) -> None:
        super().__init__(f"a ticket that is {status} can't {event}")
        self.status = status
        self.event = event


@dataclass(frozen=True)
class Patron:
    """Who asked."""

    name: str
    address: str | None


@dataclass(frozen=True)
class Owner:
    """The staff member who answers for a ticket."""

    id: str
    name: str


@dataclass(frozen=True)
class Letter:
    """What routing needs to know of a patron's letter; its words stay where they are kept."""

    id: str
    at: datetime
    patron: Patron
    subject: str
    message_id: str | None
    automatic: bool
    language: str
    topic: str
    team: str
    format: str | None
    lost_by: str | None = None
    """The channel (`phone`, `chat`, …) by which contact was lost, if that is what it tells of."""
    names: str | None = None
    """A reference that an integration named for it; it need not be this ticket's."""


@dataclass(frozen=True)
class Thread:
    """A letter's place in the patron's mail thread."""

    letter_id: str
    message_id: str | None


@dataclass(frozen=True)
class Ticket:
    """An enquiry that the library has taken on."""

    reference: str
    version: int
    status: Status
    subject: str
    patron: Patron
    owner: Owner | None
    team: str
    topic: str
    language: str
    format: str | None
    promise: Promise | None
    created_at: datetime
    updated_at: datetime
    unread: bool
    """Whether the patron has written since staff last did something."""
    thread: tuple[Thread, ...]
    """The patron's letters, oldest first; the last thirty."""


@dataclass(frozen=True)
class Change:
    """What one event makes of a ticket. `ticket.version` is one more than what it was."""

    ticket: Ticket
    entries: tuple[Mapping[str, Any], ...]
    """What the timeline gains: `at`, `event`, `by` and what belongs to the event."""
    messages: tuple[Message, ...] = ()


def open_ticket(
    reference: str, letter: Letter, assignment: Assignment, promise: Promise, now: datetime
) -> Change:
    """A patron's first letter: a ticket with an owner, a promise, and an acknowledgement."""
    owner = Owner(assignment.owner.id, assignment.owner.name) if assignment.owner else None
    ticket = Ticket(
        reference=reference,
        version=1,
        status=Status.ASSIGNED if owner else Status.NEW,
        subject=letter.subject,
        patron=letter.patron,
        owner=owner,
        team=letter.team,
        topic=letter.topic,
        language=letter.language,
        format=letter.format,
        promise=promise,
        created_at=letter.at,
        updated_at=now,
        unread=True,
        thread=(Thread(letter.id, letter.message_id),),
    )
    entries = (
        _entry(now, "opened", "patron", letter=letter.id),
        *_lost(ticket, letter, now),
        _entry(
            now,
            "assigned" if owner else "left_to_team",
            "desk",
            owner=owner.id if owner else None,
            reasons=list(assignment.reasons),
        ),
        _entry(now, "promised", "desk", due_at=promise.due_at, reasons=list(promise.reasons)),
    )
    notices = () if letter.patron.address is None else (_automatic(ticket, letter, now),)
    return Change(ticket, entries, notices)


def _automatic(ticket: Ticket, letter: Letter, now: datetime) -> NoticeRequested:
    """An acknowledgement; where contact was lost, that it will be made again."""
    notice = Notice.CONTACT_LOST if letter.lost_by else Notice.ACKNOWLEDGEMENT
    return NoticeRequested(
        message_id=derived_id(letter.id, notice),
        reference=ticket.reference,
        at=now,
        notice=notice,
        about=letter.id,
    )


def _lost(ticket: Ticket, letter: Letter, now: datetime) -> tuple[Mapping[str, Any], ...]:
    """What the timeline says of a lost contact; nothing if that is not what the letter tells of."""
    if letter.lost_by is None:
        return ()
    more = {"names": letter.names} if letter.names not in {None, ticket.reference} else {}
    lost = _entry(now, "contact_lost", "desk", letter=letter.id, channel=letter.lost_by, **more)
    return (lost,)


def add_letter(ticket: Ticket, letter: Letter, promise: Promise, now: datetime) -> Change:
    """A further letter on a ticket. `promise` is made if none is open: somebody owes an answer.

    Automatic mail is noted and changes nothing else.
    """
    if letter.automatic:
        noted = replace(ticket, version=ticket.version + 1)
        return Change(noted, (_entry(now, "automatic_mail_noted", "desk", letter=letter.id),))
    renewed = ticket.promise is None or ticket.promise.state is not PromiseState.MADE
    changed = _moved(
        ticket,
        Event.PATRON_WRITES,
        now,
        unread=True,
        promise=promise if renewed else ticket.promise,
        thread=(*ticket.thread, Thread(letter.id, letter.message_id))[-30:],
    )
    wrote = (_entry(now, "patron_wrote", "patron", letter=letter.id),)
    entries = [*(_lost(ticket, letter, now) or wrote)]
    if ticket.status is Status.RESOLVED:
        entries.append(_entry(now, "reopened", "patron"))
    if renewed:
        reasons = list(promise.reasons)
        entries.append(_entry(now, "promised", "desk", due_at=promise.due_at, reasons=reasons))
    return Change(changed, tuple(entries))


def assign(ticket: Ticket, owner: Owner, by: str, now: datetime) -> Change:
    """Give the ticket to someone, or (`owner.id == by`) claim it."""
    changed = _moved(ticket, Event.ASSIGN, now, owner=owner)
    event = "claimed" if owner.id == by else "assigned"
    return Change(changed, (_entry(now, event, by, owner=owner.id),))


def reply(ticket: Ticket, author: Owner, letter_id: str, caused_by: str, now: datetime) -> Change:
    """Answer the patron. A ticket that nobody owns is then the author's."""
    settled = answered(ticket.promise, now)
    changed = _moved(
        ticket, Event.REPLY, now, owner=ticket.owner or author, unread=False, promise=settled
    )
    said = _entry(now, "replied", author.id, letter=letter_id)
    return Change(
        changed,
        (said, *_settled(ticket, settled, now)),
        (_reply_notice(ticket, letter_id, caused_by, now),),
    )


def _settled(
    ticket: Ticket, promise: Promise | None, now: datetime
) -> tuple[Mapping[str, Any], ...]:
    """What the timeline says of a promise that has come to its end."""
    if promise is None or promise is ticket.promise:
        return ()
    return (_entry(now, f"promise_{promise.state}", "desk", due_at=promise.due_at),)


def _reply_notice(ticket: Ticket, letter_id: str, caused_by: str, now: datetime) -> NoticeRequested:
    return NoticeRequested(
        message_id=derived_id(caused_by, Notice.REPLY),
        reference=ticket.reference,
        at=now,
        notice=Notice.REPLY,
        about=ticket.thread[-1].letter_id if ticket.thread else None,
        letter_id=letter_id,
    )


def note(ticket: Ticket, by: str, letter_id: str, now: datetime) -> Change:
    """Something that staff say to each other; the patron is told nothing."""
    changed = replace(ticket, version=ticket.version + 1, updated_at=now)
    return Change(changed, (_entry(now, "noted", by, letter=letter_id),))


def wait(ticket: Ticket, event: Event, by: str, now: datetime) -> Change:
    """The next step is somebody else's: the patron's, or a third party's."""
    return Change(_moved(ticket, event, now, unread=False), (_entry(now, event, by),))


def resolve(ticket: Ticket, by: str, now: datetime) -> Change:
    """The enquiry is answered."""
    settled = answered(ticket.promise, now)
    changed = _moved(ticket, Event.RESOLVE, now, unread=False, promise=settled)
    return Change(changed, (_entry(now, "resolved", by), *_settled(ticket, settled, now)))


def reopen(ticket: Ticket, promise: Promise, by: str, now: datetime) -> Change:
    """It was not answered after all: it is owed an answer again."""
    changed = _moved(ticket, Event.REOPEN, now, promise=promise)
    reasons = list(promise.reasons)
    entries = (
        _entry(now, "reopened", by),
        _entry(now, "promised", "desk", due_at=promise.due_at, reasons=reasons),
    )
    return Change(changed, entries)


def _moved(ticket: Ticket, event: Event, now: datetime, **changes: Any) -> Ticket:
    """Raises: NotAllowed."""
    status = TRANSITIONS[ticket.status].get(event)
    if status is None:
        raise NotAllowed(ticket.status, event)
    return replace(ticket, status=status, version=ticket.version + 1, updated_at=now, **changes)


def _entry(at: datetime, event: str, by: str, **more: Any) -> Mapping[str, Any]:
    return {"at": at, "event": event, "by": by, **more}
