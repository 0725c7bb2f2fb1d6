"""Letters in MongoDB (`messages`), each in one document with the event that tells routing of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from motor.motor_asyncio import AsyncIOMotorGridFSBucket

from services.intake.letter import Letter, state_of
from shared.batch import Batch
from shared.crash import crash_point
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
        self._keys = database.keys
        self._insert = Inserts(database.messages)
        self._read = Reads(lasting(database.messages), ["reference", "asked.body_digest"])
        self._read_ticket = Reads(database.tickets, ["status", "merged_into"])
        self._count: Batch[tuple[str, datetime], int] = Batch(self._count_many)
        self.outbox = SavedOutbox(database.messages)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        with translated():
            await self._messages.create_index("opens", unique=True, sparse=True)
            await self._messages.create_index("message_id", sparse=True)
            await self._messages.create_index([("reference", 1), ("at", 1)])
            await self._messages.create_index(
                [("address", 1), ("at", 1)], partialFilterExpression={"opens": {"$exists": True}}
            )
            # What waits for somebody to look, and nothing else.
            await self._messages.create_index(
                [("aside", 1), ("at", 1), ("_id", 1)],
                partialFilterExpression={"aside": {"$exists": True}},
            )
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
        """A kept letter's `reference` and `asked.body_digest`. Raises: Transient."""
        return await self._read(letter_id)

    async def belongs(self, reference: str, address: str) -> bool:
        """Whether a person has written on that ticket from this address. Raises: Transient."""
        with translated():
            found = await self._messages.find_one(
                {
                    "reference": reference,
                    "direction": "in",
                    "address": address.lower(),
                    "automatic": None,
                },
                {"_id": 1},
            )
        return found is not None

    async def tickets_with(self, message_ids: tuple[str, ...]) -> tuple[str, ...]:
        """The tickets of the letters with these Message-IDs. Raises: Transient."""
        with translated():
            cursor = self._messages.find(
                {"message_id": {"$in": list(message_ids)}, "reference": {"$type": "string"}},
                {"reference": 1},
                limit=20,
            )
            found = [one["reference"] for one in await cursor.to_list(None)]
        return tuple(dict.fromkeys(found))

    async def ticket(self, reference: str) -> Document | None:
        """A ticket's `status` and `merged_into`; None if it isn't there yet. Raises: Transient."""
        return await self._read_ticket(reference)

    async def opened_since(self, address: str, since: datetime) -> int:
        """How many tickets mail from this address has opened since then. Raises: Transient."""
        return await self._count((address.lower(), since))

    async def _count_many(self, asked: Sequence[tuple[str, datetime]]) -> Sequence[int]:
        """Asked together, since the earliest of the moments."""
        steps: list[Mapping[str, Any]] = [
            {
                "$match": {
                    "address": {"$in": list({one for one, _ in asked})},
                    "at": {"$gt": min(since for _, since in asked)},
                    "opens": {"$exists": True},
                }
            },
            {"$group": {"_id": "$address", "count": {"$sum": 1}}},
        ]
        with translated():
            groups = await self._messages.aggregate(steps).to_list(None)
        counts = {one["_id"]: int(one["count"]) for one in groups}
        return [counts.get(address, 0) for address, _ in asked]

    async def key(self, key_digest: str) -> Document | None:
        """A caller's key. Raises: Transient."""
        with translated():
            return await self._keys.find_one({"_id": key_digest})

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
        "held": letter.held,
        "state": state_of(letter, opens=event is None or event.opens),
        "reply_to": letter.reply_to,
        "is_proven": letter.is_proven,
        "sender_is_known": letter.sender_is_known,
        "size": len(letter.raw),
        "asked": letter.asked,
        "raw": letter.raw,
        "outbox": to_saved([event]) if event else [],
    }
    if letter.address is not None:
        document["address"] = letter.address.lower()
        document["address_as_written"] = letter.address
    if reference is None:
        document["aside"] = document["state"]
    if event is not None and event.opens:
        document["opens"] = reference
    if letter.message_id is not None:
        document["message_id"] = letter.message_id
    return document
