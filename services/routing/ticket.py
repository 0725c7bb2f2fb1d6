"""A ticket, what it is made of, and what one event makes of it. Pure values.

A change is the ticket as it will be, what the timeline and the promises' ledger will say, and what
others must be told; the store saves all of it as one document or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from services.routing.assign import Given
from services.routing.deliveries.delivery import Delivery
from services.routing.hiding import hidden_together
from services.routing.promise import Promise
from services.routing.status import ENDED, TRANSITIONS, Event, NotAllowed, Status
from services.routing.urgency import Urgency
from shared.messages import Message, TicketState, ticket_changed


@dataclass(frozen=True)
class Patron:
    """Who asked."""

    name: str
    address: str | None
    called: tuple[str, ...] = ()
    """What they wrote or were called by, where staff have noted another name since."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.called)


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
    is_returned: bool = False
    """Whether it says that a letter of ours did not arrive, for good."""
    returned_from: tuple[str, ...] = ()
    """Whom that letter did not reach; may be empty."""
    returned_id: str | None = None
    """That letter's Message-ID, if it says."""
    returned_for: str | None = None
    """Why, in a code (RFC 3463), if it says."""
    urgency: Urgency = Urgency.NORMAL
    needed_by: date | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why this topic, language, urgency, and whether it is mere thanks, by these names."""
    heeds: int | None = None
    """The version of their preferences that it is as (`known_patron`); None: they never wrote."""
    is_bare_thanks: bool = False
    """Whether its words are nothing but thanks; that it opens no ticket is the caller's to know."""
    door: str | None = None
    helped_before: str | None = None
    """The id of the staff member who helped this patron last."""
    owner: "Owner | None" = None
    """Who has it, if that is settled before anybody is chosen."""
    is_confidential: bool = False  # whatever its topic: it goes on from a ticket that is
    taken_by: str | None = None
    """The staff member who took it down, or opened it."""
    is_acknowledged: bool = True
    """Whether its patron is told that we have it."""
    words: frozenset[str] = frozenset()
    """What its ticket is found by."""
    is_erased: bool = False
    """Whether there is nothing left of it: its patron was erased before it got here."""
    has_text: bool = True
    """Whether it says anything in words."""
    opinion: "Opinion | None" = None
    """How it was, if it came to say that."""
    answers: tuple[str, ...] = ()
    """How the ids of the letters of ours begin that it answers."""
    complaint: str = ""
    """What it says, if that is that a copy doesn't work."""
    wishes: Mapping[str, Any] = field(default_factory=dict)
    """The form of copies that it names, if it names one plainly."""


@dataclass(frozen=True)
class Thread:
    """A letter's place in the patron's mail thread."""

    letter_id: str
    message_id: str | None


@dataclass(frozen=True)
class Link:
    """Another ticket that has to do with this one, and how: the kinds are those of `links.BACK`."""

    kind: str
    reference: str


@dataclass(frozen=True)
class Escalation:
    """That a ticket went up, since its owner could not solve it or a promise was missed."""

    level: int
    """1: a colleague who can; 2: the team's lead; from 3: the ladder."""
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Handover:
    """A ticket that was passed on and not accepted yet."""

    companion: Owner | None
    """Who had it, and stays beside the new owner until it is accepted."""
    accept_by: datetime


@dataclass(frozen=True)
class Attempt:
    """One try to reach a patron with whom contact was lost."""

    at: datetime
    by: str
    how: str


@dataclass(frozen=True)
class LostContact:
    """The patron can't be told anything, or was cut off: somebody has to make contact again."""

    since: datetime
    channel: str
    """`phone`, `chat`, …; `mail` if a letter of ours came back."""
    due_at: datetime | None
    """By when the next try is due; None: it rests, for all tries were in vain."""
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class Opinion:
    """How it was for the patron, as told on the page; what was said in words is a letter."""

    revision: int
    """From 1: what was told last counts."""
    solved: bool
    recommend: int | None
    """0 to 10."""
    at: datetime


@dataclass(frozen=True)
class Alert:
    """Something that a staff member must be told about a ticket."""

    id: str
    staff: str
    kind: str
    due_at: datetime
    """When it may be told: at once if it is urgent, else in open time, with others."""


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
    is_unanswered: bool = True
    """Whether the patron spoke last, and has heard nothing from a person since."""
    urgency: Urgency = Urgency.NORMAL
    needed_by: date | None = None
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The reasons for its topic, language, urgency, owner and promise."""
    escalation: Escalation | None = None
    handover: Handover | None = None
    carried: tuple[str, ...] = ()
    """The staff who have passed it on, in order: it never goes back to them."""
    lost: LostContact | None = None
    risk_at: tuple[datetime, ...] = ()
    """When owner and lead are still to be alerted of the present promise."""
    given: tuple[Given, ...] = ()
    """When it was given to whom, the last ten times: of these turns are made."""
    owner_by: datetime | None = None
    """When its team's time to find an owner is over; only while it has none."""
    seek_at: datetime | None = None
    """When an owner is looked for again."""
    remind_at: datetime | None = None
    """When its owner is reminded that it waits."""
    close_at: datetime | None = None
    """When a resolved ticket is closed."""
    held_until: datetime | None = None
    """What was due before `held_before` waits until then: nobody is mailed at night for it."""
    held_before: datetime | None = None
    answered_at: datetime | None = None
    """When the patron first heard from a person."""
    answered_in: float | None = None
    """The same in open time from the first letter on, in seconds."""
    heard_at: datetime | None = None
    """When the patron last heard from a person."""
    confirmed_at: datetime | None = None
    """When the patron was last told that what they wrote is there."""
    asked_solved_at: datetime | None = None
    """When the patron was asked whether it was solved; None again once more has been said."""
    is_thanks: bool = False
    """Whether nothing but thanks has come in on it."""
    opinion: Opinion | None = None
    """What the patron said of it afterwards."""
    praise: int = 0
    """How often the patron has said thank you."""
    trouble: str | None = None
    """What caused the enquiry, as staff name it."""
    tags: tuple[str, ...] = ()
    """What staff sort it by, cleaned, in order."""
    confidential: bool = False
    """Whether it is seen by its team and the leads alone."""
    erased_at: datetime | None = None
    """When its patron and all words were taken out of it."""
    deliveries: tuple[Delivery, ...] = ()
    """Copies that its patron needs in a form that they can read."""
    heeds: int = 0
    """The version of its patron's preferences that it follows (`known_patron`)."""
    as_read: TicketState | None = field(default=None, compare=False, repr=False)
    """How it stood when it was read, for those who are told what has changed; None: it is new."""

    @property
    def is_ended(self) -> bool:
        return self.status in ENDED

    @property
    def state(self) -> TicketState:
        """How it stands."""
        companion = self.handover.companion if self.handover else None
        return TicketState(
            status=self.status.value,
            team=self.team,
            owner=self.owner.id if self.owner else None,
            companion=companion.id if companion else None,
            confidential=self.confidential,
            promise=self.promise.state.value if self.promise else None,
        )


@dataclass(frozen=True)
class Change:
    """What one event makes of a ticket. `ticket.version` is one more than what it was."""

    ticket: Ticket
    entries: tuple[Mapping[str, Any], ...]
    """What the timeline gains: `at`, `event`, `by` and what belongs to the event."""
    messages: tuple[Message, ...] = ()
    promises: tuple[Promise, ...] = ()
    """What the ledger gains: each promise that was made or came to its end."""
    alerts: tuple[Alert, ...] = ()
    """Whom of the staff it concerns."""
    words: frozenset[str] = frozenset()
    """What the ticket is found by from now on, besides what it was."""

    @cached_property
    def outgoing(self) -> tuple[Message, ...]:
        """The messages, and at last, for whoever looks at the queue, that the ticket changed."""
        ticket = self.ticket
        events = [one["event"] for one in self.entries]
        changed = ticket_changed(
            ticket.reference,
            ticket.version,
            ticket.updated_at,
            events,
            now=ticket.state,
            was=ticket.as_read,
        )
        merged = (one.reference for one in ticket.links if one.kind == "merged_from")
        return (*self.messages, *hidden_together(changed, merged), changed)

    def and_then(self, later: "Change") -> "Change":
        """Both as one event: `later` was decided on this change's ticket."""
        return Change(
            replace(later.ticket, version=self.ticket.version),
            (*self.entries, *later.entries),
            (*self.messages, *later.messages),
            (*self.promises, *later.promises),
            (*self.alerts, *later.alerts),
            self.words | later.words,
        )


def moved(ticket: Ticket, event: Event, now: datetime, **changes: Any) -> Ticket:
    """The ticket after this event. Raises: NotAllowed."""
    status = TRANSITIONS[ticket.status].get(event)
    if status is None:
        raise NotAllowed(ticket.status, event)
    if status is Status.ASSIGNED and changes.get("owner", ticket.owner) is None:
        status = Status.NEW
    return touched(ticket, now, status=status, **changes)


def touched(ticket: Ticket, now: datetime, **changes: Any) -> Ticket:
    """The ticket after something that moves it nowhere."""
    return replace(ticket, version=ticket.version + 1, updated_at=now, **changes)


def entry(at: datetime, event: str, by: str, **more: Any) -> Mapping[str, Any]:
    """What the timeline says of one thing that happened."""
    return {"at": at, "event": event, "by": by, **more}
