"""The files of letters that we sent, as patrons fetch them. It only reads."""

from typing import Final

from shared.contents import Contents
from shared.mongo import Database, Document, translated

_GIVEN: Final = frozenset({"clean", "unscanned"})


class SentFiles:
    """What went with letters."""

    def __init__(self, database: Database) -> None:
        self._messages = database.messages
        self.contents = Contents(database)

    async def find(self, letter_id: str, number: int) -> Document | None:
        """The row of a file; None: none is there, or not any more. Raises: Transient."""
        where = {"_id": letter_id, "direction": {"$in": ["out", "copy"]}, "erased_at": None}
        with translated():
            found = await self._messages.find_one(where, {"attachments": 1})
        rows: list[Document] = (found or {}).get("attachments", [])
        if number >= len(rows) or rows[number]["state"] not in _GIVEN:
            return None
        return rows[number]
