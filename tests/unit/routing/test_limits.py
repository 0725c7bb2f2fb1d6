"""The staff's API counts the requests of each token, over HTTP."""

import re
from collections.abc import AsyncIterator
from typing import Any, Final, cast

import pytest

from services.routing import bulk
from services.routing.changes import Counter
from services.routing.handlers import Desk
from services.routing.limits import Limits
from shared.rates import Policy, Rates
from tests import fakes
from tests.unit.examples import CALENDARS, LIBRARY, REFERENCE
from tests.unit.routing.test_api import ONE, House

_LIMIT: Final = re.compile(r'"(reads|changes)";r=(\d+);t=(\d+)')


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """The API, where each token has five reads and three changes a minute."""
    rates = Rates(fakes.Allowances(), lambda: 0.0)
    house = House(limit=Limits(rates, Policy("reads", 5), Policy("changes", 3)))
    store: Any = cast(Any, house.tickets)
    desk = Desk(store, house.outbox, house.roster, LIBRARY, CALENDARS, house.clock)
    house.client.app.add_routes(bulk.routes(Counter(desk, store, house.audit, limit=house.limit)))
    await house.open()
    async with house.client:
        yield house


def left(headers: Any) -> tuple[str, int]:
    """The policy that counted, and how many requests are left."""
    found = _LIMIT.fullmatch(headers["RateLimit"])
    assert found is not None, headers["RateLimit"]
    assert 1 <= int(found[3]) <= 65
    return found[1], int(found[2])


async def test_every_answer_says_how_many_are_left_and_one_too_many_is_refused(
    house: House,
) -> None:
    for wanted in range(4, -1, -1):
        status, _, headers = await house.ask("GET", ONE)
        assert (status, left(headers)) == (200, ("reads", wanted))
        assert headers["RateLimit-Policy"] == '"reads";q=5;w=60'
    status, said, headers = await house.ask("GET", ONE)
    assert (status, said["type"]) == (429, "/problems/too-many")
    assert left(headers) == ("reads", 0)
    assert headers["RateLimit"].endswith(f";t={headers['Retry-After']}")
    assert headers["RateLimit-Policy"] == '"reads";q=5;w=60'


async def test_reads_and_changes_are_counted_apart_and_each_token_for_itself(
    house: House,
) -> None:
    for _ in range(6):
        status, _, _ = await house.ask("GET", ONE)
    assert status == 429
    assert (await house.do("note", {"text": "Mind."}))[0] == 200
    assert (await house.ask("GET", ONE, caller="sian"))[0] == 200


async def test_what_is_refused_for_another_reason_is_counted_and_says_so(house: House) -> None:
    status, _, headers = await house.ask("GET", "/v1/tickets/ENQ-0000-0001")
    assert (status, left(headers)) == (404, ("reads", 4))
    status, _, headers = await house.ask("POST", f"{ONE}/claim", caller="reader")
    assert (status, left(headers)) == (403, ("changes", 2))
    status, _, headers = await house.ask("GET", ONE, caller="nobody")
    assert status == 401
    assert "RateLimit" not in headers, "nobody's requests are not counted"


async def test_each_ticket_of_a_bulk_request_is_a_change(house: House) -> None:
    names = (REFERENCE, "ENQ-8888-8888", "ENQ-9999-999X")
    for name in names[1:]:
        await house.open(name)
    tickets = [{"reference": name, "version": 1} for name in names]
    body = {"action": "note", "text": "Mind.", "tickets": tickets}
    status, said, headers = await house.ask("POST", "/v1/tickets/bulk", body)
    assert (status, left(headers)[0]) == (200, "changes")
    assert sorted(one["status"] for one in said["items"]) == [200, 200, 429]
    assert (await house.do("note", {"text": "Mind."}))[0] == 429
