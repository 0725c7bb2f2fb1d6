"""All that is hostile, made safe, loaded in a real browser: it runs nothing and fetches nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.async_api import Page, async_playwright

from services.intake.safe_html import safe_html
from tests.hostile_html import CANARY, vectors
from tests.stage import until

FLAGS: Final = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
AT_ONCE: Final = 60


@dataclass
class Canary:
    """A listener that notes who comes."""

    port: int = 0
    asked: list[bytes] = field(default_factory=list)

    async def was_asked(self) -> bool:
        """Whether anything was fetched."""
        return bool(self.asked)

    def in_place(self, html: str) -> str:
        """The same, with where it listens for its name."""
        return html.replace(CANARY, f"127.0.0.1:{self.port}")

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if not line.startswith((b"GET /page ", b"GET /favicon.ico ")):
            self.asked.append(line)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        writer.close()


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    canary = Canary()
    server = await asyncio.start_server(canary, "127.0.0.1", 0)
    canary.port = server.sockets[0].getsockname()[1]
    yield canary
    server.close()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page of a real browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield await browser.new_page()
        await browser.close()


async def shown(page: Page, canary: Canary, html: str) -> int:
    """How often `canary()` was called while this was shown, touched and left alone for a while."""
    # A page of its own place: a browser lets others fetch nothing from this machine anyway.
    await page.goto(canary.in_place(f"http://{CANARY}/page"))
    await page.set_content(
        "<!doctype html><meta charset=utf-8><script>window.calls=0;"
        f"window.canary=()=>{{window.calls++}}</script><body>{html}"
    )
    await page.evaluate(
        """() => { for (const one of document.body.querySelectorAll('*')) {
            for (const kind of ['click', 'mouseover', 'focus', 'toggle', 'error', 'load'])
                one.dispatchEvent(new Event(kind));
        } }"""
    )
    await page.wait_for_timeout(250)
    return int(await page.evaluate("window.calls"))


async def test_the_canary_sings_where_nothing_is_made_safe(page: Page, canary: Canary) -> None:
    html = f'<img src="http://{CANARY}/1.png"><img src=x: onerror="canary()">'
    calls = await shown(page, canary, canary.in_place(html))
    assert calls > 0
    await until(canary.was_asked)


@pytest.mark.timeout(600)
async def test_what_is_made_safe_runs_nothing_and_fetches_nothing(
    page: Page, canary: Canary
) -> None:
    safe = [safe_html(canary.in_place(one), {}).html for one in vectors()]
    assert len(safe) > 250
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for start in range(0, len(safe), AT_ONCE):
        some = [one for one in safe[start : start + AT_ONCE] if one is not None]
        assert await shown(page, canary, "".join(f"<div>{one}</div>" for one in some)) == 0
    assert [one for one in requests if not one.endswith("/page")] == []
    await shown(page, canary, canary.in_place(f'<img src="http://{CANARY}/last">'))
    await until(canary.was_asked)
    assert canary.asked == [b"GET /last HTTP/1.1\r\n"], "the last, and nothing before it"
