"""Small disks that can be filled: a file system in memory under one server's folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_BALLAST: Final = "ballast"


class NoDisk(Exception):
    """This machine lets nobody but root mount one."""


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """While this lasts the folder is a disk of its own. Raises: NoDisk."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoDisk(str(error)) from error
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)


def fill(folder: Path) -> None:
    """To the last byte."""
    file = os.open(folder / _BALLAST, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with suppress(OSError):
        os.posix_fallocate(file, 0, shutil.disk_usage(folder).free)
    with suppress(OSError):
        while os.write(file, bytes(4096)):
            pass
    os.close(file)


def clear(folder: Path) -> None:
    """As it was."""
    with suppress(FileNotFoundError):
        (folder / _BALLAST).unlink()
