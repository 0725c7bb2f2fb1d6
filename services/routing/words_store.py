"""What was said, in MongoDB: the letters of tickets, what staff wrote, the files, and what was
sent. It decides nothing about who may read it."""

from collections.abc import Sequence

from shared.contents import Contents
from shared.mongo import Database, Document, translated


class Words:
    """What tickets are made of."""

    def __init__(self, database: Database) -> None:
        self._messages = database.messages
        self._notices = database.notices
        self.contents = Contents(database)

    async def letters(self, references: Sequence[str], written: Sequence[str]) -> list[Document]:
        """The letters of a ticket and of those merged into it, oldest first: what came in, and all
        that they name (`written`): what else staff wrote was never sent. Raises: Transient."""
        came_in = {"reference": {"$in": list(references)}, "direction": "in"}
        where = {"$or": [came_in, {"_id": {"$in": list(written)}}]}
        with translated():
            cursor = self._messages.find(where, {"raw": 0, "outbox": 0}).sort("at", 1)
            return await cursor.to_list(None)

    async def move_letters(self, ids: Sequence[str], source: str, to: str) -> None:
        """They are another ticket's from now on; done twice it is done once. Raises: Transient."""
        where = {"_id": {"$in": list(ids)}, "reference": source}
        with translated():
            await self._messages.update_many(where, {"$set": {"reference": to}})

    async def notices(self, references: Sequence[str]) -> list[Document]:
        """What notify sent about these tickets. Raises: Transient."""
        with translated():
            cursor = self._notices.find({"reference": {"$in": list(references)}})
            return await cursor.sort("at", 1).to_list(None)

    async def write_down(self, document: Document) -> None:
        """Keep what a staff member wrote; it counts once a ticket names it. What stands is kept.

        Raises: Transient.
        """
        with translated():
            await self._messages.update_one(
                {"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True
            )
