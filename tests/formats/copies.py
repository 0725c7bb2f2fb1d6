"""What a copy says, read by means that the writers don't use, and how small its letters are."""

import re
import zipfile
from pathlib import Path
from typing import Any, Final

import pypdfium2
from lxml import etree, html

from services.notify.formats.options import Format

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def said_by(file: Path, form: Format) -> str | None:
    """Its words; None for sound, and for braille, which is read back on its own."""
    match form:
        case Format.HTML:
            return _page(file.read_bytes())
        case Format.PDF | Format.LARGE_PRINT:
            pages = pypdfium2.PdfDocument(file)
            text = "\n".join(one.get_textpage().get_text_bounded() for one in pages)
            return text.replace("\ufffe", "").replace("\x02", "")
        case Format.EPUB:
            with zipfile.ZipFile(file) as book:
                names = sorted(one for one in book.namelist() if re.search(r"text/.*\.xhtml$", one))
                return "\n".join(_page(book.read(one)) for one in names)
        case Format.DOCX:
            return _word(file)
        case Format.DAISY:
            with zipfile.ZipFile(file) as book:
                return _page(book.read("content.html"))
        case _:
            return file.read_text(encoding="utf-8-sig") if form is Format.TEXT else None


def _page(raw: bytes) -> str:
    page = html.document_fromstring(raw)
    for one in page.xpath("//head|//nav|//math"):
        one.drop_tree()
    return "\n".join(page.itertext())


def _word(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        parts: list[Any] = [
            etree.fromstring(archive.read(one))
            for one in ("word/document.xml", "word/footnotes.xml")
            if one in archive.namelist()
        ]
    paragraphs = [one for part in parts for one in part.iter(f"{_W}p")]
    return "\n".join("".join(t.text or "" for t in one.iter(f"{_W}t")) for one in paragraphs)
