"""What a patron needs, as it was told for their last delivery: nobody is asked twice."""

from typing import Any

from services.routing.changes import Counter
from services.routing.deliveries.delivery import Handover, Pace
from services.routing.ticket import Ticket
from shared.addresses import untagged
from shared.keys import Caller


async def needs_from_before(counter: Counter, ticket: Ticket, caller: Caller) -> dict[str, Any]:
    """Format, wishes, needs, handover and pace, as far as this caller, and whoever sees the ticket,
    may know of them. That somebody comes to them is agreed anew. `was_asked`: whether they were
    asked for the format, and it waits for them. Raises: Transient."""
    if ticket.patron.address is None:
        return {}
    key = untagged(ticket.patron.address)
    team = ticket.team if ticket.confidential else None
    before = await counter.every_ticket.patrons.needs(key, caller, team)
    known: dict[str, Any] = {one: before[one] for one in ("format", "needs") if one in before}
    # Of one that still waits for the patron's own word: they are not asked again.
    known["was_asked"] = before.get("format_by") is not None
    if "wishes" in before:
        known["wishes"] = before["wishes"]
    if "pace" in before:
        known["pace"] = Pace(before["pace"])
    if before.get("handover") not in {None, Handover.HAND.value}:
        known["handover"] = Handover(before["handover"])
    return known
