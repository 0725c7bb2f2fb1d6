"""The pages that only a patron has, at `/s/TOKEN` and `/survey/TOKEN`: which ticket a link is for,
in which language, and what is answered where it leads nowhere. Each page has a file of its own.

Whoever has the link sees the page: it is told to nobody else, neither to a search engine nor to a
page that is gone to from there. A link that is wrong, bent, too old or for another page looks like
one whose patron was erased, to the byte.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

from services.intake.page import Pages, Tongue
from shared.errors import Transient
from shared.patron_pages import Reached
from shared.references import Seal

log = structlog.get_logger()

Document = Mapping[str, Any]

_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Whoever has the address has the page.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PATIENCE: Final = 4.5
"""Seconds in which whoever asks is answered, with 503 if need be."""
Read = Callable[[Seal, str, datetime], Reached | None]
"""What a token is for."""


class Tickets(Protocol):
    """What is read of tickets."""

    async def ticket(self, reference: str) -> Any: ...
    async def standing(self, ticket: Any) -> Any: ...
    async def answers(self, reference: str) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Asked:
    """A good link, followed."""

    reached: Reached
    ticket: Document
    tongue: Tongue
    token: str


Serve = Callable[[web.Request, Asked], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True)
class PatronPages:
    """What both pages need."""

    tickets: Tickets
    pages: Pages
    seal: Seal
    clock: Callable[[], datetime]

    async def answer(
        self,
        request: web.Request,
        read: Read,
        serve: Serve,
        away: Serve | None = None,
    ) -> web.Response:
        """What `serve` makes of a good link; for all others, that it leads nowhere. `away`: what is
        answered while the database is not there."""
        token = request.match_info["token"]
        reached = read(self.seal, token, self.clock())
        if reached is None:
            return self.ended(request)
        try:
            async with asyncio.timeout(PATIENCE):
                ticket = await self.tickets.ticket(reached.reference)
            if ticket is None:
                return self.ended(request)
            tongue = self._tongue(request, ticket["language"])
            return await serve(request, Asked(reached, ticket, tongue, token))
        except (Transient, TimeoutError) as error:
            log.warning("request_postponed", reason=str(error) or type(error).__name__)
            if away is None:
                return self.later(request)
            return await away(request, Asked(reached, {}, self._tongue(request), token))

    def ended(self, request: web.Request) -> web.Response:
        """It leads nowhere."""
        return self.html("ended.html", self._tongue(request), 404, words="ended")

    def later(self, request: web.Request) -> web.Response:
        """It can't be looked at now."""
        answer = self.html("ended.html", self._tongue(request), 503, words="later")
        answer.headers["Retry-After"] = "60"
        return answer

    def html(self, template: str, tongue: Tongue, status: int = 200, **more: Any) -> web.Response:
        """A page, for this reader alone."""
        text = self.pages.render(template, tongue, **more)
        headers = {**_HEADERS, "Content-Language": tongue.spoken}
        return web.Response(text=text, status=status, headers=headers, content_type="text/html")

    def elsewhere(self, there: str) -> web.Response:
        """`303`: what was posted is kept, and this shows so."""
        return web.Response(status=303, headers={**_HEADERS, "Location": there})

    def _tongue(self, request: web.Request, language: str | None = None) -> Tongue:
        """As the page's own links say, else that of the patron's letters, else the browser's."""
        asked = request.query.get("lang") or language
        return self.pages.tongue(asked, request.headers.get("Accept-Language", ""))
