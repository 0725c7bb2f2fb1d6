"""Troubles in MongoDB: tickets name them, and `causes` keeps what was done about each."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.routing.sight import both
from shared.mongo import Database, Document, building, translated

_IS_NAMED: Final[Mapping[str, Any]] = {"trouble_key": {"$type": "string"}}


class TroubleStore:
    """Reads tickets; writes `causes`, a document for each key with all that was done."""

    def __init__(self, database: Database) -> None:
        self._tickets = database.tickets
        self._causes = database.causes

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._tickets):
            for fields in ([("created_at", -1), ("_id", 1)], [("trouble_key", 1)]):
                await self._tickets.create_index(fields, partialFilterExpression=_IS_NAMED)

    async def tickets(
        self, begins: datetime, ends: datetime, sight: Document
    ) -> AsyncIterator[Document]:
        """The tickets opened in that time that name one, the newest first. Raises: Transient."""
        where = both({**_IS_NAMED, "created_at": {"$gte": begins, "$lt": ends}}, sight)
        with translated():
            cursor = self._tickets.find(where, {"trouble": 1, "trouble_key": 1})
            async for one in cursor.sort([("created_at", -1), ("_id", 1)]):
                yield one

    async def is_named(self, key: str, sight: Document) -> bool:
        """Whether any ticket, of whatever time, names it. Raises: Transient."""
        # The type is what the index is made for: equality alone would not use it.
        where = both({"trouble_key": {"$eq": key, "$type": "string"}}, sight)
        with translated():
            return await self._tickets.find_one(where, {"_id": 1}) is not None

    async def done(self, keys: Sequence[str]) -> Mapping[str, list[Document]]:
        """What was done about each, the oldest first. Raises: Transient."""
        with translated():
            cursor = self._causes.find({"_id": {"$in": list(keys)}}, {"done": 1})
            return {one["_id"]: one["done"] for one in await cursor.to_list(None)}

    async def note_done(self, key: str, row: Document) -> list[Document]:
        """Note what was done (`id`, `what`, `by`, `at`), once for each `id`; all that was done.

        Raises: Transient.
        """
        with translated():
            await self._causes.update_one({"_id": key}, {"$setOnInsert": {"done": []}}, upsert=True)
            await self._causes.update_one(
                {"_id": key, "done.id": {"$ne": row["id"]}}, {"$push": {"done": row}}
            )
        return list((await self.done([key]))[key])
