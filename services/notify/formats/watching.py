"""Watches a confined child from without: what its processes have of memory together, how many they
are, and what lies in its folder. The kernel's own limits are for each process, or each file, alone.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.notify.formats.findings import Reason
from services.notify.formats.limits import ConversionSettings

_EVERY: Final = 0.25
_FOLDER_EVERY: Final = 8
"""Looks at the processes for each look at the folder, which takes longer."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_OURS: Final = 8
"""Processes of the confinement itself, at most."""


@dataclass
class Watched:
    """What came of it."""

    ended_for: Reason | None = None


@asynccontextmanager
async def watch(pid: int, work: Path, limits: ConversionSettings) -> AsyncIterator[Watched]:
    """While this lasts, a child that takes more than it may is killed with all its own."""
    watched = Watched()
    watching = asyncio.create_task(_watch(pid, work, limits, watched))
    try:
        yield watched
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(pid: int, work: Path, limits: ConversionSettings, watched: Watched) -> None:
    mega = 1024 * 1024
    look = 0
    while True:
        await asyncio.sleep(_EVERY)
        look += 1
        processes = list(family(pid))
        if sum(map(resident, processes)) > limits.convert_memory_mb * mega:
            watched.ended_for = Reason.TOO_MUCH
        if len(processes) > limits.convert_processes + _OURS:
            watched.ended_for = Reason.TOO_MUCH
        if not look % _FOLDER_EVERY:
            taken = await asyncio.to_thread(size_of, work)
            if taken > limits.convert_folder_mb * mega:
                watched.ended_for = Reason.TOO_LARGE
        if watched.ended_for is not None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            return


def family(pid: int) -> Iterator[int]:
    """The process and all that it started, and so on."""
    yield pid
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            children = Path(f"/proc/{pid}/task/{thread}/children").read_text(encoding="ascii")
            for child in children.split():
                yield from family(int(child))


def resident(pid: int) -> int:
    """Bytes of memory that a process has; 0 once it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def size_of(folder: Path) -> int:
    """Bytes of the disk that lie in it."""
    taken = 0
    with suppress(OSError):
        for one in os.scandir(folder):
            with suppress(OSError):
                if one.is_dir(follow_symlinks=False):
                    taken += size_of(Path(one.path))
                else:
                    taken += one.stat(follow_symlinks=False).st_blocks * 512
    return taken
