"""A real browser for the pages that people see: Debian's chromium, and axe to look at them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM: Final = "/usr/bin/chromium"
_ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_RULES: Final[dict[str, Any]] = {
    "runOnly": [
        *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
        "best-practice",
    ],
    # Of WCAG 2.2, and not looked at unless it is asked for.
    "rules": {"target-size": {"enabled": True}},
}

COLOURS: Final[dict[str, Any]] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL_BUT_COLOURS: Final[dict[str, Any]] = _RULES | {
    "rules": {**_RULES["rules"], "color-contrast": {"enabled": False}}
}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser; each test opens a context of its own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


async def violations(page: Page, rules: dict[str, Any] = _RULES) -> list[tuple[str, list[str]]]:
    """What axe finds wrong: each rule, and the elements."""
    found = (await Axe().run(page, options=rules)).response
    assert len(found["passes"]) > (0 if rules is COLOURS else 10), "axe has not looked"
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]


async def sideways(page: Page) -> bool:
    """Whether one has to scroll sideways to read the page."""
    return bool(
        await page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
    )


async def small_targets(page: Page) -> list[str]:
    """What can be pressed and is smaller than 24 by 24 pixels (WCAG 2.2, 2.5.8)."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, select, textarea")]
            .filter(one => one.getClientRects().length)
            .filter(one => one.offsetWidth < 24 || one.offsetHeight < 24)
            .map(one => one.outerHTML)"""
    )
    return found
