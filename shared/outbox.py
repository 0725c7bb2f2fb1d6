"""Publish what the stores saved, then mark it sent.

A store saves its decision and the messages that follow from it in one document. Right after that
write they are published; a sweep finds what a crash or an absent broker left behind. The sweep
uses no clock: what two looks in a row have both seen has been left behind.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import structlog
from pydantic import ValidationError

from shared.crash import crash_point
from shared.errors import Transient
from shared.messages import CONTRACT, Message

log = structlog.get_logger()

_TYPES: Final = {one.routing_key: one for one in CONTRACT}
_PAUSE: Final = 2.0
"""Seconds between two looks of the sweep."""
_MOST: Final = 500


class Saved(Protocol):
    """Where a store keeps its outgoing messages."""

    async def unsent(self, most: int) -> dict[str, list[dict[str, Any]]]: ...
    async def mark_sent(self, document_id: str, message_ids: Sequence[str]) -> None: ...


def from_saved(saved: Mapping[str, Any]) -> Message:
    """The message that a document held."""
    return _TYPES[saved["key"]].model_validate({k: v for k, v in saved.items() if k != "key"})


class Outbox:
    """Sends the messages of one collection."""

    def __init__(self, saved: Saved, publish: Callable[[Message], Awaitable[None]]) -> None:
        self._saved = saved
        self._publish = publish
        self._under_way: dict[str, asyncio.Task[bool]] = {}
        self._seen_last_time: set[str] = set()

    def send(self, document_id: str, messages: Sequence[Message]) -> None:
        """Publish what was just saved; returns at once, and never fails: the document remembers."""
        if not messages:
            return
        task = asyncio.create_task(self._try(document_id, messages))
        key = messages[0].message_id
        self._under_way[key] = task
        task.add_done_callback(lambda _: self._under_way.pop(key, None))

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                found_all = await self.sweep()
            except Transient as error:
                log.warning("sweep_postponed", reason=str(error))
                found_all = False
            await asyncio.sleep(0 if found_all else _PAUSE)

    async def sweep(self) -> bool:
        """Send what the last look saw too; True if there may be more to do at once."""
        unsent = await self._saved.unsent(_MOST)
        left_behind = self._seen_last_time & unsent.keys()
        self._seen_last_time = set(unsent)
        is_full = len(unsent) == _MOST
        waiting = [(one, messages) for one in left_behind if (messages := self._ours(unsent[one]))]
        if not waiting:
            return is_full and not left_behind
        return all(await asyncio.gather(*(self._try(*one) for one in waiting))) and is_full

    def _ours(self, saved: Sequence[Mapping[str, Any]]) -> list[Message]:
        """The messages, unless they are being sent or of another version of this program."""
        try:
            messages = [from_saved(one) for one in saved]
        except (KeyError, ValidationError) as error:
            log.error("outbox_unreadable", reason=type(error).__name__)
            return []
        return [] if any(one.message_id in self._under_way for one in messages) else messages

    async def flush(self) -> None:
        """Wait for what is being sent, before the process ends."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _try(self, document_id: str, messages: Sequence[Message]) -> bool:
        """Publish in order, then mark. A failure leaves it for the sweep."""
        try:
            crash_point("outbox.before_publish")
            for message in messages:
                await self._publish(message)
            crash_point("outbox.after_confirm")
            await self._saved.mark_sent(document_id, [one.message_id for one in messages])
            crash_point("outbox.after_mark")
        except Transient as error:
            log.warning("publish_postponed", reason=str(error), reference=messages[0].reference)
            return False
        return True
