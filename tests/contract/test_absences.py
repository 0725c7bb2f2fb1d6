"""Absences as staff and operators write them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.absences import Absences
from shared.mongo import Database
from shared.staff import Absence, StaffMember, from_document
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import NOW

DAY = timedelta(days=1)


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    async with fresh_database(servers) as opened:
        person = {"_id": "mair", "name": "Mair Pretend", "address": "m@x.example", "team": "a"}
        await opened.staff.insert_one(person)
        yield opened


async def mair(database: Database) -> StaffMember:
    found = await database.staff.find_one({"_id": "mair"})
    assert found is not None
    return from_document(found)


async def test_absences_are_kept_in_their_order_and_each_once(database: Database) -> None:
    absences = Absences(database)
    late, early = Absence(NOW + 9 * DAY, NOW + 10 * DAY), Absence(NOW, NOW + DAY)
    for one in (late, early, late):
        assert await absences.add("mair", one)
    assert (await mair(database)).absences == (early, late)
    assert not await absences.add("nobody", early)


async def test_who_comes_back_is_there_and_what_has_been_stays(database: Database) -> None:
    absences = Absences(database)
    past, present = Absence(NOW - 3 * DAY, NOW - 2 * DAY), Absence(NOW - DAY)
    for one in (past, present, Absence(NOW + DAY, NOW + 2 * DAY)):
        await absences.add("mair", one)
    assert (await mair(database)).is_away(NOW)
    assert await absences.end("mair", NOW)
    there = await mair(database)
    assert not there.is_away(NOW)
    assert not there.is_away(NOW + DAY)
    assert there.absences == (past, Absence(NOW - DAY, NOW))
    assert not await absences.end("nobody", NOW)


async def test_who_was_never_away_can_come_back(database: Database) -> None:
    assert await Absences(database).end("mair", NOW)
    assert (await mair(database)).absences == ()
