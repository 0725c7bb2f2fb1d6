"""Files as they are read piece by piece, so that no large one is ever held whole (`documents`, in
GridFS's own form). It decides nothing about who may read them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from shared.errors import Transient
from shared.mongo import Database, translated

_MOST_PIECES: Final = 4
"""Pieces (of four megabytes each, where a patron sent them) that are in memory at once while files
are handed out, to however many."""


@dataclass(frozen=True)
class Stored:
    """A file that is there."""

    id: str
    size: int
    """Bytes."""
    piece: int
    """Bytes of each of its pieces but the last."""


class Contents:
    """What is in files."""

    def __init__(self, database: Database) -> None:
        self._files = database["documents.files"]
        self._chunks = database["documents.chunks"]
        self.room = asyncio.Semaphore(_MOST_PIECES)
        """Who hands out a file holds it for as long as they have a piece in memory."""

    async def find(self, file_id: str) -> Stored | None:
        """None: it is not there. Raises: Transient."""
        with translated():
            found = await self._files.find_one({"_id": file_id}, {"length": 1, "chunkSize": 1})
        return Stored(file_id, found["length"], found["chunkSize"]) if found else None

    async def piece(self, stored: Stored, number: int) -> bytes | None:
        """One of its pieces, counted from 0; None: it has been taken away. Raises: Transient."""
        where = {"files_id": stored.id, "n": number}
        with translated():
            found = await self._chunks.find_one(where, {"_id": 0, "data": 1})
        return bytes(found["data"]) if found else None

    async def pieces(self, stored: Stored) -> AsyncIterator[bytes]:
        """All of it, one after the other. Raises: Transient, also if it is taken away meanwhile."""
        for number in range(-(-stored.size // stored.piece)):
            piece = await self.piece(stored, number)
            if piece is None:
                raise Transient("a file was taken away while it was read")
            yield piece
