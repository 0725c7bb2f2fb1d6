"""What operators write, staff and keys; and what they look back on."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.absences import Absences
from shared.audit import Chain
from shared.audit_log import AuditLog
from shared.keys import Caller, digest
from shared.mongo import Database, Document, translated
from shared.staff import StaffMember, from_document

_ID_LENGTH: Final = 12
_KEY_ID: Final = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class Key:
    """A key that somebody carries; never the key itself."""

    id: str
    """The beginning of its digest: enough to name it by, and useless to whoever reads it."""
    caller: str
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class Office:
    """Staff and keys in MongoDB."""

    def __init__(self, database: Database) -> None:
        self._staff = database.staff
        self._keys = database.keys
        self.absences = Absences(database)
        self._audit = AuditLog(database)

    async def add_staff(self, member: StaffMember) -> str:
        """Add someone, or change what is known of whoever has this address. Returns the id.

        Raises: Transient.
        """
        known: dict[str, Any] = {
            "name": member.name,
            "team": member.team,
            "languages": sorted(member.languages),
            "skills": sorted(member.skills),
            "role": member.role.value,
        }
        with translated():
            await self._staff.update_one(
                {"address": member.address},
                {"$set": known, "$setOnInsert": {"_id": member.id}, "$inc": {"version": 1}},
                upsert=True,
            )
            found = await self._staff.find_one({"address": member.address}, {"_id": 1})
        return str(found["_id"]) if found else member.id

    async def staff(self) -> list[StaffMember]:
        """Everybody, by name. Raises: Transient."""
        with translated():
            return [
                from_document(one) for one in await self._staff.find().sort("name").to_list(None)
            ]

    async def examine_audit(self, step: Callable[[], None]) -> tuple[int, str, int | None]:
        """How many rows the audit log has, the newest one's hash, and the first that is not as it
        was written, if there is one. `step` is called at each. Raises: Transient."""
        chain = Chain()
        async for row in self._audit.all():
            step()
            if not chain.goes_on(row):
                return chain.count, chain.newest, int(row["_id"])
        return chain.count, chain.newest, None

    async def add_key(self, key: str, caller: Caller, made: datetime, ends: datetime) -> None:
        """Keep a key's digest and what it is for. Raises: Transient."""
        document: Document = {
            "_id": digest(key),
            "caller": caller.id,
            "name": caller.name,
            "scopes": sorted(caller.scopes),
            "created_at": made,
            "expires_at": ends,
            "revoked_at": None,
        }
        with translated():
            await self._keys.insert_one(document)

    async def keys(self) -> list[Key]:
        """Every key, the newest last. Raises: Transient."""
        with translated():
            return [_key(one) for one in await self._keys.find().sort("created_at").to_list(None)]

    async def revoke_key(self, key_id: str) -> int:
        """Withdraw the key whose id begins so; how many there are: if not one, none is withdrawn.

        Raises: Transient.
        """
        if not _KEY_ID.fullmatch(key_id):
            return 0
        with translated():
            found = await self._keys.find({"_id": {"$regex": f"^{key_id}"}}, {"_id": 1}).to_list(2)
            if len(found) == 1:
                # A key that is withdrawn already keeps its moment.
                await self._keys.update_one(
                    {"_id": found[0]["_id"], "revoked_at": None},
                    {"$currentDate": {"revoked_at": True}},
                )
        return len(found)


class Past:
    """The tickets there have been, to try rules on. It writes nothing."""

    def __init__(self, database: Database) -> None:
        self._messages = database.messages
        self._tickets = database.tickets

    async def first_letters(
        self, fields: Iterable[str], most: int = 200
    ) -> AsyncIterator[tuple[str, str, Document]]:
        """Of each ticket its reference, its topic as it stands, and these fields of the letter that
        opened it; in the order of the references, so many at a time. Raises: Transient."""
        wanted = dict.fromkeys((*fields, "opens"), 1)
        last = ""
        while True:
            with translated():
                cursor = self._messages.find(
                    {"opens": {"$gt": last}, "erased_at": None}, wanted
                ).sort("opens", 1)
                letters = await cursor.limit(most).to_list(None)
                topics = await self._topics([one["opens"] for one in letters])
            for one in letters:
                if one["opens"] in topics:
                    yield one["opens"], topics[one["opens"]], one
            if len(letters) < most:
                return
            last = letters[-1]["opens"]

    async def _topics(self, references: Sequence[str]) -> Mapping[str, str]:
        cursor = self._tickets.find({"_id": {"$in": references}}, {"topic": 1})
        return {one["_id"]: one["topic"] for one in await cursor.to_list(None)}


def _key(document: Document) -> Key:
    return Key(
        id=document["_id"][:_ID_LENGTH],
        caller=document["caller"],
        name=document["name"],
        scopes=tuple(document["scopes"]),
        made_at=document["created_at"],
        expires_at=document["expires_at"],
        last_used_at=document.get("last_used_at"),
        revoked_at=document["revoked_at"],
    )
