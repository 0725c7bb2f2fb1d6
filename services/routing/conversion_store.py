"""What routing reads of notify's conversions, and the letters that their copies become. It claims
none and changes none."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.mongo import Database, Document, lasting, translated

_SHOWN = ("state", "progress", "findings", "pages", "reason", "said")


class Conversions:
    """The rows of conversions."""

    def __init__(self, database: Database) -> None:
        self._conversions = lasting(database.conversions)
        self._messages = database.messages

    async def of(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """What is shown of these, by id. Raises: Transient."""
        where = {"_id": {"$in": list(ids)}}
        with translated():
            found = await self._conversions.find(where, dict.fromkeys(_SHOWN, 1)).to_list(None)
        return {one["_id"]: one for one in found}

    async def find(self, conversion_id: str) -> Document | None:
        """All of one. Raises: Transient."""
        with translated():
            return await self._conversions.find_one({"_id": conversion_id})

    async def keep_copy(self, letter: Document) -> None:
        """What was made, as a letter of its ticket; it counts once the ticket names it. What stands
        is kept. Raises: Transient."""
        with translated():
            await self._messages.update_one(
                {"_id": letter["_id"]}, {"$setOnInsert": letter}, upsert=True
            )
