"""Who is here, what each has and what has been achieved, read every few seconds instead of for
every enquiry."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Protocol

import structlog

from services.routing.assign import GIVEN_WITHIN, NOTHING, Given, Load, turns_had
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
    async def given_since(self, since: datetime) -> Sequence[Given]: ...
    async def achieved(self, now: datetime) -> Achieved: ...
    async def silent(self) -> Sequence[str]: ...


class Roster:
    """The last reading, and what this process has given out since."""

    def __init__(self, store: Staff, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._turns: dict[str, tuple[float, float]] = {}
        """As last read from the tickets, and what this process has given out since."""
        self.staff: Sequence[StaffMember] = ()
        self.load: dict[str, Load] = {}
        self.achieved = Achieved()

    def gave(self, one: Given) -> None:
        """One more ticket is theirs."""
        had = self.load.get(one.to, NOTHING)
        self.load[one.to] = replace(
            had, count=had.count + 1, weight=had.weight + 1, unanswered=had.unanswered + 1
        )
        for each, (given, part) in turns_had((one,), one.at).items():
            before = self._turns.get(each, (0.0, 0.0))
            self._turns[each] = (before[0] + given, before[1] + part)
            self.load[each] = self._with_turns(each, self.load.get(each, NOTHING))

    def name_of(self, staff_id: str, written: str) -> str:
        """What somebody is called now; as it was written, if they are no longer of the staff."""
        return next((one.name for one in self.staff if one.id == staff_id), written)

    def as_now(self, who: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Somebody (`id`, `name`) as they are called now."""
        return {**who, "name": self.name_of(who["id"], who["name"])} if who else None

    async def read(self) -> None:
        """Who is here and what they have. Raises: Transient."""
        self.staff = await self._store.staff()
        work = await self._store.open_work()
        known = {one.id: work.get(one.id, NOTHING) for one in self.staff}
        self.load = {one: self._with_turns(one, load) for one, load in known.items()}

    def _with_turns(self, staff_id: str, load: Load) -> Load:
        given, part = self._turns.get(staff_id, (0.0, 0.0))
        return replace(load, given=given, part=part)

    async def read_all(self) -> None:
        """Also whose turn it is, and what has been achieved. Raises: Transient."""
        now = self._clock()
        self.staff = await self._store.staff()
        given = await self._store.given_since(now - GIVEN_WITHIN)
        self._turns = dict(turns_had(given, now))
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
