"""The files of letters that we sent, as patrons fetch them. It only reads."""

from typing import Final

from shared.contents import Contents
from shared.file_links import WITHDRAWN
from shared.mongo import Database, Document, translated

_GIVEN: Final = frozenset({"clean", "unscanned"})


class SentFiles:
    """What went with letters."""

    def __init__(self, database: Database) -> None:
        self._messages = database.messages
        self._tickets = database.tickets
        self.contents = Contents(database)

    async def find(self, letter_id: str, number: int) -> Document | None:
        """The row of a file; None: none is there, or not any more. Raises: Transient."""
        where = {"_id": letter_id, "direction": {"$in": ["out", "copy"]}, "erased_at": None}
        with translated():
            found = await self._messages.find_one(where, {"attachments": 1, "reference": 1})
        rows: list[Document] = (found or {}).get("attachments", [])
        if found is None or number >= len(rows) or rows[number]["state"] not in _GIVEN:
            return None
        if await self._is_withdrawn(found.get("reference"), f"{letter_id}.{number}"):
            return None
        return rows[number]

    async def _is_withdrawn(self, reference: str | None, file: str) -> bool:
        """Whether its ticket says so, or one that it was merged into."""
        row = {"event": WITHDRAWN, "file": file}
        shown: Document = {"merged_into": 1, "timeline": {"$elemMatch": row}}
        seen = set[str]()
        while reference is not None and reference not in seen:
            seen.add(reference)
            with translated():
                ticket = await self._tickets.find_one({"_id": reference}, shown)
            if ticket is None:
                return False
            if ticket.get("timeline"):
                return True
            reference = ticket.get("merged_into")
        return False
