"""Publishers in MongoDB (`publishers`), and how they did: counted from the items of the tickets, so
that there is nothing to keep in step."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.routing.deliveries.publisher import Outcome, Publisher, publisher_of, record_of
from services.routing.sight import EVERYTHING, both
from shared.mongo import Database, Document, Inserts, building, lasting, translated

_LOOKED_AT: Final = 500
"""Tickets whose items say how a publisher did, the newest."""
MOST: Final = 1000
"""Publishers that are listed."""


class Publishers:
    """Who is asked for copies."""

    def __init__(self, database: Database) -> None:
        self._publishers = lasting(database.publishers)
        self._tickets = database.tickets
        self._insert = Inserts(database.publishers)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._publishers):
            await self._publishers.create_index([("name", 1), ("_id", 1)])
        async with building(self._tickets):
            await self._tickets.create_index(
                [("deliveries.items.tries.publisher", 1), ("created_at", -1)],
                partialFilterExpression={"deliveries.items.tries.publisher": {"$exists": True}},
            )

    async def add(self, document: Document) -> bool:
        """False: the same request has added it. Raises: Transient."""
        return await self._insert(document) is None

    async def change(self, publisher_id: str, version: int, known: Mapping[str, Any]) -> bool:
        """False: it is not of that version any more. Raises: Transient."""
        with translated():
            result = await self._publishers.update_one(
                {"_id": publisher_id, "version": version},
                {"$set": {**known, "version": version + 1}},
            )
        return bool(result.matched_count)

    async def asked(self, publisher_id: str) -> str | None:
        """What was asked under the key that added it. Raises: Transient."""
        with translated():
            found = await self._publishers.find_one({"_id": publisher_id}, {"asked": 1})
        return found["asked"] if found else None

    async def find(self, publisher_id: str, sight: Document = EVERYTHING) -> Publisher | None:
        """With how they did, as far as that is in sight. Raises: Transient."""
        with translated():
            found = await self._publishers.find_one({"_id": publisher_id})
        if found is None:
            return None
        return publisher_of(found, record_of(await self._outcomes(publisher_id, sight)))

    async def all(self, sight: Document = EVERYTHING) -> Sequence[Publisher]:
        """By name, each with how they did, as far as that is in sight. Raises: Transient."""
        with translated():
            rows = await self._publishers.find().sort("name", 1).limit(MOST).to_list(None)
        return [
            publisher_of(one, record_of(await self._outcomes(one["_id"], sight))) for one in rows
        ]

    async def _outcomes(self, publisher_id: str, sight: Document) -> list[Outcome]:
        where = both({"deliveries.items.tries.publisher": publisher_id}, sight)
        with translated():
            cursor = self._tickets.find(where, {"deliveries.items.tries": 1})
            found = await cursor.sort("created_at", -1).limit(_LOOKED_AT).to_list(None)
        tries = (
            tried
            for ticket in found
            for delivery in ticket.get("deliveries", ())
            for item in delivery.get("items", ())
            for tried in item.get("tries", ())
        )
        return [
            Outcome(one["since"], one.get("heard_at"), one.get("ended_at"), one.get("had"))
            for one in tries
            if one["publisher"] == publisher_id
        ]
