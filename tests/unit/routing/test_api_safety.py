"""Nobody acts on a view that is no longer true, and no request is done twice, whatever its body."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.routing.actions import note
from tests.unit.examples import NOW, REFERENCE
from tests.unit.routing.test_api import ONE, House


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.open()
    async with house.client:
        yield house


def version(house: House) -> int:
    return house.tickets.rows[REFERENCE].ticket.version


async def test_the_same_key_with_another_body_is_refused_whatever_the_route(house: House) -> None:
    key = {"Idempotency_Key": "k"}
    assert (await house.do("assign", {"owner": "sian"}, **key))[0] == 200
    for condition in ('"1"', '"2"'):
        status, said = await house.do("assign", {"owner": "mair"}, If_Match=condition, **key)
        assert (status, said["type"]) == (422, "/problems/idempotency-key-used")
    assert version(house) == 2


async def test_the_same_key_on_another_route_or_of_another_caller_is_another_request(
    house: House,
) -> None:
    key = {"Idempotency_Key": "k"}
    assert (await house.do("claim", **key))[0] == 200
    assert (await house.do("claim", caller="sian", **key))[0] == 200
    assert (await house.do("resolve", {"because": "spam"}, **key))[0] == 200
    assert version(house) == 4


async def test_what_was_done_at_this_very_moment_with_another_body_is_told_apart(
    house: House,
) -> None:
    """Both passed the first look; the ticket's own write tells them apart."""
    key = {"Idempotency_Key": "k", "If_Match": '"1"'}

    async def the_other() -> None:
        assert (await house.do("assign", {"owner": "sian"}, **key))[0] == 200
        house.tickets.requests.done.clear()

    house.tickets.overtaken_by = [the_other]
    status, said = await house.do("assign", {"owner": "mair"}, **key)
    assert (status, said["type"]) == (422, "/problems/idempotency-key-used")


async def test_the_same_at_this_very_moment_gets_the_first_one_s_answer(house: House) -> None:
    key = {"Idempotency_Key": "k", "If_Match": '"1"'}

    async def the_other() -> None:
        assert (await house.do("assign", {"owner": "sian"}, **key))[0] == 200
        house.tickets.requests.done.clear()

    house.tickets.overtaken_by = [the_other]
    status, said = await house.do("assign", {"owner": "sian"}, **key)
    assert (status, said["version"]) == (200, 2)


async def test_a_request_that_failed_may_come_again_corrected(house: House) -> None:
    key = {"Idempotency_Key": "k"}
    assert (await house.do("assign", {"owner": "nobody"}, **key))[0] == 422
    assert (await house.do("assign", {"owner": "sian"}, **key))[0] == 200


async def test_a_request_is_done_once_even_if_its_ticket_has_forgotten_it(house: House) -> None:
    key = {"Idempotency_Key": "k"}
    assert (await house.do("note", {"text": "Once."}, **key))[0] == 200
    house.tickets.rows[REFERENCE].applied.clear()
    status, said = await house.do("note", {"text": "Once."}, **key)
    assert (status, said["version"]) == (200, 2)


async def test_who_saw_an_older_ticket_is_told_the_words_that_came_since(house: House) -> None:
    assert (await house.do("note", {"text": "Seen."}))[0] == 200
    assert (await house.do("note", {"text": "Ask her first."}, caller="sian"))[0] == 200
    status, said = await house.do("reply", {"text": "Done."}, If_Match='"2"')
    assert (status, said["version"], said["earlier"]) == (412, 3, 0)
    assert [one["event"] for one in said["changed"]] == ["noted"]
    assert [one["text"] for one in said["messages"]] == ["Ask her first."]


async def test_what_is_too_much_to_tell_is_counted(house: House) -> None:
    for number in range(23):
        current = house.tickets.rows[REFERENCE].ticket
        change = note(current, "sian", f"w{number}", NOW)
        assert await house.tickets.save(change, caused_by=f"c{number}")
    said: Any
    status, said = await house.do("claim", If_Match='"1"')
    assert (status, len(said["changed"]), said["earlier"]) == (412, 20, 3)
    assert said["changed"][-1]["version"] == 24


async def test_a_key_that_is_none_is_refused(house: House) -> None:
    for key in ("", "x" * 201, "a b", "é"):
        status, said, _ = await house.ask(
            "POST", f"{ONE}/claim", If_Match='"1"', Idempotency_Key=key
        )
        assert (status, said["type"]) == (400, "/problems/idempotency-key")
    assert version(house) == 1


async def test_what_is_wrong_with_a_request_is_told_before_what_its_key_was_used_for(
    house: House,
) -> None:
    key = {"Idempotency_Key": "k"}
    assert (await house.do("assign", {"owner": "sian"}, **key))[0] == 200
    other = {"owner": "mair"}
    house.add_key("mair", ["tickets:read"])
    assert (await house.do("assign", other, **key))[0] == 403
    house.add_key("mair", ["tickets:read", "tickets:write"])
    status, said, _ = await house.ask("POST", f"{ONE}/assign?x=1", other, If_Match='"1"', **key)
    assert (status, said["type"], said["field"]) == (422, "/problems/invalid", "x")
    headers = {"Authorization": "Bearer mair", "Idempotency-Key": "k", "If-Match": '"1"'}
    answer = await house.client.post(f"{ONE}/assign", data=b'{"owner": "mair"}', headers=headers)
    assert answer.status == 415
    assert (await house.do("assign", other, **key))[0] == 422
    assert version(house) == 2


# What is accepted, and what may be kept.


async def test_who_excludes_json_gets_nothing_else_and_nothing_is_done(house: House) -> None:
    status, said, headers = await house.ask("GET", ONE, Accept="text/html")
    assert (status, said["type"]) == (406, "/problems/not-acceptable")
    assert said["detail"] == "application/json"
    assert headers["Content-Type"].startswith("application/problem+json")
    status, _ = await house.do("note", {"text": "Mind."}, Accept="text/html, */*;q=0")
    assert status == 406
    assert house.tickets.rows[REFERENCE].ticket.version == 1
    assert (await house.do("note", {"text": "Mind."}, Accept="text/html, */*;q=0.1"))[0] == 200


async def test_a_head_is_a_get_without_its_body(house: House) -> None:
    token = {"Authorization": "Bearer mair"}
    for path, status in ((ONE, 200), ("/v1/tickets/ENQ-0000-0001", 404)):
        answers = [await house.client.request(it, path, headers=token) for it in ("GET", "HEAD")]
        whole, head = [dict(one.headers) for one in answers]
        assert [one.status for one in answers] == [status] * 2
        assert {**whole, "Date": ""} == {**head, "Date": ""}
        assert await answers[0].read() != b""
        assert await answers[1].read() == b""


async def test_no_cache_keeps_what_one_caller_was_shown(house: House) -> None:
    for path in (ONE, "/v1/tickets/ENQ-0000-0001"):
        _, _, headers = await house.ask("GET", path)
        assert headers["Cache-Control"] == "no-store"
        assert headers["Vary"] == "Accept, Authorization"
