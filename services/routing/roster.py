"""Who is here, what each has and what has been achieved, read every few seconds instead of for
every enquiry."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.routing.assign import GIVEN_WITHIN, NOTHING, Load, turns_had
from services.routing.situation import Achieved
from shared.errors import Transient
from shared.staff import StaffMember

log = structlog.get_logger()

_EVERY: Final = 2.0
"""Seconds between two readings."""
_SELDOM: Final = 15
"""Every so many readings also what needs more: turns, and what has been achieved."""


class Staff(Protocol):
    """What is read."""

    async def staff(self) -> Sequence[StaffMember]: ...
    async def open_work(self) -> Mapping[str, Load]: ...
    async def given_since(self, since: datetime) -> Sequence[tuple[datetime, str]]: ...
    async def achieved(self, now: datetime) -> Achieved: ...
    async def silent(self) -> Sequence[str]: ...


class Roster:
    """The last reading, and what this process has given out since."""

    def __init__(self, store: Staff, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._turns: Mapping[str, tuple[float, float]] = {}
        self._gave: Counter[str] = Counter()
        """What this process has given out since turns were last read."""
        self.staff: Sequence[StaffMember] = ()
        self.load: dict[str, Load] = {}
        self.achieved = Achieved()

    def gave(self, staff_id: str) -> None:
        """One more ticket is theirs."""
        self._gave[staff_id] += 1
        had = self.load.get(staff_id, NOTHING)
        self.load[staff_id] = replace(
            had,
            count=had.count + 1,
            weight=had.weight + 1,
            unanswered=had.unanswered + 1,
            given=had.given + 1,
        )

    async def read(self) -> None:
        """Who is here and what they have. Raises: Transient."""
        self.staff = await self._store.staff()
        work = await self._store.open_work()
        known = {one.id: work.get(one.id, NOTHING) for one in self.staff}
        self.load = {one: self._with_turns(one, load) for one, load in known.items()}

    def _with_turns(self, staff_id: str, load: Load) -> Load:
        given, part = self._turns.get(staff_id, (0, 0.0))
        return replace(load, given=given + self._gave[staff_id], part=part)

    async def read_all(self) -> None:
        """Also whose turn it is, and what has been achieved. Raises: Transient."""
        now = self._clock()
        self.staff = await self._store.staff()
        given = await self._store.given_since(now - GIVEN_WITHIN)
        self._turns = turns_had(self.staff, given, now)
        self._gave.clear()
        self.achieved = await self._store.achieved(now)
        await self.read()
        for reference in await self._store.silent():
            log.error("silence_found", reference=reference)

    async def run(self) -> None:
        """Read until cancelled; while MongoDB is away the last reading is used."""
        number = 0
        while True:
            await asyncio.sleep(_EVERY)
            number += 1
            try:
                await (self.read_all() if number % _SELDOM == 0 else self.read())
            except Transient as error:
                log.warning("roster_postponed", reason=str(error))
