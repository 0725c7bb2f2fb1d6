"""What causes enquiries, on a real MongoDB: named by the API, counted, and what was done kept."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.routing.actions import name_trouble
from services.routing.api import Api, make_app
from services.routing.changes import Counter
from services.routing.handlers import Desk
from services.routing.reporting import Reports
from services.routing.reports import ReportRoutes, routes
from services.routing.roster import Roster
from services.routing.store import Tickets
from shared.keys import digest
from shared.mongo import Database
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import CALENDARS, LETTER, LIBRARY, NOW, REFERENCE, opened

NOVEMBER: Final = "?from=2026-11-01&to=2026-11-30"
DONE: Final = {"what": "The page was corrected"}


@dataclass
class House:
    """The API on a real store."""

    database: Database
    tickets: Tickets
    client: TestClient[web.Request, web.Application]

    async def open(self, reference: str, trouble: str | None, at: datetime = NOW) -> None:
        change = opened(reference=reference, letter=replace(LETTER, at=at))
        await self.tickets.open(change, caused_by=f"opening {reference}")
        named = name_trouble(change.ticket, trouble, "mair", at)
        assert await self.tickets.save(named, caused_by=f"naming {reference}")

    async def ask(
        self, method: str, path: str, body: Any = None, caller: str = "mair", **more: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        headers["Authorization"] = f"Bearer {caller}"
        answer = await self.client.request(method, path, json=body, headers=headers)
        return answer.status, await answer.json(content_type=None), answer.headers

    async def listed(self, query: str = NOVEMBER) -> Any:
        status, said, _ = await self.ask("GET", f"/v1/causes{query}", caller="reader")
        assert status == 200, said
        return said["items"]

    async def note_done(self, name: str, body: Any = DONE, **more: str) -> tuple[int, Any]:
        path = f"/v1/causes/{quote(name, safe='')}/done"
        status, said, _ = await self.ask("POST", path, body, **more)
        return status, said


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        tickets, reports = Tickets(database, LIBRARY), Reports(database, LIBRARY)
        await tickets.make_indexes()
        await reports.make_indexes()
        for name, scopes in (
            ("mair", ["tickets:read", "tickets:write"]),
            ("reader", ["tickets:read"]),
            ("catalogue", ["enquiries:write"]),
        ):
            known = {"caller": name, "name": name.title(), "scopes": scopes, "revoked_at": None}
            ends = {"created_at": NOW, "expires_at": NOW + timedelta(days=1)}
            await database["keys"].insert_one({"_id": digest(name), **known, **ends})
        roster = Roster(tickets, fakes.Clock())
        desk = Desk(tickets, fakes.Outbox(), roster, LIBRARY, CALENDARS, fakes.Clock())
        counter = Counter(desk, tickets, fakes.Audit())
        app = make_app(Api(counter))
        app.add_routes(routes(ReportRoutes(counter, reports)))
        async with TestClient(TestServer(app)) as client:
            yield House(database, tickets, client)


async def test_a_cause_that_staff_name_is_counted_with_its_ticket(house: House) -> None:
    await house.open(REFERENCE, None)
    assert await house.listed() == []
    path = f"/v1/tickets/{REFERENCE}"
    _, _, headers = await house.ask("GET", path)
    cause = {"cause": "Opening hours  page wrong"}
    status, said, headers = await house.ask(
        "POST", f"{path}/cause", cause, If_Match=headers["ETag"]
    )
    assert (status, said["cause"]) == (200, "Opening hours  page wrong")
    assert said["timeline"][-1]["event"] == "cause_named"
    assert await house.listed() == [
        {"cause": "Opening hours page wrong", "count": 1, "tickets": [REFERENCE], "done": []}
    ]
    taken_back = {"cause": None}
    status, _, _ = await house.ask("POST", f"{path}/cause", taken_back, If_Match=headers["ETag"])
    assert status == 200
    assert await house.listed() == []


async def test_causes_are_counted_most_first_whatever_their_case_and_spaces(house: House) -> None:
    await house.open("ENQ-1", "Lift broken")
    await house.open("ENQ-2", "Page wrong", NOW + timedelta(hours=1))
    await house.open("ENQ-3", " PAGE\t wrong", NOW + timedelta(hours=2))
    await house.open("ENQ-4", None)
    found = [(one["cause"], one["count"], one["tickets"]) for one in await house.listed()]
    assert found == [("PAGE wrong", 2, ["ENQ-3", "ENQ-2"]), ("Lift broken", 1, ["ENQ-1"])]


async def test_the_newest_fifty_tickets_stand_behind_a_cause(house: House) -> None:
    rows = [
        {
            "_id": f"ENQ-{number}",
            "created_at": NOW + timedelta(minutes=number),
            "trouble": "Page wrong",
            "trouble_key": "page wrong",
        }
        for number in range(60)
    ]
    await house.database.tickets.insert_many(rows)
    [one] = await house.listed()
    assert one["count"] == 60
    assert one["tickets"] == [f"ENQ-{number}" for number in range(59, 9, -1)]


async def test_a_ticket_belongs_to_the_day_on_which_it_was_opened(house: House) -> None:
    await house.open("ENQ-1", "Page wrong", datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC))
    await house.open("ENQ-2", "Page wrong", datetime(2026, 11, 1, tzinfo=UTC))
    await house.open("ENQ-3", "Page wrong", datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    await house.open("ENQ-4", "Page wrong", datetime(2026, 12, 1, tzinfo=UTC))
    [one] = await house.listed()
    assert one["tickets"] == ["ENQ-3", "ENQ-2"]


async def test_what_was_done_is_kept_with_who_and_when(house: House) -> None:
    await house.open("ENQ-1", "Page wrong")
    status, said = await house.note_done(" page  WRONG ")
    first = {**DONE, "by": {"id": "mair", "name": "Mair"}, "at": "2026-11-23T10:00:00Z"}
    assert (status, said["done"]) == (200, [first])
    await house.note_done("Page wrong", {"what": "A test now looks at it"})
    [one] = await house.listed()
    assert one["done"][0] == first
    assert [row["what"] for row in one["done"]] == [DONE["what"], "A test now looks at it"]


async def test_a_cause_with_signs_in_its_name_can_be_answered(house: House) -> None:
    name = "Form asks for name/surname? 100% wrong #1 \N{EN DASH} \N{EURO SIGN}"
    await house.open("ENQ-1", name)
    assert (await house.note_done(name))[0] == 200
    assert len((await house.listed())[0]["done"]) == 1


async def test_what_no_ticket_names_can_not_be_answered(house: House) -> None:
    await house.open("ENQ-1", "Page wrong")
    for nothing in ("Page right", " ", "\x1f"):
        assert (await house.note_done(nothing))[0] == 404
    assert await house.database.causes.count_documents({}) == 0


async def test_the_same_request_is_noted_once(house: House) -> None:
    await house.open("ENQ-1", "Page wrong")
    answers = await asyncio.gather(
        *(house.note_done("Page wrong", Idempotency_Key="k") for _ in range(6))
    )
    # Of requests at the same moment one may be told to try again; none is noted twice.
    assert {status for status, _ in answers} <= {200, 503}
    assert (await house.note_done("Page wrong", Idempotency_Key="k"))[0] == 200
    status, said = await house.note_done("Page wrong", {"what": "Other"}, Idempotency_Key="k")
    assert (status, said["type"]) == (422, "/problems/idempotency-key-used")
    [one] = await house.listed()
    assert [row["what"] for row in one["done"]] == [DONE["what"]]


@pytest.mark.parametrize(
    "body", [{}, {"what": ""}, {"what": " "}, {"what": "x" * 1001}, {"what": "x", "by": "sian"}]
)
async def test_a_note_that_says_nothing_is_refused(house: House, body: Any) -> None:
    await house.open("ENQ-1", "Page wrong")
    assert (await house.note_done("Page wrong", body))[0] == 422
    assert (await house.listed())[0]["done"] == []


async def test_each_route_needs_its_scope(house: House) -> None:
    await house.open("ENQ-1", "Page wrong")
    assert (await house.note_done("Page wrong", caller="reader"))[0] == 403
    assert (await house.note_done("Page wrong", caller="nobody"))[0] == 401
    assert (await house.ask("GET", f"/v1/causes{NOVEMBER}", caller="catalogue"))[0] == 403
    status, said, _ = await house.ask("GET", f"/v1/causes{NOVEMBER}&team=enquiries")
    assert (status, said["field"]) == (422, "team")
