"""Hands staff what patrons attached: never shown in the page's own place, never guessed at by the
browser, and never given out while a virus scanner has not passed it."""

import re
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from services.routing.changes import Counter
from shared.keys import Caller
from shared.problems import Problem

_ID: Final = re.compile(r"([0-9a-f]{64})\.(\d{1,3})", re.ASCII)
SHOWN: Final = frozenset(
    {"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"}
)
"""What a browser may know the type of; anything else is only bytes to it."""
_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ._()-]")


async def get_attachment(request: web.Request, caller: Caller, *, counter: Counter) -> web.Response:
    """`GET /v1/attachments/{id}`: its bytes. `404` unknown, `409` no verdict, `403` infected."""
    tickets = counter.tickets_of(caller)
    named = _ID.fullmatch(request.match_info["id"])
    row = await tickets.attachment(named[1], int(named[2])) if named else None
    if row is None:
        raise Problem(404, "not-found", "There is no such attachment")
    _check_state(row["state"])
    content = await tickets.content(row["file"])
    if content is None:
        raise Problem(404, "not-found", "There is no such attachment")
    await counter.note_reading(caller, "attachment", [{"_id": row.get("reference"), **row}])
    return web.Response(body=content, headers=_headers(row))


def _check_state(state: str) -> None:
    if state == "infected":
        raise Problem(403, "infected", "The virus scanner found something in this attachment")
    if state == "unscannable":
        raise Problem(409, "unscannable", "The virus scanner has no verdict on this attachment")
    if state not in {"clean", "unscanned"}:
        raise Problem(409, "held", "This attachment waits for the virus scanner")


def _headers(row: dict[str, Any]) -> dict[str, str]:
    kind, name = row["content_type"], row["filename"]
    plain = _PLAIN.sub("_", name)
    return {
        "Content-Type": kind if kind in SHOWN else "application/octet-stream",
        # RFC 6266 §4.3: the second for whoever knows it, the first for the others.
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''"
        f"{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
