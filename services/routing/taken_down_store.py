"""What staff take down of a patron's words, kept in `messages` like any letter: one durable write
with the event that opens its ticket, so that once it is kept nothing can lose it."""

from shared.mongo import Database, Document, Inserts, SavedOutbox, lasting, translated

TAKEN = "opens"
"""That another enquiry has this reference."""


class TakenDown:
    """Keeps them."""

    def __init__(self, database: Database) -> None:
        self._lasting = lasting(database.messages)
        self._insert = Inserts(database.messages)
        self._outbox = SavedOutbox(database.messages)

    async def keep(self, document: Document) -> str | None:
        """None once it is durable; else what was there: `_id`, it was kept before, or `TAKEN`.

        Raises: Transient, Permanent.
        """
        return await self._insert(document)

    async def find(self, letter_id: str) -> Document | None:
        """`reference`, `at` and `taken_down` of one that was kept. Raises: Transient."""
        fields = {"reference": 1, "at": 1, "taken_down": 1}
        with translated():
            return await self._lasting.find_one({"_id": letter_id}, fields)

    async def opened(self, letter_id: str) -> None:
        """Its ticket is there: the sweep need not open it. Raises: Transient."""
        await self._outbox.mark_sent(letter_id, [letter_id])
