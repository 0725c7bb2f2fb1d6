"""`desk retention`: what has been kept long enough. Routing sees to it by itself, day by day."""

import sys
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from services.desk.session import with_database
from services.desk.shown import AsJson, objects, print_json, progress, show
from shared.config import Settings
from shared.erasure import Eraser, OnHold
from shared.mongo import Database
from shared.retention import Due, Retention

_MOST: Final = 1000


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase what has been kept long enough, by [retention] in LIBRARY_FILE: at most a thousand
    tickets and letters at a time."""

    async def work(database: Database, settings: Settings) -> None:
        keeping, eraser = Retention(database, settings.library), Eraser(database)
        now = await eraser.now()
        tickets = await keeping.tickets(now, _MOST)
        letters = await keeping.letters(now, _MOST)
        _say(tickets, letters, await keeping.patrons(tickets), as_json=as_json)
        if dry_run:
            return
        with progress(len(tickets) + len(letters), "Erasing", quiet=as_json) as step:
            for due in tickets:
                try:
                    await eraser.erase_ticket(due.reference, "retention", "retention", now)
                except OnHold:
                    print(f"{due.reference} is on hold since", file=sys.stderr)
                step()
            for letter_id in letters:
                await eraser.erase_letter(letter_id, now)
                step()

    with_database(work)


def _say(tickets: Sequence[Due], letters: Sequence[str], patrons: int, *, as_json: bool) -> None:
    """A line for each ticket, and one for all letters and for what is noted of patrons."""
    if as_json:
        columns = ("reference", "topic", "closed_at")
        rows = [(it.reference, it.topic, it.closed_at) for it in tickets]
        told = {"letters": len(letters), "preferences": patrons}
        print_json({"tickets": objects(columns, rows), **told})
        return
    closed = [(it.reference, it.topic, f"closed {it.closed_at:%Y-%m-%d}") for it in tickets]
    show(("reference", "topic", "closed"), closed, as_json=False)
    print(f"{len(tickets)} tickets and {len(letters)} letters without one")
    print(f"With them what is noted of {patrons} patrons, whose last tickets these are")
