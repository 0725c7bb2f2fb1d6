"""Recognises the text of a page that is a picture, by tesseract. Runs in the confined child.

Tesseract's own account of words and lines becomes the lines that a PDF's text would have been, so
that the same rules make paragraphs of them.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from statistics import median
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
"""A word below is one if it looks like one: a doubted word is worth more than a gap."""
_LEAST_HIGH: Final = 2.5
"""Points: less is a speck or a line."""
_HEADING: Final = 1.15
"""Of the body's size: a line that is larger may be a heading."""
_FEWEST_LETTERS, _MOST_LETTERS = 4, 80
_SEEN_AS_BULLET: Final = re.compile(r"^(?:[¢°»«*+e©®]|[-—–])\s+(?=[A-Z(\"“])")
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
    blocks, noticed = layout.blocks_of(pages)
    document = Document(blocks, pages=len(pages), findings=noticed)
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
        if row["level"] != "5" or not text or is_noise(text, certainty, height):
            continue
        unsure += certainty < _UNSURE
        key = (page, row["block_num"], row["par_num"], row["line_num"])
        line = lines.get(key)
        if line is None:
            line = lines[key] = Line(int(page) - 1, *sizes[page], font="scan")
            pages[page].append(line)
        # A word that wasn't recognised leaves a gap too: of a picture only wide ones are believed.
        line.take(("" if not line.text else " ") + text, left, left + width, 2 * height)
        line.text += (" " if line.text else "") + text
        line.left, line.right = min(line.left, left), max(line.right, left + width)
        bottom = sizes[page][1] - top - height
        line.bottom, line.top = min(line.bottom, bottom), max(line.top, bottom + height)
    found_lines = list(pages.values())
    paragraphs = {id(line): key[:3] for key, line in lines.items()}
    for page_lines in found_lines:
        settle_sizes(page_lines, [paragraphs[id(line)] for line in page_lines])
    return found_lines, unsure


def is_noise(text: str, certainty: float, height: float) -> bool:
    """Whether it is a speck that was taken for letters. `height` in points."""
    has_letters = any(one.isalnum() for one in text)
    return certainty < _NOISE and (height < _LEAST_HIGH or not has_letters)


def settle_sizes(lines: list[Line], paragraphs: Sequence[tuple[str, ...]]) -> None:
    """The size of each line of a page: that of the body, if it isn't a heading for sure.

    Specks and skew make a line look taller than it is, and a heading that is none misleads whoever
    goes through a document by its headings more than one that is missed. `paragraphs`: the one that
    each line is in.
    """
    for line in lines:
        line.text = _SEEN_AS_BULLET.sub("• ", line.text)
    if not lines:
        return
    sizes = [_size(line) for line in lines]
    body = median(size for size, line in zip(sizes, lines, strict=True) for _ in line.text)
    long = Counter(paragraphs)
    for line, size, paragraph in zip(lines, sizes, paragraphs, strict=True):
        is_heading = (
            size > body * _HEADING
            and long[paragraph] <= 2
            and _FEWEST_LETTERS <= len(line.text) <= _MOST_LETTERS
            and re.match(r"[A-Z\d\W]", line.text)
            and not re.search(r"[.,;:]$", line.text)
            and sum(one.isalpha() for one in line.text) > len(line.text) / 2
        )
        line.sizes[round(size / 1.5) * 1.5 if is_heading else round(body, 1)] = 1


def _size(line: Line) -> float:
    """Of a line's letters, by how far the letters in it reach up and down."""
    tall = any(one in "bdfhklt" or one.isupper() for one in line.text)
    deep = any(one in "gjpqy" for one in line.text)
    return (line.top - line.bottom) / (0.52 + 0.22 * tall + 0.21 * deep)
