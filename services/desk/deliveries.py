"""`desk deliveries`: what of the accessible copies is due, is stuck, or waits for whom. It changes
nothing, and shows no patron."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
_NO_LIST: Final[Document] = {
    "number": None,
    "work": {},
    "state": "no items",
    "needs_somebody": True,
}
"""In place of the items of a delivery for which nobody has made a list."""
_NO_FORMAT: Final[Document] = {"number": None, "work": {}, "state": "no format"}
"""Beside the items of one of which nobody knows in which form they are needed."""


@dataclass(frozen=True)
class Known:
    """What is told of others."""

    publishers: Mapping[str, str] = field(default_factory=dict)
    """Names, by id."""
    conversions: Mapping[str, Document] = field(default_factory=dict)
    """Those that go on, by id."""


_NOTHING: Final = Known()


def print_deliveries(now: datetime, *, due: bool, stuck: bool, as_json: bool) -> None:
    """Those that are not at their end, the most urgent first."""

    async def work(database: Database, _: Settings) -> tuple[list[Document], ...]:
        moments = ("deliveries.items.next_at", "deliveries.list_by")
        is_open = [{one: {"$type": "date"}} for one in moments]
        shown = dict.fromkeys(("deliveries", "owner", "team", "confidential"), 1)
        making = {"due_at": {"$type": "date"}}
        with translated():
            found = database.tickets.find({"$or": is_open, "erased_at": None}, shown)
            publishers = database.publishers.find({}, {"name": 1}).limit(_MOST)
            made = database.conversions.find(making, {"state": 1, "progress": 1}).limit(_MOST)
            return tuple(
                [await one.to_list(None) for one in (found.limit(_MOST), publishers, made)]
            )

    tickets, publishers, conversions = with_database(work)
    known = Known(
        {one["_id"]: one["name"] for one in publishers}, {one["_id"]: one for one in conversions}
    )
    show(_COLUMNS, rows_of(tickets, now, due=due, stuck=stuck, known=known), as_json=as_json)


def rows_of(
    tickets: list[Document],
    now: datetime,
    *,
    due: bool,
    stuck: bool,
    known: Known = _NOTHING,
) -> list[tuple[object, ...]]:
    """A row for each item that is wanted to be seen, and for each delivery that has none yet."""
    found = [
        (ticket, delivery, item)
        for ticket in tickets
        for delivery, item in _items(ticket)
        if not (due and item["next_at"] > now)
        if not (stuck and not item.get("needs_somebody"))
    ]
    found.sort(key=lambda one: (not one[2].get("is_first"), one[2]["next_at"]))
    return [_row(*one, known) for one in found]


def _items(ticket: Mapping[str, Any]) -> Iterator[tuple[Document, Document]]:
    for delivery in ticket["deliveries"]:
        if delivery.get("list_by") is not None:
            yield delivery, _NO_LIST | {"next_at": delivery["list_by"]}
        if delivery.get("format_by") is not None and _is_open(delivery):
            is_asked = any(one["kind"] == "format" for one in delivery["sent"])
            known = {"next_at": delivery["format_by"], "needs_somebody": not is_asked}
            yield delivery, _NO_FORMAT | known
        for item in delivery["items"]:
            if item.get("next_at") is not None:
                yield delivery, item


def _is_open(delivery: Mapping[str, Any]) -> bool:
    is_wanted = any(one.get("next_at") is not None for one in delivery["items"])
    return is_wanted or delivery.get("list_by") is not None


def _row(ticket: Document, delivery: Document, item: Document, known: Known) -> tuple[object, ...]:
    asks = sum(one["asks"] for one in item.get("tries", ()))
    return (
        ticket["_id"],
        delivery["id"],
        item["number"],
        None if ticket.get("confidential") else item["work"].get("title", ""),
        item["state"],
        _waits_for(ticket, item, known),
        item["next_at"],
        asks,
    )


def _waits_for(ticket: Document, item: Document, known: Known) -> str:
    """A publisher, the desk itself, or whoever has the ticket."""
    if item["state"] in {"asked", "chasing"} and not item.get("needs_somebody"):
        publisher = item["tries"][-1]["publisher"]
        return f"publisher {known.publishers.get(publisher, publisher)}"
    if item["state"] == "no format" and not item["needs_somebody"]:
        return "the patron"
    if item["state"] == "converting":
        return _conversion(known.conversions.get((item.get("conversion") or {}).get("id", ""), {}))
    if item["state"] == "ready" and item.get("file"):
        return "the desk"
    return ticket["owner"]["id"] if ticket["owner"] else f"team {ticket['team']}"


def _conversion(row: Mapping[str, Any]) -> str:
    """The desk, with how far it is, as far as that is known."""
    progress = row.get("progress") or {}
    if row.get("state") == "converting" and progress.get("of"):
        return f"the desk: {progress['step']} {progress['done']} of {progress['of']}"
    return f"the desk: {row['state']}" if "state" in row else "the desk"
