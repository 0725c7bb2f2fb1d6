"""The public's door to files that were too large for a letter: `/a/TOKEN`, a page that says what it
is and until when, and `/a/TOKEN/file`, the file.

Nothing changes when either is opened: mail scanners follow links. A link that is wrong, too old, or
whose file is gone looks like any page that is not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from aiohttp import web

from services.intake.descriptions import FILE, FILE_PAGE
from services.intake.page import Pages, Tongue
from shared.contents import Contents
from shared.described import About, Described, Serve, name_of, says_of
from shared.file_links import Wanted, wanted_of
from shared.handing_out import hand_out
from shared.problems import Problem
from shared.references import Seal

_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Whoever has the address has the file.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OF_FILES: Final = ("Referrer-Policy", "X-Robots-Tag", "Cross-Origin-Resource-Policy")


class SentFiles(Protocol):
    """What went with letters."""

    contents: Contents

    async def find(self, letter_id: str, number: int) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True)
class Fetching:
    """What the routes need."""

    sent: SentFiles
    pages: Pages
    seal: Seal
    clock: Callable[[], datetime]

    async def show(self, request: web.Request) -> web.Response:
        """`GET /a/{token}`: what a link in a letter leads to, and until when."""
        tongue, found = self._tongue(request), await self._found(request)
        if found is None:
            return self._gone(tongue)
        wanted, row = found
        there = f"/a/{request.match_info['token']}"
        text = self.pages.fetch(tongue, there, row["filename"], row["size"], wanted.until)
        return _html(text, tongue)

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """`GET /a/{token}/file`: the file that went with a letter."""
        found = await self._found(request)
        if found is None:
            return self._gone(self._tongue(request))
        try:
            more = {name: _HEADERS[name] for name in _OF_FILES}
            return await hand_out(request, found[1], self.sent.contents, more)
        except Problem as problem:
            if problem.status != 404:
                raise
            return self._gone(self._tongue(request))

    async def _found(self, request: web.Request) -> tuple[Wanted, Mapping[str, Any]] | None:
        wanted = wanted_of(self.seal, request.match_info["token"], self.clock())
        row = await self.sent.find(wanted.letter_id, wanted.number) if wanted else None
        return (wanted, row) if wanted is not None and row is not None else None

    def _tongue(self, request: web.Request) -> Tongue:
        return self.pages.tongue(
            request.query.get("lang"), request.headers.get("Accept-Language", "")
        )

    def _gone(self, tongue: Tongue) -> web.Response:
        return _html(self.pages.gone(tongue), tongue, 404)


def _html(text: str, tongue: Tongue, status: int = 200) -> web.Response:
    headers = {**_HEADERS, "Content-Language": tongue.spoken}
    return web.Response(text=text, status=status, headers=headers, content_type="text/html")


def add_fetching(app: web.Application, fetching: Fetching) -> None:
    """Add the routes; anybody who has a link may use them."""
    page, file = _served(fetching.show, FILE_PAGE), _served(fetching.fetch, FILE)
    app.add_routes([web.get("/a/{token}", page), web.get("/a/{token}/file", file)])


def _served(route: Serve, about: About) -> Serve:
    return Described(None, name_of(route), says_of(route), about, route).answer
