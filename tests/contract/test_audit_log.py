"""The audit log on a real MongoDB: nothing is lost or doubled, whoever writes at the same time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.audit import Chain, Reading
from shared.audit_log import AuditLog
from shared.mongo import Database
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import NOW, REFERENCE


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    async with fresh_database(servers) as database:
        yield database


async def test_many_who_read_at_once_by_several_copies_stand_in_one_chain(
    database: Database,
) -> None:
    copies = [AuditLog(database) for _ in range(4)]
    await copies[0].make_indexes()
    readings = [Reading(f"staff-{n}", "ticket", (REFERENCE,), NOW) for n in range(40)]
    await asyncio.gather(*(copies[n % 4].note(one) for n, one in enumerate(readings)))
    found = [one async for one in copies[0].all()]
    chain = Chain()
    assert all(chain.goes_on(one) for one in found)
    assert [one["_id"] for one in found] == list(range(1, 41))
    assert sorted(one["by"] for one in found) == sorted(one.by for one in readings)


async def test_it_is_read_in_pages_the_newest_first(database: Database) -> None:
    log = AuditLog(database)
    for number in range(5):
        reference = REFERENCE if number % 2 else "ENQ-8888-8888"
        await log.note(Reading("mair", "ticket", (reference,), NOW))
    assert [one["_id"] for one in await log.page(None, None, 2)] == [5, 4]
    assert [one["_id"] for one in await log.page(None, 4, 10)] == [3, 2, 1]
    assert [one["_id"] for one in await log.page(REFERENCE, None, 10)] == [4, 2]
