"""When staff are not there: written by themselves, or by an operator for them."""

from datetime import datetime
from typing import Final

from shared.mongo import Database, Document, translated
from shared.staff import Absence

_MOST: Final = 50


class Absences:
    """The absences in the collection `staff`, oldest first; the last fifty."""

    def __init__(self, database: Database) -> None:
        self._staff = database.staff

    async def add(self, staff_id: str, absence: Absence) -> bool:
        """Note one more; False: there is nobody by that id. What stands already stays as it is.

        Raises: Transient.
        """
        row = {"since": absence.since, "until": absence.until}
        push = {"$each": [row], "$sort": {"since": 1}, "$slice": -_MOST}
        known = {"_id": staff_id, "absences": {"$ne": row}}
        with translated():
            changed = await self._staff.update_one(known, {"$push": {"absences": push}})
            if changed.matched_count:
                return True
            return await self._staff.find_one({"_id": staff_id}, {"_id": 1}) is not None

    async def end(self, staff_id: str, now: datetime) -> bool:
        """Somebody is there again: what goes on ends now, and what was planned does not come.
        False: there is nobody by that id. Raises: Transient."""
        past = {"$lt": ["$$one.since", now]}
        kept = {"$filter": {"input": "$absences", "as": "one", "cond": past}}
        goes_on = {"$or": [{"$eq": ["$$one.until", None]}, {"$gt": ["$$one.until", now]}]}
        ended = {"$cond": [goes_on, {"since": "$$one.since", "until": now}, "$$one"]}
        steps: list[Document] = [
            {"$set": {"absences": {"$ifNull": ["$absences", []]}}},
            {"$set": {"absences": kept}},
            {"$set": {"absences": {"$map": {"input": "$absences", "as": "one", "in": ended}}}},
        ]
        with translated():
            changed = await self._staff.update_one({"_id": staff_id}, steps)
        return bool(changed.matched_count)
