"""The charter on a real MongoDB: held against an independent count, and kept as published."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.intake.store import Letters
from services.notify.store import Notices
from services.routing.api import Api, make_app
from services.routing.changes import Counter
from services.routing.charter import Span, flat, month_of
from services.routing.handlers import Desk
from services.routing.hours import calendars
from services.routing.reporting import Reports
from services.routing.reports import ReportRoutes, routes
from services.routing.roster import Roster
from services.routing.store import Tickets
from shared.keys import digest
from shared.library import Library
from shared.mongo import Database
from tests import fakes
from tests.charter_by_hand import by_hand
from tests.contract.conftest import fresh_database
from tests.contract.histories import histories
from tests.stage import Servers
from tests.unit.examples import DESCRIPTION, NOW, kept_letter
from tests.unit.routing.people import HOUSE

FILE: Final[dict[str, Any]] = DESCRIPTION | {
    "teams": [
        {"id": "enquiries", "name": "Enquiry Desk", "lead": "lowri@llanfair.example"},
        {
            "id": "local-history",
            "name": "Local History",
            "lead": "owain@llanfair.example",
            "hours": {"tuesday": ["10:00-12:00", "13:30-20:00"], "sunday": ["00:30-02:30"]},
        },
    ],
    "escalation": {"ladder": list(HOUSE.escalation.ladder)},
}
LIBRARY: Final = Library.model_validate(FILE)
ZONE: Final = LIBRARY.library.zone
BEGIN, END = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC)
NOVEMBER: Final = month_of(date(2026, 11, 1), ZONE)
AFTER: Final = datetime(2026, 12, 1, tzinfo=UTC)
"""When November is over, to the moment."""
RAW: Final = ("tickets", "notices", "messages")


@dataclass
class House:
    """The reports, their routes, and what they are computed from."""

    database: Database
    reports: Reports
    clock: fakes.Clock
    client: TestClient[web.Request, web.Application]

    async def raw(self) -> dict[str, list[Any]]:
        return {name: await self.database[name].find().to_list(None) for name in RAW}

    async def get(self, query: str, caller: str = "reader") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {caller}"}
        answer = await self.client.get(f"/v1/reports/charter{query}", headers=headers)
        return answer.status, await answer.json(content_type=None)


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        for store in (Tickets(database, LIBRARY), Letters(database), Notices(database)):
            await store.make_indexes()
        reports = Reports(database, LIBRARY)
        await reports.make_indexes()
        people, clock = fakes.Tickets(), fakes.Clock()
        for name, scopes in (("reader", ["tickets:read"]), ("catalogue", ["enquiries:write"])):
            ends = NOW + timedelta(days=1000)
            known = {"caller": name, "name": name, "scopes": scopes, "expires_at": ends}
            people.keys[digest(name)] = known
        roster, store_of_keys = Roster(people, fakes.Clock()), cast(Any, people)
        desk = Desk(store_of_keys, fakes.Outbox(), roster, LIBRARY, calendars(LIBRARY), clock)
        counter = Counter(desk, store_of_keys, fakes.Audit())
        app = make_app(Api(counter))
        app.add_routes(routes(ReportRoutes(counter, reports)))
        async with TestClient(TestServer(app)) as client:
            yield House(database, reports, clock, client)


async def seeded(house: House, count: int) -> None:
    """So many random tickets, and letters of which two were lost."""
    found = list(histories(LIBRARY, count, BEGIN, END))
    await house.database.tickets.insert_many([one.document() for one in found])
    await house.database.notices.insert_many([row for one in found for row in one.notices])
    # Letters to staff are about no ticket.
    await house.database.notices.insert_one({"_id": "a", "notice": "alert", "state": "sent"})
    letters = Letters(house.database)
    for number in range(4):
        await letters.save(kept_letter(f"kept-{number}", raw=b"x", unreadable="torn"), None, None)
    await letters.save(kept_letter("december", at=END), None, None)
    lost = {"_id": {"$in": ["kept-1", "kept-2", "december"]}}
    await house.database.messages.update_many(lost, {"$unset": {"state": ""}})
    await house.database.messages.insert_one({"_id": "w", "direction": "out", "at": NOW})


def known(figures: dict[str, Any]) -> dict[str, Any]:
    """By path, without what nobody can know."""
    unknown = {"in_their_language", "given"}
    return {path: one for path, one in flat(figures) if path.rpartition(".")[2] not in unknown}


async def test_the_charter_agrees_with_a_count_by_hand_to_the_ticket(house: House) -> None:
    await seeded(house, 300)
    raw = await house.raw()
    spans = [NOVEMBER, Span(BEGIN.date(), END.date(), ZONE)]
    days = (BEGIN.date() + timedelta(days=number) for number in range((END - BEGIN).days + 1))
    # Day by day there are only a few tickets in a report: no two faults can outweigh each other.
    spans += [Span(day, day, ZONE) for day in days]
    for span in spans:
        for team in (None, "enquiries", "local-history"):
            found = (await house.reports.charter(span, team, BEGIN))["figures"]
            first, last = span.first.isoformat(), span.last.isoformat()
            assert known(found) == by_hand(FILE, raw, first, last, team), (first, last, team)
    whole = (await house.reports.charter(spans[1], None, BEGIN))["figures"]
    assert whole["tickets"] == 300
    # Most of these enquiries come, and are acknowledged, while the library is closed.
    nothing = [path for path, value in known(whole).items() if not value]
    assert nothing == ["timely.acknowledged.open.median"], "all else was tried"


async def test_a_letter_that_came_to_nothing_is_seen(house: House) -> None:
    await seeded(house, 1)
    found = (await house.reports.charter(NOVEMBER, None, BEGIN))["figures"]
    assert found["reliable"]["letters_without_state"] == 2


async def test_a_patrons_name_and_words_are_not_in_it(house: House) -> None:
    await seeded(house, 60)
    said = str(await house.reports.charter(Span(BEGIN.date(), END.date(), ZONE), None, BEGIN))
    assert "Rhian" not in said
    assert "patrons.example" not in said
    assert "mair" not in said


async def test_a_month_is_published_by_the_first_report_after_it(house: House) -> None:
    await seeded(house, 30)
    before = await house.reports.charter(NOVEMBER, None, AFTER - timedelta(seconds=1))
    assert before["published_at"] is None
    assert await house.database.charters.count_documents({}) == 0
    for other in (
        Span(NOVEMBER.first, date(2026, 11, 29), ZONE),
        Span(BEGIN.date(), AFTER.date(), ZONE),
    ):
        assert (await house.reports.charter(other, None, AFTER))["published_at"] is None
    first = await house.reports.charter(NOVEMBER, None, AFTER)
    assert first["published_at"] == AFTER
    assert (first["figures"], first["recomputed"]) == (before["figures"], None)
    again = await house.reports.charter(NOVEMBER, None, AFTER + timedelta(days=9))
    assert again == first


async def test_a_published_month_does_not_change_silently(house: House) -> None:
    await seeded(house, 30)
    first = await house.reports.charter(NOVEMBER, None, AFTER)
    assert not first["changed_since_published"]
    in_november = {"created_at": {"$gte": NOVEMBER.begins, "$lt": NOVEMBER.ends}}
    praised = {"event": "praised", "by": "patron", "at": AFTER, "version": 99}
    await house.database.tickets.update_one(in_november, {"$push": {"timeline": praised}})
    later = await house.reports.charter(NOVEMBER, None, AFTER + timedelta(days=40))
    assert later["figures"] == first["figures"]
    assert later["published_at"] == AFTER
    assert later["changed_since_published"]
    assert later["changed"] == ["memorable.praise"]
    praise = first["figures"]["memorable"]["praise"]
    assert later["recomputed"]["memorable"]["praise"] == praise + 1


async def test_each_team_has_its_own_published_month(house: House) -> None:
    await seeded(house, 30)
    for team in (None, "enquiries", "local-history"):
        report = await house.reports.charter(NOVEMBER, team, AFTER)
        assert (report["team"], report["changed_since_published"]) == (team, False)
        is_known = report["figures"]["reliable"]["letters_without_state"] is not None
        assert is_known == ("reliable.letters_without_state" not in report["unknown"])
        assert is_known == (team is None)
    assert await house.database.charters.count_documents({}) == 3


async def test_two_first_reports_at_the_same_moment_publish_once(house: House) -> None:
    await seeded(house, 5)
    moments = [AFTER + timedelta(seconds=number) for number in range(6)]
    told = await asyncio.gather(*(house.reports.charter(NOVEMBER, None, at) for at in moments))
    assert len({one["published_at"] for one in told}) == 1


async def test_the_route_tells_it_to_whoever_may_read(house: House) -> None:
    await seeded(house, 20)
    house.clock.now = AFTER
    status, said = await house.get("?from=2026-11-01&to=2026-11-30&team=enquiries")
    wanted = await house.reports.charter(NOVEMBER, "enquiries", AFTER)
    assert (status, said["published_at"]) == (200, "2026-12-01T00:00:00Z")
    assert (said["from"], said["to"], said["team"]) == ("2026-11-01", "2026-11-30", "enquiries")
    assert said["figures"] == wanted["figures"]
    assert said["unknown"].keys() == wanted["unknown"].keys()
    assert (await house.get("?from=2026-11-01&to=2026-11-30", "catalogue"))[0] == 403
    assert (await house.get("?from=2026-11-01&to=2026-11-30", "nobody"))[0] == 401


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "from"),
        ("?from=2026-11-01", "to"),
        ("?from=2026-11-31&to=2026-12-01", "from"),
        ("?from=20261101&to=2026-12-01", "from"),
        ("?from=2026-11-01&to=2026-W49-1", "to"),
        ("?from=0001-01-01&to=2026-12-01", "from"),
        ("?from=2026-11-01&to=9999-12-31", "to"),
        ("?from=2026-11-01&to=2026-10-31", "to"),
        ("?from=2020-01-01&to=2026-10-31", "to"),
        ("?from=2026-11-01&to=2026-11-30&team=nowhere", "team"),
        ("?from=2026-11-01&to=2026-11-30&month=11", "month"),
    ],
)
async def test_a_bad_question_is_told_which_field(house: House, query: str, field: str) -> None:
    status, said = await house.get(query)
    assert (status, said["field"]) == (422, field)
