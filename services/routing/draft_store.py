"""Files that staff have uploaded for a reply (`documents.files`, those with `metadata.draft`).

A draft is its own row: one write keeps it, once its pieces are there. It is its ticket's from the
first moment, so that erasing that takes it too; once a reply names it, it is that letter's. What no
reply has named is thrown away after a day.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.attachments import Attachment, Scan
from shared.contents import Contents
from shared.mongo import Database, Document, Files, Inserts, building, lasting, translated

PIECE: Final = 512 * 1024
"""Bytes of each piece: what one upload holds in memory."""
LIFE: Final = timedelta(days=1)
"""How long a draft may be used."""
_MARGIN: Final = timedelta(hours=1)
"""After its life; a reply that names it may be under way."""


@dataclass(frozen=True)
class Whose:
    """The ticket that it is for, who uploaded it, and the request that did."""

    reference: str
    by: str
    cause: str


class Drafts:
    """What may be attached."""

    def __init__(self, database: Database) -> None:
        self._files = lasting(database["documents.files"])
        self._chunks = database["documents.chunks"]
        self._messages = database.messages
        self._tickets = database.tickets
        self._insert = Inserts(database["documents.files"])
        self._settled = Files(database)
        self.contents = Contents(database)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._files):
            # As GridFS itself makes them: the first upload may be ours.
            await self._files.create_index([("filename", 1), ("uploadDate", 1)])
            await self._chunks.create_index([("files_id", 1), ("n", 1)], unique=True)
            await self._files.create_index("metadata.cause", unique=True, sparse=True)
            await self._files.create_index(
                "metadata.at", partialFilterExpression={"metadata.draft": True}
            )

    @staticmethod
    def new_id() -> str:
        """Of a file that is going to be written."""
        return secrets.token_hex(16)

    async def add_piece(self, file_id: str, number: int, content: bytes) -> None:
        """Write a piece of it; it is nobody's yet. Raises: Transient."""
        with translated():
            await self._chunks.insert_one({"files_id": file_id, "n": number, "data": content})

    async def drop_pieces(self, file_id: str) -> None:
        """It is not to be kept after all. Raises: Transient: intake's sweep takes them away."""
        with translated():
            await self._chunks.delete_many({"files_id": file_id})

    async def keep(
        self, file_id: str, made: Attachment, state: Scan, *, whose: Whose, at: datetime
    ) -> bool:
        """Its pieces are there: from now on it is there. False: the same request has kept one.

        Raises: Transient.
        """
        taken = await self._insert(
            {
                "_id": file_id,
                "filename": whose.reference,
                "length": made.size,
                "chunkSize": PIECE,
                "uploadDate": at,
                "metadata": {
                    "owner": whose.reference,
                    "draft": True,
                    "by": whose.by,
                    "at": at,
                    "cause": whose.cause,
                    "row": made.row | {"file": file_id, "state": state},
                },
            }
        )
        return taken is None

    async def of_cause(self, cause: str) -> Document | None:
        """What a request has kept before: `_id`, `metadata`. Raises: Transient."""
        with translated():
            return await self._files.find_one({"metadata.cause": cause}, {"metadata": 1})

    async def find(self, ids: Sequence[str]) -> list[Document]:
        """Those of these files that are drafts, or were: `_id`, `metadata`. Raises: Transient."""
        where = {"_id": {"$in": list(ids)}, "metadata.row": {"$exists": True}}
        with translated():
            return await self._files.find(where, {"metadata": 1}).to_list(None)

    async def count(self, reference: str, now: datetime) -> int:
        """How many a ticket has that may be used. Raises: Transient."""
        with translated():
            return int(await self._files.count_documents(_usable(reference, now)))

    async def of(self, reference: str, by: str, now: datetime) -> list[Document]:
        """Those of a staff member that may be used, oldest first: `_id`, `metadata`.

        Raises: Transient.
        """
        where = _usable(reference, now) | {"metadata.by": by}
        with translated():
            found = self._files.find(where, {"metadata": 1}).sort("metadata.at", 1)
            return await found.to_list(None)

    async def drop(self, file_id: str, whose: Whose, now: datetime) -> bool:
        """It can't be used any more from now on, as if its life was over, and is thrown away by the
        same look; False: there is none of theirs. Raises: Transient.

        A reply that is under way may have it all the same: that look finds which it went with.
        """
        where = _usable(whose.reference, now) | {"_id": file_id, "metadata.by": whose.by}
        with translated():
            result = await self._files.update_one(where, {"$set": {"metadata.at": now - LIFE}})
        return bool(result.matched_count)

    async def settle(self, letter_id: str, ids: Sequence[str]) -> None:
        """They are this letter's from now on: it was sent. Raises: Transient."""
        theirs = {"filename": letter_id, "metadata.owner": letter_id}
        update = {"$set": theirs | {"metadata.draft": False, "metadata.named": True}}
        with translated():
            await self._files.update_many(
                {"_id": {"$in": list(ids)}, "metadata.draft": True}, update
            )

    async def held(self, most: int) -> list[tuple[str, str]]:
        """Those on which there is no verdict yet, each with its ticket. Raises: Transient."""
        # The moment is for the index.
        there = {"metadata.draft": True, "metadata.at": {"$type": "date"}}
        where = there | {"metadata.row.state": "held"}
        with translated():
            found = await self._files.find(where, {"filename": 1}).limit(most).to_list(None)
        return [(one["_id"], one["filename"]) for one in found]

    async def note(self, file_id: str, state: str, finding: str) -> None:
        """Write a verdict, unless there is one. Raises: Transient."""
        where = {"_id": file_id, "metadata.row.state": "held"}
        change = {"metadata.row.state": state, "metadata.row.finding": finding}
        with translated():
            await self._files.update_one(where, {"$set": change})

    async def sweep(self, now: datetime, most: int) -> int:
        """Throw away what no reply has named in its life; what one has named and was not settled is
        settled. How many were looked at. Raises: Transient."""
        old = {"metadata.draft": True, "metadata.at": {"$lt": now - LIFE - _MARGIN}}
        with translated():
            found = await self._files.find(old, {"filename": 1}).limit(most).to_list(None)
        for one in found:
            letter_id = await self._letter_with(one["filename"], one["_id"])
            if letter_id is not None:
                await self.settle(letter_id, [one["_id"]])
            else:
                await self._settled.settle(one["_id"], is_named=False)
        return len(found)

    async def _letter_with(self, reference: str, file_id: str) -> str | None:
        """The reply that it went with: words that no ticket names were never sent."""
        where: dict[str, Any] = {
            "reference": reference,
            "direction": {"$in": ["out", "copy"]},
            "attachments.file": file_id,
        }
        with translated():
            written = await self._messages.find(where, {"_id": 1}).to_list(None)
            for one in written:
                named = {"_id": reference, "timeline.letter": one["_id"]}
                if await self._tickets.find_one(named, {"_id": 1}) is not None:
                    return str(one["_id"])
        return None


def _usable(reference: str, now: datetime) -> Document:
    """A ticket's drafts whose life is not over."""
    return {"filename": reference, "metadata.draft": True, "metadata.at": {"$gt": now - LIFE}}
