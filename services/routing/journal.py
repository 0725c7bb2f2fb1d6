"""The journal of changes: what has happened to tickets, in one order that all copies share,
numbered without a gap. The numbers are what those who look at the queue resume by.

A page holds what came within a moment; its `_id` is the number of its first change, and the next
page's follows its last. So two copies can't both write what comes next: one is told by the number
that it is taken. It keeps ids and moments, and no more than the last changes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog

from shared.batch import Batch
from shared.errors import Transient
from shared.messages import Message, TicketChanged, TicketsChanged, derived_id
from shared.mongo import Database, Document, Inserts, lasting, translated

log = structlog.get_logger()

Publish = Callable[[Message], Awaitable[None]]
KEPT: Final = 10_000
"""Changes, at least; some pages more may stand for a while."""
_LINGER: Final = 0.1
"""Seconds that a change waits for others: nobody is answered later for it."""
_MOST: Final = 200
"""Changes in a page."""
_TRIES: Final = 100
_AGAIN: Final = 0.01


class Journal:
    """The collection `changes`."""

    def __init__(
        self, database: Database, mention: Publish, heard: Callable[[int], None] | None = None
    ) -> None:
        """`mention`: says to the other copies that there is something; `heard`: to this one."""
        self._changes = database.changes
        self._lasting = lasting(database.changes)
        self._insert = Inserts(database.changes)
        self._keep: Batch[TicketChanged, None] = Batch(
            self._write, most=_MOST, lanes=1, linger=_LINGER
        )
        self._mention = mention
        self.heard = heard or (lambda _: None)
        self._last: int | None = None
        self._news: TicketsChanged | None = None
        self._mentioning: asyncio.Task[None] | None = None

    def instead_of(self, publish: Publish) -> Publish:
        """For an outbox: changes go into the journal, everything else is published."""

        async def send(message: Message) -> None:
            if isinstance(message, TicketChanged):
                await self._keep(message)
            else:
                await publish(message)

        return send

    async def _write(self, changes: Sequence[TicketChanged]) -> Sequence[None]:
        rows = [one.model_dump(mode="json", exclude={"message_id"}) for one in changes]
        for _ in range(_TRIES):
            before = self._last if self._last is not None else await self.last()
            if await self._insert({"_id": before + 1, "changes": rows}) is None:
                break
            self._last = None
            await asyncio.sleep(_AGAIN)
        else:
            raise Transient("the journal of changes is too busy")
        self._last = before + len(rows)
        if before // KEPT != self._last // KEPT:
            await self._forget(self._last - KEPT)
        self._tell(self._last, changes[-1])
        return [None] * len(changes)

    async def _forget(self, before: int) -> None:
        """Nothing depends on it: what stays goes the next time."""
        try:
            with translated():
                await self._changes.delete_many({"_id": {"$lt": before}})
        except Transient as error:
            log.warning("journal_uncut", reason=str(error))

    def _tell(self, last: int, change: TicketChanged) -> None:
        self.heard(last)
        self._news = TicketsChanged(
            message_id=derived_id("journal", str(last)),
            reference=change.reference,
            at=change.at,
            last=last,
        )
        if self._mentioning is None or self._mentioning.done():
            self._mentioning = asyncio.create_task(self._say())

    async def _say(self) -> None:
        while self._news is not None:
            news, self._news = self._news, None
            try:
                await self._mention(news)
            except Transient as error:
                log.debug("mention_lost", reason=str(error))

    async def last(self) -> int:
        """The number of the last change; 0: there was none. Raises: Transient."""
        with translated():
            found = await self._lasting.find_one({}, sort=[("_id", -1)])
        return _end(found) if found else 0

    async def after(self, number: int, most: int) -> list[Document]:
        """So many pages of what came after the change of this number, which must be the last of
        its page; the oldest first. Raises: Transient."""
        with translated():
            found = self._lasting.find({"_id": {"$gt": number}}).sort("_id", 1).limit(most)
            return await found.to_list(None)

    async def newest(self, most: int) -> list[Document]:
        """The last pages, of about so many changes at most, the oldest first. Raises: Transient."""
        with translated():
            bound = max(await self.last() - most, 0)
            return await self._lasting.find({"_id": {"$gt": bound}}).sort("_id", 1).to_list(None)


def _end(page: dict[str, Any]) -> int:
    """The number of its last change."""
    return int(page["_id"]) + len(page["changes"]) - 1
