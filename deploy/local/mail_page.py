"""The development mail sink: takes every mail that notify sends, and shows it on a page.

`python -m deploy.local.mail_page`. Delivers nothing anywhere; listens on the loopback interface
only. Mail is kept in MAIL_FOLDER.
"""

import asyncio
import os
import signal
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.local.kept_mail import KeptMail, Letter

LISTED: Final = 200
MAX_BYTES: Final = 64 * 1024 * 1024
PAGES: Final = Path(__file__).parent / "pages"

# Nothing is loaded from elsewhere and no script runs, whatever a message contains.
PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
LETTER_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class Sink:
    """aiosmtpd's handler: keep everything."""

    def __init__(self, kept: KeptMail) -> None:
        self._kept = kept

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail; the answer names it."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender, now = envelope.mail_from or "", datetime.now(UTC)
        return f"250 Kept as {self._kept.keep(content, sender, envelope.rcpt_tos, now)}"


class Pages:
    """What a browser may ask for."""

    def __init__(self, kept: KeptMail) -> None:
        self._kept = kept
        self._templates = Environment(
            loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined
        )

    def routes(self) -> list[web.RouteDef]:
        """All of them, for aiohttp."""
        return [
            web.get("/", self.list_mail),
            web.get("/messages.json", self.list_json),
            web.get("/messages/{id}", self.show),
            web.get("/messages/{id}/html", self.show_html),
            web.get("/messages/{id}/source", self.show_source),
            web.get("/messages/{id}/attachments/{number}", self.attachment),
        ]

    async def list_mail(self, request: web.Request) -> web.Response:
        """The newest messages; with `?watch=1`, a page that comes again every five seconds."""
        letters = self._kept.newest(LISTED)
        return self._page("list.html", letters=letters, watching="watch" in request.query)

    async def list_json(self, request: web.Request) -> web.Response:
        """The same for programs."""
        letters = [{**vars(one), "at": one.at.isoformat()} for one in self._kept.newest(LISTED)]
        return web.json_response({"items": letters}, headers=HEADERS)

    async def show(self, request: web.Request) -> web.Response:
        """One message."""
        return self._page("letter.html", letter=self._find(request))

    async def show_html(self, request: web.Request) -> web.Response:
        """A message's own HTML, without any power."""
        html = self._find(request).html
        if html is None:
            raise web.HTTPNotFound
        return _html(html, LETTER_POLICY)

    async def show_source(self, request: web.Request) -> web.Response:
        """A message as it came."""
        raw = self._kept.raw(request.match_info["id"])
        if raw is None:
            raise web.HTTPNotFound
        return web.Response(text=raw.decode(errors="replace"), headers=HEADERS)

    async def attachment(self, request: web.Request) -> web.Response:
        """One attachment, to save: never shown, so that it can't act on this page."""
        for part in self._find(request).attachments:
            if str(part.number) == request.match_info["number"]:
                headers = {**HEADERS, "Content-Disposition": "attachment"}
                return web.Response(
                    body=part.content, content_type="application/octet-stream", headers=headers
                )
        raise web.HTTPNotFound

    def _find(self, request: web.Request) -> Letter:
        letter = self._kept.letter(request.match_info["id"])
        if letter is None:
            raise web.HTTPNotFound
        return letter

    def _page(self, template: str, **values: object) -> web.Response:
        return _html(self._templates.get_template(template).render(values), PAGE_POLICY)


def _html(text: str, policy: str) -> web.Response:
    # A character that can't be encoded (half of a pair) must not break the page.
    body = text.encode(errors="replace")
    return web.Response(
        body=body,
        content_type="text/html",
        charset="utf-8",
        headers={**HEADERS, "Content-Security-Policy": policy},
    )


async def serve(folder: Path, smtp_port: int, page_port: int) -> None:
    """Serve both doors until asked to stop."""
    kept = KeptMail(folder)
    app = web.Application()
    app.add_routes(Pages(kept).routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", page_port).start()
    door = partial(SMTP, Sink(kept), data_size_limit=MAX_BYTES, enable_SMTPUTF8=True)
    smtp = await asyncio.get_running_loop().create_server(door, "127.0.0.1", smtp_port)
    await asked_to_stop()
    smtp.close()
    await runner.cleanup()


async def asked_to_stop() -> None:
    """Wait for SIGTERM or SIGINT."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()


if __name__ == "__main__":
    asyncio.run(
        serve(
            Path(os.environ.get("MAIL_FOLDER", "var/mail")),
            int(os.environ.get("MAIL_SINK_PORT", "1025")),
            int(os.environ.get("MAIL_PAGE_PORT", "8025")),
        )
    )
