"""`desk trace REF`: what happened to one enquiry, in order of time: its letters, its timeline, what
was sent and converted, and what has not been sent on yet. It changes nothing, and shows no word and
no address of a patron's."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from services.desk.session import fail, with_database
from services.desk.shown import AsJson, show
from shared.config import Settings
from shared.mongo import Database, Document, translated
from shared.references import in_text

_COLUMNS: Final = ("at", "what", "state", "by", "id")
_READ: Final[Mapping[str, tuple[str, ...]]] = {
    "tickets": ("timeline", "outbox"),
    "messages": ("at", "direction", "door", "state", "by", "outbox"),
    "notices": ("at", "notice", "state", "outbox"),
    "conversions": ("made_at", "state", "outbox"),
}
Row = tuple[datetime, str, str | None, str | None, str]


def trace(
    reference: Annotated[str, typer.Argument(metavar="REF", help="The ticket.")],
    as_json: AsJson = False,
) -> None:
    """What happened to one enquiry, a line for each step: when, what, how it stands, by whom, id of
    the letter, notice or conversion."""
    found = in_text(reference)
    if not found:
        raise fail(f"{reference} is no reference")

    async def work(database: Database, _: Settings) -> Mapping[str, list[Document]]:
        return await _found(database, found[0])

    rows = sorted(rows_of(with_database(work)), key=lambda one: one[0])
    if not rows:
        raise fail(f"Nothing is known of {found[0]}")
    show(_COLUMNS, rows, as_json=as_json)


async def _found(database: Database, reference: str) -> Mapping[str, list[Document]]:
    found = {}
    for name, fields in _READ.items():
        where = {"_id" if name == "tickets" else "reference": reference}
        with translated():
            rows = database[name].find(where, dict.fromkeys(fields, 1))
            found[name] = await rows.to_list(None)
    return found


def rows_of(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Row]:
    """A line for each step."""
    for one in found["messages"]:
        by = one["door"] if one["direction"] == "in" else (one.get("by") or {}).get("id")
        yield one["at"], f"letter {one['direction']}", one.get("state"), by, one["_id"]
        yield from _unsent(one, one["at"])
    for one in found["tickets"]:
        for step in one["timeline"]:
            yield step["at"], step["event"], None, step.get("by"), step.get("letter", "")
        yield from _unsent(one, one["timeline"][-1]["at"])
    for one in found["notices"]:
        yield one["at"], f"notice {one['notice']}", one["state"], None, one["_id"]
        yield from _unsent(one, one["at"])
    for one in found["conversions"]:
        yield one["made_at"], "conversion", one["state"], None, one["_id"]
        yield from _unsent(one, one["made_at"])


def _unsent(one: Mapping[str, Any], at: datetime) -> Iterator[Row]:
    """What it still has to tell others: nothing, but for moments, if all is well."""
    for message in one.get("outbox", ()):
        yield at, f"to be told: {message['key']}", "waits", None, message["message_id"]
