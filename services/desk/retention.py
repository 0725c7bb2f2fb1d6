"""`desk retention`: what has been kept long enough. Routing sees to it by itself, day by day."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from services.desk.patron import progress, with_database
from shared.config import Settings
from shared.erasure import Eraser, OnHold
from shared.mongo import Database
from shared.retention import Due, Retention

_MOST: Final = 1000


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Erase what has been kept long enough, by [retention] in LIBRARY_FILE: at most a thousand
    tickets and letters at a time."""

    async def work(database: Database, settings: Settings) -> None:
        keeping, eraser = Retention(database, settings.library), Eraser(database)
        for store in (keeping, eraser):
            await store.make_indexes()
        now = await eraser.now()
        tickets = await keeping.tickets(now, _MOST)
        letters = await keeping.letters(now, _MOST)
        _say(tickets, letters)
        if dry_run:
            return
        with progress(len(tickets) + len(letters), "Erasing") as step:
            for due in tickets:
                try:
                    await eraser.erase_ticket(due.reference, "retention", "retention", now)
                except OnHold:
                    print(f"{due.reference} is on hold since")
                step()
            for letter_id in letters:
                await eraser.erase_letter(letter_id, now)
                step()

    with_database(work)


def _say(tickets: Sequence[Due], letters: Sequence[str]) -> None:
    """A line for each ticket, and one for all letters."""
    for due in tickets:
        print(due.reference, due.topic, f"closed {due.closed_at:%Y-%m-%d}", sep="\t")
    print(f"{len(tickets)} tickets and {len(letters)} letters without one")
