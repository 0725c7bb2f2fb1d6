"""Proof of what was erased (`erasures`), and the holds that forbid it.

A proof has no address: a digest of it, keyed by DESK_SECRET, by which whoever asks again can be
shown that it was done, and which tells nothing to anybody who has only the database.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from shared.addresses import untagged
from shared.mongo import Database, Document, translated


class Proofs:
    """The collection `erasures`: a row for each erasure that somebody asked for."""

    def __init__(self, database: Database, secret: str) -> None:
        self._erasures = database.erasures
        self._secret = secret.encode()

    async def of(self, address: str) -> list[Document]:
        """Every erasure of this patron, the oldest first. Raises: Transient."""
        with translated():
            found = self._erasures.find({"whose": self._whose(address)})
            return await found.sort("at", 1).to_list(None)

    async def begin(self, address: str, by: str, counts: Mapping[str, int]) -> str:
        """Write down that it begins, and of how many; the row's id. Raises: Transient."""
        row = {
            "whose": self._whose(address),
            "by": by,
            "state": "begun",
            "counts": dict(counts),
            "finished_at": None,
        }
        erasure = secrets.token_hex(12)
        with translated():
            await self._erasures.update_one(
                {"_id": erasure}, [{"$set": {**row, "at": "$$NOW"}}], upsert=True
            )
        return erasure

    async def finish(self, erasure: str) -> None:
        """All of it is gone. Raises: Transient."""
        done = {"state": "done", "finished_at": "$$NOW"}
        with translated():
            await self._erasures.update_one({"_id": erasure, "state": "begun"}, [{"$set": done}])

    def _whose(self, address: str) -> str:
        said = b"erasure\0" + untagged(address).encode()
        return hmac.new(self._secret, said, hashlib.sha256).hexdigest()


class Holds:
    """Tickets that must be kept as they are, whoever asks and however old they are."""

    def __init__(self, database: Database) -> None:
        self._tickets = database.tickets

    async def place(self, reference: str, reason: str, by: str) -> bool:
        """False: there is no such ticket, or it is erased, or on hold. Raises: Transient."""
        hold = {"reason": {"$literal": reason}, "by": by, "at": "$$NOW"}
        told = {"event": "held", "reason": {"$literal": reason}}
        return await self._change({"_id": reference, "hold": None}, hold, told, by)

    async def release(self, reference: str, by: str) -> bool:
        """False: it was not on hold. Raises: Transient."""
        where = {"_id": reference, "hold": {"$ne": None}}
        return await self._change(where, None, {"event": "hold_released"}, by)

    async def _change(self, where: Document, hold: Any, told: Document, by: str) -> bool:
        """The hold and the line about it: one guarded write, a version of its own."""
        version = {"$add": ["$version", 1]}
        said = {"at": "$$NOW", "by": by, "version": version} | told
        rows = {"$concatArrays": ["$timeline", [said]]}
        steps = [{"$set": {"hold": hold, "timeline": rows, "version": version}}]
        with translated():
            done = await self._tickets.update_one(where | {"erased_at": None}, steps)
        return bool(done.matched_count)
