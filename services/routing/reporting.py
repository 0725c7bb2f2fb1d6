"""The reports: the charter, with months that stay as published, and what causes enquiries.

The staff's API and the command line show the same; neither computes anything of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.routing.charter import (
    LETTERS_ARE_NO_TEAMS,
    UNKNOWN,
    Figures,
    Span,
    Tally,
    differing,
)
from services.routing.charter_store import CharterStore
from services.routing.hours import calendars
from services.routing.sight import EVERYTHING
from services.routing.trouble import Trouble, count_in, key_of, most_first
from services.routing.trouble_store import TroubleStore
from shared.library import Library
from shared.mongo import Database, Document

Shown = dict[str, Any]


class Reports:
    """What can be reported of a time."""

    def __init__(self, database: Database, library: Library) -> None:
        self._charters = CharterStore(database)
        self._troubles = TroubleStore(database)
        self._calendars = calendars(library)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        await self._charters.make_indexes()
        await self._troubles.make_indexes()

    async def charter(self, span: Span, team: str | None, now: datetime) -> Shown:
        """The charter's figures. Those of a month that is over are published by the first report
        of it; what has changed since is shown beside them. Raises: Transient."""
        figures = await self._figures(span, team)
        month, published = span.month, None
        if month is not None and now >= span.ends:
            published = await self._charters.publish(month, team, figures, now)
        unknown = {**UNKNOWN}
        if team is not None:
            unknown["reliable.letters_without_state"] = LETTERS_ARE_NO_TEAMS
        return {
            "from": span.first.isoformat(),
            "to": span.last.isoformat(),
            "team": team,
            **_as_published(published, figures),
            "unknown": unknown,
        }

    async def _figures(self, span: Span, team: str | None) -> Figures:
        tally = Tally(self._calendars)
        async for ticket in self._charters.tickets(span, team):
            tally.add(ticket)
        stateless = None if team else await self._charters.letters_without_state(span)
        return tally.figures(stateless)

    async def causes(self, span: Span, sight: Document = EVERYTHING) -> list[Shown]:
        """What tickets opened in that time name as their cause, most first; of those that are in
        sight. Raises: Transient."""
        found: dict[str, Trouble] = {}
        async for ticket in self._troubles.tickets(span.begins, span.ends, sight):
            count_in(ticket, found)
        done = await self._troubles.done(list(found))
        return [
            {
                "cause": one.name,
                "count": one.count,
                "tickets": one.tickets,
                "done": [shown(row) for row in done.get(key, ())],
            }
            for key, one in most_first(found)
        ]

    async def note_done(
        self, name: str, row: Document, sight: Document = EVERYTHING
    ) -> list[Document] | None:
        """Note what was done about a cause (`id`, `what`, `by`, `at`), once for each `id`; all that
        was done, or None: no ticket names it. Raises: Transient."""
        key = key_of(name)
        if not await self._troubles.is_named(key, sight):
            return None
        return await self._troubles.note_done(key, row)


def _as_published(published: Mapping[str, Any] | None, figures: Figures) -> Shown:
    """The figures, and what became of them since they were published."""
    first = figures if published is None else published["figures"]
    changed = differing(first, figures)
    return {
        "published_at": published["published_at"] if published else None,
        "changed_since_published": bool(changed),
        "changed": changed,
        "figures": first,
        "recomputed": figures if changed else None,
    }


def shown(done: Mapping[str, Any]) -> Shown:
    """What was done about a cause, as staff see it."""
    return {name: done[name] for name in ("what", "by", "at")}
