"""Folders in which copies are made, each for one conversion. What one that was killed has left
behind is taken away by the next one that comes: a lock says who still lives."""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "enquiry-desk-copy-"
_LOCK: Final = "lock"


@asynccontextmanager
async def work_folder(place: Path | None = None) -> AsyncIterator[Path]:
    """An empty folder, gone with all that is in it when the context ends. `place`: where, if not
    where temporary files are."""
    folder, lock = await asyncio.to_thread(_made, place)
    try:
        yield folder / "work"
    finally:
        os.close(lock)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _made(place: Path | None) -> tuple[Path, int]:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    (folder / "work").mkdir()
    return folder, lock


def tidy(place: Path | None = None) -> int:
    """Take away what is nobody's any more; how many folders."""
    count = 0
    for folder in (place or Path(tempfile.gettempdir())).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another is at it, or it is another's
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
                count += 1
            finally:
                os.close(lock)
    return count
