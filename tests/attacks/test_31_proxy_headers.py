"""Class 31: clients that say in a header that they are somebody else. Only a proxy that is named
by the operator is believed, and only in what it wrote itself: the limits of a client hold."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer

from services.intake.ask import MOST_OF_A_CLIENT
from services.intake.web import MOST_WRONG_KEYS, Front, make_app
from shared.references import Seal
from tests.builders import desk_of
from tests.unit.examples import SECRET
from tests.unit.intake.test_ask import House, notice, numbered, values
from tests.unit.intake.test_web import House as Door


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.client:
        yield house


async def test_a_client_that_names_itself_is_not_believed() -> None:
    """Without a trusted proxy the header is anybody's."""
    house = Door()
    desk = desk_of(house.letters, house.outbox, Seal(SECRET))
    letters: Any = cast(Any, house.letters)
    front = Front(desk, letters, house.allowances, frozenset(), house.clock)
    async with house.client, TestClient(TestServer(make_app(front, 100_000))) as client:
        for number in range(MOST_WRONG_KEYS + 1):
            headers = {"Authorization": "Bearer x", "X-Forwarded-For": f"192.0.2.{number}"}
            answer = await client.get("/v1/enquiries/ENQ-7K3M-92Q2", headers=headers)
        assert answer.status == 429


@pytest.mark.parametrize(
    "name", ["Forwarded", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP", "X-Forwarded-Host"]
)
async def test_no_other_header_is_believed_from_anybody(name: str) -> None:
    house = Door()
    async with house.client:
        for number in range(MOST_WRONG_KEYS + 1):
            headers = {"Authorization": "Bearer x", name: f"for=192.0.2.{number}"}
            answer = await house.client.get("/v1/enquiries/ENQ-7K3M-92Q2", headers=headers)
        assert answer.status == 429


async def test_a_client_has_so_many_forms_an_hour_whatever_it_says_of_itself(
    house: House,
) -> None:
    for number in range(MOST_OF_A_CLIENT):
        answer, _ = await house.post(numbered(number), X_Forwarded_For=f"192.0.2.{number}")
        assert answer.status == 303
    answer, page = await house.post(numbered(999), X_Forwarded_For="192.0.2.200")
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "3600"
    assert "You can send it from 11:00." in notice(page)
    assert "enquiries@llanfair.example" in page
    assert values(page)["question"] == "Question 999?"
    assert len(house.letters.kept) == MOST_OF_A_CLIENT
    house.allowances.now += 3600
    assert (await house.post(values(page)))[0].status == 303


async def test_behind_a_trusted_proxy_each_client_has_its_own(house: House) -> None:
    behind = House(trusted="127.0.0.0/8, ::1")
    async with behind.client:
        for number in range(MOST_OF_A_CLIENT):
            await behind.post(numbered(number), X_Forwarded_For="192.0.2.1")
        spoofed = "192.0.2.77, 192.0.2.1"
        assert (await behind.post(numbered(1), X_Forwarded_For=spoofed))[0].status == 429
        assert (await behind.post(numbered(2), X_Forwarded_For="192.0.2.2"))[0].status == 303
