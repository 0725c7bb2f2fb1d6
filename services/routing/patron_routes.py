"""The staff's API: a patron, `/v1/patrons/{id}`: what they asked before, and how they want to be
served. It knows what their tickets say, as far as the caller may know of these, and changes
nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field

from services.routing.answers import Address, Answer, ItemAnswer, Language, Name
from services.routing.changes import Counter
from services.routing.views import as_item
from shared.addresses import untagged
from shared.described import About
from shared.keys import Caller, Scope
from shared.problems import Problem, json_answer

_MOST: Final = 50
"""Tickets that are shown; the queue's own list has the others (`?patron=`)."""
_NEEDS: Final = ("format", "needs", "handover", "pace")


class NeedsAnswer(Answer):
    """What was said for their last delivery."""

    format: Annotated[str, Field(examples=["large print"])] | None
    needs: Annotated[str, Field(examples=["no columns"])] | None
    handover: Annotated[str, Field(examples=["mail"])] | None
    pace: Annotated[str, Field(examples=["each"])] | None


class KnownPatronAnswer(Answer):
    """A patron: names and wishes as their tickets have them, the newest first."""

    id: Annotated[Address, Field(description="Their mailbox: the address without a tag.")]
    names: list[Name]
    addresses: list[Address]
    languages: list[Language]
    formats: Annotated[list[str], Field(examples=[["large-print"]])]
    needs: NeedsAnswer | None
    tickets: Annotated[list[ItemAnswer], Field(description="The newest, fifty at most.")]


@dataclass(frozen=True)
class PatronRoutes:
    """What the route needs."""

    counter: Counter

    async def get_patron(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/patrons/{id}`: their enquiries, and how they want to be served. The id is any
        address of theirs."""
        key = untagged(request.match_info["id"])
        found = await self.counter.every_ticket.patrons.tickets(key, caller, _MOST)
        if not found:
            raise Problem(404, "not-found", "No such patron")
        await self.counter.note_reading(caller, "patron", found)
        return json_answer(
            {
                "id": key,
                "names": _known(one["patron"]["name"] for one in found),
                "addresses": _known(one["patron"]["address"] for one in found),
                "languages": _known(one["language"] for one in found),
                "formats": _known(one["format"] for one in found),
                "needs": _needs(found),
                "tickets": [as_item(one) for one in found],
            }
        )


def _known(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(one for one in values if one))


def _needs(tickets: Sequence[Mapping[str, Any]]) -> dict[str, str | None] | None:
    deliveries = [one for ticket in tickets for one in ticket.get("deliveries", ())]
    if not deliveries:
        return None
    last = max(deliveries, key=lambda one: one["opened_at"])
    return {name: last.get(name) or None for name in _NEEDS}


def routes(counter: Counter) -> list[web.RouteDef]:
    """The one route."""
    about, these = About(KnownPatronAnswer), PatronRoutes(counter)
    return [
        web.get("/v1/patrons/{id}", counter.scoped(Scope.TICKETS_READ, these.get_patron, about))
    ]
