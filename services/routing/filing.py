"""Where a ticket stands in the staff's lists: under which headings, and in which place. Pure.

Any list asks for one heading in one order, so that three indexes serve them all; what else it asks
is looked at in the tickets that it finds there.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from services.routing.promise import PromiseState
from services.routing.ticket import Ticket
from shared.addresses import untagged

EVERYTHING: Final = "all"
OPEN: Final = "open"
ESCALATED: Final = "escalated"
NOBODY: Final = "none"
"""As the owner of what has none."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SOME_DAY: Final = datetime(5000, 1, 1, tzinfo=UTC)
"""From here on stands what nobody is due to do anything about, the longest untouched first."""
_ENDED: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Before here, and after all else, stands what is resolved or closed, the newest first."""


def filing_of(ticket: Ticket) -> dict[str, Any]:
    """What the document says of it: `filed`, the headings; `queue_at`, its place in the queue."""
    return {"filed": sorted(_headings(ticket)), "queue_at": _queue_at(ticket)}


def _headings(ticket: Ticket) -> Iterator[str]:
    yield EVERYTHING
    yield f"status {ticket.status.value}"
    divided = (
        f"owner {ticket.owner.id if ticket.owner else NOBODY}",
        f"team {ticket.team}",
        f"topic {ticket.topic}",
    )
    yield from divided
    yield from (f"tag {one}" for one in ticket.tags)
    if ticket.patron.address is not None:
        yield f"patron {untagged(ticket.patron.address)}"
    if not ticket.is_ended:
        yield OPEN
        yield from (f"{OPEN} {one}" for one in divided)
        if ticket.escalation is not None:
            yield ESCALATED


def _queue_at(ticket: Ticket) -> datetime:
    """When somebody is due to do something about it: keep a promise, call back, be reminded. A
    patron who waits with nothing promised has waited long enough."""
    if ticket.is_ended or ticket.merged_into is not None:
        return _ENDED - (ticket.updated_at - _EPOCH)
    promise, lost = ticket.promise, ticket.lost
    moments = (
        promise.due_at if promise and promise.state is PromiseState.MADE else None,
        lost.due_at if lost else None,
        ticket.remind_at,
    )
    due = min((one for one in moments if one is not None), default=None)
    if due is not None:
        return due
    if ticket.is_unanswered:
        return ticket.updated_at
    return _SOME_DAY + (ticket.updated_at - _EPOCH)
