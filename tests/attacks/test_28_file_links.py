"""Class 28 again: links to files of letters that were guessed, bent, or are too old; and what is
behind a good one that nobody is to have any more. All look like a page that is not there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.intake.fetching import Fetching, add_fetching
from services.intake.page import Pages
from services.intake.sent_files import SentFiles
from shared.file_links import WITHDRAWN, link_to
from shared.mongo import Database, Files
from shared.problems import as_problems
from shared.references import Seal
from tests.contract.conftest import fresh_database
from tests.fakes import Clock
from tests.stage import Servers
from tests.unit.examples import LIBRARY, NOW, SECRET

LETTER_ID: Final = "0a" * 16
SEAL: Final = Seal(SECRET)
UNTIL: Final = NOW + timedelta(days=3)


@dataclass
class House:
    """The public's door, with one letter that has two files."""

    database: Database
    clock: Clock = field(default_factory=lambda: Clock(NOW))
    client: TestClient[web.Request, web.Application] = field(init=False)

    def __post_init__(self) -> None:
        app, pages = web.Application(middlewares=[as_problems]), Pages(LIBRARY, 26_214_400)
        add_fetching(app, Fetching(SentFiles(self.database), pages, SEAL, self.clock))
        self.client = TestClient(TestServer(app))

    def link(self, letter_id: str = LETTER_ID, number: int = 0, seal: Seal = SEAL) -> str:
        return link_to(seal, "", letter_id, number, UNTIL)

    async def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Any]:
        answer = await self.client.request(method, path, headers=headers)
        return answer.status, await answer.read(), answer.headers

    async def is_gone(self, link: str) -> bool:
        """Whether page and file look exactly like those that were never there."""
        nothing = await self.get("/a/never")
        said = [await self.get(link), await self.get(f"{link}/file")]
        return all(
            one[0] == 404 and one[1] == nothing[1] and _same(one[2], nothing[2]) for one in said
        )


def _same(one: Any, other: Any) -> bool:
    return {**one, "Date": ""} == {**other, "Date": ""}


def row(file_id: str, name: str, state: str) -> dict[str, Any]:
    known = {"file": file_id, "filename": name, "content_type": "text/html", "size": 12}
    return known | {"state": state}


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        files = Files(database)
        ids = [await files.store(one, LETTER_ID) for one in (b"<b>large</b>", b"a virus")]
        rows = [row(ids[0], "<i>a</i>.html", "clean"), row(ids[1], "b.exe", "infected")]
        letter = {"_id": LETTER_ID, "direction": "out", "attachments": rows}
        await database.messages.insert_one(letter)
        theirs = letter | {"_id": "0b" * 16, "direction": "in"}
        await database.messages.insert_one(theirs)
        house = House(database)
        async with house.client:
            yield house


async def test_a_good_link_leads_to_a_page_and_a_file_and_changes_nothing(house: House) -> None:
    before = [await house.database[one].find().to_list(None) for one in ("messages",)]
    status, page, headers = await house.get(house.link())
    assert status == 200
    assert b"<i>" not in page
    assert b"&lt;i&gt;a" in page
    assert headers["X-Robots-Tag"].startswith("noindex")
    for method, wanted in (("GET", b"<b>large</b>"), ("HEAD", b"")):
        status, content, headers = await house.get(f"{house.link()}/file", method)
        assert (status, content) == (200, wanted)
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in headers["Content-Security-Policy"]
        assert "no-store" in headers["Cache-Control"]
        assert headers["Referrer-Policy"] == "no-referrer"
    status, content, _ = await house.get(f"{house.link()}/file", Range="bytes=3-7")
    assert (status, content) == (206, b"large")
    assert [await house.database[one].find().to_list(None) for one in ("messages",)] == before


async def test_no_bent_link_leads_anywhere(house: House) -> None:
    good = house.link()
    letter_id, number, ends, mark = good.removeprefix("/a/").split(".")
    later = str(int(ends) + 86_400)
    bent = [
        *(f"/a/{letter_id}.{number}.{later}.{mark}", f"/a/{letter_id}.1.{ends}.{mark}"),
        *(f"/a/{'0c' * 16}.{number}.{ends}.{mark}", f"/a/{letter_id}.{number}.{ends}.{'a' * 26}"),
        *(f"/a/{letter_id}.{number}.{ends}.", f"/a/{letter_id}.{number}.{ends}", f"{good}a"),
        *(good.upper().replace("/A/", "/a/"), good[:-1] + ("b" if good[-1] == "a" else "a")),
        house.link(seal=Seal("another secret that is long enough to be one")),
        *("/a/%00", "/a/..%2f..%2fetc", "/a/" + "9" * 5000, f"/a/{letter_id}.{number}.-1.{mark}"),
    ]
    for link in bent:
        assert await house.is_gone(link), link


async def test_a_link_ends_when_it_says(house: House) -> None:
    house.clock.now = UNTIL - timedelta(seconds=1)
    assert (await house.get(house.link()))[0] == 200
    house.clock.now = UNTIL
    assert await house.is_gone(house.link())


async def test_what_is_infected_is_not_fetched(house: House) -> None:
    assert await house.is_gone(house.link(number=1))
    assert await house.is_gone(house.link(number=2))


async def test_what_a_patron_sent_is_not_fetched_by_a_link(house: House) -> None:
    assert await house.is_gone(house.link("0b" * 16))


async def test_what_was_erased_is_not_fetched(house: House) -> None:
    update = {"$set": {"erased_at": NOW}}
    await house.database.messages.update_one({"_id": LETTER_ID}, update)
    assert await house.is_gone(house.link())


async def test_what_was_withdrawn_is_not_fetched(house: House) -> None:
    """By the ticket that it was sent from, or by the one that stands for that now."""
    for number, withdrawn in ((0, True), (1, False)):
        said = {"event": WITHDRAWN, "file": f"{LETTER_ID}.{number}"}
        ticket = {"_id": f"ENQ-{number}", "timeline": [{"event": "opened"}, said]}
        await house.database.tickets.insert_one(ticket)
        merged = {"_id": f"ENQ-{number}M", "timeline": [], "merged_into": f"ENQ-{number}"}
        await house.database.tickets.insert_one(merged)
        for reference in (f"ENQ-{number}", f"ENQ-{number}M"):
            update = {"$set": {"reference": reference}}
            await house.database.messages.update_one({"_id": LETTER_ID}, update)
            assert await house.is_gone(house.link()) is withdrawn


async def test_a_file_that_is_gone_looks_like_one_that_never_was(house: House) -> None:
    await house.database["documents.files"].delete_many({})
    status, content, _ = await house.get(f"{house.link()}/file")
    assert (status, content) == (404, (await house.get("/a/never"))[1])
