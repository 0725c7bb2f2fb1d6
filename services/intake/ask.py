"""The ask page: a form for everybody, on intake's HTTP port.

It needs no script, sets no cookie and loads nothing from elsewhere. What it does not take it shows
again, with everything that was typed and with the reason: a person's question is never dropped in
silence, not even where it looks like a machine's. It says "kept" only after `accept.keep`.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from aiohttp import web

from services.intake.accept import Desk, keep
from services.intake.form import Form, faults, form_of, item_query, letter_of
from services.intake.form_token import (
    Verdict,
    new_token,
    page_of,
    renewed,
    thanks_of,
    verdict,
)
from services.intake.letter import Letter
from services.intake.page import Pages, Shown, Tongue
from services.intake.posted import Limits, Posted, posted
from shared.addresses import untagged
from shared.allowances import Use
from shared.errors import Permanent, Transient
from shared.library import Library
from shared.peer import Network, client_of

log = structlog.get_logger()

HOUR: Final = timedelta(hours=1)
MOST_OF_A_CLIENT: Final = 60
"""Forms within an hour, be they taken or not; a reading room's computers may be one client."""
MOST_OF_AN_ADDRESS: Final = 10
"""Forms within an hour that name one mail address."""
_PATIENCE: Final = 4.5
"""Seconds in which somebody who sent a form is answered, with 503 if need be."""
_BYTES_A_SECOND: Final = 2_000_000
"""More patience for files that take long to write down."""
_LARGE: Final = 1_000_000
"""Bytes from which a letter is put together in a thread, so that it holds nobody else up."""
_KEPT_BY_BROWSERS: Final = "public, max-age=3600"

_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # The address of the page says what somebody reads.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TROUBLES: Final = {"unreadable": 400, "slow": 408, "busy": 503}


class Allowances(Protocol):
    """How much each may have."""

    async def allow(self, key: str, cause: str, *limits: tuple[int, timedelta]) -> bool: ...
    async def use(self, key: str, most: int, window: timedelta) -> Use: ...


class _Refused(Exception):
    """A form that is shown again."""

    def __init__(
        self,
        status: int,
        notice: str | None = None,
        wrong: Mapping[str, str] | None = None,
        seconds: int | None = None,
    ) -> None:
        super().__init__(notice or "faults")
        self.status = status
        self.notice = notice
        self.wrong = wrong or {}
        self.seconds = seconds
        """After which it may be sent again."""


@dataclass(frozen=True)
class Ask:
    """What the routes need."""

    desk: Desk
    allowances: Allowances
    library: Library
    pages: Pages
    clock: Callable[[], datetime]
    limits: Limits
    trusted: tuple[Network, ...] = ()

    async def show(self, request: web.Request) -> web.Response:
        """`GET /ask`: the empty form, about the item and the topic that its address names."""
        form = Form(
            topic=request.query.get("topic", ""), item=item_query(request.rel_url.raw_query_string)
        )
        token = new_token(self.desk.seal, self.clock())
        return self._form_page(self._tongue(request), Shown(form, token, {}))

    async def take(self, request: web.Request) -> web.Response:
        """`POST /ask`: `303` to the thank-you page once the letter is kept; else the form again."""
        tongue, now = self._tongue(request), self.clock()
        client = client_of(
            request.remote, request.headers.getall("X-Forwarded-For", []), self.trusted
        )
        too_many = await self._counted(client)
        async with posted(request, self.limits, client, may_be_large=too_many is None) as sent:
            form = form_of(sent.fields, sent.files)
            try:
                if too_many is not None:
                    raise too_many
                self._check(form, sent, now)
                reference = await self._keep(form, tongue, now)
            except _Refused as refused:
                return self._again(tongue, form, refused, now)
        page = page_of(self.desk.seal, reference)
        there = f"/ask/thanks/{page}?lang={tongue.wished}"
        return web.Response(status=303, headers={**_HEADERS, "Location": there})

    async def thank(self, request: web.Request) -> web.Response:
        """`GET /ask/thanks/…`: the reference; who reloads it sends nothing again."""
        tongue = self._tongue(request)
        thanks = thanks_of(self.desk.seal, request.match_info["page"])
        if thanks is None:
            return _html(self.pages.gone(tongue), tongue, 404)
        return _html(self.pages.thanks(tongue, thanks.reference), tongue)

    async def style(self, _: web.Request) -> web.Response:
        """`GET /ask/style.css`."""
        headers = {**_HEADERS, "Cache-Control": _KEPT_BY_BROWSERS}
        return web.Response(
            body=self.pages.style, headers=headers, content_type="text/css", charset="utf-8"
        )

    async def widget(self, request: web.Request) -> web.Response:
        """`GET /ask/widget.js`, which catalogues of any origin may include."""
        tag = self.pages.widget_tag
        headers = {
            "Cache-Control": _KEPT_BY_BROWSERS,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{tag}"',
        }
        if any(one.value in {tag, "*"} for one in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=self.pages.widget, headers=headers, content_type="text/javascript", charset="utf-8"
        )

    def _tongue(self, request: web.Request) -> Tongue:
        return self.pages.tongue(
            request.query.get("lang"), request.headers.get("Accept-Language", "")
        )

    def _check(self, form: Form, sent: Posted, now: datetime) -> None:
        """Raises: _Refused."""
        if sent.trouble in _TROUBLES:
            raise _Refused(_TROUBLES[sent.trouble], sent.trouble)
        wrong = faults(form, self.library, now.astimezone(self.library.library.zone).date())
        if sent.trouble is not None:
            wrong["files"] = sent.trouble
        notice = self._suspicion(form, now)
        if wrong or notice:
            raise _Refused(413 if "files" in wrong else 422, notice, wrong)

    def _suspicion(self, form: Form, now: datetime) -> str | None:
        if form.website:
            return "trap"
        found = verdict(self.desk.seal, form.token, now)
        return None if found is Verdict.GOOD else found.value

    async def _counted(self, client: str) -> _Refused | None:
        """Why no form of this client is taken now, if so. It is counted before a byte of it is
        read: what is faulty, or never ends, costs as much."""
        try:
            with _told_to_try_again():
                async with asyncio.timeout(_PATIENCE):
                    used = await self.allowances.use(
                        f"form client {client}", MOST_OF_A_CLIENT, HOUR
                    )
        except _Refused as refused:
            return refused
        return None if used.allowed else _Refused(429, "client", seconds=used.seconds)

    async def _keep(self, form: Form, tongue: Tongue, now: datetime) -> str | None:
        """The reference, if it has one, once the letter is durable. Raises: _Refused."""
        size = sum(len(one.content) for one in form.files)
        with _told_to_try_again():
            async with asyncio.timeout(_PATIENCE + size / _BYTES_A_SECOND):
                letter = await self._letter(form, tongue, now, size)
                await self._allow(letter)
                return await keep(letter, desk=self.desk)

    async def _letter(self, form: Form, tongue: Tongue, now: datetime, size: int) -> Letter:
        if size < _LARGE:
            return letter_of(form, self.library, tongue.wished, now)
        return await asyncio.to_thread(letter_of, form, self.library, tongue.wished, now)

    async def _allow(self, letter: Letter) -> None:
        """Raises: _Refused: too many in an hour; Transient."""
        whose = f"form address {untagged(letter.address or '')}"
        if not await self.allowances.allow(whose, letter.id, (MOST_OF_AN_ADDRESS, HOUR)):
            raise _Refused(429, "address", seconds=int(HOUR.total_seconds()))

    def _again(self, tongue: Tongue, form: Form, refused: _Refused, now: datetime) -> web.Response:
        """The form as it was sent, with the reason why it was not taken."""
        if refused.notice:
            log.info("form_refused", reason=refused.notice)
        seconds = refused.seconds
        shown = Shown(
            form,
            renewed(self.desk.seal, form.token, now),
            refused.wrong,
            refused.notice,
            now + timedelta(seconds=seconds + 59) if seconds else None,
            tuple(one.filename for one in form.files),
        )
        answer = self._form_page(tongue, shown, refused.status)
        if seconds:
            answer.headers["Retry-After"] = str(seconds)
        return answer

    def _form_page(self, tongue: Tongue, shown: Shown, status: int = 200) -> web.Response:
        return _html(self.pages.form(tongue, shown), tongue, status)


@contextmanager
def _told_to_try_again() -> Iterator[None]:
    """What goes wrong behind the page costs nobody his words. Raises: _Refused."""
    try:
        yield
    except (Transient, TimeoutError) as error:
        log.warning("letter_refused", door="form", reason=str(error) or type(error).__name__)
        raise _Refused(503, "away", seconds=60) from error
    except Permanent as error:
        log.error("letter_refused", door="form", reason=str(error))
        raise _Refused(500, "fault") from error
    except _Refused:
        raise
    except Exception as error:
        log.exception("door_failed", door="form")
        raise _Refused(500, "fault") from error


def _html(text: str, tongue: Tongue, status: int = 200) -> web.Response:
    headers = {**_HEADERS, "Content-Language": tongue.spoken}
    return web.Response(text=text, status=status, headers=headers, content_type="text/html")


def add_ask(app: web.Application, ask: Ask) -> None:
    """Add the routes; anybody may use them."""
    app.add_routes(
        [
            web.get("/ask", ask.show),
            web.post("/ask", ask.take),
            web.get("/ask/thanks/{page}", ask.thank),
            web.get("/ask/style.css", ask.style),
            web.get("/ask/widget.js", ask.widget),
        ]
    )
