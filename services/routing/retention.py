"""What has been kept long enough goes, by the database's clock and a little at a time.

Any number of copies may sweep: what one has erased the other finds erased. It is not a matter of
the night: with a pause after each ticket nobody notices it by day either.
"""

import asyncio
from datetime import datetime
from typing import Final

import structlog

from shared.erasure import Eraser, OnHold
from shared.errors import Transient
from shared.holdings import Holdings
from shared.library import Library
from shared.mongo import Database
from shared.retention import Retention

log = structlog.get_logger()

_EVERY: Final = 60.0
"""Seconds between two looks."""
_PACE: Final = 0.1
"""Seconds between two tickets: a first sweep may find a million."""
_MOST: Final = 200
BY: Final = "retention"


async def sweep_once(retention: Retention, eraser: Eraser, pace: float = _PACE) -> int:
    """Erase some of what is due, and look again at what was erased before; how much there was.

    Raises: Transient.
    """
    now = await eraser.now()
    done = await eraser.settle(now)
    for due in await retention.tickets(now, _MOST):
        done += await _erased(due.reference, eraser, now)
        await asyncio.sleep(pace)
    for letter_id in await retention.letters(now, _MOST):
        if await eraser.erase_letter(letter_id, now):
            log.info("letter_erased", letter_id=letter_id, reason=BY)
            done += 1
        await asyncio.sleep(pace)
    return done


async def _erased(reference: str, eraser: Eraser, now: datetime) -> bool:
    try:
        if not await eraser.erase_ticket(reference, BY, BY, now):
            return False
    except Transient:
        raise
    except OnHold:
        return False  # since it was found
    except Exception:
        # A fault with one ticket must not stop the others; it is tried again, and told each time.
        log.exception("handler_failed", reference=reference)
        return False
    log.info("ticket_erased", reference=reference, reason=BY)
    return True


class Keeping:
    """What is kept of patrons, and for how long, on a database."""

    def __init__(self, database: Database, library: Library) -> None:
        self._retention = Retention(database, library)
        self._eraser = Eraser(database)
        self._holdings = Holdings(database)

    async def make_indexes(self) -> None:
        """Also those by which `desk` finds a patron. Raises: Transient."""
        for one in (self._retention, self._eraser, self._holdings):
            await one.make_indexes()

    async def run(self) -> None:
        """Until cancelled."""
        after = ""
        while True:
            done = 0
            try:
                done = await sweep_once(self._retention, self._eraser)
                after = await self._eraser.sweep_patrons(after, _MOST) or ""
            except Transient as error:
                log.warning("retention_postponed", reason=str(error))
            await asyncio.sleep(_PACE if done >= _MOST else _EVERY)
