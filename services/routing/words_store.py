"""What was said, in MongoDB: the letters of tickets, what staff wrote, the files, and what was
sent. It decides nothing about who may read it."""

from collections.abc import Collection, Sequence
from typing import Final

from shared.contents import Contents
from shared.mongo import Database, Document, translated

_MOST_TOLD: Final = 20
"""Attempts that a notice tells of, the last ones: as notify keeps them."""


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

    async def came_back(
        self, reference: str, begins: str, whom: Collection[str], reason: str
    ) -> bool:
        """Note of a letter of ours that it was returned: that of this ticket whose id begins so.
        `whom`: the addresses that were not reached, if that is known. Whatever was to become of it,
        it is ended; False: there is none that this is about. Done twice it is done once.

        Raises: Transient.
        """
        where: Document = {"_id": {"$gte": begins, "$lt": f"{begins}g"}, "reference": reference}
        with translated():
            found = await self._notices.find_one(where, {"to": 1})
        if found is None or (whom and found["to"].lower() not in {one.lower() for one in whom}):
            return False
        said = {"at": "$$NOW", "what": "bounced", "reason": {"$literal": reason}}
        history = {"$concatArrays": [{"$ifNull": ["$history", []]}, [said]]}
        change: Document = {
            "state": "bounced",
            "reason": {"$literal": reason},
            "history": {"$slice": [history, -_MOST_TOLD]},
            "finished_at": {"$ifNull": ["$finished_at", "$$NOW"]},
            "due_at": "$$REMOVE",
            # Who is sending it again just now no longer decides what became of it.
            "fence": {"$add": ["$fence", 1]},
        }
        states = {"$in": ["queued", "sending", "deferred", "sent"]}
        with translated():
            await self._notices.update_one(
                {"_id": found["_id"], "state": states}, [{"$set": change}]
            )
        return True

    async def write_down(self, document: Document) -> None:
        """Keep what a staff member wrote; it counts once a ticket names it. What stands is kept.

        Raises: Transient.
        """
        with translated():
            await self._messages.update_one(
                {"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True
            )
