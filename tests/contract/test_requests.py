"""What an Idempotency-Key was used for: the same suite for the fake and for the real one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.routing import requests
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.unit.examples import NOW


@pytest.fixture(params=["fake", "mongodb"])
async def known(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "fake":
        yield fakes.Requests()
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        real = requests.Requests(database)
        await real.make_indexes()
        yield real


async def test_what_was_done_is_known_as_it_was_first(known: Any) -> None:
    assert await known.body("cause-1") is None
    await known.note("cause-1", "body-1", NOW)
    await known.note("cause-1", "body-2", NOW)
    assert await known.body("cause-1") == "body-1"
    assert await known.body("cause-2") is None


async def test_it_is_forgotten_after_two_days_not_before(
    servers: Any,
) -> None:
    async with fresh_database(servers) as database:
        await requests.Requests(database).make_indexes()
        [index] = [
            one
            for one in (await database.requests.index_information()).values()
            if "expireAfterSeconds" in one
        ]
    assert (index["key"], index["expireAfterSeconds"]) == ([("at", 1)], 48 * 3600)
