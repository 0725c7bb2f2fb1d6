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
_NO_LIST: Final[Document] = {
    "number": None,
    "work": {},
    "state": "no items",
    "needs_somebody": True,
}
"""In place of the items of a delivery for which nobody has made a list."""


def print_deliveries(now: datetime, *, due: bool, stuck: bool, as_json: bool) -> None:
    """Those that are not at their end, the most urgent first."""

    async def work(database: Database, _: Settings) -> tuple[list[Document], list[Document]]:
        moments = ("deliveries.items.next_at", "deliveries.list_by")
        is_open = [{one: {"$type": "date"}} for one in moments]
        shown = dict.fromkeys(("deliveries", "owner", "team", "confidential"), 1)
        with translated():
            found = database.tickets.find({"$or": is_open, "erased_at": None}, shown)
            publishers = database.publishers.find({}, {"name": 1}).limit(_MOST)
            return await found.limit(_MOST).to_list(None), await publishers.to_list(None)

    tickets, publishers = with_database(work)
    names = {one["_id"]: one["name"] for one in publishers}
    show(_COLUMNS, rows_of(tickets, now, due=due, stuck=stuck, names=names), as_json=as_json)


def rows_of(
    tickets: list[Document],
    now: datetime,
    *,
    due: bool,
    stuck: bool,
    names: Mapping[str, str] = MappingProxyType({}),
) -> list[tuple[object, ...]]:
    """A row for each item that is wanted to be seen, and for each delivery that has none yet.
    `names`: of publishers, by their ids."""
    found = [
        (ticket, delivery, item)
        for ticket in tickets
        for delivery, item in _items(ticket)
        if not (due and item["next_at"] > now)
        if not (stuck and not item.get("needs_somebody"))
    ]
    found.sort(key=lambda one: (not one[2].get("is_first"), one[2]["next_at"]))
    return [_row(*one, names) for one in found]


def _items(ticket: Mapping[str, Any]) -> Iterator[tuple[Document, Document]]:
    for delivery in ticket["deliveries"]:
        if delivery.get("list_by") is not None:
            yield delivery, _NO_LIST | {"next_at": delivery["list_by"]}
        for item in delivery["items"]:
            if item.get("next_at") is not None:
                yield delivery, item


def _row(
    ticket: Document, delivery: Document, item: Document, names: Mapping[str, str]
) -> tuple[object, ...]:
    asks = sum(one["asks"] for one in item.get("tries", ()))
    return (
        ticket["_id"],
        delivery["id"],
        item["number"],
        None if ticket.get("confidential") else item["work"].get("title", ""),
        item["state"],
        _waits_for(ticket, item, names),
        item["next_at"],
        asks,
    )


def _waits_for(ticket: Document, item: Document, names: Mapping[str, str]) -> str:
    """A publisher, the desk itself, or whoever has the ticket."""
    if item["state"] in {"asked", "chasing"} and not item.get("needs_somebody"):
        publisher = item["tries"][-1]["publisher"]
        return f"publisher {names.get(publisher, publisher)}"
    if item["state"] == "converting" or (item["state"] == "ready" and item.get("file")):
        return "the desk"
    return ticket["owner"]["id"] if ticket["owner"] else f"team {ticket['team']}"
