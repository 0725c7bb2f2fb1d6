"""Attachments that nobody has looked at for viruses yet, and what was found in them.

The letter is kept long before; what stands here is only its attachments' state. It never becomes
`clean` but by a verdict, and a verdict that stands is changed by none that comes later.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from services.intake.remarks import remark
from shared.mongo import Database, Files, translated

_MOST: Final = 50
_WITHOUT_VERDICT: Final = ("held", "unscannable")
_REMARK: Final = remark("attachment_unscannable")


@dataclass(frozen=True)
class Waiting:
    """What of a letter has no verdict."""

    files: tuple[str, ...] = ()
    tries: int = 0
    """Looks that brought none."""


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

    async def waiting(self, letter_id: str) -> Waiting:
        """What has no verdict yet of a letter. Raises: Transient."""
        with translated():
            found = await self._messages.find_one({"_id": letter_id}, {"attachments": 1, "scan": 1})
        if found is None:
            return Waiting()
        files = [one["file"] for one in found["attachments"] if one["state"] in _WITHOUT_VERDICT]
        return Waiting(tuple(files), found.get("scan", {}).get("tries", 0))

    async def content(self, file_id: str) -> bytes | None:
        """What is in a file; None if it is not there. Raises: Transient."""
        return await self._files.read(file_id)

    async def note(self, letter_id: str, file_id: str, state: str, finding: str) -> None:
        """Write a verdict, unless there is one. Raises: Transient."""
        with translated():
            await self._messages.update_one(
                {"_id": letter_id},
                {"$set": {"attachments.$[it].state": state, "attachments.$[it].finding": finding}},
                array_filters=[{"it.file": file_id, "it.state": {"$in": _WITHOUT_VERDICT}}],
            )

    async def tell(self, letter_id: str, files: Sequence[str]) -> None:
        """Have staff see that there is no verdict on these, and may never be. Raises: Transient."""
        with translated():
            await self._messages.update_one(
                {"_id": letter_id},
                {
                    "$set": {"attachments.$[it].state": "unscannable"},
                    "$addToSet": {"remarks": asdict(_REMARK)},
                },
                array_filters=[{"it.file": {"$in": list(files)}, "it.state": "held"}],
            )

    async def release(self, letter_id: str) -> None:
        """Forget a letter of which nothing waits any more. Raises: Transient."""
        with translated():
            await self._messages.update_one(
                {"_id": letter_id, "attachments.state": {"$nin": _WITHOUT_VERDICT}},
                {"$unset": {"scan": 1}, "$pull": {"remarks": {"code": _REMARK.code}}},
            )

    async def postpone(self, letter_id: str, due_at: datetime, *, counts: bool) -> None:
        """Look again then; `counts`: this look was one. Raises: Transient."""
        with translated():
            await self._messages.update_one(
                {"_id": letter_id, "scan": {"$exists": True}},
                {"$set": {"scan.due_at": due_at}, "$inc": {"scan.tries": int(counts)}},
            )

    async def let_go(self, before: datetime) -> int:
        """Of letters that were due before that, take what has no verdict for what was never to be
        looked at; how many letters these are. Raises: Transient."""
        with translated():
            done = await self._messages.update_many(
                {"scan.due_at": {"$lte": before}},
                {
                    "$set": {"attachments.$[it].state": "unscanned"},
                    "$unset": {"scan": 1},
                    "$pull": {"remarks": {"code": _REMARK.code}},
                },
                array_filters=[{"it.state": {"$in": _WITHOUT_VERDICT}}],
            )
        return int(done.modified_count)
