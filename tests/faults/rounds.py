"""One round: a load, what goes wrong meanwhile, and the accounts once all is well again."""

import asyncio
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

import aiohttp

from tests.accounts.outside import ENOUGH, Outside
from tests.faults.accountant import (
    REFERENCE,
    REPLY_CODE,
    Books,
    Verdict,
    essence,
    judge,
    outline,
    subject_of,
    without_end,
)
from tests.faults.catalogue import Fault
from tests.faults.errands import Doors, Load, Staff, errands
from tests.faults.house import House
from tests.stage import Delivered, until

PATIENCE: Final = 90.0
"""Seconds after the last fault, in which everything must be done."""
_SOON: Final = 15.0
_LOOKS: Final = 3
_SHOWN: Final = 3
_REMINDED_WITHIN: Final = 2.5
"""Seconds after the moment that was asked for."""


@dataclass
class Row:
    """What came of a round."""

    name: str
    accepted: int = 0
    replies: int = 0
    verdict: Verdict | None = None
    settled: float = 0.0
    """Seconds from the end of the last fault and the last letter until nothing was left to do."""
    stuck: list[str] = field(default_factory=list)
    late: str = ""
    """What was waited for, if that took long: each with its seconds, and what came last of it."""
    tried_again: int = 0
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people."""
        came_again = self.verdict.doubled_mails if self.verdict else 0
        how = "ok" if not self.faults and not self.stuck else "AMISS"
        return (
            f"{self.name:42} accepted={self.accepted:<4} replies={self.replies:<3}"
            f" tried_again={self.tried_again:<4} mails_again={came_again:<3}"
            f" settled={self.settled:5.1f}s {how}"
            f"{' waited for: ' + self.late if self.late else ''}"
        )


class Waits:
    """How long each thing was waited for, one after the other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last: dict[str, str] = {}
        """What was still missing at the last look that found something missing."""

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """While this lasts it is waited for."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[what] = time.monotonic() - begun

    def line(self) -> str:
        """Whatever took a second, with what came last of it."""
        return "; ".join(
            f"{what} {seconds:.1f}s{': ' + self.last[what] if what in self.last else ''}"
            for what, seconds in self.seconds.items()
            if seconds > 1
        )


class Rounds:
    """All of a run, on one desk that lives through them."""

    def __init__(
        self,
        house: House,
        session: aiohttp.ClientSession,
        seed: int,
        patience: float = PATIENCE,
    ) -> None:
        self._house, self._session, self._seed = house, session, seed
        self._patience = patience
        self.books = Books()
        self.rows: list[Row] = []
        self._known: set[str] = set()
        """Tickets of earlier rounds."""
        self._count = 0
        self._told: set[str] = set()
        """Who has had letters, and which replies have come."""
        self._read = self._outlined = 0
        self.kept: dict[str, float] = {}
        """By address, when a door of the last round said yes."""

    async def round(self, faults: list[Fault], count: int, seconds: float) -> Row:
        """One more, with these faults at the same time."""
        self._count += 1
        random = Random(f"{self._seed}/{self._count}")
        row = Row("+".join(one.name for one in faults))
        self.rows.append(row)
        begun = len(self._house.sink.delivered)
        load, staff = self._people(random)
        before = len(self._house.notes)
        only_doors = any(one.name == "two_doors_at_once" for one in faults)
        for one in faults:
            if one.before is not None:
                await one.before(self._house, random)
        # A form is as old as the clock says of who takes it: whoever has waited for a day is shown
        # it again, and the load has nobody who would look.
        has_forms = not any(one.name.startswith("clock_a_day") for one in faults)
        kinds = errands(random, count, staff, only_doors=only_doors, has_forms=has_forms)
        working = asyncio.create_task(load.do(kinds, seconds))
        await self._harm(faults, random, row)
        await self._house.heal()
        await working
        healed = time.monotonic()
        await self._settle(load, staff.books, row, healed)
        books = staff.books
        books.entries, books.faults = load.entries, load.faults + books.faults
        row.accepted = sum(one.accepted for one in load.entries)
        row.replies = sum(one.accepted for one in books.replies)
        row.tried_again = load.doors.retries.total()
        await self._look(books, begun, staff, row, faults)
        row.faults += self._house.notes[before:]
        self.books.add(books)
        self.kept = load.kept_at
        delivered = self._house.sink.delivered
        for place in range(self._outlined, self._read):
            delivered[place] = outline(delivered[place])
        self._outlined = self._read
        return row

    def _people(self, random: Random) -> tuple[Load, Staff]:
        stage, house = self._house.stage, self._house
        doors = Doors(stage, self._session, house.mailbox, Random(random.random()))
        seed, first = random.randrange(10**9), len(self.books.entries)
        load = Load(doors, seed, first=first, patience=self._patience / 2)
        replies = len(self.books.replies)
        return load, Staff(stage, self._session, Random(random.random()), Books(), replies)

    async def _harm(self, faults: list[Fault], random: Random, row: Row) -> None:
        async def one(fault: Fault) -> None:
            await asyncio.sleep(random.uniform(0.2, 1.2))
            await fault.harm(self._house, Random(random.random()))

        done = await asyncio.gather(*(one(fault) for fault in faults), return_exceptions=True)
        for fault, error in zip(faults, done, strict=True):
            if isinstance(error, Exception):
                row.faults.append(f"{fault.name} could not be done: {error!r}")

    async def _settle(self, load: Load, staff: Books, row: Row, healed: float) -> None:
        """Until nothing is left anywhere, or for as long as there is patience."""
        waits = Waits()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                with waits.on("the mailbox"):
                    await self._mailbox_emptied(load)
                with waits.on("letters"):
                    await until(partial(self._all_told, load, staff, waits), self._patience, 0.2)
        last = max(staff.reminders.values(), default=0.0)
        with waits.on("reminders"):
            await asyncio.sleep(last + _REMINDED_WITHIN - time.time())
        with waits.on("what is left"):
            left = await self._house.left()
            while left and time.monotonic() - healed < self._patience:
                waits.last["what is left"] = ", ".join(_told(left))
                await asyncio.sleep(1)
                left = await self._house.left()
        row.settled = time.monotonic() - healed
        row.late = waits.line() if row.settled > _SOON else ""
        row.stuck += _told(left)

    async def _mailbox_emptied(self, load: Load) -> None:
        mailbox = self._house.mailbox
        if mailbox is None:
            return

        async def is_empty() -> bool:
            return await asyncio.to_thread(mailbox.count) == 0

        await until(is_empty, self._patience, 0.2)
        for entry in load.in_mailbox:
            load.keeps(entry)

    async def _all_told(self, load: Load, staff: Books, waits: "Waits") -> bool:
        for one in self._house.sink.delivered[self._read :]:
            self._told.add(one.to)
            self._told.update(REPLY_CODE.findall(one.text))
            self._read += 1
        wanted = {one.patron: one.name for one in load.entries if one.patron and one.accepted}
        wanted |= {one.code: f"{one.code} (reply)" for one in staff.replies if one.accepted}
        missing = [name for told, name in wanted.items() if told not in self._told]
        if missing:
            waits.last["letters"] = ", ".join(missing[:_SHOWN])
        return not missing

    async def _look(
        self, books: Books, begun: int, staff: Staff, row: Row, faults: list[Fault]
    ) -> None:
        """At what was accepted in this round; again, if something differs, for it may be under way.
        What came to tickets of earlier rounds is looked at in the end."""
        await self._house.stage.ready()
        codes = {one.code for one in books.entries}
        # A clock that went back makes tickets that are older than those of earlier rounds.
        enough = sys.maxsize if any(one.name.startswith("clock") for one in faults) else ENOUGH
        for _ in range(_LOOKS):
            outside = Outside(self._house.stage, self._session, enough)
            found = await outside.sightings(self._known)
            sightings = [one for one in found if one.ticket or one.code in codes]
            delivered = [
                one for one in self._house.sink.delivered[begun:] if not self._is_of_before(one)
            ]
            verdict = row.verdict = judge(books, sightings, outside.shown, delivered)
            if not verdict.faults:
                break
            await asyncio.sleep(3)
        row.faults += verdict.faults
        if verdict.doubled_mails and not any(one.may_resend for one in faults):
            row.faults.append(
                f"{verdict.doubled_mails} letters came twice, and nothing explains it"
            )
        row.faults += await self._ended(list(outside.shown), staff, enough)
        self._known |= outside.shown.keys()

    def _is_of_before(self, letter: Delivered) -> bool:
        found = REFERENCE.search(subject_of(letter))
        return found is not None and found[1] in self._known

    async def pass_over(self) -> None:
        """What there is now belongs to no round."""
        outside = Outside(self._house.stage, self._session)
        await outside.sightings(self._known)
        self._known |= outside.shown.keys()
        staff = self._people(Random(0))[1]
        await staff.resolve(list(outside.shown))

    async def _ended(self, references: list[str], staff: Staff, enough: int) -> list[str]:
        """Resolve them all: then every promise has its end."""
        await staff.resolve(references)
        outside = Outside(self._house.stage, self._session, enough)
        await outside.sightings(self._known)
        return list(without_end({one: outside.shown[one] for one in references}))

    async def in_the_end(self) -> tuple[Verdict, list[str]]:
        """Of all rounds together, with every letter that ever came; and what is stuck."""
        await asyncio.sleep(3)
        outside = Outside(self._house.stage, self._session, keeps=essence)
        found = await outside.sightings()
        verdict = judge(self.books, found, outside.shown, self._house.sink.delivered)
        verdict.faults += without_end(outside.shown)
        stuck = _told(await self._house.left())
        dead, meant = sorted(await self._house.dead()), sorted(self._house.meant)
        if dead != meant:
            more = [one for one in dead if one not in meant]
            verdict.faults.append(
                f"{len(dead)} dead letters, and {len(meant)} were meant; such as {more[:2]!r}"
            )
        return verdict, stuck


def _told(left: Mapping[str, int]) -> list[str]:
    return [f"{count} in {place}" for place, count in left.items()]


__all__ = ["Rounds", "Row", "Waits"]
