"""What falls due: found by the database's clock, decided, and saved once, by any number of copies.

The guard is in the write: a ticket that somebody has changed meanwhile is decided anew, and a
moment that has fired is no longer there.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.routing.due import fire, next_due
from services.routing.situation import Situation
from services.routing.ticket import Change, Ticket
from shared.errors import Transient
from shared.messages import Message, derived_id

log = structlog.get_logger()

_PAUSE: Final = 1.0
"""Seconds between two looks when nothing is due."""
_PACE: Final = 0.02
"""Seconds between two that are due: after an outage not all of them at once."""


class Outbox(Protocol):
    """What sends the messages once they are saved."""

    def send(self, document_id: str, messages: Sequence[Message]) -> None: ...


class Tickets(Protocol):
    """What the sweep needs of the store."""

    async def claim_due(self) -> tuple[Ticket, datetime] | None: ...
    async def save(self, change: Change, *, caused_by: str) -> bool: ...


class Desk(Protocol):
    """What decisions are made from, and what follows from them."""

    @property
    def outbox(self) -> Outbox: ...
    def situation(self, cause: str, now: datetime | None = None) -> Situation: ...
    def gave(self, change: Change) -> None: ...


class Timers:
    """Fires every ticket's moments."""

    def __init__(self, tickets: Tickets, desk: Desk) -> None:
        self._tickets = tickets
        self._desk = desk

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                fired = await self.fire_next()
            except Transient as error:
                log.warning("sweep_postponed", reason=str(error))
                fired = False
            await asyncio.sleep(_PACE if fired else _PAUSE)

    async def fire_next(self) -> bool:
        """Fire the oldest moment that is due; False if there is none. Raises: Transient."""
        found = await self._tickets.claim_due()
        if found is None:
            return False
        ticket, now = found
        due = next_due(ticket)
        if due is None:
            return True
        cause = derived_id(ticket.reference, str(ticket.version), due.kind, due.at.isoformat())
        try:
            change = fire(ticket, due, self._desk.situation(cause, now))
        except Exception:
            # A fault with one ticket must not stop the others: its lease lets them go first.
            log.exception("handler_failed", reference=ticket.reference)
            return True
        if await self._tickets.save(change, caused_by=cause):
            self._desk.gave(change)
            self._desk.outbox.send(ticket.reference, change.outgoing)
            log.info("moment_fired", reference=ticket.reference, change=due.kind.value)
        return True
