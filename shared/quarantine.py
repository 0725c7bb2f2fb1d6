"""Letters that have no ticket: looked at, made an enquiry of, or thrown away by a person's word.

They stand in `messages` with `aside`: `quarantined` (they could not be read, or there were too
many), or `noted` (automatic mail about nothing). A release is one guarded write with the event that
opens the ticket; intake's sweep publishes it. Nothing is deleted here: who discards a letter, when
and why stands in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from shared.messages import EnquiryReceived, to_saved
from shared.mongo import Database, Document, lasting, translated
from shared.references import allot

Aside = Literal["quarantined", "noted"]
UNREADABLE_TEXT: Final = (
    "This letter could not be read. The message as it came is kept whole: see it, or fetch it, by"
    " this letter's id in the quarantine."
)
_LISTED: Final = (
    *("at", "door", "state", "unreadable", "held", "automatic", "size"),
    *("name", "address_as_written", "subject", "reference", "released", "discarded"),
)
_CHUNK: Final = "documents.chunks"


@dataclass(frozen=True)
class Release:
    """Who makes an enquiry of a letter, and whom it is from where nobody could read that."""

    by: str
    address: str | None = None
    name: str | None = None


class Quarantine:
    """The letters that wait for somebody to look."""

    def __init__(self, database: Database) -> None:
        self._messages = database.messages
        self._lasting = lasting(database.messages)
        self._chunks = database[_CHUNK]

    async def page(
        self, aside: Aside, after: tuple[datetime, str] | None, limit: int
    ) -> list[Document]:
        """Letters that nobody has decided about, the oldest first. Raises: Transient."""
        where: Document = {"aside": aside}
        if after is not None:
            at, last = after
            where["$or"] = [{"at": {"$gt": at}}, {"at": at, "_id": {"$gt": last}}]
        with translated():
            cursor = self._messages.find(where, dict.fromkeys(_LISTED, 1))
            return await cursor.sort([("at", 1), ("_id", 1)]).limit(limit).to_list(None)

    async def find(self, letter_id: str) -> Document | None:
        """A letter that is or was kept aside; None if there is none. Raises: Transient."""
        where = {
            "_id": letter_id,
            "$or": [
                {"aside": {"$exists": True}},
                {"released": {"$exists": True}},
                {"discarded": {"$exists": True}},
            ],
        }
        with translated():
            return await self._lasting.find_one(where, dict.fromkeys(_LISTED, 1))

    async def raw(self, letter_id: str, most: int | None = None) -> bytes:
        """The message as it came, or its first bytes. Raises: Transient."""
        with translated():
            found = await self._messages.find_one({"_id": letter_id}, {"raw": 1, "raw_file": 1})
            if found is None or "raw_file" not in found:
                return bytes(found["raw"])[:most] if found else b""
            cursor = self._chunks.find({"files_id": found["raw_file"]}).sort("n", 1)
            parts = await cursor.to_list(None if most is None else 1)
        return b"".join(bytes(one["data"]) for one in parts)[:most]

    async def release(self, found: Mapping[str, Any], release: Release) -> bool:
        """Make an enquiry of a letter that waits. False if somebody decided about it before.

        Raises: Transient: also where the new reference is another ticket's; try again.
        """
        letter_id, reference = found["_id"], allot()
        event = EnquiryReceived(
            message_id=letter_id,
            reference=reference,
            at=found["at"],
            letter_id=letter_id,
            opens=True,
        )
        change: Document = {
            "state": "opened",
            "reference": reference,
            "opens": reference,
            "automatic": None,
            **_whom(found, release),
        }
        # What a staff member calls an enquiry is one, whatever a check said: that stays on record.
        proof = {"by": release.by, "was_automatic": found["automatic"]}
        return await self._decide(letter_id, change, "released", proof, to_saved([event]))

    async def discard(self, letter_id: str, by: str, reason: str) -> bool:
        """It is no enquiry. False if somebody decided about it before. Raises: Transient."""
        return await self._decide(letter_id, {}, "discarded", {"by": by, "reason": reason}, [])

    async def _decide(
        self, letter_id: str, change: Document, name: str, proof: Document, outbox: list[Document]
    ) -> bool:
        """One guarded write, at a moment of the database's clock."""
        values = {key: {"$literal": value} for key, value in change.items()}
        told = {key: {"$literal": value} for key, value in proof.items()}
        more = {"$concatArrays": ["$outbox", {"$literal": outbox}]}
        steps: list[Document] = [
            {"$set": {**values, name: {**told, "at": "$$NOW"}, "outbox": more}},
            {"$unset": "aside"},
        ]
        with translated():
            result = await self._messages.update_one(
                {"_id": letter_id, "aside": {"$exists": True}}, steps
            )
        return bool(result.matched_count)


def _whom(found: Mapping[str, Any], release: Release) -> Document:
    """What is known of a letter that could not be read, with what the staff member says of it."""
    known: Document = {}
    if found["unreadable"]:
        known["text"] = UNREADABLE_TEXT
    if release.address is not None:
        known |= {"address": release.address.lower(), "address_as_written": release.address}
    if release.name is not None:
        known["name"] = release.name
    return known
