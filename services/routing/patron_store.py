"""What else the desk knows of patrons, by their tickets in MongoDB: whose name is somebody else's,
and what somebody was answered elsewhere. Nothing that the caller may not know of is told."""

from collections.abc import Sequence
from typing import Final

from services.routing.documents import FIELDS
from services.routing.sight import both, sight_of, told_to_all_of
from shared.addresses import untagged
from shared.batch import Batch
from shared.keys import Caller
from shared.mongo import Database, Document, building, translated
from shared.personal import names_of

_ANY: Final[Document] = {}
_LAST: Final = ("owner", "language", "format", "confidential")
_MOST_NAMES: Final = 20
_MOST_TICKETS: Final = 5
"""Earlier tickets of a patron that are looked at, the newest first."""


class Patrons:
    """Patrons, as tickets name them."""

    def __init__(self, database: Database) -> None:
        self._tickets = database.tickets
        self._read_last: Batch[str, Document] = Batch(self._last_of)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._tickets):
            await self._tickets.create_index("patron.name")
            await self._tickets.create_index("called")

    async def named(self, names: Sequence[str], key: str | None, caller: Caller) -> list[str]:
        """Those of these names that other patrons have. `key`: this patron's mailbox.

        Raises: Transient.
        """
        either = [{name: {"$in": list(names)}} for name in ("patron.name", "called")]
        where: Document = {"$or": either, "patron_key": {"$ne": key}}
        with translated():
            cursor = self._tickets.find(both(where, sight_of(caller)), {"patron": 1, "called": 1})
            found = await cursor.limit(_MOST_NAMES).to_list(None)
        return sorted({*names} & {name for one in found for name in names_of(one)})

    async def needs(self, key: str, caller: Caller, team: str | None) -> Document:
        """The last delivery that was opened for this patron: what they need is asked once, and
        taken from there the next time. Empty: there was none, or it is not for this caller to see;
        or not for those who see the ticket that it is taken to. `team`: whose that is, if it is
        confidential.

        Raises: Transient.
        """
        where: Document = {
            "patron_key": key,
            "deliveries.0": {"$exists": True},
            "erased_at": None,
            **told_to_all_of(team),
        }
        with translated():
            cursor = self._tickets.find(both(where, sight_of(caller)), {"deliveries": 1})
            found = await cursor.sort("created_at", -1).limit(_MOST_TICKETS).to_list(None)
        known = [one for ticket in found for one in ticket["deliveries"]]
        return max(known, key=lambda one: one["opened_at"], default={})

    async def last(self, address: str | None, only: Document = _ANY) -> Document:
        """Owner, language and format of the ticket that whoever has this address opened last, and
        whether it is confidential; nothing if there is none. `only`: of which.

        Raises: Transient.
        """
        if address is None:
            return {}
        key = untagged(address)
        if not only:
            return await self._read_last(key)
        where = {"patron_key": key, **only}
        with translated():
            found = await self._tickets.find_one(
                where, dict.fromkeys(_LAST, 1), sort=[("created_at", -1)]
            )
        return found or {}

    async def _last_of(self, keys: Sequence[str]) -> Sequence[Document]:
        """Of each of them, by one key of the index and one document each (`DISTINCT_SCAN`)."""
        steps: list[Document] = [
            {"$match": {"patron_key": {"$in": list(set(keys))}}},
            {"$sort": {"patron_key": 1, "created_at": -1}},
            {"$group": {"_id": "$patron_key"} | {one: {"$first": f"${one}"} for one in _LAST}},
        ]
        with translated():
            found = await self._tickets.aggregate(steps).to_list(None)
        last = {one.pop("_id"): one for one in found}
        return [last.get(one, {}) for one in keys]

    async def tickets(self, key: str, caller: Caller, most: int) -> list[Document]:
        """This patron's tickets, as far as the caller may know of them, the newest first.

        Raises: Transient.
        """
        where = both({"patron_key": key}, sight_of(caller))
        with translated():
            cursor = self._tickets.find(where, dict.fromkeys(FIELDS, 1))
            return await cursor.sort("created_at", -1).limit(most).to_list(None)

    async def answered(self, key: str, but: str, caller: Caller) -> list[str]:
        """The ids of the replies on this patron's other tickets. Raises: Transient."""
        where = both({"patron_key": key, "_id": {"$ne": but}}, sight_of(caller))
        with translated():
            cursor = self._tickets.find(where, {"timeline.event": 1, "timeline.letter": 1})
            found = await cursor.sort("created_at", -1).limit(_MOST_TICKETS).to_list(None)
        rows = (row for one in found for row in one["timeline"])
        return [row["letter"] for row in rows if row["event"] == "replied"]
