"""`desk deliveries`: what of the accessible copies is due, is stuck, or waits for whom. It changes
nothing, and shows no patron."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from services.desk.session import with_database
from services.desk.shown import show
from shared.config import Settings
from shared.mongo import Database, Document, translated

_COLUMNS: Final = (
    "reference",
    "delivery",
    "item",
    "title",
    "state",
    "waits_for",
    "next_at",
    "asks",
)
_MOST: Final = 5000
"""Tickets that are looked at."""
_NONE: Final[Mapping[str, Document]] = MappingProxyType({})


def print_deliveries(now: datetime, *, due: bool, stuck: bool, as_json: bool) -> None:
    """Those that are not at their end, the most urgent first."""

    far: dict[str, Document] = {}

    async def work(database: Database, _: Settings) -> list[Document]:
        where = {"deliveries.items.next_at": {"$type": "date"}, "erased_at": None}
        shown = dict.fromkeys(("deliveries", "owner", "team", "confidential"), 1)
        with translated():
            found = await database.tickets.find(where, shown).limit(_MOST).to_list(None)
            under_way = {"due_at": {"$type": "date"}}
            rows = await database.conversions.find(under_way, {"state": 1, "progress": 1}).to_list(
                _MOST
            )
        far.update({one["_id"]: one for one in rows})
        return found

    show(
        _COLUMNS, rows_of(with_database(work), now, due=due, stuck=stuck, far=far), as_json=as_json
    )


def rows_of(
    tickets: list[Document],
    now: datetime,
    *,
    due: bool,
    stuck: bool,
    far: Mapping[str, Document] = _NONE,
) -> list[tuple[object, ...]]:
    """A row for each item that is wanted to be seen. `far`: conversions that go on, by id."""
    found = [
        (ticket, delivery, item)
        for ticket in tickets
        for delivery, item in _items(ticket)
        if not (due and item["next_at"] > now)
        if not (stuck and not item.get("needs_somebody"))
    ]
    found.sort(key=lambda one: (not one[2].get("is_first"), one[2]["next_at"]))
    return [_row(*one, far) for one in found]


def _items(ticket: Mapping[str, Any]) -> Iterator[tuple[Document, Document]]:
    for delivery in ticket["deliveries"]:
        for item in delivery["items"]:
            if item.get("next_at") is not None:
                yield delivery, item


def _row(
    ticket: Document, delivery: Document, item: Document, far: Mapping[str, Document]
) -> tuple[object, ...]:
    asks = sum(one["asks"] for one in item.get("tries", ()))
    return (
        ticket["_id"],
        delivery["id"],
        item["number"],
        None if ticket.get("confidential") else item["work"].get("title", ""),
        item["state"],
        _waits_for(ticket, item, far),
        item["next_at"],
        asks,
    )


def _waits_for(ticket: Document, item: Document, far: Mapping[str, Document]) -> str:
    """A publisher, the desk itself, or whoever has the ticket."""
    if item["state"] in {"asked", "chasing"} and not item.get("needs_somebody"):
        return f"publisher {item['tries'][-1]['publisher']}"
    if item["state"] == "converting":
        return _conversion(far.get((item.get("conversion") or {}).get("id", ""), {}))
    if item["state"] == "ready" and item.get("file"):
        return "the desk"
    return ticket["owner"]["id"] if ticket["owner"] else f"team {ticket['team']}"


def _conversion(row: Mapping[str, Any]) -> str:
    """The desk, with how far it is, as far as that is known."""
    progress = row.get("progress") or {}
    if row.get("state") == "converting" and progress.get("of"):
        return f"the desk: {progress['step']} {progress['done']} of {progress['of']}"
    return f"the desk: {row['state']}" if "state" in row else "the desk"
