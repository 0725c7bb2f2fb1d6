"""The door: a document and wishes in, a checked copy or a reason out.

Nothing of the document is opened here. It is copied into an empty folder, and a confined child
does the rest; what the child left is believed only if it is a plain file.
"""

import asyncio
import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from services.notify.formats import confine
from services.notify.formats.findings import Finding, Reason, Refused
from services.notify.formats.job import Job, Kind, Made, Progress, Said
from services.notify.formats.limits import ConversionSettings
from services.notify.formats.options import Options

_WORKER: Final = "services.notify.formats.worker"
_KILLED_FOR_WORK: Final = {-24, 128 + 24}  # SIGXCPU
_KILLED_FOR_SIZE: Final = {-25, 128 + 25}  # SIGXFSZ


class Converted(BaseModel):
    """A copy, and what is to be said of it."""

    model_config = ConfigDict(frozen=True)

    file: Path
    kind: Kind
    """What the source was."""
    language: str
    title: str
    pages: int | None
    """Of the source, where that has pages."""
    findings: tuple[Finding, ...]

    @property
    def is_sendable(self) -> bool:
        """Whether it may go without a staff member's word."""
        return not any(one.is_failure for one in self.findings)


def _nothing(progress: Progress) -> None:
    """Whom progress is told when nobody asks."""


async def convert(
    source: Path,
    options: Options,
    work: Path,
    *,
    limits: ConversionSettings | None = None,
    name: str = "",
    told: Callable[[Progress], None] = _nothing,
) -> Converted:
    """Make the copy. `work` is an empty folder; the copy is in it. `name`: what the file is called,
    if not as its path. May be cancelled: nothing of it goes on.

    Raises: Refused.
    """
    limits = limits or ConversionSettings()
    called = Path(name or source.name)
    if await asyncio.to_thread(_size, source) > limits.convert_most_bytes:
        raise Refused(Reason.TOO_LARGE, f"It has more than {limits.convert_most_bytes} bytes.")
    job = Job(
        source="source",
        name=called.stem,
        extension=called.suffix.lower().removeprefix("."),
        options=options,
        most_bytes=limits.convert_most_bytes,
        most_pages=limits.convert_most_pages,
        memory_mb=limits.convert_memory_mb,
    )
    await asyncio.to_thread(_lay_out, source, work, job)
    heard = _Heard(told)
    program = [sys.executable, "-m", _WORKER, "job.json"]
    status = await confine.run(await asyncio.to_thread(work.resolve), limits, program, heard.line)
    made = _made(heard, status)
    file = work / "out" / made.file
    await asyncio.to_thread(_check_plain, file)
    return Converted(
        file=file,
        kind=made.kind,
        language=made.language,
        title=made.title,
        pages=made.pages,
        findings=made.findings,
    )


def _size(source: Path) -> int:
    return source.stat().st_size


def _lay_out(source: Path, work: Path, job: Job) -> None:
    (work / "out").mkdir(parents=True)
    shutil.copyfile(source, work / job.source)
    (work / "job.json").write_text(job.model_dump_json(), encoding="utf-8")


class _Heard:
    """What the child has said; the last word counts."""

    def __init__(self, told: Callable[[Progress], None]) -> None:
        self._told = told
        self.last: Said | None = None

    def line(self, line: bytes) -> None:
        try:
            said = Said.model_validate_json(line)
        except ValidationError:
            return
        if said.progress is not None:
            self._told(said.progress)
        else:
            self.last = said


def _made(heard: _Heard, status: int) -> Made:
    if heard.last is not None and heard.last.refused is not None:
        raise Refused(heard.last.refused, heard.last.detail[:300])
    if heard.last is not None and heard.last.made is not None and status == 0:
        return heard.last.made
    if status in _KILLED_FOR_WORK:
        raise Refused(Reason.TOO_LONG, "It used up its share of the processor.")
    if status in _KILLED_FOR_SIZE:
        raise Refused(Reason.TOO_LARGE, "It unpacks to more than is allowed.")
    raise Refused(Reason.DAMAGED, f"Its conversion ended with status {status}.")


def _check_plain(file: Path) -> None:
    """Raises: Refused: it is a link, which may lead to a file of ours, or nothing at all."""
    try:
        for path in (file.parent, file):
            mode = os.lstat(path).st_mode
            if not (stat.S_ISDIR(mode) if path == file.parent else stat.S_ISREG(mode)):
                raise Refused(Reason.DAMAGED, "Its conversion left no plain file.")
    except OSError as error:
        raise Refused(Reason.DAMAGED, "Its conversion left no file.") from error
