"""A ticket and what may happen to it. Pure: each function takes a ticket and gives a change.

A change is the ticket as it will be, what the timeline will say, and what others must be told; the
store saves all three as one document or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from services.routing.promise import Promise, answered
from services.routing.urgency import Urgency
from shared.messages import Message, Notice, NoticeRequested, derived_id


class Status(StrEnum):
    """Where a ticket is. Escalation is a field of its own: a waiting ticket may be escalated."""

    NEW = "new"
    ASSIGNED = "assigned"
    WAITING_PATRON = "waiting_patron"
    WAITING_THIRD_PARTY = "waiting_third_party"
    RESOLVED = "resolved"
    CLOSED = "closed"


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
    # A patron who writes to a closed ticket opens another one (intake sees to that). This is for
    # the letter that was on its way when the ticket was closed: it must not be lost.
    Status.CLOSED: {Event.PATRON_WRITES: Status.ASSIGNED},
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
    is_proven: bool = False
    """Whether it joined by a seal of ours."""
    sender_is_known: bool = True
    released_by: str | None = None
    """Who made an enquiry of it, if it had been kept aside."""
    because: tuple[str, ...] = ()
    """Why this team, where it is not for the topic."""
    lost_by: str | None = None
    """The channel (`phone`, `chat`, …) by which contact was lost, if that is what it tells of."""
    names: str | None = None
    """A reference that an integration named for it; it need not be this ticket's."""
    urgency: Urgency = Urgency.NORMAL
    needed_by: date | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why this topic, language, urgency, and whether it is mere thanks, by these names."""
    is_bare_thanks: bool = False
    """Whether its words are nothing but thanks; that it opens no ticket is the caller's to know."""
    door: str | None = None


@dataclass(frozen=True)
class Thread:
    """A letter's place in the patron's mail thread."""

    letter_id: str
    message_id: str | None


@dataclass(frozen=True)
class Link:
    """Another ticket that has to do with this one, and how: `continues` and `continued_by`, `named`
    and `named_by` (by a letter that had no right to join it)."""

    kind: str
    reference: str


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
    links: tuple[Link, ...] = ()
    merged_into: str | None = None
    """The ticket that stands for this one."""


@dataclass(frozen=True)
class Change:
    """What one event makes of a ticket. `ticket.version` is one more than what it was."""

    ticket: Ticket
    entries: tuple[Mapping[str, Any], ...]
    """What the timeline gains: `at`, `event`, `by` and what belongs to the event."""
    messages: tuple[Message, ...] = ()


def assign(ticket: Ticket, owner: Owner, by: str, now: datetime) -> Change:
    """Give the ticket to someone, or (`owner.id == by`) claim it."""
    changed = moved(ticket, Event.ASSIGN, now, owner=owner)
    event = "claimed" if owner.id == by else "assigned"
    return Change(changed, (entry(now, event, by, owner=owner.id),))


def reply(ticket: Ticket, author: Owner, letter_id: str, caused_by: str, now: datetime) -> Change:
    """Answer the patron. A ticket that nobody owns is then the author's."""
    settled = answered(ticket.promise, now)
    changed = moved(
        ticket, Event.REPLY, now, owner=ticket.owner or author, unread=False, promise=settled
    )
    said = entry(now, "replied", author.id, letter=letter_id)
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
    return (entry(now, f"promise_{promise.state}", "desk", due_at=promise.due_at),)


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
    return Change(changed, (entry(now, "noted", by, letter=letter_id),))


def wait(ticket: Ticket, event: Event, by: str, now: datetime) -> Change:
    """The next step is somebody else's: the patron's, or a third party's."""
    return Change(moved(ticket, event, now, unread=False), (entry(now, event, by),))


def resolve(ticket: Ticket, by: str, now: datetime) -> Change:
    """The enquiry is answered."""
    settled = answered(ticket.promise, now)
    changed = moved(ticket, Event.RESOLVE, now, unread=False, promise=settled)
    return Change(changed, (entry(now, "resolved", by), *_settled(ticket, settled, now)))


def reopen(ticket: Ticket, promise: Promise, by: str, now: datetime) -> Change:
    """It was not answered after all: it is owed an answer again."""
    changed = moved(ticket, Event.REOPEN, now, promise=promise)
    reasons = list(promise.reasons)
    entries = (
        entry(now, "reopened", by),
        entry(now, "promised", "desk", due_at=promise.due_at, reasons=reasons),
    )
    return Change(changed, entries)


def moved(ticket: Ticket, event: Event, now: datetime, **changes: Any) -> Ticket:
    """Raises: NotAllowed."""
    status = TRANSITIONS[ticket.status].get(event)
    if status is None:
        raise NotAllowed(ticket.status, event)
    return replace(ticket, status=status, version=ticket.version + 1, updated_at=now, **changes)


def entry(at: datetime, event: str, by: str, **more: Any) -> Mapping[str, Any]:
    return {"at": at, "event": event, "by": by, **more}
