"""`make bench-formats`: what a page costs in each format, in CPU seconds and memory.

The article that the tests are made with, as a Word file, and a scan of two pages; each in a process
of its own. CPU is that of all its programs; the peak that of the largest of them. Bubblewrap does
not account for what runs in it, so these run without: it adds some hundredths of a second to each.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from services.notify.formats.convert import convert
from services.notify.formats.limits import ConversionSettings
from services.notify.formats.options import Format, Options
from services.notify.formats.pdf_lines import opened
from tests.formats import samples

_FORMATS: Final = tuple(Format)


def main() -> None:
    if len(sys.argv) == 4:
        print(json.dumps(_measured(Path(sys.argv[1]), Format(sys.argv[2]), Path(sys.argv[3]))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        markdown = samples.write_markdown(folder, samples.article(), "article")
        article = samples.office(folder, markdown, "docx")
        rows = {one: _apart(article, one, folder) for one in _FORMATS}
        pages = len(opened(str(folder / "docx-pdf.pdf")))
        scan = samples.scan(folder)
        print(f"The article has {pages} pages of A4 as PDF; the scan has 2.\n")
        print("| copy | CPU seconds a page | seconds by the clock, in all | peak MB |")
        print("|---|---|---|---|")
        for one, row in rows.items():
            _print(str(one), row, pages)
        _print("html, of a scan", _apart(scan, Format.HTML, folder), 2)


def _print(name: str, row: dict[str, Any], pages: int) -> None:
    print(f"| {name} | {row['cpu'] / pages:.3f} | {row['clock']:.1f} | {row['peak']:.0f} |")


def _apart(source: Path, form: Format, folder: Path) -> dict[str, Any]:
    program = [sys.executable, "-m", "bench.conversions", str(source), str(form), str(folder)]
    said = subprocess.run(program, stdout=subprocess.PIPE, check=True).stdout
    made: dict[str, Any] = json.loads(said.splitlines()[-1])
    return made


def _measured(source: Path, form: Format, folder: Path) -> dict[str, float]:
    limits = ConversionSettings(convert_unconfined=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        made = asyncio.run(convert(source, Options(format=form), Path(work), limits=limits))
        clock = time.monotonic() - begun
        copy = folder / f"{source.suffix[1:]}-{form}{made.file.suffix}"
        copy.write_bytes(made.file.read_bytes())
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "cpu": used.ru_utime + used.ru_stime,
        "clock": clock,
        "peak": used.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
