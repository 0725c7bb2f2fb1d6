"""Letters kept aside, on a real MongoDB: listed, shown, and each decided about once."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.intake.store import Letters
from services.routing.api import Api, make_app
from services.routing.changes import Counter
from services.routing.handlers import Desk
from services.routing.quarantine import routes
from services.routing.roster import Roster
from services.routing.store import Tickets
from shared.keys import digest
from shared.messages import EnquiryReceived
from shared.mongo import Database
from shared.outbox import from_saved
from shared.quarantine import UNREADABLE_TEXT, Quarantine, Release
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.unit.examples import CALENDARS, LIBRARY, NOW, REFERENCE, kept_letter

RAW = b"From: Rhian Example <rhian@patrons.example>\r\nSubject: \x1b[2JHours\r\n\r\nWords\x00\r\n"
READ, WRITE = "tickets:read", "tickets:write"
PATRON = "rhian@patrons.example"


@dataclass
class House:
    """The quarantine, what fills it, and the routes to it."""

    database: Database
    letters: Letters
    quarantine: Quarantine
    client: TestClient[web.Request, web.Application]

    async def put_aside(self, letter_id: str, **fields: Any) -> None:
        known = {"raw": RAW, "unreadable": "not a mail message", "address": None, "text": ""}
        assert await self.letters.save(kept_letter(letter_id, **(known | fields)), None, None)

    async def stored(self, letter_id: str) -> dict[str, Any]:
        found = await self.database.messages.find_one({"_id": letter_id})
        assert found is not None
        return found

    async def ask(
        self, method: str, path: str, body: Any = None, caller: str = "mair", key: str = ""
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {caller}"}
        if key:
            headers["Idempotency-Key"] = key
        answer = await self.client.request(
            method, f"/v1/quarantine{path}", json=body, headers=headers
        )
        return answer.status, await answer.json(content_type=None)

    async def released(self, letter_id: str) -> list[EnquiryReceived]:
        """The events that tell routing of it."""
        events = [from_saved(one) for one in (await self.stored(letter_id))["outbox"]]
        return [one for one in events if isinstance(one, EnquiryReceived)]


@pytest.fixture
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    async with fresh_database(request.getfixturevalue("servers")) as database:
        letters, quarantine = Letters(database), Quarantine(database)
        await letters.make_indexes()
        people = fakes.Tickets()
        for name, scopes in (("mair", [READ, WRITE]), ("reader", [READ]), ("catalogue", [])):
            ends = NOW + timedelta(days=1)
            people.keys[digest(name)] = {
                "caller": name,
                "name": name,
                "scopes": scopes,
                "expires_at": ends,
            }
        store: Any = cast(Any, people)
        desk = Desk(
            store, fakes.Outbox(), Roster(people, fakes.Clock()), LIBRARY, CALENDARS, fakes.Clock()
        )
        counter = Counter(desk, store, fakes.Audit())
        app = make_app(Api(counter))
        app.add_routes(routes(quarantine, counter))
        async with TestClient(TestServer(app)) as client:
            yield House(database, letters, quarantine, client)


async def test_letters_aside_are_listed_oldest_first_in_pages(house: House) -> None:
    for number in range(5):
        await house.put_aside(f"letter-{number}", at=NOW - timedelta(minutes=number // 2))
    await house.put_aside("robot", unreadable=None, automatic="Precedence")
    await house.letters.save(kept_letter("joined"), REFERENCE, None)
    seen: list[str] = []
    cursor = ""
    while True:
        status, page = await house.ask("GET", f"?limit=2{cursor}")
        assert status == 200
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["letter-4", "letter-2", "letter-3", "letter-0", "letter-1"]
    _, noted = await house.ask("GET", "?state=noted")
    assert [(one["id"], one["state"], one["reason"]) for one in noted["items"]] == [
        ("robot", "noted", "Precedence")
    ]


async def test_a_letter_is_shown_as_text_in_which_nothing_acts(house: House) -> None:
    await house.put_aside("one", subject="Hours", name="Rhian Example")
    status, shown = await house.ask("GET", "/one", caller="reader")
    assert status == 200
    assert (shown["reason"], shown["size"], shown["subject"]) == (
        "not a mail message",
        len(RAW),
        "Hours",
    )
    assert shown["headers"].endswith("Subject: \ufffd[2JHours")
    assert shown["text"] == "Words\ufffd\n"


@pytest.mark.parametrize("size", [2000, 9 * 1024 * 1024])
async def test_every_byte_of_it_can_be_fetched_and_no_browser_shows_it(
    house: House, size: int
) -> None:
    raw = RAW + bytes(range(256)) * (size // 256)
    await house.put_aside("one", raw=raw)
    assert await house.quarantine.raw("one") == raw
    assert await house.quarantine.raw("one", 100) == raw[:100]
    answer = await house.client.get(
        "/v1/quarantine/one/raw", headers={"Authorization": "Bearer reader"}
    )
    assert await answer.read() == raw
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_release_is_one_write_with_the_event_that_opens_the_ticket(house: House) -> None:
    await house.put_aside("one")
    body = {"as": "enquiry", "patron": {"address": "Rhian@patrons.example", "name": "Rhian"}}
    status, said = await house.ask("POST", "/one/release", body)
    stored, [event] = await house.stored("one"), await house.released("one")
    assert (status, said["state"], said["reference"]) == (200, "opened", event.reference)
    assert (event.opens, event.letter_id, event.message_id) == (True, "one", "one")
    assert stored["opens"] == stored["reference"] == event.reference
    assert (stored["address"], stored["address_as_written"], stored["name"]) == (
        *(PATRON, "Rhian@patrons.example", "Rhian"),
    )
    assert (stored["text"], stored["raw"]) == (UNREADABLE_TEXT, RAW)
    assert stored["released"]["by"] == "mair"
    assert "aside" not in stored
    assert list(await house.letters.outbox.unsent(10)) == ["one"], "intake's sweep sends it"
    assert (await house.ask("GET", ""))[1]["items"] == []


async def test_routing_reads_a_released_letter(house: House) -> None:
    await house.put_aside("one", automatic=None)
    await house.ask("POST", "/one/release", {"patron": {"address": PATRON}})
    letter = await Tickets(house.database, LIBRARY).letter("one")
    assert letter is not None
    assert (letter.patron.address, letter.released_by) == (PATRON, "mair")
    assert not letter.automatic


async def test_automatic_mail_that_a_person_wrote_after_all_is_an_enquiry(house: House) -> None:
    await house.put_aside("one", unreadable=None, automatic="Precedence", address=PATRON, text="$x")
    status, _ = await house.ask("POST", "/one/release", {"as": "enquiry"})
    stored = await house.stored("one")
    assert (status, stored["automatic"], stored["text"]) == (200, None, "$x")
    assert stored["released"]["was_automatic"] == "Precedence"
    assert await house.letters.belongs(stored["reference"], PATRON)


async def test_a_release_at_the_same_moment_by_many_is_one(house: House) -> None:
    await house.put_aside("one")
    said = await asyncio.gather(*(house.ask("POST", "/one/release", {}) for _ in range(8)))
    assert {status for status, _ in said} == {200}
    assert len({answer["reference"] for _, answer in said}) == 1
    assert len(await house.released("one")) == 1


async def test_of_a_release_and_a_discard_at_the_same_moment_one_stands(house: House) -> None:
    for number in range(6):
        await house.put_aside(name := f"letter-{number}")
        await asyncio.gather(
            house.ask("POST", f"/{name}/release", {}),
            house.ask("POST", f"/{name}/release", {"as": "discard", "reason": "spam"}),
        )
        stored = await house.stored(name)
        assert ("released" in stored) != ("discarded" in stored)
        assert len(await house.released(name)) == ("released" in stored)


async def test_a_discard_needs_a_reason_and_keeps_the_letter_and_the_proof(house: House) -> None:
    await house.put_aside("one")
    assert (await house.ask("POST", "/one/release", {"as": "discard"}))[0] == 422
    discard = {"as": "discard", "reason": "a test of the scanner"}
    for _ in range(2):
        assert (await house.ask("POST", "/one/release", discard))[0] == 200
    stored = await house.stored("one")
    assert (stored["discarded"]["by"], stored["discarded"]["reason"]) == (
        *("mair", "a test of the scanner"),
    )
    assert stored["discarded"]["at"] is not None
    assert (stored["raw"], stored["state"], stored["outbox"]) == (RAW, "quarantined", [])
    status, problem = await house.ask("POST", "/one/release", {"as": "enquiry"})
    assert (status, problem["discarded"]["by"]) == (409, "mair")
    assert (await house.ask("GET", ""))[1]["items"] == []
    assert (await house.ask("GET", "/one"))[1]["discarded"]["reason"] == "a test of the scanner"


async def test_what_was_released_is_not_discarded(house: House) -> None:
    await house.put_aside("one")
    _, said = await house.ask("POST", "/one/release", {})
    discard = {"as": "discard", "reason": "x"}
    status, problem = await house.ask("POST", "/one/release", discard)
    assert (status, problem["reference"]) == (409, said["reference"])
    assert not await house.quarantine.discard("one", "sian", "x")
    assert not await house.quarantine.release(await house.stored("one"), Release("sian"))


async def test_a_letter_with_a_ticket_is_none_of_the_quarantines(house: House) -> None:
    await house.letters.save(kept_letter("joined", raw=RAW), REFERENCE, None)
    for method, path in (("GET", "/joined"), ("GET", "/joined/raw"), ("POST", "/joined/release")):
        assert (await house.ask(method, path, {}))[0] == 404
    assert not await house.quarantine.release(await house.stored("joined"), Release("mair"))
    assert (await house.stored("joined"))["reference"] == REFERENCE


@pytest.mark.parametrize(
    "body",
    [
        {"as": "spam"},
        {"as": {"$ne": 1}},
        {"patron": {"address": "rhian@patrons.example, x@y.example"}},
        {"patron": {"address": {"$gt": ""}}},
        {"patron": {"name": "Rhian"}},
        {"reference": REFERENCE},
        {"as": "discard", "reason": ""},
    ],
)
async def test_a_body_that_is_not_as_wanted_changes_nothing(
    house: House, body: Mapping[str, Any]
) -> None:
    await house.put_aside("one")
    assert (await house.ask("POST", "/one/release", body))[0] == 422
    assert (await house.stored("one"))["aside"] == "quarantined"


async def test_the_sender_of_a_letter_that_could_be_read_stays(house: House) -> None:
    await house.put_aside("one", unreadable=None, held="too many", address=PATRON)
    body = {"patron": {"address": "mallory@elsewhere.example"}}
    assert (await house.ask("POST", "/one/release", body))[0] == 422
    assert (await house.ask("POST", "/one/release", {}))[0] == 200
    assert (await house.stored("one"))["address"] == PATRON


async def test_each_route_needs_its_scope(house: House) -> None:
    await house.put_aside("one")
    assert (await house.ask("POST", "/one/release", {}, caller="reader"))[0] == 403
    for path in ("", "/one", "/one/raw"):
        assert (await house.ask("GET", path, caller="catalogue"))[0] == 403
        assert (await house.ask("GET", path, caller="nobody"))[0] == 401
    for query in ("?state=opened", "?status=new", "?limit=0", "?cursor=x"):
        assert (await house.ask("GET", query))[0] == 422
    assert (await house.ask("GET", "/nowhere"))[0] == 404


async def test_a_release_under_a_key_is_done_once_and_with_another_body_refused(
    house: House,
) -> None:
    await house.put_aside("one")
    body = {"as": "enquiry", "patron": {"address": PATRON}}
    first = await house.ask("POST", "/one/release", body, key="k")
    assert first[0] == 200
    assert await house.ask("POST", "/one/release", body, key="k") == first
    other = {"as": "discard", "reason": "spam"}
    status, said = await house.ask("POST", "/one/release", other, key="k")
    assert (status, said["type"]) == (422, "/problems/idempotency-key-used")
    assert len(await house.released("one")) == 1
