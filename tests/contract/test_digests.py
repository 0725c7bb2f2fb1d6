"""What staff are told: each alert in one digest, whoever sweeps and wherever it ends."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from services.routing.digests import Digests, sweep_once
from services.routing.store import Tickets
from services.routing.ticket import Alert
from shared.messages import AlertRequested
from shared.mongo import Database
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import LIBRARY, NOW, opened

LONG_AGO = NOW - timedelta(days=900)
FAR = NOW + timedelta(days=36500)


@dataclass
class House:
    database: Database
    tickets: Tickets
    digests: Digests
    outbox: fakes.Outbox

    async def open(self, reference: str, *alerts: Alert) -> None:
        """A ticket with these alerts."""
        change = replace(opened(reference=reference), alerts=alerts)
        assert await self.tickets.open(change, caused_by=f"opening {reference}")

    async def sweep(self) -> int:
        return await sweep_once(self.digests, self.outbox, NOW)  # type: ignore[arg-type]

    async def told(self) -> list[tuple[str, list[str]]]:
        found = await self.database.digests.find().sort("_id").to_list(None)
        return [(one["staff"], [row["id"] for row in one["alerts"]]) for one in found]


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        tickets, digests = Tickets(database, LIBRARY), Digests(database)
        await tickets.make_indexes()
        await digests.make_indexes()
        yield House(database, tickets, digests, fakes.Outbox())


def alert(name: str, staff: str = "mair", due: bool = True) -> Alert:
    return Alert(name, staff, "at_risk", LONG_AGO if due else FAR)


async def test_what_is_due_takes_all_that_waits_for_that_person_along(house: House) -> None:
    await house.open("ENQ-1", alert("a"), alert("b", due=False))
    await house.open("ENQ-2", alert("c"), alert("d", "sian", due=False))
    assert await house.sweep() == 1
    assert await house.told() == [("mair", ["a", "c", "b"])]
    [(_, message)] = house.outbox.sent
    assert isinstance(message, AlertRequested)
    assert message.reference == "ENQ-1"
    assert await house.digests.waiting("mair") == []
    assert len(await house.digests.waiting("sian")) == 1
    assert await house.sweep() == 0


async def test_an_alert_that_was_told_before_a_crash_is_not_told_again(house: House) -> None:
    await house.open("ENQ-1", alert("a"))
    waiting = await house.digests.waiting("mair")
    assert await house.digests.make("mair", waiting, NOW), "and here the process ends"
    await house.open("ENQ-2", alert("b"))
    await house.sweep()
    assert sorted(await house.told()) == [("mair", ["a"]), ("mair", ["b"])]
    assert await house.digests.waiting("mair") == []
    saved = await house.digests.outbox.unsent(10)
    assert len(saved) == 2, "what the crash left behind is still to be sent"


async def test_of_copies_that_sweep_at_once_one_tells_it(house: House) -> None:
    for number in range(20):
        await house.open(f"ENQ-{number}", alert(f"a-{number}"))
    await asyncio.gather(*(house.sweep() for _ in range(8)))
    while await house.sweep():
        pass
    told = [one for _, rows in await house.told() for one in rows]
    assert sorted(told) == sorted(f"a-{number}" for number in range(20))


async def test_nothing_is_told_before_it_is_due(house: House) -> None:
    await house.open("ENQ-1", alert("a", due=False))
    assert await house.sweep() == 0
    assert await house.told() == []
