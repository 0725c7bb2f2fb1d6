"""Has attachments looked at for viruses once their letter is kept: at once, and by a sweep what
could not be looked at then. It holds up no letter, and passes nothing without a verdict."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from services.intake.held import Waiting
from shared.errors import Transient
from shared.scanner import Finding, ScannerAway

log = structlog.get_logger()

_PAUSE: Final = timedelta(minutes=2)
"""After which a letter that could not be looked at is tried again; twice as long each time."""
_LONGEST_PAUSE: Final = timedelta(days=1)
MOST_TRIES: Final = 5
"""Looks without a verdict after which staff are told; it is looked at again all the same."""
_AT_ONCE: Final = 2
_ABANDONED: Final = timedelta(hours=1)
"""What has been due for so long is looked at by nobody: whoever looks puts it off."""


class Held(Protocol):
    """What this needs of the store."""

    async def due(self, now: datetime) -> list[str]: ...
    async def waiting(self, letter_id: str) -> Waiting: ...
    async def content(self, file_id: str) -> bytes | None: ...
    async def note(self, letter_id: str, file_id: str, state: str, finding: str) -> None: ...
    async def tell(self, letter_id: str, files: Sequence[str]) -> None: ...
    async def release(self, letter_id: str) -> None: ...
    async def postpone(self, letter_id: str, due_at: datetime, *, counts: bool) -> None: ...


class Abandoned(Protocol):
    """What is needed where nothing looks for viruses any more."""

    async def let_go(self, before: datetime) -> int: ...


class Scanner(Protocol):
    """Who looks."""

    async def scan(self, content: bytes) -> Finding: ...


class Scans:
    """Looks at letters, a few at a time."""

    def __init__(
        self, held: Held, scanner: Scanner, clock: Callable[[], datetime], every: float = 15.0
    ) -> None:
        self._held = held
        self._scanner = scanner
        self._clock = clock
        self._every = every
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, letter_id: str) -> None:
        """Look at a letter that has just been kept; nobody waits for it."""
        task = asyncio.create_task(self._look(letter_id))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def run(self) -> None:
        """Look again and again at what is due. Ends only with the process."""
        while True:
            await self.sweep()
            await asyncio.sleep(self._every)

    async def sweep(self) -> None:
        """Look at each letter whose time has come."""
        try:
            for letter_id in await self._held.due(self._clock()):
                await self._look(letter_id)
        except Transient as error:
            log.warning("scan_postponed", reason=str(error))

    async def _look(self, letter_id: str) -> None:
        """Scan what is held of one letter; what went wrong is left to the sweep."""
        try:
            async with self._room:
                await self._scan(letter_id)
        except Transient as error:
            log.warning("scan_postponed", letter_id=letter_id, reason=str(error))
        except Exception:
            # A fault of ours is no verdict either: the file stays held, and others get their turn.
            log.exception("scan_postponed", letter_id=letter_id)

    async def _scan(self, letter_id: str) -> None:
        """Look at all of it: one file without a verdict keeps none of the others."""
        waiting = await self._held.waiting(letter_id)
        failed: dict[str, Exception] = {}
        for file_id in waiting.files:
            try:
                await self._scan_file(letter_id, file_id)
            except ScannerAway:
                await self._held.postpone(letter_id, self._clock() + _PAUSE, counts=False)
                raise
            except Exception as error:
                failed[file_id] = error
        if not failed:
            await self._held.release(letter_id)
            return
        due_at = self._clock() + _pause(waiting.tries)
        await self._held.postpone(letter_id, due_at, counts=True)
        if waiting.tries + 1 >= MOST_TRIES:
            await self._held.tell(letter_id, tuple(failed))
        raise next(iter(failed.values()))

    async def _scan_file(self, letter_id: str, file_id: str) -> None:
        content = await self._held.content(file_id)
        if content is None:
            raise Transient("an attachment's file is not there")
        finding = await self._scanner.scan(content)
        await self._held.note(letter_id, file_id, finding.state, finding.name)
        if finding.state == "infected":
            log.warning("attachment_infected", letter_id=letter_id)
        else:
            log.info("attachment_clean", letter_id=letter_id)


def _pause(tries: int) -> timedelta:
    return min(_PAUSE * (1 << min(tries, 10)), _LONGEST_PAUSE)


async def let_go(held: Abandoned, clock: Callable[[], datetime], every: float = 600.0) -> None:
    """For where there is no scanner: what an earlier one was to look at, and nobody does, is like
    what came without one. Ends only with the process."""
    while True:
        try:
            if count := await held.let_go(clock() - _ABANDONED):
                log.warning("attachments_unscanned", count=count)
        except Transient as error:
            log.warning("scan_postponed", reason=str(error))
        await asyncio.sleep(every)
