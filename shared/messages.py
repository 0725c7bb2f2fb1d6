"""Every message that passes over RabbitMQ: the whole contract between the services.

Messages carry ids and moments. A patron's words and address stay in MongoDB, so that erasing
them there erases them everywhere.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Message(BaseModel):
    """What every message carries, so that one enquiry can be followed."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    routing_key: ClassVar[str]

    message_id: str
    reference: str
    at: AwareDatetime


class EnquiryReceived(Message):
    """A patron wrote to the library. intake -> routing."""

    routing_key: ClassVar[str] = "enquiry.received"

    letter_id: str
    """Where the words are: `_id` in the collection `messages`."""
    opens: bool
    """True: the reference is new, and this opens its ticket. False: the ticket is there."""
    named: tuple[str, ...] = ()
    """Tickets that the letter names without right to join them; they may not exist."""
    continues: str | None = None
    """The closed ticket that it would have joined."""
    ask: str | None = None
    """It answers a letter to a publisher, and is not the patron's: how that letter's id begins."""


class ContactLost(EnquiryReceived):
    """A call or chat with a patron was cut off: somebody must make contact again. What is known of
    it is kept as a letter. intake -> routing."""

    routing_key: ClassVar[str] = "contact.lost"


class SurveyAnswered(EnquiryReceived):
    """A patron said how it was. What was said is kept as a letter. intake -> routing."""

    routing_key: ClassVar[str] = "survey.answered"


class Notice(StrEnum):
    """The kinds of letter that the library sends."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    CONTACT_LOST = "contact_lost"
    """Automatic: that we know contact was lost, and will make it again."""
    HANDED_OVER = "handed_over"
    """Who has the enquiry now."""
    PROMISE_CHANGED = "promise_changed"
    """Another time than the one promised, and why."""
    PROMISE_MISSED = "promise_missed"
    """That a promise was not kept, and what can be counted on instead."""
    ADDED = "added"
    """That what the patron added to an open enquiry is there."""
    NEED_MORE = "need_more"
    """What a staff member has to know before the enquiry can go on."""
    RESOLVED = "resolved"
    """Whether it was solved, and how it was."""
    REOPENED = "reopened"
    """That an enquiry is open again, who has it, and by when the patron will hear."""
    DELIVERY_ASK = "delivery_ask"
    """To a publisher: which works are needed in which form. Nothing of the patron."""
    DELIVERY_CHASE = "delivery_chase"
    """To a publisher who has not answered."""
    DELIVERY_PART = "delivery_part"
    """Copies that are ready, and what is still to come."""
    DELIVERY_CANNOT = "delivery_cannot"
    """That one can't be had, why, and what is offered instead."""
    DELIVERY_ACCOUNT = "delivery_account"
    """What became of all that was wanted."""
    DELIVERY_FORMAT = "delivery_format"
    """In which form the patron needs copies: asked once."""


TO_PUBLISHERS: Final = frozenset({Notice.DELIVERY_ASK, Notice.DELIVERY_CHASE})
"""What does not go to the patron."""
OF_DELIVERIES: Final = TO_PUBLISHERS | {
    Notice.DELIVERY_PART,
    Notice.DELIVERY_CANNOT,
    Notice.DELIVERY_ACCOUNT,
    Notice.DELIVERY_FORMAT,
}
"""Letters of which their delivery knows what they are about."""


class AlertRequested(Message):
    """A staff member must be told of tickets. routing -> notify."""

    routing_key: ClassVar[str] = "alert.requested"

    digest_id: str
    """What is to be told: `_id` in the collection `digests`."""


class NoticeRequested(Message):
    """Somebody must be told something. routing -> notify."""

    routing_key: ClassVar[str] = "notice.requested"

    notice: Notice
    about: str | None = None
    """`_id` in `messages` of the patron's letter that this answers."""
    letter_id: str | None = None
    """`_id` in `messages` of the words that a staff member wrote, for a reply."""


class NoticeFailed(Message):
    """A letter of ours to a patron will never be sent. notify -> routing."""

    routing_key: ClassVar[str] = "notice.failed"

    notice: Notice
    notice_id: str
    """Which letter: `_id` in the collection `notices`."""
    reason: str
    """Why, in few words and with no address."""


class DeliveryRequested(Message):
    """A file is to be made into the form that a patron can read. `message_id` names the conversion:
    of what and into what, its item says. routing -> notify."""

    routing_key: ClassVar[str] = "delivery.requested"

    delivery_id: str
    item: int
    """Its number."""


class DeliveryCancelled(Message):
    """Such a conversion is not wanted any more. routing -> notify."""

    routing_key: ClassVar[str] = "delivery.cancelled"

    conversion_id: str


class DeliveryFinished(Message):
    """A conversion has ended, well or not: its row says how. notify -> routing."""

    routing_key: ClassVar[str] = "delivery.finished"

    conversion_id: str
    """`_id` in the collection `conversions`."""
    delivery_id: str
    item: int


class PairChanged(Message):
    """One ticket has decided something that another must follow: what, stands in the first.
    routing -> routing."""

    routing_key: ClassVar[str] = "pair.changed"

    other: str
    """The reference of the ticket that has decided; `reference` follows."""
    what: Literal["merged", "split", "linked", "sight"]
    link: str | None = None
    """Which kind of link was made or taken away, as the other ticket calls it."""
    team: str | None = None
    """Of `sight` (who may know of the ticket): whose the other was until now."""


class PatronChanged(Message):
    """How a patron wants to be served was changed: their tickets follow. What is wanted now, stands
    in the collection `patrons`; `reference` is any ticket of theirs. routing -> routing."""

    routing_key: ClassVar[str] = "patron.changed"

    patron: str
    """The `mark` of their document, which says nothing of whom."""


class TicketState(BaseModel):
    """How a ticket stands: what a queue that is looked at shows of it, and what decides who may
    know of it. Ids alone."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    status: str
    team: str
    owner: str | None = None
    """The staff member's id."""
    companion: str | None = None
    """The id of who had it, while it is passed on."""
    confidential: bool = False
    promise: str | None = None
    """The state of the present promise."""

    @classmethod
    def of(cls, ticket: Mapping[str, Any]) -> "TicketState":
        """From a ticket's document."""
        companion = (ticket.get("handover") or {}).get("companion") or {}
        return cls(
            status=ticket["status"],
            team=ticket["team"],
            owner=(ticket.get("owner") or {}).get("id"),
            companion=companion.get("id"),
            confidential=ticket.get("confidential", False),
            promise=(ticket.get("promise") or {}).get("state"),
        )


class TicketChanged(Message):
    """Something happened to a ticket. It stands in the outbox of the write that did it, and leaves
    that for the journal of changes, which numbers it; `TicketsChanged` tells that it is there."""

    routing_key: ClassVar[str] = "ticket.changed"

    version: int
    events: tuple[str, ...] = ()
    """What the timeline says has happened, by name."""
    now: TicketState
    was: TicketState | None = None
    """How it stood before; None: it is new."""


class TicketsChanged(Message):
    """There are changes in the journal. routing -> whoever listens at that moment: it may be lost,
    and means nothing but that it is worth while to look."""

    routing_key: ClassVar[str] = "tickets.changed"

    last: int
    """The number of the last of them; `reference` is its ticket."""


CONTRACT: Final[tuple[type[Message], ...]] = (
    EnquiryReceived,
    ContactLost,
    SurveyAnswered,
    NoticeFailed,
    NoticeRequested,
    AlertRequested,
    DeliveryRequested,
    DeliveryCancelled,
    DeliveryFinished,
    PairChanged,
    PatronChanged,
    TicketChanged,
    TicketsChanged,
)


def ticket_changed(
    reference: str,
    version: int,
    at: datetime,
    events: Iterable[str],
    *,
    now: TicketState,
    was: TicketState | None,
) -> TicketChanged:
    """That this version of a ticket was made: its id is the same whenever that is told."""
    return TicketChanged(
        message_id=derived_id(reference, "changed", str(version)),
        reference=reference,
        at=at,
        version=version,
        events=tuple(dict.fromkeys(events)),
        now=now,
        was=was,
    )


def to_saved(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The messages as a document holds them: the model's JSON fields and its routing key."""
    return [one.model_dump(mode="json") | {"key": one.routing_key} for one in messages]


def derived_id(*causes: str) -> str:
    """An id that the same causes always give: an effect tried twice bears the same name."""
    return hashlib.sha256("\0".join(causes).encode()).hexdigest()[:32]
