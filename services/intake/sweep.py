"""Takes away the files of letters that were never kept, and the pieces of files that were never
finished: what a crash or a refusal left behind."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

import structlog

from shared.errors import Transient

log = structlog.get_logger()

_PAUSE: Final = 600.0
_DAY: Final = 86_400.0
_PAGE: Final = 100


class Letters(Protocol):
    """What this needs of the store."""

    async def sweep_files(self, now: datetime) -> int: ...
    async def sweep_chunks(self, after: str, now: datetime) -> str | None: ...


async def sweep_files(letters: Letters, clock: Callable[[], datetime]) -> None:
    """Look every ten minutes, and go on at once while there is more. Ends only with the process."""
    while True:
        try:
            while await letters.sweep_files(clock()) >= _PAGE:
                pass
        except Transient as error:
            log.warning("files_postponed", reason=str(error))
        await asyncio.sleep(_PAUSE)


async def sweep_chunks(letters: Letters, clock: Callable[[], datetime]) -> None:
    """Look through all once a day: they are few, and have no index of their own. Ends only with the
    process."""
    while True:
        after: str | None = ""
        pause = _DAY
        try:
            while after is not None:
                after = await letters.sweep_chunks(after, clock())
        except Transient as error:
            log.warning("files_postponed", reason=str(error))
            pause = _PAUSE
        await asyncio.sleep(pause)
