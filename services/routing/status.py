"""Where a ticket can be, and what moves it from one place to another: the whole table. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


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
    HAND_OVER = "hand_over"
    LEAVE = "leave"
    PATRON_WRITES = "patron_writes"
    REPLY = "reply"
    WAIT_FOR_PATRON = "wait_for_patron"
    WAIT_FOR_THIRD_PARTY = "wait_for_third_party"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    LOSE_CONTACT = "lose_contact"
    MAKE_CONTACT = "make_contact"
    CLOSE = "close"
    MERGE = "merge"
    """Into another ticket, which stands for it."""


_AT_WORK: Final = {
    Event.ASSIGN: Status.ASSIGNED,
    Event.HAND_OVER: Status.ASSIGNED,
    Event.LEAVE: Status.NEW,
    Event.PATRON_WRITES: Status.ASSIGNED,
    Event.REPLY: Status.ASSIGNED,
    Event.WAIT_FOR_PATRON: Status.WAITING_PATRON,
    Event.WAIT_FOR_THIRD_PARTY: Status.WAITING_THIRD_PARTY,
    Event.RESOLVE: Status.RESOLVED,
    Event.LOSE_CONTACT: Status.ASSIGNED,
    Event.MAKE_CONTACT: Status.ASSIGNED,
    Event.MERGE: Status.CLOSED,
}

# Every status has a row. What a row does not name is not allowed in that status.
TRANSITIONS: Final[Mapping[Status, Mapping[Event, Status]]] = {
    Status.NEW: {
        Event.ASSIGN: Status.ASSIGNED,
        Event.HAND_OVER: Status.ASSIGNED,
        Event.LEAVE: Status.NEW,
        Event.PATRON_WRITES: Status.NEW,
        Event.REPLY: Status.ASSIGNED,
        Event.RESOLVE: Status.RESOLVED,
        Event.LOSE_CONTACT: Status.NEW,
        Event.MAKE_CONTACT: Status.ASSIGNED,
        Event.MERGE: Status.CLOSED,
    },
    Status.ASSIGNED: _AT_WORK,
    Status.WAITING_PATRON: _AT_WORK
    | {
        Event.HAND_OVER: Status.WAITING_PATRON,
        Event.LEAVE: Status.WAITING_PATRON,
        Event.REPLY: Status.WAITING_PATRON,
    },
    Status.WAITING_THIRD_PARTY: _AT_WORK
    | {
        Event.HAND_OVER: Status.WAITING_THIRD_PARTY,
        Event.LEAVE: Status.WAITING_THIRD_PARTY,
        Event.REPLY: Status.WAITING_THIRD_PARTY,
        Event.PATRON_WRITES: Status.WAITING_THIRD_PARTY,
        Event.LOSE_CONTACT: Status.WAITING_THIRD_PARTY,
        Event.MAKE_CONTACT: Status.WAITING_THIRD_PARTY,
    },
    Status.RESOLVED: {
        Event.PATRON_WRITES: Status.ASSIGNED,
        Event.REPLY: Status.RESOLVED,
        Event.REOPEN: Status.ASSIGNED,
        # Its final answer came back: it was not answered.
        Event.LOSE_CONTACT: Status.ASSIGNED,
        Event.MAKE_CONTACT: Status.RESOLVED,
        Event.CLOSE: Status.CLOSED,
        Event.MERGE: Status.CLOSED,
    },
    # A patron who writes to a closed ticket opens another one (intake sees to that). This is for
    # the letter that was on its way when the ticket was closed: it must not be lost.
    Status.CLOSED: {
        Event.PATRON_WRITES: Status.ASSIGNED,
        Event.LOSE_CONTACT: Status.ASSIGNED,
        Event.MERGE: Status.CLOSED,
    },
}
ENDED: Final = frozenset({Status.RESOLVED, Status.CLOSED})
"""Nobody works on these."""


class Refused(Exception):
    """This can't be done to a ticket as it stands; the text says why."""

    def __init__(self, why: str, status: Status) -> None:
        super().__init__(why)
        self.status = status


class NotAllowed(Refused):
    """This can't happen to a ticket in this status."""

    def __init__(self, status: Status, event: Event) -> None:
        super().__init__(f"a ticket that is {status} can't {event}", status)
        self.event = event
