"""What staff have noted of patrons, in MongoDB (`patrons`): changed as it was seen, with the
message that tells their tickets in the same write."""

from collections.abc import Sequence
from dataclasses import fields

from services.routing.known_patron import KnownPatron, fields_of, known_of
from shared.messages import PatronChanged, to_saved
from shared.mongo import (
    Database,
    Inserts,
    Reads,
    SavedOutbox,
    building,
    translated,
)

_FIELDS = [one.name for one in fields(KnownPatron) if one.name != "key"]


class KnownPatrons:
    """How patrons want to be served."""

    def __init__(self, database: Database) -> None:
        # What was written a moment ago is read too: whoever was late is told what it is now.
        self._patrons = database.patrons
        self._tickets = database.tickets
        self._insert = Inserts(database.patrons)
        self._read = Reads(self._patrons, _FIELDS)
        self.outbox = SavedOutbox(database.patrons)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._patrons):
            await self._patrons.create_index("mark", unique=True)
        await self.outbox.make_index()

    async def find(self, key: str) -> KnownPatron | None:
        """Raises: Transient."""
        found = await self._read(key)
        return known_of(found) if found else None

    async def marked(self, mark: str) -> KnownPatron | None:
        """Whom a message names; None: erased since. Raises: Transient."""
        with translated():
            found = await self._patrons.find_one({"mark": mark}, dict.fromkeys(_FIELDS, 1))
        return known_of(found) if found else None

    async def save(self, known: KnownPatron, message: PatronChanged) -> bool:
        """False: it is not of the version before any more. Raises: Transient."""
        document, saved = fields_of(known), to_saved([message])
        if known.version == 1:
            return await self._insert({"_id": known.key, **document, "outbox": saved}) is None
        where = {"_id": known.key, "mark": known.mark, "version": known.version - 1}
        with translated():
            result = await self._patrons.update_one(
                where, {"$set": document, "$push": {"outbox": {"$each": saved}}}
            )
        return bool(result.matched_count)

    async def open_tickets(self, key: str) -> Sequence[str]:
        """Their tickets (references) of which letters may still be sent. Raises: Transient."""
        where = {"patron_key": key, "status": {"$ne": "closed"}, "erased_at": None}
        with translated():
            return [one["_id"] for one in await self._tickets.find(where, {"_id": 1}).to_list(None)]
