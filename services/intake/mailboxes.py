"""Where each mailbox has been read to (`mailboxes`), and who reads it: one document a mailbox.

Only one copy of intake reads a mailbox at a time: a lease by the database's clock, with a fence.
Without it nothing would be doubled (a letter is kept once, whoever brings it), only done twice.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.mongo import Database, Document, translated

LEASE: Final = 10_000
"""Milliseconds after which a mailbox whose reader says nothing is anybody's."""


class Overtaken(Exception):
    """Another copy reads this mailbox now."""


@dataclass
class Position:
    """How far a mailbox has been read, by the numbers that its server gives (RFC 3501 §2.3.1.1)."""

    uid_validity: int
    uid: int
    """All up to this one have been decided, but for those below."""
    left: frozenset[int] = frozenset()
    """Above it, and older than IMAP_SINCE: left where they are."""
    waiting: dict[int, int] = field(default_factory=dict)
    """Not kept yet, with the number of tries that ended badly."""
    unmoved: list[int] = field(default_factory=list)
    """Kept, but not moved yet, those that were tried longest ago first."""


@dataclass(frozen=True)
class Lease:
    """The right to read a mailbox."""

    mailbox: str
    fence: int
    position: Position | None
    since: datetime | None
    """The moment that was chosen when this mailbox was first read; None if it never was, or if
    all was wanted."""


@dataclass(frozen=True)
class Taken:
    """Another copy reads it."""

    age: float | None
    """Seconds since it was looked at with success; None if it never was."""


class Positions:
    """The documents, and the leases in them."""

    def __init__(self, database: Database) -> None:
        self._mailboxes = database.mailboxes

    async def claim(self, mailbox: str) -> Lease | Taken:
        """Take the mailbox, if nobody has it. Raises: Transient."""
        is_free = {"$not": [{"$gt": ["$lease.until", "$$NOW"]}]}
        mine = {"by": secrets.token_hex(8), "until": {"$add": ["$$NOW", LEASE]}}
        fence = {"$add": [{"$ifNull": ["$fence", 0]}, 1]}
        claimed = {
            "lease": {"$cond": [is_free, mine, "$lease"]},
            "fence": {"$cond": [is_free, fence, "$fence"]},
        }
        with translated():
            found = await self._mailboxes.find_one_and_update(
                {"_id": mailbox}, [{"$set": claimed}], upsert=True, return_document=True
            )
        if found is None or found["lease"]["by"] != mine["by"]:
            return Taken(await self._age(mailbox))
        return Lease(mailbox, found["fence"], _position(found), found.get("since"))

    async def _age(self, mailbox: str) -> float | None:
        age = {"age": {"$subtract": ["$$NOW", "$looked_at"]}}
        with translated():
            found = await self._mailboxes.find_one({"_id": mailbox}, age)
        return found["age"] / 1000 if found and found["age"] is not None else None

    async def renew(self, lease: Lease) -> None:
        """Raises: Overtaken, Transient."""
        await self._write(lease, {"lease.until": {"$add": ["$$NOW", LEASE]}})

    async def release(self, lease: Lease) -> None:
        """Let another copy have it at once. Raises: Overtaken, Transient."""
        await self._write(lease, {"lease.until": "$$NOW"})

    async def begin(
        self, lease: Lease, position: Position, since: datetime | None, *, now: bool
    ) -> None:
        """Remember for good what was chosen: `since`, or this moment if `now`.

        Raises: Overtaken, Transient.
        """
        left = {"left": sorted(position.left), "uid_validity": position.uid_validity}
        moment = "$$NOW" if now else since
        await self._write(lease, {**left, **_as_document(position), "since": moment})

    async def save(self, lease: Lease, position: Position, *, looked: bool = False) -> None:
        """How far it has been read; `looked`: all of it was, just now. Raises: Overtaken,
        Transient."""
        moment: Document = {"looked_at": "$$NOW"} if looked else {}
        await self._write(lease, {**_as_document(position), **moment})

    async def _write(self, lease: Lease, values: Document) -> None:
        with translated():
            written = await self._mailboxes.update_one(
                {"_id": lease.mailbox, "fence": lease.fence}, [{"$set": values}]
            )
        if written.matched_count == 0:
            raise Overtaken


def _as_document(position: Position) -> Document:
    waiting = [{"uid": uid, "tries": tries} for uid, tries in position.waiting.items()]
    return {"uid": position.uid, "waiting": waiting, "unmoved": position.unmoved}


def _position(found: Document) -> Position | None:
    if "uid_validity" not in found:
        return None
    return Position(
        uid_validity=found["uid_validity"],
        uid=found["uid"],
        left=frozenset(found["left"]),
        waiting={one["uid"]: one["tries"] for one in found["waiting"]},
        unmoved=list(found["unmoved"]),
    )
