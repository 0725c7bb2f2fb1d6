"""Canned answers in MongoDB (`answers`)."""

import re
from collections.abc import Sequence

from shared.mongo import Database, Document, Inserts, building, lasting, translated

_CAUSES_KEPT = 200


class Answers:
    """Kept, found, changed as they were seen, and counted."""

    def __init__(self, database: Database) -> None:
        self._answers = database.answers
        self._lasting = lasting(database.answers)
        self._insert = Inserts(database.answers)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._answers):
            await self._answers.create_index([("uses", -1), ("_id", 1)])
            await self._answers.create_index([("languages", 1), ("uses", -1), ("_id", 1)])

    async def add(self, document: Document) -> bool:
        """False: it was there before. Raises: Transient, Permanent."""
        return await self._insert(document) is None

    async def find(self, answer_id: str) -> Document | None:
        """Raises: Transient."""
        with translated():
            return await self._lasting.find_one({"_id": answer_id})

    async def page(
        self,
        words: Sequence[str],
        language: str | None,
        after: tuple[int, str] | None,
        limit: int,
    ) -> list[Document]:
        """Those with words that begin so, the most used first. Raises: Transient."""
        # Letters and digits alone: nothing of it is a pattern.
        wanted: list[Document] = [{"words": {"$regex": f"^{re.escape(one)}"}} for one in words]
        if language is not None:
            wanted.append({"languages": {"$eq": language}})
        if after is not None:
            uses, last = after
            beyond = {"uses": {"$eq": uses}, "_id": {"$gt": last}}
            wanted.append({"$or": [{"uses": {"$lt": uses}}, beyond]})
        with translated():
            cursor = self._answers.find({"$and": wanted} if wanted else {})
            return await cursor.sort([("uses", -1), ("_id", 1)]).limit(limit).to_list(None)

    async def change(self, answer_id: str, version: int, fields: Document) -> bool:
        """As it was seen, or not at all. Raises: Transient."""
        where = {"_id": answer_id, "version": version}
        with translated():
            result = await self._answers.update_one(
                where, {"$set": {**fields, "version": version + 1}}
            )
        return bool(result.matched_count)

    async def remove(self, answer_id: str, version: int) -> bool:
        """The same. Raises: Transient."""
        with translated():
            result = await self._answers.delete_one({"_id": answer_id, "version": version})
        return bool(result.deleted_count)

    async def count_use(self, answer_id: str, cause: str) -> None:
        """It was used once more; the same cause counts once. Raises: Transient."""
        where = {"_id": answer_id, "counted": {"$ne": cause}}
        counted = {"$each": [cause], "$slice": -_CAUSES_KEPT}
        with translated():
            await self._answers.update_one(
                where, {"$inc": {"uses": 1}, "$push": {"counted": counted}}
            )
