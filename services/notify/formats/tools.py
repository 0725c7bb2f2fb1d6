"""Runs the programs that convert, inside the confined child. It is itself what is confined."""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from services.notify.formats.findings import Reason, Refused

_HEAP_EXHAUSTED: Final = 251
_ENDED_BY_LIMIT: Final = {-9, -24}
_ENDED_BY_SIZE: Final = -25
"""SIGXFSZ."""


def pandoc(arguments: list[str], memory_mb: int, given: bytes = b"") -> bytes:
    """What it writes. Raises: Refused."""
    spec = importlib.util.find_spec("pypandoc")
    if spec is None or spec.origin is None:
        raise Refused(Reason.MISSING_TOOL, "pandoc")
    binary = Path(spec.origin).parent / "files" / "pandoc"
    heap = ["+RTS", f"-M{memory_mb}m", "-RTS"]
    return run([str(binary), *heap, *arguments], given)


def run(program: list[str], given: bytes = b"") -> bytes:
    """What a program writes. Raises: Refused: it isn't there, or did not like what it was given."""
    _find(program)
    ended = subprocess.run(  # noqa: S603
        program, input=given, capture_output=True, check=False
    )
    _judge(program, ended.returncode)
    return ended.stdout


@contextmanager
def fed(program: list[str]) -> Iterator[IO[bytes]]:
    """A program that reads what is written here, as it comes; afterwards it has ended.

    Raises: Refused: it isn't there, or did not like what it was given.
    """
    _find(program)
    quiet = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603
        program, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet
    ) as running:
        assert running.stdin is not None  # noqa: S101  for the types
        with suppress(BrokenPipeError):  # it has ended before: its status says why
            yield running.stdin
            running.stdin.close()
    _judge(program, running.returncode)


def _find(program: list[str]) -> None:
    if shutil.which(program[0]) is None:
        raise Refused(Reason.MISSING_TOOL, Path(program[0]).name)


def _judge(program: list[str], status: int) -> None:
    name = Path(program[0]).name
    if status == _HEAP_EXHAUSTED or status in _ENDED_BY_LIMIT:
        raise Refused(Reason.TOO_MUCH, name)
    if status == _ENDED_BY_SIZE:
        raise Refused(Reason.TOO_LARGE, name)
    if status != 0:
        raise Refused(Reason.DAMAGED, f"{name} ended with status {status}.")
