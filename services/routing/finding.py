"""Finds tickets for the staff: the queue in its orders, and by words. Each is served by an index,
whatever the number of tickets."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from typing import Any, Final

from services.routing.documents import FIELDS, ticket_of
from services.routing.filing import EVERYTHING as ALL
from services.routing.filing import filing_of
from services.routing.links import family
from services.routing.listing import ORDER, Listing, Sort
from services.routing.rarity import Extent, looked_up
from services.routing.search_words import Query, forms, words_of
from services.routing.sight import EVERYTHING, both, sight_of
from services.routing.ticket import Link
from services.routing.workload import AT_WORK
from shared.keys import Caller
from shared.mongo import Database, Document, building, translated

Index = list[tuple[str, int]]
_BY_WORDS: Final[Index] = [("words", 1), ("created_at", -1), ("_id", -1)]
COMMON: Final = 1000
"""Tickets: a word that more than these have is a common one."""
_NEWEST: Final = 200
"""Tickets: how far back the newest with a word go tells how rare it is."""
_NAMED: Final = 1000
"""Tickets that are read by their references. Of more that have all the words, the newest are soon
found among those that have the rarest."""
_SEARCHES: Final = 1
"""At a time, in a copy: each may keep a core of MongoDB busy for a second, and the queue is not to
wait."""
_SHOWN: Final[Mapping[str, int]] = dict.fromkeys(
    (*FIELDS, "queue_at", "timeline.letter", "timeline.notes"), 1
)
_WORDED: Final[Mapping[str, int]] = {**_SHOWN, "words": 1, "patron_key": 1}
_LETTER: Final[Mapping[str, int]] = dict.fromkeys(
    ("reference", "direction", "subject", "text", "new_text", "name", "at", "ask"), 1
)


def index_of(sort: Sort) -> Index:
    """By which a list of this order is read."""
    field, direction = ORDER[sort]
    return [("filed", 1), (field, direction), ("_id", direction)]


class Finder:
    """The queue, read."""

    def __init__(
        self,
        database: Database,
        languages: Sequence[str],
        *,
        newest: int = _NEWEST,
        named: int = _NAMED,
    ) -> None:
        self._tickets = database.tickets
        self._messages = database.messages
        self._languages = tuple(languages)
        self._sight: Document = EVERYTHING
        self._newest, self._named = newest, named
        self._searches = asyncio.Semaphore(_SEARCHES)

    def seen_by(self, caller: Caller) -> "Finder":
        """The same, where what the caller may not know of is not there."""
        seen = copy(self)
        seen._sight = sight_of(caller)
        return seen

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._tickets):
            for sort in Sort:
                await self._tickets.create_index(index_of(sort))
            await self._tickets.create_index(_BY_WORDS)

    async def file_what_is_not(self) -> int:
        """File the tickets of before there were headings; how many. Raises: Transient."""
        count = 0
        while found := await self._not_filed():
            letters = await self.letters([one["_id"] for one in found])
            for one in found:
                texts = [one["subject"], *(text_of(it) for it in letters[one["_id"]])]
                filing = filing_of(ticket_of(one)) | {
                    "words": sorted(words_of(texts, self._languages))
                }
                with translated():  # whoever changed it since has filed it
                    await self._tickets.update_one(
                        {"_id": one["_id"], "filed": None}, {"$set": filing}
                    )
            count += len(found)
        return count

    async def _not_filed(self) -> list[Document]:
        with translated():
            cursor = self._tickets.find({"filed": None}, _SHOWN, hint=index_of(Sort.DUE))
            return await cursor.limit(100).to_list(None)

    async def page(self, wanted: Listing) -> tuple[list[Document], bool]:
        """A page of tickets, and whether others may come after its last. Raises: Transient."""
        if wanted.query is None:
            index = index_of(wanted.sort)
            return await self._read(wanted.where, index, index[1:], wanted)
        async with self._searches:
            where, index = await self._by_words(wanted.query, wanted)
            return await self._read(where, index, _BY_WORDS[1:], wanted)

    async def _read(
        self, where: Document, index: Index, order: Index, wanted: Listing
    ) -> tuple[list[Document], bool]:
        where = both(_after(where, order, wanted.after), self._sight)
        with translated():
            cursor = self._tickets.find(where, _SHOWN, hint=index)
            found = await cursor.sort(order).limit(wanted.limit + 1).to_list(None)
        return found[: wanted.limit], len(found) > wanted.limit

    async def _by_words(self, query: Query, wanted: Listing) -> tuple[Document, Index]:
        """Tickets with all these words, and by which index they are read."""
        meant = [sorted(forms(one, self._languages)) for one in query.terms]
        if len(meant) > 1:
            extent, having = await self._rarity(meant)
            rarest_first = sorted(range(len(meant)), key=having.__getitem__)
            meant = [meant[at] for at in rarest_first]
            few = looked_up(sorted(having), extent.tickets, wanted.limit + 1, self._named)
            if few > 1 and (named := await self._with_all(meant[:few])) is not None:
                return _with({"_id": {"$in": named}}, wanted.where, meant[few:]), [("_id", 1)]
        rarest, *others = meant
        return _with({"words": {"$in": rarest}}, wanted.where, others), _BY_WORDS

    async def _rarity(self, meant: Sequence[Sequence[str]]) -> tuple[Extent, list[float]]:
        """All tickets, and about how many have each of these words."""
        first, *others = (self._went_back(at, one) for at, one in enumerate(meant))
        sides = (_end("newest", -1), _end("oldest", 1))
        steps = [*first, *(self._beside(one) for one in (*others, *sides))]
        with translated():
            cursor = self._tickets.aggregate(steps, hint=dict(_BY_WORDS))
            found, tickets = await asyncio.gather(cursor.to_list(None), self.how_many())
        since = {one["of"]: one["created_at"] for one in found}
        extent = Extent(tickets, since.get("oldest"), since.get("newest"))
        return extent, [extent.having(self._newest, since.get(at)) for at in range(len(meant))]

    def _went_back(self, at: int, meant: Sequence[str]) -> list[Document]:
        """Since when the newest tickets with a word came in; nothing if fewer have it."""
        newest_first = {"$sort": dict(_BY_WORDS[1:])}
        the_last = [{"$skip": self._newest - 1}, {"$limit": 1}]
        return [{"$match": {"words": {"$in": meant}}}, newest_first, *the_last, _came_in(at)]

    def _beside(self, steps: Sequence[Document]) -> Document:
        return {"$unionWith": {"coll": self._tickets.name, "pipeline": steps}}

    async def _with_all(self, meant: Sequence[Sequence[str]]) -> list[str] | None:
        """Which tickets have them all, from the index alone; None: too many to name."""
        first, *others = (_numbered(at, one) for at, one in enumerate(meant))
        steps: list[Document] = [
            *first,
            *(self._beside(one) for one in others),
            {"$group": {"_id": "$_id", "at": {"$addToSet": "$at"}}},
            {"$match": {"at": {"$size": len(meant)}}},
            {"$limit": self._named + 1},
            {"$project": {"_id": 1}},
        ]
        with translated():
            cursor = self._tickets.aggregate(steps, hint=dict(_BY_WORDS), batchSize=self._named + 1)
            found = await cursor.to_list(None)
        return [one["_id"] for one in found] if len(found) <= self._named else None

    async def _count(self, word: str) -> int:
        with translated():
            count: int = await self._tickets.count_documents(
                {"words": word}, limit=COMMON, hint=_BY_WORDS
            )
        return count

    async def letters(self, references: Sequence[str]) -> dict[str, list[Document]]:
        """The words of these tickets' letters, newest first, by ticket. Raises: Transient."""
        with translated():
            cursor = self._messages.find({"reference": {"$in": list(references)}}, _LETTER)
            found = await cursor.sort("at", -1).to_list(None)
        by_ticket: dict[str, list[Document]] = {one: [] for one in references}
        for letter in found:
            by_ticket[letter["reference"]].append(letter)
        return by_ticket

    async def merged_into(self, tickets: Sequence[Document]) -> dict[str, list[Document]]:
        """Those of which these tickets have the letters, themselves first, by ticket.

        Raises: Transient.
        """
        names = {one["_id"]: family(one["_id"], _links(one)) for one in tickets}
        wanted = [other for own, *others in names.values() for other in others]
        known = {one["_id"]: one for one in tickets}
        if wanted:
            where = both({"_id": {"$in": wanted}}, self._sight)
            with translated():
                found = await self._tickets.find(where, _SHOWN).to_list(None)
            known |= {one["_id"]: one for one in found}
        return {own: [known[one] for one in all_ if one in known] for own, all_ in names.items()}

    async def tickets_with(self, words: Collection[str]) -> dict[str, int]:
        """How many tickets have each of these words, counted to a thousand. Raises: Transient."""
        counts = await asyncio.gather(*(self._count(one) for one in words))
        return dict(zip(words, counts, strict=True))

    async def how_many(self) -> int:
        """Tickets, about. Raises: Transient."""
        with translated():
            count: int = await self._tickets.estimated_document_count()
        return count

    async def with_any(self, words: Sequence[str], where: Document, most: int) -> list[Document]:
        """The newest tickets that have one of these words. Raises: Transient."""
        asked = both(both({"words": {"$in": list(words)}}, where), self._sight)
        with translated():
            cursor = self._tickets.find(asked, _WORDED, hint=_BY_WORDS)
            return await cursor.sort(_BY_WORDS[1:]).limit(most).to_list(None)

    async def worded(self, reference: str) -> Document | None:
        """A ticket with the words that it is found by. Raises: Transient."""
        with translated():
            return await self._tickets.find_one({"_id": reference, **self._sight}, _WORDED)

    async def open_of(self, patron_key: str, most: int) -> list[Document]:
        """The tickets of a patron that have not ended. Raises: Transient."""
        where: Document = {"filed": f"patron {patron_key}", "status": {"$in": AT_WORK}}
        where = both(where, self._sight)
        with translated():
            cursor = self._tickets.find(where, _SHOWN, hint=index_of(Sort.UPDATED))
            return await cursor.sort(index_of(Sort.UPDATED)[1:]).limit(most).to_list(None)


def _links(ticket: Document) -> list[Link]:
    return [Link(**one) for one in ticket.get("links", ())]


def text_of(letter: Mapping[str, Any]) -> str:
    """What its writer says in it."""
    text: str = letter.get("new_text") or letter["text"]
    return text


def _end(name: str, direction: int) -> list[Document]:
    """The first or the last of all tickets."""
    order = {"created_at": direction, "_id": direction}
    return [{"$match": {"filed": ALL}}, {"$sort": order}, {"$limit": 1}, _came_in(name)]


def _came_in(of: int | str) -> Document:
    return {"$project": {"_id": 0, "created_at": 1, "of": {"$literal": of}}}


def _numbered(at: int, meant: Sequence[str]) -> list[Document]:
    """The tickets with a word, each with the number of that word."""
    number = {"_id": 1, "at": {"$literal": at}}
    return [{"$match": {"words": {"$in": meant}}}, {"$project": number}]


def _with(first: Document, where: Document, meant: Sequence[Sequence[str]]) -> Document:
    """What is looked up, with what is looked at."""
    more = [*where.get("$and", ()), *(_has(one) for one in meant)]
    return first | ({"$and": more} if more else {})


def _has(meant: Sequence[str]) -> Document:
    """Said as "not none of them", for which no index is chosen: the rarest word has that."""
    return {"words": {"$not": {"$nin": meant}}}


def _after(where: Document, order: Index, place: tuple[Any, str] | None) -> Document:
    """What comes after that place."""
    if place is None:
        return where
    (field, direction), (name, _) = order
    on, back = ("$gte", "$lte") if direction > 0 else ("$lte", "$gte")
    at, reference = place
    # The first is where the index is entered; the second takes away those told already.
    further = [{field: {on: at}}, {"$nor": [{field: at, name: {back: reference}}]}]
    return where | {"$and": [*where.get("$and", ()), *further]}
