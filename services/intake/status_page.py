"""A patron's private status page, `GET /s/TOKEN`: the truth about one enquiry (`story.py`).

Nothing changes when it is opened. It has no login, no script and nothing of anybody else's.
"""

from functools import partial
from typing import Any, Final

from aiohttp import web

from services.intake.patron_pages import Asked, PatronPages
from services.intake.story import Happened, story_of
from shared.patron_pages import status_of

_ISOLATED: Final = "\u2068{}\u2069"
"""A name within a sentence of another direction stays whole (Unicode UAX 9)."""


async def _show(_: web.Request, asked: Asked, *, pages: PatronPages) -> web.Response:
    """`GET /s/{token}`."""
    standing = await pages.tickets.standing(asked.ticket)
    story = story_of(asked.ticket, standing, pages.clock())
    language = asked.tongue.spoken

    def told(one: Happened) -> dict[str, Any]:
        until = pages.pages.moment(one.until, language) if one.until else {}
        name = _ISOLATED.format(one.who) if one.who else ""
        return {"at": pages.pages.moment(one.at, language), "what": one.what, "who": name, **until}

    return pages.html(
        "status.html",
        asked.tongue,
        story=story,
        received=pages.pages.moment(story.received_at, language),
        due=pages.pages.moment(story.due_at, language) if story.due_at else None,
        owner=_ISOLATED.format(story.owner) if story.owner else None,
        team=_ISOLATED.format(pages.pages.team(story.team)),
        happened=[told(one) for one in reversed(story.happened)],
        until=pages.pages.moment(asked.reached.until, language),
    )


def add_status(app: web.Application, pages: PatronPages) -> None:
    """Add the route; anybody who has a link may use it."""

    async def show(request: web.Request) -> web.Response:
        return await pages.answer(request, status_of, partial(_show, pages=pages))

    app.add_routes([web.get("/s/{token}", show)])
