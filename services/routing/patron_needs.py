"""What a patron needs, as it was told for their last delivery: nobody is asked twice."""

from typing import Any

from services.routing.changes import Counter
from services.routing.deliveries.delivery import Handover, Pace
from services.routing.ticket import Ticket
from shared.addresses import untagged
from shared.keys import Caller


async def needs_from_before(counter: Counter, ticket: Ticket, caller: Caller) -> dict[str, Any]:
    """Format, needs, handover and pace, as far as this caller may know of them. That somebody comes
    to them is agreed anew. Raises: Transient."""
    if ticket.patron.address is None:
        return {}
    key = untagged(ticket.patron.address)
    before = await counter.every_ticket.patrons.needs(key, caller)
    known: dict[str, Any] = {one: before[one] for one in ("format", "needs") if one in before}
    if "pace" in before:
        known["pace"] = Pace(before["pace"])
    if before.get("handover") not in {None, Handover.HAND.value}:
        known["handover"] = Handover(before["handover"])
    return known
