"""The same for many tickets: each is decided alone, as if it had been asked for alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final, cast

import pytest

from services.routing import bulk
from services.routing.changes import Counter
from services.routing.handlers import Desk
from services.routing.status import Status
from shared.errors import Transient
from tests.unit.examples import CALENDARS, LIBRARY, NOW
from tests.unit.routing.test_api import House

PATH: Final = "/v1/tickets/bulk"
REFERENCES: Final = ("ENQ-0000-0000", "ENQ-7K3M-92Q2")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    store: Any = cast(Any, house.tickets)
    desk = Desk(store, house.outbox, house.roster, LIBRARY, CALENDARS, house.clock)
    house.client.app.add_routes(bulk.routes(Counter(desk, store, house.audit)))
    for one in REFERENCES:
        await house.open(one)
    async with house.client:
        yield house


def these(*versions: int) -> list[dict[str, Any]]:
    return [
        {"reference": one, "version": version}
        for one, version in zip(REFERENCES, versions, strict=True)
    ]


async def ask(house: House, body: Any, **headers: str) -> tuple[int, Any]:
    status, said, _ = await house.ask("POST", PATH, body, **headers)
    return status, said


def versions(house: House) -> list[int]:
    return [house.tickets.rows[one].ticket.version for one in REFERENCES]


@pytest.mark.parametrize(
    "body",
    [
        {"action": "claim"},
        {"action": "assign", "owner": "sian"},
        {"action": "tags", "add": ["Map"]},
        {"action": "note", "text": "The lift is mended."},
        {"action": "wait", "for": "patron", "until": "2026-12-01T10:00:00Z"},
        {"action": "resolve", "because": "spam"},
        {"action": "correct", "urgency": "urgent"},
        {"action": "cause", "cause": "Lift broken"},
    ],
)
async def test_each_is_done_to_all(house: House, body: Any) -> None:
    status, said = await ask(house, {**body, "tickets": these(1, 1)})
    assert status == 200, said
    assert said["items"] == [
        {"reference": one, "status": 200, "version": 2, "problem": None} for one in REFERENCES
    ]
    assert versions(house) == [2, 2]


async def test_it_is_what_the_single_route_does(house: House) -> None:
    body = {"action": "wait", "for": "third_party", "until": "2026-12-01T10:00:00Z"}
    await ask(house, {**body, "tickets": these(1, 1)})
    many, alone = (house.tickets.rows[one].ticket for one in REFERENCES)
    assert many.status is Status.WAITING_THIRD_PARTY
    assert (many.remind_at, many.version) == (alone.remind_at, alone.version)
    rows = [house.tickets.rows[one].timeline[-1] for one in REFERENCES]
    assert rows[0] == rows[1]


async def test_one_that_is_stale_stops_none_of_the_others(house: House) -> None:
    assert (await house.do("claim"))[0] == 200
    status, said = await ask(house, {"action": "claim", "tickets": these(1, 1)}, caller="sian")
    first, second = said["items"]
    assert (status, first["status"], second["status"]) == (200, 200, 412)
    assert second["problem"]["type"] == "/problems/stale"
    assert [one["event"] for one in second["problem"]["changed"]] == ["claimed"]
    assert (second["version"], versions(house)) == (2, [2, 2])
    assert (
        house.tickets.rows[REFERENCES[1]].ticket.owner
        != house.tickets.rows[REFERENCES[0]].ticket.owner
    )


async def test_each_is_told_its_own_problem(house: House) -> None:
    tickets = [*these(1, 1), {"reference": "ENQ-0000-0001", "version": 1}]
    status, said = await ask(house, {"action": "reopen", "tickets": tickets})
    assert status == 200
    assert [(one["status"], one["problem"]["type"]) for one in said["items"]] == [
        (409, "/problems/not-allowed"),
        (409, "/problems/not-allowed"),
        (404, "/problems/not-found"),
    ]
    assert versions(house) == [1, 1]


async def test_a_database_that_goes_away_in_the_middle_fails_that_one(house: House) -> None:
    async def is_away() -> None:
        raise Transient("MongoDB is away")

    house.tickets.overtaken_by = [is_away]
    _, said = await ask(house, {"action": "claim", "tickets": these(1, 1)})
    assert sorted(one["status"] for one in said["items"]) == [200, 503]


async def test_the_same_request_again_is_done_once(house: House) -> None:
    body = {"action": "note", "text": "Once.", "tickets": these(1, 1)}
    first = await ask(house, body, Idempotency_Key="k")
    again = await ask(house, body, Idempotency_Key="k")
    assert first == again
    house.tickets.requests.done.clear()
    assert await ask(house, body, Idempotency_Key="k") == first
    assert versions(house) == [2, 2]
    house.tickets.requests.done.clear()
    status, said = await ask(house, {**body, "text": "Twice."}, Idempotency_Key="k")
    assert (status, said["items"][0]["problem"]["type"]) == (200, "/problems/idempotency-key-used")
    await ask(house, body, Idempotency_Key="j")
    status, said = await ask(house, {**body, "tickets": these(2, 2)}, Idempotency_Key="j")
    assert (status, said["type"]) == (422, "/problems/idempotency-key-used")
    assert versions(house) == [2, 2]


async def test_without_a_key_the_version_alone_guards(house: House) -> None:
    body = {"action": "note", "text": "Once.", "tickets": these(1, 1)}
    await ask(house, body)
    _, said = await ask(house, body)
    assert [one["status"] for one in said["items"]] == [412, 412]


async def test_who_may_only_read_changes_nothing(house: House) -> None:
    body = {"action": "claim", "tickets": these(1, 1)}
    assert (await ask(house, body, caller="reader"))[0] == 403
    assert (await ask(house, body, caller="nobody"))[0] == 401
    assert versions(house) == [1, 1]


@pytest.mark.parametrize(
    "body",
    [
        {"action": "reply", "text": "To all.", "tickets": these(1, 1)},
        {"action": "merge", "into": "ENQ-0000-0000", "tickets": these(1, 1)},
        {"action": "claim", "tickets": []},
        {"action": "claim", "tickets": these(1, 1) * 51},
        {"action": "claim", "tickets": [*these(1, 1), these(1, 1)[0]]},
        {"action": "claim", "tickets": [{"reference": "ENQ-0000-0000"}]},
        {"action": "claim", "tickets": [{"reference": {"$ne": 1}, "version": 1}]},
        {"action": "claim", "tickets": [{"reference": "ENQ-0000-0000", "version": "1"}]},
        {"action": "claim", "owner": "sian", "tickets": these(1, 1)},
        {"action": "assign", "tickets": these(1, 1)},
        {"action": "note", "text": "", "tickets": these(1, 1)},
        {"tickets": these(1, 1)},
        {},
    ],
)
async def test_what_can_not_be_done_to_many_is_said_and_nothing_changes(
    house: House, body: Any
) -> None:
    status, said = await ask(house, body)
    assert (status, said["type"]) == (422, "/problems/invalid")
    assert versions(house) == [1, 1]


async def test_an_action_that_is_not_there_is_named_and_not_quoted(house: House) -> None:
    _, said = await ask(house, {"action": "sleep(5000)", "tickets": these(1, 1)})
    [fault] = said["errors"]
    assert fault["field"] == "action"
    assert "'claim'" in fault["reason"]
    assert "sleep" not in str(said)


async def test_a_hundred_may_be_asked_for(house: House) -> None:
    many = [{"reference": f"ENQ-{one}", "version": 1} for one in range(100)]
    status, said = await ask(house, {"action": "claim", "tickets": many})
    assert (status, {one["status"] for one in said["items"]}) == (200, {404})


async def test_with_what_was_erased_nothing_is_done(house: House) -> None:
    row = house.tickets.rows[REFERENCES[0]]
    row.ticket = replace(row.ticket, erased_at=NOW)
    for body in ({"action": "note", "text": "Hm."}, {"action": "tags", "add": ["map"]}):
        now = these(*versions(house))
        status, said = await ask(house, {**body, "tickets": now})
        assert status == 200
        assert [one["status"] for one in said["items"]] == [410, 200]
    assert len(house.tickets.written) == 1, "nor are the words kept"
