"""The collection `audit`. It adds and reads; nothing here changes or deletes a row."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from shared.audit import Reading, row_after
from shared.errors import Transient
from shared.mongo import Database, Document, Inserts, building, lasting, translated

_TRIES: Final = 50


class AuditLog:
    """Who has read what is confidential."""

    def __init__(self, database: Database) -> None:
        self._rows = lasting(database.audit)
        self._insert = Inserts(database.audit)
        self._turn = asyncio.Lock()

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._rows):
            await self._rows.create_index([("references", 1), ("_id", -1)])

    async def note(self, reading: Reading) -> None:
        """Write it down, durably. Raises: Transient: then nobody is shown anything."""
        async with self._turn:  # of this process; other copies are told by the number
            for _ in range(_TRIES):
                if await self._insert(row_after(await self._last(), reading)) is None:
                    return
        raise Transient("the audit log is too busy")

    async def _last(self) -> Document | None:
        with translated():
            return await self._rows.find_one({}, sort=[("_id", -1)])

    async def page(self, reference: str | None, before: int | None, limit: int) -> list[Document]:
        """The newest first. Raises: Transient."""
        where: dict[str, Any] = {} if reference is None else {"references": {"$eq": reference}}
        if before is not None:
            where["_id"] = {"$lt": before}
        with translated():
            return await self._rows.find(where).sort("_id", -1).limit(limit).to_list(None)

    async def all(self) -> AsyncIterator[Document]:
        """Every row, the oldest first. Raises: Transient."""
        with translated():
            async for one in self._rows.find().sort("_id", 1):
                yield one
