"""What an Idempotency-Key was used for (`requests`), for two days.

It holds who asked and a digest of what was asked, never the words. That the same request is done
once is each route's own guard, in the write that decides; this tells the same request from another
one under the same key, also when the ticket no longer remembers it.
"""

from datetime import datetime, timedelta
from typing import Final

from shared.mongo import Database, building, lasting, translated

KEPT: Final = timedelta(hours=48)


class Requests:
    """The requests that were done under a key."""

    def __init__(self, database: Database) -> None:
        self._requests = database.requests
        self._lasting = lasting(database.requests)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._requests):
            await self._requests.create_index("at", expireAfterSeconds=int(KEPT.total_seconds()))

    async def body(self, cause: str) -> str | None:
        """A digest of what was done under this id; None if nothing was. Raises: Transient."""
        with translated():
            found = await self._lasting.find_one({"_id": cause}, {"body": 1})
        return str(found["body"]) if found else None

    async def note(self, cause: str, body: str, at: datetime) -> None:
        """That it was done; what stands is kept. Raises: Transient."""
        row = {"body": body, "at": at}
        with translated():
            await self._requests.update_one({"_id": cause}, {"$setOnInsert": row}, upsert=True)
