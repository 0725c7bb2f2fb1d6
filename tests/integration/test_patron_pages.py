"""A patron's own pages in a real browser, as everybody may have to read them. Behind them stands a
store that is only a dictionary: that what was not solved is open again is told in a journey."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page

from tests.browser import chromium, sideways, small_targets, violations
from tests.unit.examples import REFERENCE
from tests.unit.intake.test_patron_pages import LANGUAGES, House


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    timeline = house.tickets.rows[REFERENCE]["timeline"]
    timeline += [
        {"at": house.clock(), "event": "replied", "by": "mair"},
        {"at": house.clock(), "event": "promise_broken", "by": "desk", "due_at": house.clock()},
        {"at": house.clock(), "event": "handed_over", "by": "desk", "owner": "mair"},
    ]
    async with house.client:
        yield house


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


VIEWS: Final = [(1280, "light"), (320, "dark")]


async def fit_for_everybody(page: Page, state: str) -> None:
    assert await violations(page) == [], state
    assert not await sideways(page), state
    assert await small_targets(page) == [], state


async def opened(house: House, browser: Browser, path: str, width: int, colours: Any) -> Page:
    # 320 by 256 is also what 1280 by 1024 is at 400 % (WCAG 2.2, 1.4.10).
    context = await browser.new_context(
        viewport={"width": width, "height": 256 if width == 320 else 900},
        color_scheme=colours,
        reduced_motion="reduce",
        java_script_enabled=True,
    )
    page = await context.new_page()
    await page.goto(str(house.client.make_url(path)))
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "colours"), VIEWS, ids=["wide", "narrow and dark"])
async def test_every_state_of_both_pages_is_accessible(
    house: House, browser: Browser, language: str, width: int, colours: Any
) -> None:
    house.tickets.rows[REFERENCE] |= {"status": "assigned", "lost": {"since": house.clock()}}
    at = f"?lang={language}"
    page = await opened(house, browser, house.status() + at, width, colours)
    await fit_for_everybody(page, "how it stands")
    await page.goto(str(house.client.make_url("/s/nobodys" + at)))
    await fit_for_everybody(page, "a link that leads nowhere")
    await page.goto(str(house.client.make_url(house.survey() + at)))
    await fit_for_everybody(page, "the questions")
    await page.fill("#words", "x" * 4001)
    await _sent(page)
    await fit_for_everybody(page, "what has to be put right")
    await page.fill("#words", "Thank you")
    await page.check("#solved-no")
    await _sent(page)
    await fit_for_everybody(page, "thank you")
    await page.context.close()


async def _sent(page: Page) -> None:
    async with page.expect_navigation():
        await page.click("form button")


async def test_it_is_answered_by_keys_alone_and_what_is_wrong_is_where_one_lands(
    house: House, browser: Browser
) -> None:
    page = await opened(house, browser, house.survey(), 1280, "light")
    loaded: list[str] = []
    page.on("request", lambda one: loaded.append(one.url))
    await page.focus("form button")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.className === 'summary'")
    assert (await page.title()).startswith("Error: ")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.id === 'solved'")
    await page.keyboard.press("ArrowDown")
    assert await page.is_checked("#solved-no")
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowLeft")
    assert await page.is_checked("#recommend-10"), "from no answer to the last number"
    await page.keyboard.press("Tab")
    await page.keyboard.type("Sunday?")
    await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert "/thanks" in page.url
    [letter] = house.letters.kept.values()
    said = {"solved": False, "recommend": 10, "revision": 1}
    assert (letter.asked["survey"], letter.text) == (said, "Sunday?")
    host = str(house.client.make_url("/"))
    assert all(one.startswith(host) for one in loaded), "nothing of anybody else's"
    await page.context.close()
