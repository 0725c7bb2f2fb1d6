"""How much of something each may have: at most so many in a time, counted for all copies together.

It counts in MongoDB, by the database's clock and in one guarded write, so that no number of copies
or of requests at the same moment gets more. What is asked too often for a write each time is drawn
from there in portions (`shared.rates`). Whose allowance it is stands there only as a digest,
never as an address. A row lives as long as its time. The writes are weak: what a crash of the
database takes back is allowed again, and nothing more depends on it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from shared.mongo import HINT, Database, Document, Reads, Updates, building, translated


@dataclass(frozen=True)
class Use:
    """What one use found."""

    allowed: bool
    left: int
    """How many more there are until the count begins anew."""
    seconds: int
    """Until then; at least one."""


@dataclass(frozen=True)
class Drawn:
    """A portion of what one may have."""

    count: int
    """None: nothing is left."""
    left: int
    """How many others may still draw."""
    seconds: float
    """Until some of what was drawn may be drawn again."""


class Allowances:
    """The collection `allowances`. A key names what is counted, and whose: `letters a@b.example`.

    Every caller of one key names the same limits, and uses one of `allow`, `use` and `draw`.
    """

    def __init__(self, database: Database) -> None:
        self._allowances = database.allowances
        self._counted = database.allowances.with_options(write_concern=HINT)
        self._allow = Updates(database.allowances, hint_only=True)
        self._read = Reads(database.allowances, ["given.id"])

    async def forget(self, *keys: str) -> int:
        """Whatever was counted under these keys was not; how many rows that were.

        Raises: Transient.
        """
        with translated():
            done = await self._allowances.delete_many(
                {"_id": {"$in": [_digest(one) for one in keys]}}
            )
        return int(done.deleted_count)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._allowances):
            await self._allowances.create_index("expires_at", expireAfterSeconds=0)

    async def allow(self, key: str, cause: str, *limits: tuple[int, timedelta]) -> bool:
        """Whether each limit has room for this cause: at most so many within any such time.

        The same cause is always given the same answer. Each takes room: limits are to be small.
        Raises: Transient.
        """
        whose = _digest(key)
        if await self._allow({"_id": whose}, _one_more(cause, limits), upsert=True):
            return True  # the first for a while
        found = await self._read(whose)
        return found is not None and any(one["id"] == cause for one in found["given"])

    async def use(self, key: str, most: int, window: timedelta) -> Use:
        """Count one more; a time begins with its first use. Raises: Transient."""
        with translated():
            found = await self._counted.find_one_and_update(
                {"_id": _digest(key)}, _counted(window), upsert=True, return_document=True
            )
        return _use(found, most, spent=0)

    async def look(self, key: str, most: int) -> Use:
        """What the next use would find, without counting it. Raises: Transient."""
        where = {"_id": _digest(key), "$expr": {"$gt": ["$expires_at", "$$NOW"]}}
        with translated():
            found = await self._allowances.find_one(where, {"count": 1, "milliseconds": _LEFT})
        return _use(found, most, spent=1) if found else Use(True, most, 1)

    async def draw(self, key: str, most: int, window: timedelta, wanted: int) -> Drawn:
        """As many of them as are wanted, but at most a quarter of what is left: so that the last
        ones don't lie with somebody who won't use them. In no time as long as the window are more
        than `most` drawn. Raises: Transient.
        """
        change = _portion(most, window, wanted)
        with translated():
            found = await self._counted.find_one_and_update(
                {"_id": _digest(key)}, change, upsert=True, return_document=True
            )
        return Drawn(found["count"], found["left"], found["milliseconds"] / 1000)


_SLICES: Final = 12
"""Of a window: what was drawn in one of them may be drawn again together."""
_LEFT: Document = {"$subtract": ["$expires_at", "$$NOW"]}


def _use(found: Document, most: int, spent: int) -> Use:
    return Use(
        allowed=found["count"] + spent <= most,
        left=max(0, most - found["count"]),
        seconds=max(1, -(-int(found["milliseconds"]) // 1000)),
    )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def _milliseconds(window: timedelta) -> int:
    return window // timedelta(milliseconds=1)


def _one_more(cause: str, limits: Sequence[tuple[int, timedelta]]) -> list[Document]:
    """Add this cause, if it isn't there and if every limit has room."""
    longest = max(window for _, window in limits)
    is_full = [{"$gte": [{"$size": _within(window, "$given")}, most]} for most, window in limits]
    cause_itself = {"$literal": cause}
    known = {"$in": [cause_itself, "$given.id"]}
    more = {"$concatArrays": ["$given", [{"id": cause_itself, "at": "$$NOW"}]]}
    ends = {"$add": ["$$NOW", _milliseconds(longest)]}
    return [
        {"$set": {"given": _within(longest, {"$ifNull": ["$given", []]}), "expires_at": ends}},
        {"$set": {"given": {"$cond": [{"$or": [known, *is_full]}, "$given", more]}}},
    ]


def _within(window: timedelta, given: Any) -> Document:
    """Those that were given in the last so long."""
    is_recent = {"$gt": ["$$this.at", {"$subtract": ["$$NOW", _milliseconds(window)]}]}
    return {"$filter": {"input": given, "cond": is_recent}}


def _counted(window: timedelta) -> list[Document]:
    """One more in this time; the first, if the last time is over."""
    goes_on = {"$gt": ["$expires_at", "$$NOW"]}
    ends = {"$add": ["$$NOW", _milliseconds(window)]}
    return [
        {
            "$set": {
                "count": {"$cond": [goes_on, {"$add": ["$count", 1]}, 1]},
                "expires_at": {"$cond": [goes_on, "$expires_at", ends]},
            }
        },
        {"$set": {"milliseconds": _LEFT}},
    ]


def _portion(most: int, window: timedelta, wanted: int) -> list[Document]:
    """Take some of what is left, and note in which slice of time."""
    slice_of_time = _milliseconds(window) // _SLICES
    now = {"$toLong": "$$NOW"}
    this = {"$floor": {"$divide": [now, slice_of_time]}}
    # The oldest slice that the window still reaches into counts whole.
    counts = {"$gte": ["$$this.slice", {"$subtract": [this, _SLICES]}]}
    drawn = {"$filter": {"input": {"$ifNull": ["$drawn", []]}, "cond": counts}}
    left = {"$max": [0, {"$subtract": [most, {"$sum": "$drawn.count"}]}]}
    portion = {"$min": [wanted, {"$ceil": {"$divide": ["$left", 4]}}]}
    more = {"$concatArrays": ["$drawn", [{"slice": this, "count": "$count"}]]}
    oldest = {"$ifNull": [{"$min": "$drawn.slice"}, this]}
    goes = {"$multiply": [{"$add": [oldest, _SLICES + 1]}, slice_of_time]}
    return [
        {"$set": {"drawn": drawn}},
        {"$set": {"left": left}},
        {"$set": {"count": {"$toInt": portion}}},
        {"$set": {"drawn": {"$cond": [{"$gt": ["$count", 0]}, more, "$drawn"]}}},
        {
            "$set": {
                "left": {"$toInt": {"$subtract": ["$left", "$count"]}},
                "milliseconds": {"$subtract": [goes, now]},
                "expires_at": {"$add": ["$$NOW", _milliseconds(window) + slice_of_time]},
            }
        },
    ]
