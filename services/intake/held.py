"""Attachments that nobody has looked at for viruses yet, and what was found in them.

The letter is kept long before; what stands here is only its attachments' state. It never becomes
`clean` but by a verdict, and a verdict that stands is changed by none that comes later.
"""

from datetime import datetime
from typing import Final

from shared.mongo import Database, Files, translated

_MOST: Final = 50


class Held:
    """The letters (`messages`) that have something to be looked at: those with `scan`."""

    def __init__(self, database: Database) -> None:
        self._messages = database.messages
        self._files = Files(database)

    async def due(self, now: datetime) -> list[str]:
        """Letters whose time has come, longest waiting first. Raises: Transient."""
        with translated():
            cursor = self._messages.find({"scan.due_at": {"$lte": now}}, {"_id": 1}, limit=_MOST)
            return [one["_id"] for one in await cursor.sort("scan.due_at", 1).to_list(None)]

    async def files(self, letter_id: str) -> list[str]:
        """The files of a letter that are still held. Raises: Transient."""
        with translated():
            found = await self._messages.find_one({"_id": letter_id}, {"attachments": 1})
        rows = found["attachments"] if found else []
        return [one["file"] for one in rows if one["state"] == "held"]

    async def content(self, file_id: str) -> bytes | None:
        """What is in a file; None if it is not there. Raises: Transient."""
        return await self._files.read(file_id)

    async def note(self, letter_id: str, file_id: str, state: str, finding: str) -> None:
        """Write a verdict, unless there is one. Raises: Transient."""
        with translated():
            await self._messages.update_one(
                {"_id": letter_id},
                {"$set": {"attachments.$[it].state": state, "attachments.$[it].finding": finding}},
                array_filters=[{"it.file": file_id, "it.state": "held"}],
            )

    async def release(self, letter_id: str) -> None:
        """Forget a letter of which nothing is held any more. Raises: Transient."""
        with translated():
            await self._messages.update_one(
                {"_id": letter_id, "attachments.state": {"$ne": "held"}}, {"$unset": {"scan": 1}}
            )

    async def postpone(self, letter_id: str, due_at: datetime) -> None:
        """Look again then. Raises: Transient."""
        with translated():
            await self._messages.update_one(
                {"_id": letter_id, "scan": {"$exists": True}},
                {"$set": {"scan.due_at": due_at}, "$inc": {"scan.tries": 1}},
            )
