"""Letters in MongoDB (`messages`), each in one document with the event that tells routing of it."""

from dataclasses import asdict
from typing import Any, Final

from motor.motor_asyncio import AsyncIOMotorGridFSBucket

from services.intake.letter import Letter
from shared.crash import crash_point
from shared.keyring import Keyring
from shared.messages import EnquiryReceived
from shared.mongo import Database, Document, Inserts, Reads, SavedOutbox, lasting, translated
from shared.outbox import to_saved

_MOST_INLINE: Final = 1024 * 1024
"""Bytes of raw mail that stand in the document itself; a larger one is a file of its own."""


class ReferenceTaken(Exception):
    """Another enquiry has this reference: allot a new one."""


class Letters:
    """What came in. A letter is kept once its document is durable; a file is stored before it."""

    def __init__(self, database: Database) -> None:
        self._messages = database.messages
        # Each chunk is a durable write of its own: few of them, for a sender waits.
        self._files = AsyncIOMotorGridFSBucket(database, "documents", 4 * 1024 * 1024)
        self._tickets = database.tickets
        self._keyring = Keyring(database)
        self._insert = Inserts(database.messages)
        self._read = Reads(lasting(database.messages), ["reference", "at", "asked.body_digest"])
        self.outbox = SavedOutbox(database.messages)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        with translated():
            await self._messages.create_index("opens", unique=True, sparse=True)
            await self._messages.create_index("message_id", sparse=True)
            await self._messages.create_index([("reference", 1), ("at", 1)])
        await self.outbox.make_index()

    async def save(
        self, letter: Letter, reference: str | None, event: EnquiryReceived | None
    ) -> bool:
        """Keep a letter and its event: one durable write. False if it was kept before.

        Raises: ReferenceTaken, Transient, Permanent.
        """
        crash_point("intake.before_store")
        document = _document(letter, reference, event)
        if len(letter.raw) > _MOST_INLINE:
            if await self.find(letter.id) is not None:
                return False
            document["raw_file"] = await self._store_file(letter)
            del document["raw"]
        taken = await self._insert(document)
        crash_point("intake.after_store")
        if taken == "opens":
            raise ReferenceTaken
        return taken is None

    async def _store_file(self, letter: Letter) -> Any:
        with translated():
            return await self._files.upload_from_stream(letter.id, letter.raw)

    async def find(self, letter_id: str) -> Document | None:
        """A kept letter's `reference`, `at` and `asked.body_digest`. Raises: Transient."""
        return await self._read(letter_id)

    async def belongs(self, reference: str, address: str) -> bool:
        """Whether mail from this address is already part of that ticket. Raises: Transient."""
        with translated():
            found = await self._messages.find_one(
                {"reference": reference, "direction": "in", "address": address.lower()}, {"_id": 1}
            )
        return found is not None

    async def reference_answered(self, message_ids: tuple[str, ...], address: str) -> str | None:
        """The ticket of a letter with one of these Message-IDs, if this sender belongs to it.

        Raises: Transient.
        """
        with translated():
            cursor = self._messages.find(
                {"message_id": {"$in": list(message_ids)}, "reference": {"$type": "string"}},
                {"reference": 1},
                limit=20,
            )
            found = [one["reference"] for one in await cursor.to_list(None)]
        for reference in dict.fromkeys(found):
            if await self.belongs(reference, address):
                return str(reference)
        return None

    async def key(self, key_digest: str) -> Document | None:
        """A caller's key. Raises: Transient."""
        return await self._keyring.find(key_digest)

    async def enquiry(self, reference: str, caller: str) -> Document | None:
        """What became of an enquiry that this integration posted. Raises: Transient."""
        with translated():
            posted = await self._messages.find_one(
                {"reference": reference, "asked.integration": caller}, {"at": 1}
            )
            if posted is None:
                return None
            ticket = await self._tickets.find_one(
                {"_id": reference}, {"status": 1, "owner": 1, "promise": 1}
            )
        return {"received_at": posted["at"], **(ticket or {"status": "new"})}


def _document(letter: Letter, reference: str | None, event: EnquiryReceived | None) -> Document:
    document: Document = {
        "_id": letter.id,
        "direction": "in",
        "reference": reference,
        "door": letter.door,
        "at": letter.at,
        "name": letter.name,
        "recipients": letter.recipients,
        "subject": letter.subject,
        "text": letter.text,
        "replies_to": letter.replies_to,
        "references": letter.references,
        "attachments": [asdict(one) for one in letter.attachments],
        "bounce": asdict(letter.bounce) if letter.bounce else None,
        "automatic": letter.automatic,
        "unreadable": letter.unreadable,
        "asked": letter.asked,
        "raw": letter.raw,
        "outbox": to_saved([event]) if event else [],
    }
    if letter.address is not None:
        document["address"] = letter.address.lower()
        document["address_as_written"] = letter.address
    if event is not None and event.opens:
        document["opens"] = reference
    if letter.message_id is not None:
        document["message_id"] = letter.message_id
    return document
