"""What operators write: staff and keys."""

from datetime import datetime
from typing import Any

from shared.keys import Caller, digest
from shared.mongo import Database, Document, translated
from shared.staff import StaffMember, from_document


class Office:
    """Staff and keys in MongoDB."""

    def __init__(self, database: Database) -> None:
        self._staff = database.staff
        self._keys = database.keys

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        with translated():
            await self._staff.create_index("address", unique=True)

    async def add_staff(self, member: StaffMember) -> str:
        """Add someone, or change what is known of whoever has this address. Returns the id.

        Raises: Transient.
        """
        known: dict[str, Any] = {
            "name": member.name,
            "team": member.team,
            "languages": sorted(member.languages),
            "skills": sorted(member.skills),
        }
        with translated():
            await self._staff.update_one(
                {"address": member.address},
                {"$set": known, "$setOnInsert": {"_id": member.id, "away": False}},
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
