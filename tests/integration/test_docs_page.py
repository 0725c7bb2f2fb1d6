"""The description of the API for people, in a browser: it loads nothing, and all can read it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser

from tests.browser import ALL_BUT_COLOURS, COLOURS, chromium, sideways, small_targets, violations
from tests.staff_api import api_document, app


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with TestServer(app()) as server:
        yield str(server.make_url("/docs"))


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_loads_nothing_and_has_no_fault_that_axe_finds(
    browser: Browser, address: str, scheme: str
) -> None:
    context = await browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", java_script_enabled=True
    )
    page = await context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda one: said.append(one.text))
    await page.goto(address)
    assert asked == [address]
    assert said == [], "the browser refused something"
    assert await page.locator("article h3 code").first.inner_text() == "GET /v1/tickets/{reference}"
    background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(22, 22, 22)" if scheme == "dark" else "rgb(255, 255, 255)")
    await page.set_viewport_size({"width": 320, "height": 700})
    assert not await sideways(page)
    assert await small_targets(page) == []
    await page.set_viewport_size({"width": 1200, "height": 800})
    # Nothing but colours is another in the dark; and all routes are written in the same ones.
    if scheme == "light":
        assert await violations(page, ALL_BUT_COLOURS) == []
    await page.evaluate(
        "document.querySelectorAll('article').forEach((one, at) => at % 20 && one.remove())"
    )
    assert await page.locator("article").count() > 3
    assert await violations(page, COLOURS) == []
    await context.close()


async def test_every_route_stands_on_it(address: str) -> None:
    async with ClientSession() as session, session.get(address) as answer:
        html = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for path, found in api_document()["paths"].items():
        for method in found:
            assert f"{method.upper()} {path}" in html
    assert "<script" not in html
    assert "http://" not in html
    assert "https://" not in html
