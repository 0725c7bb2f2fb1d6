"""The staff's API: a patron, `/v1/patrons/{id}`: what they asked before, and how they want to be
served. It knows what their tickets say, as far as the caller may know of these, and what staff have
noted, which it changes. A patron without a ticket that the caller may know of is not there."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

import structlog
from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.answers import Address, Answer, ItemAnswer, Language, Name, WhoAnswer
from services.routing.changes import Counter, if_match
from services.routing.handlers import Outbox
from services.routing.known_patron import KnownPatron, is_known_format, noted, told
from services.routing.known_patron_store import KnownPatrons
from services.routing.ticket import Owner
from services.routing.views import as_item
from shared.addresses import untagged
from shared.described import About
from shared.keys import Caller, Scope
from shared.names import LONGEST_NAME, name_to_greet
from shared.personal import names_of
from shared.preferences import IN_FORMAT
from shared.problems import Problem, body_of, json_answer

log = structlog.get_logger()

_MOST: Final = 50
"""Tickets that are shown; the queue's own list has the others (`?patron=`)."""
_NEEDS: Final = ("format", "needs", "handover", "pace")


def _like_a_name(text: str) -> str:
    """Raises: ValueError: letters would not greet by it."""
    name = name_to_greet(text)
    if name is None:
        raise ValueError("letters, spaces, apostrophes, hyphens and full stops alone are a name")
    return name


def _known_format(text: str) -> str:
    """Raises: ValueError."""
    words = " ".join(text.split())
    if not is_known_format(words):
        raise ValueError("neither letters nor copies can be made so")
    return words


class PreferencesIn(BaseModel):
    """`PATCH /v1/patrons/{id}`: any of them; null: not any more."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: (
        Annotated[
            str,
            Field(min_length=1, max_length=LONGEST_NAME, examples=["Rhian Example"]),
            AfterValidator(_like_a_name),
        ]
        | None
    ) = None
    """How letters greet them."""
    language: Annotated[str, Field(min_length=1, max_length=20, examples=["en"])] | None = None
    """Of their letters: one of the library's."""
    format: (
        Annotated[
            str,
            Field(min_length=1, max_length=50, description=IN_FORMAT, examples=["large-print"]),
            AfterValidator(_known_format),
        ]
        | None
    ) = None


class PreferencesAnswer(Answer):
    """What staff have noted: who did so last, and when."""

    name: Name | None
    language: Language | None
    format: Annotated[str, Field(examples=["large-print"])] | None
    by: WhoAnswer
    at: AwareDatetime


class NeedsAnswer(Answer):
    """What was said for their last delivery."""

    format: Annotated[str, Field(examples=["large print"])] | None
    needs: Annotated[str, Field(examples=["no columns"])] | None
    handover: Annotated[str, Field(examples=["mail"])] | None
    pace: Annotated[str, Field(examples=["each"])] | None


class KnownPatronAnswer(Answer):
    """A patron: names and wishes as their tickets have them, the newest first; and what was noted
    of them, which goes before."""

    id: Annotated[Address, Field(description="Their mailbox: the address without a tag.")]
    names: list[Name]
    addresses: list[Address]
    languages: list[Language]
    formats: Annotated[list[str], Field(examples=[["large-print"]])]
    preferences: PreferencesAnswer | None
    needs: NeedsAnswer | None
    tickets: Annotated[list[ItemAnswer], Field(description="The newest, fifty at most.")]


@dataclass(frozen=True)
class PatronRoutes:
    """What the routes need."""

    counter: Counter
    outbox: Outbox
    """That of what is noted."""

    @property
    def patrons(self) -> KnownPatrons:
        return self.counter.every_ticket.known_patrons

    async def get_patron(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/patrons/{id}`: their enquiries, and how they want to be served. The id is any
        address of theirs."""
        key = untagged(request.match_info["id"])
        found = await self._tickets(key, caller)
        return self._told(key, found, await self.patrons.find(key))

    async def change_patron(self, request: web.Request, caller: Caller) -> web.Response:
        """`PATCH /v1/patrons/{id} {"name"?, "language"?, "format"?}`: how they want to be served,
        as it was seen. Their next enquiries are as it says, and so are, in moments, their tickets
        that are not closed."""
        said = (await body_of(request, PreferencesIn)).model_dump(exclude_unset=True)
        languages = self.counter.desk.library.library.languages
        if said.get("language") not in {None, *languages}:
            raise Problem(422, "invalid", "The library has no such language", field="language")
        seen, key = if_match(request), untagged(request.match_info["id"])
        found = await self._tickets(key, caller)
        before = await self.patrons.find(key) or KnownPatron(key, uuid.uuid4().hex)
        if before.version != seen:
            raise _stale(before)
        now = self.counter.desk.clock()
        known = noted(before, said, Owner(caller.id, caller.name), now)
        if known is not before:
            message = told(known, found[0]["_id"], now)
            if not await self.patrons.save(known, message):
                raise _stale(await self.patrons.find(key) or KnownPatron(key, ""))
            self.outbox.send(key, [message])
            log.info("patron_changed", by=caller.id, change=" ".join(sorted(said)))
        return self._told(key, found, known)

    async def _tickets(self, key: str, caller: Caller) -> Sequence[Mapping[str, Any]]:
        """Theirs, the newest first, once it is written down that they were read. Raises: Problem
        404."""
        found = await self.counter.every_ticket.patrons.tickets(key, caller, _MOST)
        if not found:
            raise Problem(404, "not-found", "No such patron")
        await self.counter.note_reading(caller, "patron", found)
        return found

    def _told(
        self, key: str, found: Sequence[Mapping[str, Any]], known: KnownPatron | None
    ) -> web.Response:
        shown = {
            "id": key,
            "names": _each(name for one in found for name in names_of(one)),
            "addresses": _each(one["patron"]["address"] for one in found),
            "languages": _each(one["language"] for one in found),
            "formats": _each(one["format"] for one in found),
            "preferences": _preferences(known) if known else None,
            "needs": _needs(found),
            "tickets": [self.counter.as_now(as_item(one)) for one in found],
        }
        return json_answer(shown, ETag=f'"{known.version if known else 0}"')


def _stale(now: KnownPatron) -> Problem:
    """RFC 9110 §13.1.1: 412, with what is noted now."""
    return Problem(
        412,
        "stale",
        "It has changed since you read it",
        version=now.version,
        preferences=_preferences(now),
    )


def _preferences(known: KnownPatron) -> dict[str, Any] | None:
    if known.by is None:
        return None
    by = {"id": known.by.id, "name": known.by.name}
    said = {name: getattr(known, name) for name in ("name", "language", "format", "at")}
    return said | {"by": by}


def _each(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(one for one in values if one))


def _needs(tickets: Sequence[Mapping[str, Any]]) -> dict[str, str | None] | None:
    deliveries = [one for ticket in tickets for one in ticket.get("deliveries", ())]
    if not deliveries:
        return None
    last = max(deliveries, key=lambda one: one["opened_at"])
    return {name: last.get(name) or None for name in _NEEDS}


def routes(counter: Counter, outbox: Outbox) -> list[web.RouteDef]:
    """Both routes, each with the scope that it needs."""
    these, scoped = PatronRoutes(counter, outbox), counter.scoped
    about = About(KnownPatronAnswer, answers=("ETag",))
    changing = replace(about, takes=PreferencesIn, wants=("If-Match",))
    path = "/v1/patrons/{id}"
    return [
        web.get(path, scoped(Scope.TICKETS_READ, these.get_patron, about)),
        web.patch(path, scoped(Scope.TICKETS_WRITE, these.change_patron, changing)),
    ]
