"""A ticket as MongoDB holds it. Pure: a document in, a ticket out, and back.

By hand, for `dataclasses.asdict` copies every value; a field that a ticket of before has not is
read as its default.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any, Final

from services.routing.assign import Given
from services.routing.deliveries.documents import deliveries_of, documents_of
from services.routing.due import next_due
from services.routing.filing import filing_of
from services.routing.promise import Promise, as_ledger_row, from_ledger_row
from services.routing.status import Status
from services.routing.ticket import (
    Attempt,
    Change,
    Escalation,
    Handover,
    Link,
    LostContact,
    Opinion,
    Owner,
    Patron,
    Thread,
    Ticket,
)
from services.routing.trouble import key_of
from services.routing.urgency import Urgency
from shared.addresses import untagged
from shared.messages import (
    DeliveryRequested,
    NoticeRequested,
    PairChanged,
    TicketState,
    to_saved,
)

Document = dict[str, Any]

_PLAIN: Final = (
    *("version", "subject", "team", "topic", "language", "format", "created_at", "updated_at"),
    *("unread", "merged_into", "is_unanswered", "owner_by", "seek_at", "remind_at"),
    *("close_at", "held_until", "held_before", "answered_at", "answered_in", "praise", "trouble"),
    *("confidential", "erased_at", "heard_at", "confirmed_at", "asked_solved_at", "is_thanks"),
    "heeds",
)
"""What is stored as it is."""
_TOLD_AGAIN: Final = (NoticeRequested, PairChanged, DeliveryRequested)
"""What can be told again if RabbitMQ has lost it (`desk recover`)."""
_NEW: Final[Document] = {
    "merged_into": None,
    "is_unanswered": False,
    **dict.fromkeys(("owner_by", "seek_at", "remind_at", "close_at", "held_until"), None),
    **dict.fromkeys(("held_before", "answered_at", "answered_in", "trouble", "erased_at"), None),
    "praise": 0,
    "confidential": False,
    **dict.fromkeys(("heard_at", "confirmed_at", "asked_solved_at"), None),
    "is_thanks": False,
    "heeds": 0,
}
"""What tickets of an earlier version have not."""
FIELDS: Final = (
    *_PLAIN,
    *("status", "patron", "owner", "promise", "thread", "links", "urgency", "needed_by", "why"),
    *("escalation", "handover", "carried", "lost", "risk_at", "given", "tags", "opinion"),
    *("deliveries", "called"),
)
"""What a ticket is read from."""


def fields_of(ticket: Ticket) -> Document:
    """All but the reference; with when the ticket is due next (`next_at`), where it is filed, the
    patron's mailbox (`patron_key`), by which his other tickets are found, and what its trouble is
    compared by (`trouble_key`)."""
    due = next_due(ticket)
    return {name: getattr(ticket, name) for name in _PLAIN} | {
        "status": ticket.status.value,
        "patron": {"name": ticket.patron.name, "address": ticket.patron.address},
        "called": list(ticket.patron.called),
        "patron_key": untagged(ticket.patron.address) if ticket.patron.address else None,
        "owner": _owner(ticket.owner),
        "promise": _promise(ticket.promise),
        "thread": [
            {"letter_id": one.letter_id, "message_id": one.message_id} for one in ticket.thread
        ],
        "links": [{"kind": one.kind, "reference": one.reference} for one in ticket.links],
        "urgency": ticket.urgency.value,
        "needed_by": _midnight(ticket.needed_by),
        "why": {name: list(reasons) for name, reasons in ticket.why.items()},
        "escalation": asdict(ticket.escalation) if ticket.escalation else None,
        "handover": _handover(ticket.handover),
        "carried": list(ticket.carried),
        "lost": _lost(ticket.lost),
        "risk_at": list(ticket.risk_at),
        "tags": list(ticket.tags),
        "opinion": asdict(ticket.opinion) if ticket.opinion else None,
        "given": [asdict(one) | {"among": list(one.among)} for one in ticket.given],
        "next_at": due.at if due else None,
        "deliveries": documents_of(ticket.deliveries),
        **filing_of(ticket),
        "trouble_key": (key_of(ticket.trouble) or None) if ticket.trouble else None,
    }


def gains_of(change: Change) -> Mapping[str, list[Document]]:
    """What the document's lists gain: `timeline` (each row with the version that it made),
    `promises`, `alerts`, and of what others are told what must not be lost (`despatched`)."""
    version = change.ticket.version
    despatched = [one for one in change.outgoing if isinstance(one, _TOLD_AGAIN)]
    return {
        "despatched": to_saved(despatched),
        "timeline": [{**one, "version": version} for one in change.entries],
        "promises": [as_ledger_row(one) for one in change.promises],
        "alerts": [asdict(one) for one in change.alerts],
    }


def ticket_of(document: Mapping[str, Any]) -> Ticket:
    """The ticket that a document holds."""
    known = _NEW | dict(document)
    owner, promise = known["owner"], known["promise"]
    escalation = known.get("escalation")
    return Ticket(
        reference=known["_id"],
        status=Status(known["status"]),
        patron=Patron(**known["patron"], called=tuple(known.get("called", ()))),
        owner=Owner(**owner) if owner else None,
        promise=from_ledger_row(promise) if promise else None,
        thread=tuple(Thread(**one) for one in known["thread"]),
        links=tuple(Link(**one) for one in known.get("links", ())),
        urgency=Urgency(known.get("urgency", Urgency.NORMAL)),
        needed_by=_day(known.get("needed_by")),
        why={name: tuple(reasons) for name, reasons in known.get("why", {}).items()},
        escalation=Escalation(**escalation) if escalation else None,
        handover=_read_handover(known.get("handover")),
        carried=tuple(known.get("carried", ())),
        lost=_read_lost(known.get("lost")),
        risk_at=tuple(known.get("risk_at", ())),
        tags=tuple(known.get("tags", ())),
        given=given_of(known),
        opinion=Opinion(**opinion) if (opinion := known.get("opinion")) else None,
        deliveries=deliveries_of(known.get("deliveries", ())),
        as_read=TicketState.of(known),
        **{name: known[name] for name in _PLAIN},
    )


def given_of(document: Mapping[str, Any]) -> tuple[Given, ...]:
    """When a ticket was given to whom."""
    rows = document.get("given", ())
    return tuple(Given(one["at"], one["to"], tuple(one["among"])) for one in rows)


def _owner(owner: Owner | None) -> Document | None:
    return {"id": owner.id, "name": owner.name} if owner else None


def _promise(promise: Promise | None) -> Document | None:
    return as_ledger_row(promise) | {"reasons": list(promise.reasons)} if promise else None


def _handover(handover: Handover | None) -> Document | None:
    if handover is None:
        return None
    return {"companion": _owner(handover.companion), "accept_by": handover.accept_by}


def _read_handover(document: Mapping[str, Any] | None) -> Handover | None:
    if document is None:
        return None
    companion = document["companion"]
    return Handover(Owner(**companion) if companion else None, document["accept_by"])


def _lost(lost: LostContact | None) -> Document | None:
    return asdict(lost) | {"attempts": [asdict(one) for one in lost.attempts]} if lost else None


def _read_lost(document: Mapping[str, Any] | None) -> LostContact | None:
    if document is None:
        return None
    attempts = tuple(Attempt(**one) for one in document["attempts"])
    return LostContact(document["since"], document["channel"], document["due_at"], attempts)


def _midnight(day: date | None) -> datetime | None:
    """BSON has no dates."""
    return datetime.combine(day, time.min, UTC) if day else None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
