"""The staff's API: the queue in its orders, tickets found by words, and those like another."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from services.routing.changes import Counter, no_ticket, reference_of
from services.routing.descriptions import QUEUE, SIMILAR
from services.routing.finding import COMMON, Finder, text_of
from services.routing.likeness import (
    SAME,
    Asked,
    alike,
    answered_differently,
    best,
    telling,
)
from services.routing.listing import Listing
from services.routing.questions import QueueQuery
from services.routing.search_words import Meant, Query, words_of
from services.routing.views import as_item
from shared.keys import Caller, Scope
from shared.problems import json_answer

Shown = dict[str, Any]
_LOOKED_THROUGH: Final = 400
"""Tickets that are read for a phrase before a page ends, full or not."""
_MOST_PLACES: Final = 3
"""In which a ticket's words are shown."""
_COMPARED: Final = 30
"""Of an enquiry's words, the longest: those are counted to find the telling ones."""
_TELLING: Final = 8
_CANDIDATES: Final = 200
_READ: Final = 40
_MOST_ALIKE: Final = 10


@dataclass(frozen=True)
class _Page:
    """Tickets, each as it is stored and as it is shown, and where to go on."""

    items: list[tuple[Mapping[str, Any], Shown]]
    cursor: str | None
    merged: list[Mapping[str, Any]] = field(default_factory=list)
    """Tickets that were merged into these, whose letters were shown as theirs."""


@dataclass(frozen=True)
class Queue:
    """What the routes need."""

    counter: Counter
    finder: Finder

    @property
    def _languages(self) -> Sequence[str]:
        return self.counter.desk.library.library.languages

    def _item(self, found: Mapping[str, Any]) -> Shown:
        return self.counter.as_now(as_item(found))

    async def list_tickets(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/tickets?…`: the queue, or what has the words that are looked for."""
        asked = QueueQuery.model_validate(dict(request.query))
        wanted = Listing.of(asked, caller, self.counter.desk.clock())
        finder = self.finder.seen_by(caller)
        if wanted.reference is not None:
            one = await finder.worded(wanted.reference)
            page = _Page([(one, self._item(one))] if one else [], None)
        elif wanted.query is not None:
            page = await self._found(wanted, wanted.query, finder)
        else:
            found, more = await finder.page(wanted)
            cursor = wanted.cursor_after(found[-1]) if more else None
            page = _Page([(one, self._item(one)) for one in found], cursor)
        read = [*(one for one, _ in page.items), *page.merged]
        await self.counter.note_reading(caller, "list", read)
        return json_answer({"items": [shown for _, shown in page.items], "next": page.cursor})

    async def _found(self, wanted: Listing, query: Query, finder: Finder) -> _Page:
        """A page of tickets with these words; it may end early if a phrase is hard to find."""
        page = _Page([], None)
        meant = Meant(query, self._languages)
        looked_through = 0
        while True:
            found, more = await finder.page(wanted)
            families = await finder.merged_into(found)
            letters = await finder.letters([it["_id"] for one in families.values() for it in one])
            for at, one in enumerate(found):
                await asyncio.sleep(0)  # others need not wait for a page of letters to be read
                counted = [
                    said for it in families[one["_id"]] for said in _counted(it, letters[it["_id"]])
                ]
                if query.is_said_in(_texts(one, counted)):
                    why = _why(one, counted, meant)
                    page.items.append((one, self._item(one) | {"matched": why}))
                    page.merged.extend(families[one["_id"]][1:])
                if len(page.items) == wanted.limit:
                    has_next = more or at + 1 < len(found)
                    return replace(page, cursor=wanted.cursor_after(one) if has_next else None)
            looked_through += len(found)
            if not more:
                return page
            if looked_through >= _LOOKED_THROUGH:
                return replace(page, cursor=wanted.cursor_after(found[-1]))
            wanted = replace(wanted, after=(found[-1]["created_at"], found[-1]["_id"]))

    async def similar(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/tickets/{reference}/similar`: enquiries like this one with what was answered,
        and warnings where patrons may be told different things."""
        finder = self.finder.seen_by(caller)
        ticket = await finder.worded(reference_of(request))
        if ticket is None:
            raise no_ticket()
        now = self.counter.desk.clock()
        own = (await self._asked([ticket]))[0]
        found, read = await self._alike(own, ticket, finder)
        same = [one for score, one in found if score >= SAME]
        elsewhere = await self._elsewhere(ticket, finder)
        await self.counter.note_reading(caller, "similar", [ticket, *read])
        return json_answer(
            {
                "items": [
                    {
                        "reference": one.reference,
                        "score": score,
                        "text": one.text[:300],
                        "answer": one.answer,
                        "answered_at": one.answered_at,
                    }
                    for score, one in found
                ],
                "warnings": _warnings(own, same, elsewhere, now),
            }
        )

    async def _alike(
        self, own: Asked, ticket: Mapping[str, Any], finder: Finder
    ) -> tuple[list[tuple[float, Asked]], Sequence[Mapping[str, Any]]]:
        """The likest with their scores, and the tickets that were read for it."""
        longest = sorted(own.words, key=lambda word: (-len(word), word))[:_COMPARED]
        counts = await finder.tickets_with(longest)
        rare = telling(counts, _TELLING, COMMON)
        if not rare:
            return [], []
        others = {"_id": {"$ne": ticket["_id"]}}
        found = await finder.with_any(rare, others, _CANDIDATES)
        found.sort(key=lambda one: -len(counts.keys() & set(one["words"])))
        how_many = await finder.how_many()
        read = found[:_READ]
        scored = [(alike(own, it, counts, how_many), it) for it in await self._asked(read)]
        likest = best(scored, _MOST_ALIKE)
        shown = {one.reference for _, one in likest}
        return likest, [one for one in read if one["_id"] in shown]

    async def _elsewhere(self, ticket: Mapping[str, Any], finder: Finder) -> list[str]:
        """The patron's other tickets that have not ended."""
        key = ticket.get("patron_key")
        found = await finder.open_of(key, 20) if key else []
        return [one["_id"] for one in found if one["_id"] != ticket["_id"]]

    async def _asked(self, tickets: Sequence[Mapping[str, Any]]) -> list[Asked]:
        """What was asked, and what was answered last."""
        letters = await self.finder.letters([one["_id"] for one in tickets])
        return [self._one_asked(one, _counted(one, letters[one["_id"]])) for one in tickets]

    def _one_asked(self, ticket: Mapping[str, Any], letters: Sequence[Mapping[str, Any]]) -> Asked:
        came_in = [one for one in letters if one["direction"] == "in" and not one.get("ask")]
        theirs = [text_of(one) for one in came_in]
        ours = [one for one in letters if one["direction"] == "out"]
        text = "\n".join((ticket["subject"], theirs[-1] if theirs else ""))
        return Asked(
            ticket["_id"],
            text,
            words_of([text], self._languages),
            ours[0]["text"] if ours else None,
            ours[0]["at"] if ours else None,
        )


def _why(
    ticket: Mapping[str, Any], letters: Sequence[Mapping[str, Any]], meant: Meant
) -> list[Shown]:
    """Where the words stand."""
    places = [
        ("subject", None, ticket["subject"]),
        ("patron", None, _patron(ticket)),
        *((_kind(one), one["_id"], text_of(one)) for one in letters),
    ]
    shown: list[Shown] = []
    for place, message, text in places:
        said = meant.found_in(text)
        if said is not None:
            shown.append({"in": place, "message": message, "words": said[0], "text": said[1]})
        if len(shown) == _MOST_PLACES:
            break
    return shown


def _warnings(
    own: Asked, same: Sequence[Asked], elsewhere: Sequence[str], now: datetime
) -> list[Shown]:
    open_too = [{"kind": "open_elsewhere", "references": [one]} for one in elsewhere]
    pairs = answered_differently([own, *same], now)
    return [
        *open_too,
        *({"kind": "answered_differently", "references": list(pair)} for pair in pairs),
    ]


def _counted(
    ticket: Mapping[str, Any], letters: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """What came in, and what the ticket names: other words of staff's were never sent."""
    rows = ticket.get("timeline", ())
    named = {name for one in rows for name in (one.get("letter"), *one.get("notes", ()))}
    return [one for one in letters if one["direction"] == "in" or one["_id"] in named]


def _texts(ticket: Mapping[str, Any], letters: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield ticket["subject"]
    yield from (text_of(one) for one in letters)


def _kind(letter: Mapping[str, Any]) -> str:
    return {"in": "letter", "out": "reply"}.get(letter["direction"], "note")


def _patron(ticket: Mapping[str, Any]) -> str:
    patron = ticket["patron"]
    return f"{patron['name']} {patron['address'] or ''}"


def routes(queue: Queue) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    scoped = queue.counter.scoped
    return [
        web.get("/v1/tickets", scoped(Scope.TICKETS_READ, queue.list_tickets, QUEUE)),
        web.get(
            "/v1/tickets/{reference}/similar",
            scoped(Scope.TICKETS_READ, queue.similar, SIMILAR),
        ),
    ]
