"""A patron follows a catalogue's link, asks on the page, and hears from the library."""

import asyncio
import re
from html import unescape
from typing import Any, Final

import aiohttp
import pytest

from tests.browser import chromium, violations
from tests.stage import Stage, until

ITEM: Final = "rft.btitle=A+Made-up+Novel&rft.au=Dummy%2C+Owain&rft.isbn=9780000000002"
VICTIM: Final = "victim@patrons.example"


async def test_it_becomes_a_ticket_that_says_what_was_asked_and_is_acknowledged(
    stage: Stage,
) -> None:
    await stage.open()
    async with chromium() as browser:
        page = await browser.new_page()
        await page.goto(f"{_page(stage)}?lang=cy&topic=accessible-copy&{ITEM}")
        assert "A Made-up Novel" in await page.inner_text(".item")
        for name, text in {
            "format": "Print bras",
            "needed_by": "31",
            "month": "12",
            "year": "2030",
            "question": "Oes copi print bras?",
            "email": "owain@patrons.example",
            "name": "Owain Dummy",
        }.items():
            await page.focus(f"#{name}")
            await page.keyboard.type(text, delay=20)
        photograph: Any = {"name": "clawr.txt", "mimeType": "text/plain", "buffer": b"llun"}
        await page.set_input_files("#files", [photograph])
        await asyncio.sleep(2)
        await page.focus("form button")
        async with page.expect_navigation(url="**/ask/thanks/**"):
            await page.keyboard.press("Enter")
        assert await violations(page) == []
        reference = await page.inner_text("strong")

    letter = await stage.letter("owain@patrons.example")
    assert reference in letter.message["Subject"]
    assert letter.message["Content-Language"] == "cy"
    assert "Annwyl Owain Dummy," in letter.text
    assert "print bras" not in letter.text
    _, ticket, _ = await stage.api("GET", f"/v1/tickets/{reference}")
    assert (ticket["topic"], ticket["team"]) == ("accessible-copy", "accessible-formats")
    assert ticket["format"] == "large-print"
    [asked, _] = ticket["messages"]
    assert asked["asked"]["needed_by"] == "2030-12-31"
    assert asked["asked"]["item"]["title"] == "A Made-up Novel"
    assert asked["asked"]["item"]["isbn"] == "9780000000002"
    assert asked["attachments"][0]["filename"] == "clawr.txt"
    for service in stage.services.values():
        written = service[0].process.log.read_text()
        for word in ("owain", "Made-up", "print bras", "9780000000002", "127.0.0.1"):
            assert word not in written


async def test_nobody_is_flooded_with_acknowledgements_by_way_of_the_page(stage: Stage) -> None:
    """Attack class 24: the page as a relay for unwanted mail, also through two copies of it."""
    await stage.open(copies=2)
    ports = [one.process.env["INTAKE_HTTP_PORT"] for one in stage.services["intake"]]
    pages = [f"http://127.0.0.1:{port}/ask" for port in ports]
    async with aiohttp.ClientSession() as session:
        token = await _token(session, pages[0])
        await asyncio.sleep(2)
        statuses = [
            await _post(session, pages[number % 2], token, f"Buy {number}!") for number in range(30)
        ]
    assert statuses == [303] * 10 + [429] * 20

    async def settled() -> bool:
        notices = await stage.stored("notices")
        states = [one["state"] for one in notices]
        return len(states) == 10 and set(states) <= {"sent", "suppressed"}

    await until(settled)
    letters = stage.relay.to(VICTIM)
    assert len(letters) == 3
    assert all("Buy" not in one.text + one.message["Subject"] for one in letters)
    kept = await stage.stored("allowances")
    assert VICTIM not in str(kept)
    assert "127.0.0.1" not in str(kept)


async def test_without_mongodb_the_page_says_so_soon_and_takes_the_question_later(
    stage: Stage,
) -> None:
    if stage.servers.mongo is None:
        pytest.skip("MONGODB_URI names a server that is not ours to stop")
    await stage.open()
    async with aiohttp.ClientSession() as session:
        token = await _token(session, _page(stage))
        await asyncio.sleep(2)
        stage.servers.mongo.stop()
        async with asyncio.timeout(8):
            form = _form(token, "Are you open?")
            async with session.post(_page(stage), data=form, allow_redirects=False) as answer:
                page = unescape(await answer.text())
        assert answer.status == 503
        assert "could not make sure that your question is kept" in page
        assert "Are you open?" in page
        stage.servers.mongo.launch()
        await asyncio.to_thread(stage.servers.mongo.wait_ready)

        async def taken() -> bool:
            return await _post(session, _page(stage), token, "Are you open?") == 303

        await until(taken)
        assert await taken()
    await stage.letter(VICTIM)
    assert len(await stage.tickets()) == 1


def _page(stage: Stage) -> str:
    return f"http://127.0.0.1:{stage.ports['intake']}/ask"


async def _token(session: aiohttp.ClientSession, page: str) -> str:
    async with session.get(page) as answer:
        found = re.search(r'name="token" value="([^"]+)"', await answer.text())
    assert found is not None
    return found[1]


def _form(token: str, question: str) -> dict[str, str]:
    return {"token": token, "question": question, "email": VICTIM, "name": question}


async def _post(session: aiohttp.ClientSession, page: str, token: str, question: str) -> int:
    form = _form(token, question)
    async with session.post(page, data=form, allow_redirects=False) as answer:
        return answer.status
