"""The staff's routes for conversions: `…/deliveries/{delivery}/convert`, to have a file made into
the patron's format, and `…/cancel_conversion`. How far it is, the delivery itself says."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from services.routing.attachments import check_state
from services.routing.changes import BRIEF, Counter
from services.routing.conversion_bodies import CancelIn, ConvertIn, WishesIn
from services.routing.deliveries import converting
from services.routing.deliveries.changing import On
from services.routing.deliveries.item import File
from services.routing.deliveries.wishes import wanted_by
from services.routing.delivery_bodies import DeliveryAnswer
from services.routing.delivery_routes import ONE, Deliveries, named
from services.routing.descriptions import OF_FILES, changing
from services.routing.links import family
from services.routing.situation import Situation
from services.routing.ticket import Change, Ticket
from shared.keys import Caller, Scope
from shared.problems import Problem, body_of

_PLACE: Final = re.compile(r"([0-9a-f]{64}|[0-9a-f]{32})\.([0-9]{1,3})", re.ASCII)


class Converting(Deliveries):
    """What can be done besides."""

    async def convert_item(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/convert {"item", "attachment" or "file", "format"?, …}`: its file is made into
        the form that the patron can read."""
        body = await body_of(request, ConvertIn)
        ticket = await self.counter.here(request, caller)
        known = named(ticket, request.match_info["delivery"])
        wishes = asked_for(body, wanted_by(known), ticket.language)
        if body.file is None:
            source = await self._source(body.attachment, ticket, caller)
            return await self.step(
                request, caller, lambda on: converting.convert(on, body.item, source, wishes)
            )
        if body.attachment is not None:
            raise Problem(422, "invalid", "One file is converted, not two", field="file")
        item = known.item(body.item)
        text = item.work.title if item else "?"
        request[BRIEF] = True

        def decide(it: Ticket, s: Situation, letter_id: str) -> Change:
            on = On(it, known.id, caller.id, s)
            change = converting.convert(on, body.item, File(letter_id), wishes)
            first, *rest = change.entries
            return replace(change, entries=({**first, "letter": letter_id}, *rest))

        await self.counter.change_with_words(request, caller, ("copy", text), decide, [body.file])
        return await self.as_it_is(request, caller, known.id)

    async def _source(self, place: str | None, ticket: Ticket, caller: Caller) -> File:
        """A file of the ticket's own. Raises: Problem: there is none, or the scanner has not passed
        it."""
        found = _PLACE.fullmatch(place or "")
        row = None
        if found is not None:
            tickets = self.counter.tickets_of(caller)
            row = await tickets.attachment(found[1], int(found[2]))
        if found is None or row is None or not _is_its(row, ticket):
            raise Problem(422, "invalid", "The ticket has no such file", field="attachment")
        check_state(row["state"])
        return File(found[1], int(found[2]))

    async def cancel_conversion(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/cancel_conversion {"item", "reason"}`: it is not made any more; what is under way
        is ended."""
        body = await body_of(request, CancelIn)
        return await self.step(
            request, caller, lambda on: converting.cancel(on, body.item, body.reason)
        )


def _is_its(row: Mapping[str, Any], ticket: Ticket) -> bool:
    return row.get("reference") in family(ticket.reference, ticket.links)


def asked_for(body: WishesIn, known: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """Into what, and how: as the body says, else as it is known of the delivery.

    Raises: Problem 422: neither says it.
    """
    said = body.model_dump(include=set(WishesIn.model_fields), exclude_none=True)
    if said.get("format", known.get("format")) != known.get("format"):
        known = {}  # what was said of another format
    wishes = {"language": language, **known, **said}
    if "format" not in wishes:
        raise Problem(422, "invalid", "Say into which format", field="format")
    return wishes


def routes(counter: Counter) -> list[web.RouteDef]:
    """Both, each with the scope that it needs."""
    these, write = Converting(counter), Scope.TICKETS_WRITE
    begins = replace(changing(ConvertIn, *OF_FILES, "unscannable"), gives=DeliveryAnswer)
    cancels = replace(changing(CancelIn), gives=DeliveryAnswer)
    return [
        web.post(f"{ONE}/convert", counter.scoped(write, these.convert_item, begins)),
        web.post(
            f"{ONE}/cancel_conversion", counter.scoped(write, these.cancel_conversion, cancels)
        ),
    ]
