"""What the charter is computed from, read in a stream, and the months that were published
(`charters`): a month's figures are written once and never changed."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Final

from services.routing.charter import Figures, Span
from shared.mongo import Database, Document, building, translated

_SENT: Final[list[Mapping[str, Any]]] = [
    # What came back was sent.
    {"$match": {"state": {"$in": ["sent", "bounced"]}}},
    {
        "$project": {
            "_id": 0,
            "notice": 1,
            "finished_at": 1,
            "by_name": 1,
            "greeting": {"$arrayElemAt": [{"$split": ["$text", "\n"]}, 0]},
        }
    },
]
"""Of the letters that were sent: what, when, and the first line."""
_EARLIER: Final[list[Mapping[str, Any]]] = [
    {
        "$match": {
            "$expr": {
                "$and": [
                    {"$eq": ["$patron_key", "$$patron"]},
                    {"$lt": ["$created_at", "$$opened"]},
                ]
            }
        }
    },
    {"$sort": {"created_at": -1}},
    {"$limit": 1},
    {"$project": {"_id": 0, "owner": "$owner.id"}},
]
"""The patron's ticket before: a patron is whose mailbox is the same."""
_SHOWN: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("created_at", "team", "format", "answered_at", "answered_in"), 1),
    **dict.fromkeys(("patron.name", "called", "promises.state", "notices", "opinion"), 1),
    **{f"timeline.{one}": 1 for one in ("event", "by", "is_reached", "after_seconds")},
    # Of a patron who was erased it was noted before.
    "earlier": {
        "$cond": [
            {"$eq": [{"$type": "$owner_before"}, "missing"]},
            {"$first": "$earlier.owner"},
            "$owner_before",
        ]
    },
}


class CharterStore:
    """Reads tickets, notices and letters; writes `charters`."""

    def __init__(self, database: Database) -> None:
        self._tickets = database.tickets
        self._messages = database.messages
        self._charters = database.charters

    async def make_indexes(self) -> None:
        """Those of a ticket's notices, and of a patron's tickets, are made by the stores of these.

        Raises: Transient.
        """
        async with building(self._tickets):
            await self._tickets.create_index("created_at")
            # Nothing stands in it while nothing is lost.
            await self._messages.create_index(
                "at", partialFilterExpression={"direction": "in", "state": None}
            )

    async def tickets(self, span: Span, team: str | None) -> AsyncIterator[Document]:
        """Those that were opened in that time, as `Tally.add` wants them. Raises: Transient."""
        with translated():
            async for one in self._tickets.aggregate(steps_of(span, team)):
                yield one

    async def letters_without_state(self, span: Span) -> int:
        """Patrons' letters that were kept in that time and of which nothing became: what must
        never be. Raises: Transient."""
        where = {"direction": "in", "state": None, "at": _within(span)}
        with translated():
            return await self._messages.count_documents(where)

    async def publish(
        self, month: str, team: str | None, figures: Figures, now: datetime
    ) -> Document:
        """The month as it was first published: with these figures at this moment, if it was not
        before. Raises: Transient."""
        row = {"month": month, "team": team, "published_at": now, "figures": figures}
        with translated():
            found: Document = await self._charters.find_one_and_update(
                {"_id": month if team is None else f"{month} {team}"},
                {"$setOnInsert": row},
                upsert=True,
                return_document=True,
            )
        return found


def steps_of(span: Span, team: str | None) -> list[Mapping[str, Any]]:
    """How those tickets are read: each with its letters that were sent, and the owner before."""
    where: Document = {"created_at": _within(span)}
    if team is not None:
        where["team"] = team
    # A patron without an address has no tickets before: no mailbox is a reference.
    patron = {"$ifNull": ["$patron_key", "$_id"]}
    return [
        {"$match": where},
        {
            "$lookup": {
                "from": "notices",
                "localField": "_id",
                "foreignField": "reference",
                "pipeline": _SENT,
                "as": "notices",
            }
        },
        {
            "$lookup": {
                "from": "tickets",
                "let": {"patron": patron, "opened": "$created_at"},
                "pipeline": _EARLIER,
                "as": "earlier",
            }
        },
        {"$project": _SHOWN},
    ]


def _within(span: Span) -> Document:
    return {"$gte": span.begins, "$lt": span.ends}
