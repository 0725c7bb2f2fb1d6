"""What routing does when a patron's preferences were changed: their tickets follow.

The write that notes them saves a message to ourselves; whoever handles it reads what is noted now,
and does what is missing of it. So it may come twice, late, or after a later one.
"""

import structlog

from services.routing.handlers import Desk, heed_known
from shared.crash import crash_point
from shared.messages import PatronChanged

log = structlog.get_logger()


async def on_patron_changed(message: PatronChanged, *, desk: Desk) -> None:
    """Have each ticket of theirs that is not closed heed it. Raises: Transient."""
    known = await desk.tickets.known_patrons.marked(message.patron)
    if known is None:
        return  # erased since, and their tickets with it
    for reference in await desk.tickets.known_patrons.open_tickets(known.key):
        crash_point("patron.before_effect")
        await heed_known(reference, known, desk=desk)
        crash_point("patron.after_effect")
