"""Letters in MongoDB (`messages`), each in one document with the event that tells routing of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.intake.letter import Letter, Verdicts, state_of
from shared.batch import Batch
from shared.crash import crash_point
from shared.keyring import Keyring
from shared.messages import EnquiryReceived, to_saved
from shared.mongo import (
    Database,
    Document,
    Files,
    Inserts,
    Reads,
    SavedOutbox,
    building,
    lasting,
    translated,
)
from shared.names_now import NamesNow

_MOST_INLINE: Final = 1024 * 1024
"""Bytes of raw mail that stand in the document itself; a larger one is a file of its own."""


_AT_ONCE: Final = 8
"""Files of one letter that are written at the same time."""
_MOST_MERGES: Final = 20
"""Steps that are followed from a ticket to the one that stands for it."""
_MOST_TICKETS: Final = 20
"""That one letter may answer."""
_LEFT_BEHIND: Final = timedelta(days=1)
_FIRST_SCAN: Final = timedelta(minutes=1)
"""When the sweep looks for viruses in what nobody has looked at yet."""


class ReferenceTaken(Exception):
    """Another enquiry has this reference: allot a new one."""


class Letters:
    """What came in. A letter is kept once its document is durable; a file is stored before it."""

    def __init__(self, database: Database) -> None:
        self._messages = database.messages
        self._files = Files(database)
        self._conversions = lasting(database.conversions)
        self._tickets = database.tickets
        self._keyring = Keyring(database)
        self._names = NamesNow(database)
        self._insert = Inserts(database.messages)
        self._read = Reads(lasting(database.messages), ["reference", "at", "asked.body_digest"])
        self._read_ticket = Reads(database.tickets, ["status", "merged_into"])
        self._count: Batch[tuple[str, datetime], int] = Batch(self._count_many)
        self.outbox = SavedOutbox(database.messages)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._messages):
            await self._messages.create_index("opens", unique=True, sparse=True)
            await self._messages.create_index("message_id", sparse=True)
            await self._messages.create_index([("reference", 1), ("at", 1)])
            await self._messages.create_index("scan.due_at", sparse=True)
            await self._messages.create_index(
                [("counted_as", 1), ("at", 1)],
                partialFilterExpression={"counted_as": {"$exists": True}},
            )
            # What waits for somebody to look, and nothing else.
            await self._messages.create_index(
                [("aside", 1), ("at", 1), ("_id", 1)],
                partialFilterExpression={"aside": {"$exists": True}},
            )
        await self._files.make_index()
        await self.outbox.make_index()

    async def save(
        self, letter: Letter, reference: str | None, event: EnquiryReceived | None
    ) -> bool:
        """Keep a letter and its event: one durable write. False if it was kept before.

        Raises: ReferenceTaken, Transient, Permanent.
        """
        crash_point("intake.before_store")
        document = _document(letter, reference, event)
        files = [one.content for one in letter.attachments]
        is_large = len(letter.raw) > _MOST_INLINE
        if files or is_large:
            if await self.find(letter.id) is not None:
                return False
            await self._store_files(letter, document, is_large=is_large)
        crash_point("intake.after_files")
        taken = await self._insert(document)
        crash_point("intake.after_store")
        if taken == "opens":
            raise ReferenceTaken
        return taken is None

    async def _store_files(self, letter: Letter, document: Document, *, is_large: bool) -> None:
        """What stands beside the document, all at once: a sender waits."""
        rows = document["attachments"]
        contents = [one.content for one in letter.attachments]
        if is_large:
            del document["raw"]
            contents.append(letter.raw)
        room = asyncio.Semaphore(_AT_ONCE)

        async def stored(content: bytes) -> str:
            async with room:
                return await self._files.store(content, letter.id)

        ids = await asyncio.gather(*(stored(one) for one in contents))
        if is_large:
            document["raw_file"] = ids[-1]
        for row, file_id in zip(rows, ids, strict=False):
            row["file"] = file_id

    async def sweep_files(self, now: datetime) -> int:
        """Take away what a letter that was never kept has left behind a day ago; how many files
        were looked at. Raises: Transient."""
        found = await self._files.unnamed(now - _LEFT_BEHIND, 100)
        for file_id, owner in found:
            names_it = {"$or": [{"attachments.file": file_id}, {"raw_file": file_id}]}
            with translated():
                named = await self._messages.find_one({"_id": owner, **names_it}, {"_id": 1})
            # A copy is kept for its patron from when it was made, however late routing hears of it.
            is_copy = named is None and await self._is_copy(file_id, owner)
            await self._files.settle(file_id, is_named=named is not None or is_copy)
        return len(found)

    async def _is_copy(self, file_id: str, owner: str) -> bool:
        """Whether a conversion has made it, for a letter that is still to be."""
        where = {"copy_id": owner, "copy.file": file_id}
        with translated():
            return await self._conversions.find_one(where, {"_id": 1}) is not None

    async def sweep_chunks(self, after: str, now: datetime) -> str | None:
        """The same for pieces of files, of some of them: after which id to go on, None at the end.

        Raises: Transient.
        """
        return await self._files.sweep_chunks(after, now - _LEFT_BEHIND, 1000)

    async def now(self) -> datetime:
        """By the database's clock, which is the same for all copies. Raises: Transient."""
        with translated():
            answer = await self._messages.database.command("hello")
        moment: datetime = answer["localTime"]  # a command's answer is read without time zones
        return moment.replace(tzinfo=UTC)

    async def find(self, letter_id: str) -> Document | None:
        """A kept letter's `reference`, `at` and `asked.body_digest`. Raises: Transient."""
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
                    "ask": None,
                },
                {"_id": 1},
            )
        return found is not None

    async def tickets_with(self, message_ids: tuple[str, ...]) -> tuple[str, ...]:
        """The tickets of the letters with these Message-IDs, those that were written on last
        first. Raises: Transient."""
        steps: list[Mapping[str, Any]] = [
            {
                "$match": {
                    "message_id": {"$in": list(message_ids)},
                    "reference": {"$type": "string"},
                }
            },
            {"$group": {"_id": "$reference", "at": {"$max": "$at"}}},
            {"$sort": {"at": -1, "_id": 1}},
            {"$limit": _MOST_TICKETS},
        ]
        with translated():
            return tuple(one["_id"] for one in await self._messages.aggregate(steps).to_list(None))

    async def ticket(self, reference: str) -> Document | None:
        """A ticket's `status` and `merged_into`; None if it isn't there yet. Raises: Transient."""
        return await self._read_ticket(reference)

    async def opened_since(self, counted_as: str, since: datetime) -> int:
        """How many tickets mail that is counted so has opened since then. Raises: Transient."""
        return await self._count((counted_as, since))

    async def _count_many(self, asked: Sequence[tuple[str, datetime]]) -> Sequence[int]:
        """Asked together, since the earliest of the moments."""
        steps: list[Mapping[str, Any]] = [
            {
                "$match": {
                    "counted_as": {"$in": list({one for one, _ in asked})},
                    "at": {"$gt": min(since for _, since in asked)},
                }
            },
            {"$group": {"_id": "$counted_as", "count": {"$sum": 1}}},
        ]
        with translated():
            groups = await self._messages.aggregate(steps).to_list(None)
        counts = {one["_id"]: int(one["count"]) for one in groups}
        return [counts.get(one, 0) for one, _ in asked]

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
            ticket = await self._names.within(await self._standing(reference), "owner")
        return {"received_at": posted["at"], **(ticket or {"status": "new"})}

    async def _standing(self, reference: str) -> Document | None:
        """The ticket; the one that stands for it, if it was merged and that is the same patron's:
        of another one's nothing is told."""
        fields = dict.fromkeys(("status", "owner", "promise", "merged_into", "patron_key"), 1)
        found = first = await self._tickets.find_one({"_id": reference}, fields)
        for _ in range(_MOST_MERGES):
            if found is None or not found.get("merged_into"):
                break
            found = await self._tickets.find_one({"_id": found["merged_into"]}, fields)
        whose = first.get("patron_key") if first else None
        is_theirs = found is not None and whose is not None and found.get("patron_key") == whose
        return found if is_theirs else first


def _document(letter: Letter, reference: str | None, event: EnquiryReceived | None) -> Document:
    document: Document = {
        "_id": letter.id,
        "direction": "in",
        "reference": reference,
        "door": letter.door,
        "at": letter.at,
        "name": letter.name,
        "sender": letter.sender,
        "sent_at": letter.sent_at,
        "envelope_from": letter.envelope_from,
        "recipients": letter.recipients,
        "subject": letter.subject,
        "text": letter.text,
        "new_text": letter.new_text,
        "quoted_text": letter.quoted_text,
        "signature": letter.signature,
        "html": letter.html,
        "blocked_loads": letter.blocked_loads,
        "remarks": [asdict(one) for one in letter.remarks],
        "verdicts": _verdicts(letter.verdicts),
        "replies_to": letter.replies_to,
        "references": letter.references,
        "attachments": [one.row for one in letter.attachments],
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
        **({"ask": letter.ask} if letter.ask else {}),
        "raw": letter.raw,
        "outbox": to_saved([event]) if event else [],
    }
    if any(one.state == "held" for one in letter.attachments):
        document["scan"] = {"due_at": letter.at + _FIRST_SCAN, "tries": 0}
    if letter.address is not None:
        document["address"] = letter.address.lower()
        document["address_as_written"] = letter.address
    if reference is None:
        document["aside"] = document["state"]
    if event is not None:
        document |= _told(letter, event)
    if letter.message_id is not None:
        document["message_id"] = letter.message_id
    return document


def _told(letter: Letter, event: EnquiryReceived) -> Document:
    """What the event says that the letter does not: by this it can be told again. And what is
    found again of a letter that opens a ticket."""
    told: Document = {}
    if event.named:
        told["named"] = list(event.named)
    if event.continues:
        told["continues"] = event.continues
    if event.opens:
        told["opens"] = event.reference
        if letter.counted_as is not None:
            told["counted_as"] = letter.counted_as
    return told


def _verdicts(verdicts: Verdicts) -> Document:
    return {**dict(verdicts.results), "by": verdicts.by, "hops": verdicts.hops}
