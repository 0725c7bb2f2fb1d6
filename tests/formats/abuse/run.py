"""Converts what means harm, and says what is wrong with what became of it."""

import asyncio
import re
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.notify.formats.convert import convert
from services.notify.formats.findings import WORDS, Refused
from services.notify.formats.limits import ConversionSettings
from services.notify.formats.options import Options
from tests.formats.abuse.documents import MADE, Bad
from tests.formats.abuse.files import TRAP

LIMITS: Final = ConversionSettings(
    convert_seconds=20,
    convert_memory_mb=1536,
    convert_most_bytes=100_000_000,
    convert_most_pages=2_000,
    convert_file_mb=128,
    convert_folder_mb=512,
)
_ACTIVE: Final = re.compile(
    rb"<script|javascript:|<iframe|<object|<embed|<form|@import|http-equiv=.refresh"
    rb"|(?:src|data|action)=.?" + re.escape(TRAP.encode()),
    re.I,
)
_CARRIED: Final = re.compile(r"vba|\.bin$|fonts/|activex", re.I)
"""Parts of an office file that are programs."""
_OURS: Final = (b"root:x:0:", b"root:*:0:", b'"most_bytes"')
"""What stands in files that are none of a document's: the machine's, and the job itself."""


@dataclass(frozen=True)
class Became:
    """What became of one."""

    name: str
    form: str
    end: str
    seconds: float
    faults: tuple[str, ...]


async def try_on(one: Bad, form: str, limits: ConversionSettings = LIMITS) -> Became:
    """Convert it to a format, and look at what comes out."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        source, work = Path(folder) / "source", Path(folder) / "work"
        await asyncio.to_thread(_write, source, one)
        # Making a bomb takes its time too.
        began = time.monotonic()
        options = Options.model_validate({"format": form})
        try:
            made = await convert(source, options, work, limits=limits, name=one.name)
        except Refused as error:
            end = error.reason.value
            if not str(error).startswith(WORDS[error.reason]):
                faults.append("nobody is told why")
        else:
            end = MADE
            faults += await asyncio.to_thread(_wrong_with, made.file)
    seconds = time.monotonic() - began
    if end not in one.wanted:
        faults.append(f"{end}, and not {' or '.join(sorted(one.wanted))}")
    if seconds > limits.convert_seconds + 15:
        faults.append(f"it took {seconds:.0f} s")
    return Became(one.name, form, end, seconds, tuple(faults))


def _write(source: Path, one: Bad) -> None:
    source.write_bytes(one.make())


def _wrong_with(copy: Path) -> list[str]:
    faults = []
    for name, content in _parts(copy):
        faults += [f"{name} has {mark!r} in it" for mark in _OURS if mark in content]
        if copy.suffix == ".docx" and _CARRIED.search(name):
            faults.append(f"{name} is carried over")
        if copy.suffix in {".html", ".epub"} and (active := _ACTIVE.search(content)):
            faults.append(f"{name} runs or fetches: {active[0]!r}")
    return faults


def _parts(copy: Path) -> list[tuple[str, bytes]]:
    if copy.suffix not in {".epub", ".docx", ".zip"}:
        return [(copy.name, copy.read_bytes())]
    with zipfile.ZipFile(copy) as archive:
        return [(one, archive.read(one)) for one in archive.namelist()]
