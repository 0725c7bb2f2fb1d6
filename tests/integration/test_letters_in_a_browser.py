"""Every letter in every language in a real browser: axe finds nothing, in light and dark colours,
and nobody has to scroll sideways."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from services.desk.preview import html_of
from services.notify.samples import SAMPLES, everything, trials
from tests.browser import COLOURS, chromium, sideways, violations
from tests.letters.golden import LANGUAGES, WORDING, composed
from tests.stage import run
from tests.unit.examples import SECRET


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


def pages(language: str) -> dict[str, str]:
    """Each kind of letter with all that it may say."""
    return {
        kind: WORDING.words(kind, language, next(iter(trials(kind, language, WORDING)))).html
        for kind in sorted({one.kind for one in SAMPLES.values()})
    }


@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_in_any_letter(browser: Browser, language: str) -> None:
    page = await browser.new_page(viewport={"width": 800, "height": 600})
    for kind, html in pages(language).items():
        await page.set_content(html)
        assert await violations(page) == [], kind
    await page.close()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("is_large", [False, True], ids=["usual", "large print"])
async def test_letters_can_be_read_on_a_small_screen_in_the_dark(
    browser: Browser, language: str, is_large: bool
) -> None:
    # 320 by 256 is also what 1280 by 1024 is at 400 % (WCAG 2.2, 1.4.10).
    small: Any = {"width": 320, "height": 256}
    page = await browser.new_page(viewport=small, color_scheme="dark")
    for kind in ("promise_changed", "reply"):
        facts = everything(language, WORDING)
        await page.set_content(WORDING.words(kind, language, facts, is_large=is_large).html)
        assert await violations(page, COLOURS) == [], kind
        assert not await sideways(page), kind
    await page.close()


async def test_large_print_is_eighteen_points_at_least(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content(html_of(composed("promise_missed", "en", "large-print")) or "")
    sizes = await page.evaluate(
        """[...document.querySelectorAll("p, li, h1, a, strong")]
            .map(one => parseFloat(getComputedStyle(one).fontSize))"""
    )
    assert min(sizes) >= 24, "18 points are 24 pixels"
    await page.close()


async def test_a_letter_needs_nothing_from_elsewhere(browser: Browser) -> None:
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for language in LANGUAGES:
        for html in pages(language).values():
            await page.set_content(html)
    assert asked == []
    await page.close()


async def test_a_preview_can_be_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "letter.png"
    env = {"DESK_SECRET": SECRET}
    arguments = ("preview", "promise_changed", "--language", "ar", "--picture", str(picture))
    await run("services.desk", *arguments, env=env)
    assert picture.read_bytes().startswith(b"\x89PNG")
