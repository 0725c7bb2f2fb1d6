"""Recognises the text of a page that is a picture, by tesseract. Runs in the confined child.

Tesseract's own account of words and lines becomes the lines that a PDF's text would have been, so
that the same rules make paragraphs of them.
"""

import csv
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pypdfium2.raw as pdfium

from services.notify.formats import layout
from services.notify.formats.findings import Reason, Refused, found
from services.notify.formats.job import Job
from services.notify.formats.pdf_lines import Line
from services.notify.formats.saying import Say
from services.notify.formats.tools import run
from services.notify.formats.tree import Document

_DPI: Final = 300
_MOST_PIXELS: Final = 40_000_000
_UNSURE: Final = 60.0
"""Of a hundred: a word below was recognised with little certainty."""
_NOISE: Final = 20.0
_DATA: Final = {
    "en": "eng",
    "cy": "cym",
    "fr": "fra",
    "ar": "ara",
    "de": "deu",
    "es": "spa",
    "it": "ita",
    "ga": "gle",
    "nl": "nld",
    "pt": "por",
}


def has_picture(page: Any) -> bool:
    return any(True for _ in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=4))


def read_image(source: Path, job: Job, say: Say) -> Document:
    """Raises: Refused."""
    say("recognising")
    pages, unsure = _recognised(source, job.options.language)
    if len(pages) > job.most_pages:
        raise Refused(Reason.TOO_MANY_PAGES)
    document = Document(layout.blocks_of(pages), pages=len(pages))
    document.language = job.options.language
    document.findings.append(found("layout_guessed"))
    document.findings.append(found("pages_without_text", len(pages)))
    if unsure:
        document.findings.append(found("unsure_words", unsure))
    return document


def read_page(page: Any, number: int, language: str) -> tuple[list[Line], int]:
    """Its lines, and how many words are unsure. Raises: Refused."""
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    picture = Path("page.pgm")
    rows = bytes(bitmap.buffer)
    with picture.open("wb") as written:
        written.write(f"P5 {bitmap.width} {bitmap.height} 255\n".encode())
        for row in range(bitmap.height):
            at = row * bitmap.stride
            written.write(rows[at : at + bitmap.width])
    bitmap.close()
    pages, unsure = _recognised(picture, language, int(72 * scale))
    lines = [line for page_lines in pages for line in page_lines]
    for line in lines:
        line.page = number
    return lines, unsure


def _recognised(picture: Path, language: str, dpi: int = _DPI) -> tuple[list[list[Line]], int]:
    data = _DATA.get(language.split("-", maxsplit=1)[0].lower(), "")
    have = run(["tesseract", "--list-langs"]).decode().split()
    if data not in have:
        raise Refused(Reason.NO_LANGUAGE, f"Tesseract has no data for {language}.")
    # 1: find the way up, then columns and blocks.
    mode = "1" if "osd" in have else "3"
    said = run(
        ["tesseract", str(picture), "-", "-l", data, "--dpi", str(dpi), "--psm", mode, "tsv"]
    )
    return _lines(said.decode("utf-8", "replace"), dpi)


def _lines(said: str, dpi: int) -> tuple[list[list[Line]], int]:
    pages: dict[str, list[Line]] = {}
    sizes: dict[str, tuple[float, float]] = {}
    lines: dict[tuple[str, ...], Line] = {}
    unsure = 0
    points = 72 / dpi
    for row in csv.DictReader(StringIO(said), delimiter="\t", quoting=csv.QUOTE_NONE):
        page = row["page_num"]
        left, top, width, height = (
            float(row[name]) * points for name in ("left", "top", "width", "height")
        )
        if row["level"] == "1":
            pages[page], sizes[page] = [], (width, height)
        text, certainty = (row["text"] or "").strip(), float(row["conf"])
        if row["level"] != "5" or not text or certainty < _NOISE:
            continue
        unsure += certainty < _UNSURE
        key = (page, row["block_num"], row["par_num"], row["line_num"])
        line = lines.get(key)
        if line is None:
            line = lines[key] = Line(int(page) - 1, *sizes[page], font="scan")
            pages[page].append(line)
        line.text += (" " if line.text else "") + text
        line.left, line.right = min(line.left, left), max(line.right, left + width)
        bottom = sizes[page][1] - top - height
        line.bottom, line.top = min(line.bottom, bottom), max(line.top, bottom + height)
    found_lines = list(pages.values())
    _settle_sizes(found_lines)
    return found_lines, unsure


def _settle_sizes(pages: list[list[Line]]) -> None:
    """The height of a line's letters, in steps: what differs little is the same size."""
    for page in pages:
        for line in page:
            tall = any(one in "bdfhklt" or one.isupper() for one in line.text)
            deep = any(one in "gjpqy" for one in line.text)
            part = 0.52 + 0.22 * tall + 0.21 * deep
            line.sizes[max(1.0, round((line.top - line.bottom) / part / 2.5) * 2.5)] = 1
