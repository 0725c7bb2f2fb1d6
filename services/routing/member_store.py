"""What staff say of themselves, in MongoDB: the name that patrons are told, and the languages in
which they answer. What was before stands beside it, with who changed it and when."""

from typing import Any, Final

from shared.mongo import Database, Document, translated

_KEPT: Final = 100
"""Changes of one person."""


class Members:
    """The collection `staff`, as far as staff may change it themselves."""

    def __init__(self, database: Database) -> None:
        self._staff = database.staff

    async def change(self, staff_id: str, seen: int, fields: Document, row: Document) -> bool:
        """Set these, if nobody has changed them since that version; False: somebody has, or there
        is nobody by that id. `row`: what the change was, which is written with it.

        Raises: Transient.
        """
        guard: dict[str, Any] = {"_id": staff_id, "version": seen or None}
        update = {
            "$set": {**fields, "version": seen + 1},
            "$push": {"changes": {"$each": [{**row, "version": seen + 1}], "$slice": -_KEPT}},
        }
        with translated():
            result = await self._staff.update_one(guard, update)
        return bool(result.matched_count)

    async def changed_since(self, staff_id: str, version: int) -> list[dict[str, Any]]:
        """What has been changed since that version, the oldest first. Raises: Transient."""
        with translated():
            found = await self._staff.find_one({"_id": staff_id}, {"changes": 1})
        rows = (found or {}).get("changes", [])
        return [one for one in rows if one["version"] > version]
