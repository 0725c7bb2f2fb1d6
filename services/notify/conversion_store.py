"""Conversions in MongoDB: a row for each, claimed before it is made and ended after, by the
database's clock; and the copies, which are files of their own.

Of a copy that was made by whoever no longer had the claim nothing stays.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from services.notify.conversion_rows import (
    CANCELLED,
    DONE,
    FAILED,
    RUNNING,
    WAITING,
    Claim,
    Row,
    claim_of,
    ended,
    going_on,
    if_new,
    released,
    taking,
)
from shared.attachments import Attachment, Look
from shared.contents import Contents, Stored
from shared.errors import Transient
from shared.messages import DeliveryFinished, derived_id, to_saved
from shared.mongo import (
    Database,
    Document,
    Reads,
    SavedOutbox,
    building,
    lasting,
    translated,
)

_PIECE: Final = 2 * 1024 * 1024
"""Bytes of each piece of a copy: what one of them holds in memory."""
_IS_DUE_SOME_TIME: Final[Document] = {"due_at": {"$type": "date"}}


class Conversions:
    """What is to be made, is being made, and came of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._conversions = database.conversions
        self._lasting = lasting(database.conversions)
        self._files = database["documents.files"]
        self._chunks = database["documents.chunks"]
        self._read_ticket = Reads(database.tickets, ["deliveries", "erased_at"])
        self._read_letter = Reads(database.messages, ["attachments", "erased_at"])
        self.contents = Contents(database)
        self.outbox = SavedOutbox(database.conversions)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._conversions):
            await self._conversions.create_index(
                "due_at", partialFilterExpression=_IS_DUE_SOME_TIME
            )
            await self._conversions.create_index("reference")
            await self._conversions.create_index("key")
            await self._conversions.create_index("copy_id")  # intake asks by it
        await self.outbox.make_index()

    async def ticket(self, reference: str) -> Document | None:
        """Its deliveries. Raises: Transient."""
        return await self._read_ticket(reference)

    async def attachment(self, letter_id: str, number: int) -> Document | None:
        """What is known of a file of a letter; None if it is not there. Raises: Transient."""
        found = await self._read_letter(letter_id)
        rows = found.get("attachments", []) if found and not found.get("erased_at") else []
        return rows[number] if number < len(rows) and rows[number].get("file") else None

    async def keep(self, conversion_id: str, row: Row) -> None:
        """Make the row; one that is there stays as it is. Raises: Transient."""
        with translated():
            await self._conversions.update_one({"_id": conversion_id}, if_new(row), upsert=True)

    async def cancel(self, conversion_id: str, reference: str) -> bool:
        """It is not to be made, also if it is asked for only after this; False: it had ended.

        Raises: Transient.
        """
        row = {"state": CANCELLED, "reference": reference, "fence": 0, "tries": 0}
        await self.keep(conversion_id, row)
        over: Document = {**ended(CANCELLED, {}), "fence": {"$add": ["$fence", 1]}}
        where = {"_id": conversion_id, "state": {"$in": [WAITING, RUNNING]}}
        with translated():
            result = await self._conversions.update_one(where, [{"$set": over}])
        return bool(result.matched_count)

    async def claim(self) -> Claim | None:
        """Take what has waited longest, or was left by one that died. Raises: Transient."""
        where = _IS_DUE_SOME_TIME | {"$expr": {"$lte": ["$due_at", "$$NOW"]}}
        with translated():
            found = await self._conversions.find_one_and_update(
                where, [{"$set": taking()}], sort=[("due_at", 1)], return_document=True
            )
        return claim_of(found) if found else None

    async def still_mine(self, claim: Claim, progress: Mapping[str, Any] | None) -> bool:
        """Say that it is being made, and how far it is; False: it is not ours any more.

        Raises: Transient.
        """
        return await self._write(claim, going_on(progress))

    async def release(self, claim: Claim, seconds: float = 0, *, counts: bool = False) -> bool:
        """Give it back: it is anybody's after that time. Raises: Transient."""
        return await self._write(claim, released(seconds, counts=counts))

    async def done(self, claim: Claim, known: Mapping[str, Any]) -> DeliveryFinished | None:
        """The copy is there; what routing is told is part of the same write, and the answer. None:
        it is not ours any more. Raises: Transient."""
        return await self._end(claim, DONE, known)

    async def failed(self, claim: Claim, known: Mapping[str, Any]) -> DeliveryFinished | None:
        """There will be none. The same. Raises: Transient."""
        return await self._end(claim, FAILED, known)

    async def _end(
        self, claim: Claim, state: str, known: Mapping[str, Any]
    ) -> DeliveryFinished | None:
        with translated():
            answer = await self._database.command("hello")
        message = finished(claim, answer["localTime"])
        if await self._write(claim, ended(state, {**known, "outbox": to_saved([message])})):
            return message
        # It may have been done by a write whose answer was lost.
        mine = {"_id": claim.id, "fence": claim.fence, "state": state}
        with translated():
            found = await self._lasting.find_one(mine, {"_id": 1})
        return message if found else None

    async def _write(self, claim: Claim, change: Row) -> bool:
        where = {"_id": claim.id, "fence": claim.fence, "state": RUNNING}
        with translated():
            result = await self._conversions.update_one(where, [{"$set": change}])
        return bool(result.matched_count)

    async def others(self, claim: Claim) -> list[Document]:
        """What else is, or was, made of the same file in the same way. Raises: Transient."""
        at_work = {"state": RUNNING, "$expr": {"$gt": ["$due_at", "$$NOW"]}}
        where = {
            "key": claim.key,
            "_id": {"$ne": claim.id},
            "$or": [{"state": DONE}, at_work],
        }
        shown = dict.fromkeys(
            ("state", "claimed_at", "copy", "findings", "pages", "kind", "language"), 1
        )
        with translated():
            return await self._lasting.find(where, shown).limit(50).to_list(None)

    async def counts(self) -> dict[str, int]:
        """How many wait and are being made, by state. Raises: Transient."""
        steps: list[Document] = [{"$match": _IS_DUE_SOME_TIME}, {"$sortByCount": "$state"}]
        with translated():
            found = await self._conversions.aggregate(steps).to_list(None)
        return {one["_id"]: one["count"] for one in found}

    async def fetch(self, stored: Stored, target: Path) -> None:
        """Write a file of ours to the disk. Raises: Transient."""
        with await asyncio.to_thread(target.open, "wb") as opened:
            async for piece in self.contents.pieces(stored):
                await asyncio.to_thread(opened.write, piece)

    async def store(
        self, pieces: AsyncIterator[bytes], name: str, kind: str, claim: Claim
    ) -> tuple[str, Attachment]:
        """Keep a copy as a file of the letter that it will be; what is known of it. Nobody's until
        a row names it. Raises: Transient."""
        file_id, look, number = secrets.token_hex(16), Look(), 0
        try:
            async for piece in pieces:
                look.add(piece)
                with translated():
                    await self._chunks.insert_one({"files_id": file_id, "n": number, "data": piece})
                number += 1
            made = look.attachment(name, kind, 1)
            with translated():
                answer = await self._database.command("hello")
                await self._files.insert_one(
                    {
                        "_id": file_id,
                        "filename": claim.copy_id,
                        "length": made.size,
                        "chunkSize": _PIECE,
                        "uploadDate": answer["localTime"],
                        "metadata": {"owner": claim.copy_id, "named": False},
                    }
                )
        except BaseException:
            await asyncio.shield(self.drop(file_id))
            raise
        return file_id, made

    async def drop(self, file_id: str) -> None:
        """Nobody wants it after all; what can't be taken away now is swept by intake."""
        with suppress(Transient), translated():
            await self._files.delete_one({"_id": file_id})
            await self._chunks.delete_many({"files_id": file_id})


async def pieces_of(path: Path) -> AsyncIterator[bytes]:
    """A file on the disk, in the pieces in which it is kept."""
    with await asyncio.to_thread(path.open, "rb") as opened:
        while piece := await asyncio.to_thread(opened.read, _PIECE):
            yield piece


async def repieced(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in the pieces in which a copy is kept."""
    left = b""
    async for piece in pieces:
        left += piece
        while len(left) >= _PIECE:
            yield left[:_PIECE]
            left = left[_PIECE:]
    if left:
        yield left


def finished(claim: Claim, at: datetime) -> DeliveryFinished:
    """What routing is told of its end, whatever that is: once for each conversion."""
    return DeliveryFinished(
        message_id=derived_id(claim.id, "finished"),
        reference=claim.reference,
        at=at.replace(tzinfo=UTC),
        conversion_id=claim.id,
        delivery_id=claim.delivery_id,
        item=claim.item,
    )
