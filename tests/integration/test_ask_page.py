"""The ask page and its widget in a real browser. Behind them stands a store that is only a
dictionary: that the letter becomes a ticket is told in a journey."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, FilePayload, Page

from deploy.local.servers import ROOT
from services.intake.ask import Ask, add_ask
from services.intake.form_token import LIFETIME
from services.intake.page import Pages
from services.intake.posted import Limits
from services.intake.web import Front, make_app
from shared.errors import Transient
from shared.library import Library, read_library
from shared.references import Seal
from tests.browser import chromium, sideways, small_targets, violations
from tests.builders import desk_of
from tests.fakes import Allowances, Clock, Letters, Outbox
from tests.unit.examples import SECRET

LANGUAGES: Final = ("en", "cy", "fr", "ar", "de")
MOST: Final = 300_000
PHOTOGRAPH: Final[FilePayload] = {
    "name": "a photograph.png",
    "mimeType": "image/png",
    "buffer": b"x",
}
LARGE: Final[FilePayload] = {
    "name": "large.png",
    "mimeType": "image/png",
    "buffer": b"x" * MOST * 3,
}
ITEM: Final = (
    "rft.btitle=The+ferry+before+the+bridge&rft.au=Morgan%2C+Rhian&rft.isbn=9780306406157"
    "&rft.pub=Gwasg+Ddychmygol&rft.date=1911"
)


def _library() -> Library:
    example = read_library(ROOT / "deploy/library.toml").model_dump()
    example["library"]["languages"] = LANGUAGES
    example["sign_off"] = dict.fromkeys(LANGUAGES, ".")
    return Library.model_validate(example)


@dataclass
class Site:
    """The page at an address of its own."""

    letters: Letters = field(default_factory=Letters)
    allowances: Allowances = field(default_factory=Allowances)
    clock: Clock = field(default_factory=Clock)
    server: TestServer = field(init=False)

    async def open(self) -> None:
        library, limits = _library(), Limits(MOST)
        desk = desk_of(self.letters, Outbox(), Seal(SECRET))
        letters: Any = self.letters
        front = Front(desk, letters, self.allowances, frozenset(), self.clock)
        app = make_app(front, MOST)
        pages = Pages(library, MOST)
        add_ask(app, Ask(desk, self.allowances, library, pages, self.clock, limits))
        self.server = TestServer(app)
        await self.server.start_server()

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    await site.open()
    yield site
    await site.server.close()


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context()
    yield context
    await context.close()


async def opened(
    site: Site, context: BrowserContext, query: str = "lang=en", *, later: bool = True
) -> Page:
    """The page, open for a moment."""
    page = await context.new_page()
    await page.goto(site.url(f"/ask?{query}"))
    if later:
        site.clock.move(seconds=3)
    return page


async def send(page: Page) -> None:
    async with page.expect_navigation():
        await page.click("form button")


async def fill(page: Page) -> None:
    await page.fill("#question", "Is there a copy in large print?")
    await page.fill("#email", "rhian@patrons.example")


async def fit_for_everybody(page: Page, state: str) -> None:
    assert await violations(page) == [], state
    assert not await sideways(page), state
    assert await small_targets(page) == [], state


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("width", "colours"), [(1280, "light"), (320, "dark")], ids=["wide", "narrow and dark"]
)
async def test_every_state_of_the_page_is_accessible(
    site: Site, browser: Browser, language: str, width: int, colours: Any
) -> None:
    # 320 by 256 is also what 1280 by 1024 is at 400 % (WCAG 2.2, 1.4.10).
    context = await browser.new_context(
        viewport={"width": width, "height": 256 if width == 320 else 900},
        color_scheme=colours,
        reduced_motion="reduce",
    )
    page = await opened(site, context, f"lang={language}&topic=accessible-copy&{ITEM}")
    await fit_for_everybody(page, "empty")
    await page.set_input_files("#files", [PHOTOGRAPH])
    await page.fill("#year", "soon")
    await send(page)
    await fit_for_everybody(page, "with faults")
    site.clock.move(seconds=LIFETIME.total_seconds())
    await fill(page)
    await page.fill("#year", "")
    await page.select_option("#format", "large-print")
    await send(page)
    await fit_for_everybody(page, "with a notice")
    await send(page)
    await fit_for_everybody(page, "thanks")
    assert len(site.letters.kept) == 1
    await page.goto(site.url("/ask/thanks/nobody?lang=" + language))
    await fit_for_everybody(page, "gone")
    await context.close()


async def test_the_page_can_be_read_filled_and_sent_with_the_keyboard_alone(
    site: Site, context: BrowserContext
) -> None:
    page = await opened(site, context, f"lang=cy&{ITEM}")
    keys = page.keyboard
    seen: list[str] = []

    async def go_to(wanted: str) -> None:
        for _ in range(30):
            await keys.press("Tab")
            name, outline = await page.evaluate(
                "[document.activeElement.id || document.activeElement.tagName,"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
            seen.append(name)
            assert outline == "solid", f"nobody sees that {name} has the focus"
            if name == wanted:
                return
        raise AssertionError(f"{wanted} was not reached: {seen}")

    await go_to("topic")
    await keys.press("Space")
    await go_to("format")
    await keys.type("Braille")
    for part, text in (("needed_by", "30"), ("month", "11"), ("year", "2026")):
        await go_to(part)
        await keys.type(text)
    await go_to("question")
    await keys.type("A oes copi braille?")
    await go_to("email")
    await keys.type("rhian@patrons.example")
    await go_to("name")
    await keys.type("Rhian Example")
    await go_to("BUTTON")
    assert "website" not in seen
    async with page.expect_navigation():
        await keys.press("Enter")
    assert await page.title() == "Mae'ch cwestiwn gennym – Llanfair-on-Sea Public Library"
    [letter] = site.letters.kept.values()
    assert (letter.text, letter.name) == ("A oes copi braille?", "Rhian Example")
    assert letter.asked["format"] == "braille"
    assert letter.asked["needed_by"] == "2026-11-30"
    assert letter.asked["item"]["isbn"] == "9780306406157"


async def test_without_scripts_the_topics_questions_appear_with_the_topic(
    site: Site, browser: Browser
) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await opened(site, context)
    assert not await page.is_visible("#format")
    assert not await page.is_visible("#needed_by")
    await fill(page)
    await page.check("#topic")
    assert await page.is_visible("#format")
    assert await page.is_visible("#needed_by")
    await page.check("#topic-local-history")
    assert not await page.is_visible("#format")
    assert await page.input_value("#question") == "Is there a copy in large print?"
    await send(page)
    [letter] = site.letters.kept.values()
    assert letter.asked == {"language": "en", "topic": "local-history"}
    await context.close()


async def test_after_faults_the_summary_has_the_focus_and_leads_to_the_fields(
    site: Site, context: BrowserContext
) -> None:
    page = await opened(site, context, "lang=en&topic=accessible-copy")
    await page.fill("#email", "rhian at home")
    await page.fill("#name", "Rhian")
    await send(page)
    assert (await page.title()).startswith("Error: ")
    focused = "document.activeElement.className || document.activeElement.id"
    assert await page.evaluate(focused) == "summary"
    for name in ("format", "question", "email"):
        await page.click(f'.summary a[href="#{name}"]')
        assert await page.evaluate("document.activeElement.id") == name
        described = await page.get_attribute(f"#{name}", "aria-describedby")
        assert described is not None
        told = [await page.inner_text(f"#{one}") for one in described.split()]
        assert any("Error:" in one for one in told)
    assert await page.input_value("#email") == "rhian at home"
    assert await page.input_value("#name") == "Rhian"
    assert await page.is_checked("#topic")


async def test_the_page_loads_nothing_from_elsewhere_and_keeps_nothing(
    site: Site, context: BrowserContext
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page = await context.new_page()
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda one: said.append(one.text))
    await page.goto(site.url(f"/ask?lang=en&{ITEM}"))
    site.clock.move(seconds=3)
    await fill(page)
    await send(page)
    assert asked
    assert [one for one in asked if not one.startswith(site.url("/ask"))] == []
    assert said == []
    assert await context.cookies() == []
    assert await page.evaluate("document.referrer") == ""


async def test_a_language_can_be_chosen_and_the_item_stays(
    site: Site, context: BrowserContext
) -> None:
    page = await opened(site, context, f"topic=accessible-copy&lang=en&{ITEM}")
    await page.click("nav >> text=العربية")
    assert await page.evaluate("[document.dir, document.documentElement.lang]") == ["rtl", "ar"]
    assert "9780306406157" in await page.inner_text(".item")
    assert await page.is_checked("#topic")


async def test_pressing_twice_and_going_back_asks_once(site: Site, context: BrowserContext) -> None:
    page = await opened(site, context)
    await fill(page)
    await page.dblclick("form button")  # the second press breaks off what the first began
    async with asyncio.timeout(20):
        while "/thanks/" not in page.url:
            await asyncio.sleep(0.05)
    await page.wait_for_load_state()
    thanks = page.url
    await page.reload()
    assert page.url == thanks
    assert len(site.letters.kept) == 1


async def test_files_that_are_too_large_cost_no_words(site: Site, context: BrowserContext) -> None:
    page = await opened(site, context)
    await fill(page)
    await page.set_input_files("#files", [PHOTOGRAPH, LARGE])
    await send(page)
    assert "too large" in await page.inner_text(".summary")
    assert "large.png" in await page.inner_text("#files-hint")
    assert await page.input_value("#question") == "Is there a copy in large print?"
    await send(page)
    assert len(site.letters.kept) == 1


async def test_while_the_database_is_away_the_page_says_so_and_can_be_sent_again(
    site: Site, context: BrowserContext
) -> None:
    page = await opened(site, context)
    await fill(page)
    site.letters.fails_with = [Transient("away")]
    await send(page)
    assert "could not make sure" in await page.inner_text(".summary")
    assert await violations(page) == []
    await send(page)
    assert "/ask/thanks/" in page.url


# --- The widget ------------------------------------------------------------------------------

CATALOGUE: Final = """<!doctype html><html lang="{lang}"><title>A catalogue</title><body><main>
<h1>Books</h1><ul><li>One {first}</li><li>Two {second}</li></ul></main>
<script src="{script}" {more} defer></script></body></html>"""
COINS: Final = (
    '<span class="Z3988" title="ctx_ver=Z39.88-2004&amp;rft_val_fmt=info%3Aofi%2Ffmt%3Akev%3Amtx'
    '%3Abook&amp;rft.btitle={title}&amp;rft.isbn=9780306406157"></span>'
)


async def catalogue(
    site: Site, context: BrowserContext, *, lang: str = "cy", more: str = "", **items: str
) -> Page:
    """A page of another origin that includes the widget."""
    html = CATALOGUE.format(
        lang=lang,
        first=items.get("first", COINS.format(title="An+Old+Map")),
        second=items.get("second", COINS.format(title="%3Cimg+src%3Dx%3E")),
        script=site.url("/ask/widget.js"),
        more=more,
    )
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.on("pageerror", lambda one: said.append(str(one)))
    server = await _serve(html)
    await page.goto(str(server.make_url("/")))
    await page.wait_for_selector("a.ask-about")
    await server.close()
    assert [one for one in said if "favicon" not in one and "404" not in one] == []
    return page


async def _serve(html: str) -> TestServer:
    async def show(_: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/", show)])
    server = TestServer(app)
    await server.start_server()
    return server


async def test_the_widget_puts_a_link_beside_every_item_that_a_catalogue_describes(
    site: Site, context: BrowserContext
) -> None:
    page = await catalogue(site, context, more='data-topic="accessible-copy"')
    links = page.locator("a.ask-about")
    assert await links.count() == 2
    assert await links.first.inner_text() == "Gofynnwch am yr eitem hon"
    assert await links.first.get_attribute("lang") == "cy"
    assert await links.first.get_attribute("aria-label") == (
        "Gofynnwch am yr eitem hon: An Old Map"
    )
    assert await page.locator("img").count() == 0
    assert await violations(page) == []
    await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url.startswith(site.url("/ask?lang=cy&topic=accessible-copy"))
    assert "An Old Map" in await page.inner_text(".item")
    assert "9780306406157" in await page.inner_text(".item")
    assert await page.is_checked("#topic")


async def test_the_widget_takes_openurls_of_the_pages_own_words_and_items_that_come_later(
    site: Site, context: BrowserContext
) -> None:
    own = '<b data-ask="rft.btitle=A+%26+B&amp;rft.au=C"></b>'
    page = await catalogue(site, context, lang="xx", more='data-label="Ask us"', first=own)
    links = page.locator("a.ask-about")
    assert await links.count() == 1
    assert await links.first.inner_text() == "Ask us"
    await page.evaluate(
        "document.querySelector('ul').insertAdjacentHTML('beforeend',"
        " '<li><i data-ask=\"title=Later\"></i></li>')"
    )
    await page.wait_for_function("document.querySelectorAll('a.ask-about').length === 2")
    await asyncio.sleep(0.1)
    assert await links.count() == 2
    await links.first.click()
    assert "A & B" in await page.inner_text(".item")
    assert await page.get_attribute("html", "lang") == "en"


async def test_the_widget_keeps_and_sends_nothing(site: Site, context: BrowserContext) -> None:
    page = await catalogue(site, context, lang="de")
    assert await page.locator("a.ask-about").first.get_attribute("lang") == "en"
    assert await page.evaluate("[document.cookie, localStorage.length]") == ["", 0]
    loaded = await page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert [one for one in loaded if "favicon" not in one] == [site.url("/ask/widget.js")]
