"""Checks a tagged PDF that we wrote: what a program can see of PDF/UA without a validator, and how
small its letters are."""

import ctypes
from pathlib import Path
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from services.notify.formats.findings import Finding, failure

_UA: Final = (b"pdfuaid:part", b'http://www.aiim.org/pdfua/ns/id/"')
_ROUNDING: Final = 0.05
"""Points."""


def check(target: Path, least: float) -> tuple[list[Finding], str]:
    """What is wrong with it, and its words. `least`: points, 0 for any size."""
    try:
        pdf = pypdfium2.PdfDocument(target)
    except pypdfium2.PdfiumError:
        return [failure("not_pdf", "The PDF can't be opened.")], ""
    found: list[Finding] = []
    raw = target.read_bytes()
    if not pdfium.FPDFCatalog_IsTagged(pdf.raw):
        found.append(failure("pdf_untagged", "The PDF is not tagged."))
    if _UA[0] not in raw:
        found.append(failure("pdf_claim", "The PDF does not say that it is PDF/UA."))
    if not pdf.get_metadata_value("Title").strip():
        found.append(failure("pdf_title", "The PDF has no title."))
    if not _language(pdf):
        found.append(failure("pdf_language", "The PDF does not say its language."))
    texts: list[str] = []
    smallest = 1e9
    for page in pdf:
        text_page = page.get_textpage()
        texts.append(text_page.get_text_bounded())
        smallest = min(smallest, smallest_glyph(text_page))
    if least and smallest < least - _ROUNDING:
        said = f"The smallest letters have {smallest:.1f} points; {least:g} were asked for."
        found.append(failure("pdf_size", said))
    return found, "\n".join(texts).replace("\ufffe", "").replace("\x02", "")


def _language(pdf: Any) -> str:
    """What its catalogue says."""
    size = pdfium.FPDFCatalog_GetLanguage(pdf.raw, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFCatalog_GetLanguage(
        pdf.raw, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size
    )
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def smallest_glyph(text_page: Any) -> float:
    """In points, as it is shown."""
    matrix = pdfium.FS_MATRIX()
    smallest = 1e9
    for number in range(text_page.count_chars()):
        if chr(pdfium.FPDFText_GetUnicode(text_page.raw, number)).isspace():
            continue
        if not pdfium.FPDFText_GetMatrix(text_page.raw, number, matrix):
            continue
        scale = (matrix.c**2 + matrix.d**2) ** 0.5
        smallest = min(smallest, pdfium.FPDFText_GetFontSize(text_page.raw, number) * scale)
    return smallest
