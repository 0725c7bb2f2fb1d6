"""Reads a PDF: its text where it has any, pages that are pictures by recognition. Runs in the
confined child."""

import ctypes
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium

from services.notify.formats import layout, pdf_lines, scan
from services.notify.formats.findings import Reason, Refused, found
from services.notify.formats.job import Job
from services.notify.formats.saying import Say
from services.notify.formats.tree import Document


def read(source: Path, job: Job, say: Say) -> Document:
    """Raises: Refused."""
    pdf = pdf_lines.opened(str(source))
    count = len(pdf)
    if count > job.most_pages:
        raise Refused(Reason.TOO_MANY_PAGES, f"It has {count}; {job.most_pages} are allowed.")
    pages: list[list[pdf_lines.Line]] = []
    language = _language(pdf)
    recognised = unsure = 0
    for number in range(count):
        page = pdf[number]
        lines = pdf_lines.lines_of(page, number)
        if pdf_lines.is_picture(lines) and scan.has_picture(page):
            say("recognising", number + 1, count)
            lines, few = scan.read_page(page, number, language or job.options.language)
            recognised += 1
            unsure += few
        say("reading", number + 1, count)
        pages.append(lines)
        page.close()
    blocks, noticed = layout.blocks_of(pages)
    document = Document(blocks, language=language, pages=count, findings=noticed)
    document.title = " ".join(pdf.get_metadata_value("Title").split())
    document.findings.append(found("layout_guessed"))
    if recognised:
        document.findings.append(found("pages_without_text", recognised))
    if unsure:
        document.findings.append(found("unsure_words", unsure))
    return document


def _language(pdf: Any) -> str:
    """What its catalogue says; empty for nothing."""
    size = pdfium.FPDFCatalog_GetLanguage(pdf.raw, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    place = ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR))
    pdfium.FPDFCatalog_GetLanguage(pdf.raw, place, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
