"""How long a patron's identity is kept: by topic after a ticket was closed, and so many days for
what never got a ticket. It only says what is due; `shared.erasure` does it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.library import Library
from shared.mongo import Database, Document, building, translated

_CLOSED_AT: Document = {
    "$max": {
        "$map": {
            "input": {
                "$filter": {"input": "$timeline", "cond": {"$eq": ["$$this.event", "closed"]}}
            },
            "in": "$$this.at",
        }
    }
}
_ENDED_AT: Document = {"$ifNull": [_CLOSED_AT, "$updated_at"]}
"""When it was closed; one that was closed in another way was last changed then."""
_STANDS_FOR: Document = {
    "from": "tickets",
    "localField": "merged_into",
    "foreignField": "_id",
    "pipeline": [{"$match": {"erased_at": None}}, {"$project": {"_id": 1}}],
    "as": "target",
}


@dataclass(frozen=True)
class Due:
    """A ticket whose time is over."""

    reference: str
    topic: str
    closed_at: datetime


class Retention:
    """Looks for what has been kept long enough."""

    def __init__(self, database: Database, library: Library) -> None:
        self._tickets = database.tickets
        self._messages = database.messages
        self._patrons = database.patrons
        self._library = library

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._tickets):
            await self._tickets.create_index(
                [("erased_at", 1), ("created_at", 1)], partialFilterExpression={"status": "closed"}
            )
            await self._messages.create_index("discarded.at", sparse=True)

    async def tickets(self, now: datetime, most: int) -> Sequence[Due]:
        """Closed tickets whose time is over, the oldest first: none on hold, and none that was
        merged into one which is still kept. Raises: Transient."""
        found: list[Due] = []
        for topics, kept in self._times():
            with translated():
                rows = self._tickets.aggregate(_steps(topics, now - kept, most))
                found += [_due(one) for one in await rows.to_list(None)]
        return sorted(found, key=lambda one: one.closed_at)[:most]

    def _times(self) -> Sequence[tuple[Document, timedelta]]:
        """Which topics (a condition) are kept how long."""
        own = {one.id: one.kept_days for one in self._library.topics if one.kept_days is not None}
        rest: Document = {"$nin": sorted(own)}
        times = [(rest, timedelta(days=self._library.retention.closed_days))]
        for days in sorted(set(own.values())):
            topics = sorted(one for one, its in own.items() if its == days)
            times.append(({"$in": topics}, timedelta(days=days)))
        return times

    async def letters(self, now: datetime, most: int) -> Sequence[str]:
        """Letters without a ticket, by id, whose time is over: nobody looked at them, or somebody
        threw them away. Raises: Transient."""
        before = {"$lte": now - timedelta(days=self._library.retention.aside_days)}
        waiting = {"aside": {"$in": ["quarantined", "noted"]}, "at": before}
        with translated():
            found = await self._messages.find(waiting, {"_id": 1}).limit(most).to_list(None)
            thrown = (
                await self._messages.find({"discarded.at": before}, {"_id": 1})
                .limit(most)
                .to_list(None)
            )
        return [one["_id"] for one in (*found, *thrown)][:most]

    async def patrons(self, due: Sequence[Due]) -> int:
        """Of how many patrons goes what is noted of them, once these tickets have gone: the last
        ones of theirs. Raises: Transient."""
        gone = [one.reference for one in due]
        with translated():
            keys = await self._tickets.distinct("patron_key", {"_id": {"$in": gone}})
            noted = await self._patrons.find({"_id": {"$in": keys}}, {"_id": 1}).to_list(None)
            left = await self._tickets.distinct(
                "patron_key",
                {"patron_key": {"$in": [it["_id"] for it in noted]}, "_id": {"$nin": gone}},
            )
        return len({it["_id"] for it in noted} - {*left})


def _steps(topics: Document, before: datetime, most: int) -> list[Mapping[str, Any]]:
    return [
        {
            "$match": {
                "status": "closed",
                "erased_at": None,
                "created_at": {"$lte": before},
                "topic": topics,
                "hold": None,
            }
        },
        {"$sort": {"created_at": 1}},
        {"$project": {"topic": 1, "merged_into": 1, "closed_at": _ENDED_AT}},
        {"$match": {"closed_at": {"$lte": before}}},
        {"$lookup": _STANDS_FOR},
        {"$match": {"target": []}},
        {"$limit": most},
    ]


def _due(row: Document) -> Due:
    return Due(row["_id"], row["topic"], row["closed_at"])
