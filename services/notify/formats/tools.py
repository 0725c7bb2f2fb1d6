"""Runs the programs that convert, inside the confined child. It is itself what is confined."""

import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Final

from services.notify.formats.findings import Reason, Refused

_HEAP_EXHAUSTED: Final = 251
_ENDED_BY_LIMIT: Final = {-9, -24}


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
    if shutil.which(program[0]) is None:
        raise Refused(Reason.MISSING_TOOL, Path(program[0]).name)
    ended = subprocess.run(  # noqa: S603
        program, input=given, capture_output=True, check=False
    )
    if ended.returncode == _HEAP_EXHAUSTED or ended.returncode in _ENDED_BY_LIMIT:
        raise Refused(Reason.TOO_MUCH, Path(program[0]).name)
    if ended.returncode != 0:
        detail = f"{Path(program[0]).name} ended with status {ended.returncode}."
        raise Refused(Reason.DAMAGED, detail)
    return ended.stdout
