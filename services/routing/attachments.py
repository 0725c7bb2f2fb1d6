"""Hands staff what patrons attached, and what was sent to patrons: never given out while a virus
scanner has not passed it, nor to who may not know of its ticket."""

import re
from typing import Final

from aiohttp import web

from services.routing.changes import Counter
from shared.handing_out import hand_out
from shared.keys import Caller
from shared.problems import Problem

_ID: Final = re.compile(r"([0-9a-f]{64}|[0-9a-f]{32})\.([0-9]{1,3})", re.ASCII)


async def get_attachment(
    request: web.Request, caller: Caller, *, counter: Counter
) -> web.StreamResponse:
    """`GET /v1/attachments/{id}`: its bytes. `404` unknown, `409` no verdict, `403` infected."""
    tickets = counter.tickets_of(caller)
    named = _ID.fullmatch(request.match_info["id"])
    row = await tickets.attachment(named[1], int(named[2])) if named else None
    if row is None:
        raise Problem(404, "not-found", "There is no such attachment")
    check_state(row["state"])
    await counter.note_reading(caller, "attachment", [{"_id": row.get("reference"), **row}])
    return await hand_out(request, row, tickets.contents)


def check_state(state: str) -> None:
    """Raises: Problem: nobody is given it, or not yet."""
    if state == "infected":
        raise Problem(403, "infected", "The virus scanner found something in this attachment")
    if state == "unscannable":
        raise Problem(409, "unscannable", "The virus scanner has no verdict on this attachment")
    if state not in {"clean", "unscanned"}:
        raise Problem(409, "held", "This attachment waits for the virus scanner")
