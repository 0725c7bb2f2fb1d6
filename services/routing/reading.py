"""A ticket as somebody reads it: with the letters of what was merged into it, without those that
were split off, and with nothing of what they may not know of. It changes nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.routing.links import family
from services.routing.sight import named_in, sees_all, without_others
from services.routing.splitting import letters_gone, letters_named
from services.routing.ticket import Link
from services.routing.views import Shown, as_whole
from shared.file_links import WITHDRAWN
from shared.keys import Caller

Document = Mapping[str, Any]


class Tickets(Protocol):
    """What is read from."""

    def seen_by(self, caller: Caller) -> "Tickets": ...
    async def whole(self, reference: str) -> Document | None: ...
    async def in_sight(self, references: Sequence[str]) -> frozenset[str]: ...
    async def letters(self, references: Sequence[str], written: Sequence[str]) -> Any: ...
    async def notices(self, references: Sequence[str]) -> Any: ...


@dataclass(frozen=True)
class Seen:
    """What somebody reads."""

    shown: Shown
    tickets: tuple[Document, ...]
    """Whose words are in it: the ticket's, and of those that were merged into it."""


async def seen(found: Document, every: Tickets, caller: Caller) -> Seen:
    """The ticket as the caller sees it. Raises: Transient."""
    tickets = every.seen_by(caller)
    _, *names = family(found["_id"], (Link(**one) for one in found.get("links", ())))
    merged = await asyncio.gather(*(tickets.whole(one) for one in names))
    read = (found, *(one for one in merged if one is not None))
    rows = [row for one in read for row in one["timeline"]]
    gone = letters_gone(rows)
    references = [one["_id"] for one in read]
    letters = await tickets.letters(references, letters_named(rows))
    notices = await tickets.notices(references)
    if not sees_all(caller):
        named = named_in(found)
        # One that is about to be opened is hidden from nobody.
        hidden = await every.in_sight(named) - await tickets.in_sight(named)
        found = without_others(found, set(hidden))
    left = [one for one in letters if one["_id"] not in gone]
    withdrawn = {row["file"]: row["at"] for row in rows if row["event"] == WITHDRAWN}
    return Seen(as_whole(found, left, notices, withdrawn), read)
