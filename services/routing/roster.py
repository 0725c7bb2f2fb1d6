"""Who is here and how much each has, read every few seconds instead of for every enquiry."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import structlog

from shared.errors import Transient
from shared.staff import StaffMember

log = structlog.get_logger()

_EVERY: Final = 2.0
"""Seconds between two readings."""


class Staff(Protocol):
    """What is read."""

    async def staff(self) -> Sequence[StaffMember]: ...
    async def open_tickets(self) -> Mapping[str, int]: ...


class Roster:
    """The last reading, and what this process has given out since."""

    def __init__(self, store: Staff) -> None:
        self._store = store
        self.staff: Sequence[StaffMember] = ()
        self.load: Counter[str] = Counter()

    def gave(self, staff_id: str) -> None:
        """One more ticket is theirs."""
        self.load[staff_id] += 1

    async def read(self) -> None:
        """Read anew. Raises: Transient."""
        self.staff = await self._store.staff()
        self.load = Counter(await self._store.open_tickets())

    async def run(self) -> None:
        """Read until cancelled; while MongoDB is away the last reading is used."""
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.read()
            except Transient as error:
                log.warning("roster_postponed", reason=str(error))
