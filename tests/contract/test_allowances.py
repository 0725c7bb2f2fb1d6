"""What allowances promise: the same suite for the fake and for the real ones.

Time is the database's. It can't be told to go, so the rows are made older instead.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from shared.allowances import Allowances, Drawn, Use
from shared.mongo import Database
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.stage import Servers

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class House:
    """Allowances and their time."""

    allowances: Any
    pass_time: Callable[[float], Awaitable[None]]

    async def allow(self, cause: str, key: str = "rhian", most: int = 3) -> bool:
        said: bool = await self.allowances.allow(key, cause, (most, HOUR))
        return said

    async def draw(self, wanted: int = 5, key: str = "mair") -> Drawn:
        found: Drawn = await self.allowances.draw(key, 20, MINUTE, wanted)
        return found

    async def use(self, key: str = "catalogue", most: int = 3) -> Use:
        found: Use = await self.allowances.use(key, most, MINUTE)
        return found


async def _older(database: Database, seconds: float) -> None:
    def earlier(moment: str) -> dict[str, Any]:
        return {"$subtract": [moment, round(seconds * 1000)]}

    one = {"id": "$$this.id", "at": earlier("$$this.at")}
    given = {"$map": {"input": {"$ifNull": ["$given", []]}, "in": one}}
    slices = {"$subtract": ["$$this.slice", round(seconds / 5)]}
    part = {"slice": slices, "count": "$$this.count"}
    drawn = {"$map": {"input": {"$ifNull": ["$drawn", []]}, "in": part}}
    change = {"given": given, "drawn": drawn, "expires_at": earlier("$expires_at")}
    await database.allowances.update_many({}, [{"$set": change}])


@pytest.fixture(params=["fake", "mongodb"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    if request.param == "fake":
        fake = fakes.Allowances()

        async def pass_time(seconds: float) -> None:
            fake.now += seconds

        yield House(fake, pass_time)
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        real = Allowances(database)
        await real.make_indexes()

        async def make_older(seconds: float) -> None:
            await _older(database, seconds)

        yield House(real, make_older)


async def test_so_many_are_allowed_and_no_more(house: House) -> None:
    assert [await house.allow(str(one)) for one in range(5)] == [True] * 3 + [False] * 2
    assert await house.allow("0", key="sian")


async def test_the_same_cause_always_has_the_same_answer(house: House) -> None:
    for _ in range(3):
        assert [await house.allow(str(one)) for one in range(5)] == [True] * 3 + [False] * 2


async def test_a_cause_is_only_a_name(house: House) -> None:
    said = [await house.allow(one) for one in ("$given", "$$NOW", "$$NOW", "x", "y")]
    assert said == [True, True, True, True, False]


async def test_of_the_same_moment_no_more_are_allowed(house: House) -> None:
    said = await asyncio.gather(*(house.allow(str(one)) for one in range(10)))
    assert sorted(said) == [False] * 7 + [True] * 3


async def test_there_is_room_again_once_the_window_has_passed(house: House) -> None:
    for one in range(4):
        await house.allow(str(one))
    await house.pass_time(1800)
    assert not await house.allow("later")
    await house.pass_time(1801)
    assert await house.allow("an hour later")


async def test_uses_are_counted_and_refused_beyond_the_most(house: House) -> None:
    found = [await house.use() for _ in range(5)]
    assert [one.allowed for one in found] == [True] * 3 + [False] * 2
    assert [one.left for one in found] == [2, 1, 0, 0, 0]
    assert all(55 <= one.seconds <= 60 for one in found)
    assert (await house.use("another")).allowed


async def test_uses_of_the_same_moment_are_counted_too(house: House) -> None:
    found = await asyncio.gather(*(house.use() for _ in range(10)))
    assert sorted(one.allowed for one in found) == [False] * 7 + [True] * 3


async def test_a_new_time_begins_when_the_last_is_over(house: House) -> None:
    for _ in range(4):
        await house.use()
    await house.pass_time(30)
    found = await house.use()
    assert not found.allowed
    assert 20 <= found.seconds <= 30
    await house.pass_time(31)
    assert [(await house.use()).left for _ in range(4)] == [2, 1, 0, 0]


async def test_a_look_counts_nothing(house: House) -> None:
    assert (await house.allowances.look("catalogue", 3)) == Use(True, 3, 1)
    for left in (2, 1, 0):
        await house.use()
        for _ in range(2):
            found = await house.allowances.look("catalogue", 3)
            assert (found.allowed, found.left) == (left > 0, left)
    await house.pass_time(61)
    assert (await house.allowances.look("catalogue", 3)).left == 3


async def test_portions_become_smaller_towards_the_end_and_are_no_more_than_all(
    house: House,
) -> None:
    drawn = [await house.draw() for _ in range(10)]
    assert [one.count for one in drawn] == [5, 4, 3, 2, 2, 1, 1, 1, 1, 0]
    assert [one.left for one in drawn] == [15, 11, 8, 6, 4, 3, 2, 1, 0, 0]
    assert all(55 <= one.seconds <= 65 for one in drawn)
    assert (await house.draw(key="sian")).count == 5


async def test_of_the_same_moment_no_more_are_drawn(house: House) -> None:
    drawn = await asyncio.gather(*(house.draw() for _ in range(30)))
    assert sum(one.count for one in drawn) == 20


async def test_what_was_drawn_comes_back_bit_by_bit_and_not_before_a_whole_window(
    house: House,
) -> None:
    first = await house.draw()
    await house.pass_time(30)
    while (await house.draw()).count:
        pass
    await house.pass_time(25)
    found = await house.draw()
    assert found.count == 0
    assert 0 < found.seconds <= 10
    await house.pass_time(10)
    again = [await house.draw() for _ in range(6)]
    assert sum(one.count for one in again) == first.count, "the rest was drawn later"
    await house.pass_time(70)
    assert (await house.draw()).left == 15


async def test_nothing_of_a_key_is_stored_and_all_of_it_ends(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        allowances = Allowances(database)
        await allowances.make_indexes()
        await allowances.allow("letters rhian@patrons.example", "a-letter", (3, HOUR))
        await allowances.use("keys 192.0.2.7", 3, MINUTE)
        await allowances.draw("requests reads a-token", 20, MINUTE, 5)
        stored = await database.allowances.find().to_list(None)
        assert len(stored) == 3
        assert "a-token" not in str(stored)
        assert "patrons.example" not in str(stored)
        assert "192.0.2.7" not in str(stored)
        indexes = await database.allowances.index_information()
        assert indexes["expires_at_1"]["expireAfterSeconds"] == 0
        assert all(one["expires_at"] for one in stored)
