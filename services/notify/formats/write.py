"""Writes a tree as the format that is asked for, and checks what was written. Runs in the confined
child."""

from pathlib import Path
from typing import Final

from services.notify.formats import (
    book,
    braille,
    compare,
    page,
    pdf_check,
    plain,
    speech,
    typeset,
    word_copy,
)
from services.notify.formats.findings import Finding, found
from services.notify.formats.job import Job
from services.notify.formats.linear import passages
from services.notify.formats.options import Format
from services.notify.formats.saying import Say
from services.notify.formats.tree import Document, walk

_AS_WORDS: Final = {Format.BRF, Format.PEF, Format.MP3, Format.DAISY}


def write(document: Document, target: Path, job: Job, say: Say) -> list[Finding]:
    """What the check of the copy found. Raises: Refused."""
    say("writing")
    heap = job.memory_mb // 3
    options = job.options
    formulas = sum(node["t"] == "Math" for node in walk(document.blocks))
    if formulas and options.format in _AS_WORDS:
        document.findings.append(found("maths_as_text", formulas))
    match options.format:
        case Format.HTML:
            page.write(document, target, heap)
            checked = page.check
        case Format.EPUB:
            book.write(document, target, heap)
            checked = book.check
        case Format.DOCX:
            word_copy.write(document, target, heap)
            checked = word_copy.check
        case Format.TEXT:
            plain.write(document, target, heap)
            checked = plain.check
        case Format.PDF | Format.LARGE_PRINT:
            return _set_in_type(document, target, job, say)
        case Format.BRF | Format.PEF:
            return braille.write(document, target, options) + _as_said(document)
        case Format.MP3 | Format.DAISY:
            return speech.write(document, target, options, say) + _as_said(document)
    say("checking")
    found_here, text = checked(target, document)
    return found_here + compare.compare(document, text)


def _as_said(document: Document) -> list[Finding]:
    """Of a copy that is felt or heard: whether its line of passages has all the words."""
    return compare.compare(document, "\n".join(one.text for one in passages(document)))


def _set_in_type(document: Document, target: Path, job: Job, say: Say) -> list[Finding]:
    is_large = job.options.format is Format.LARGE_PRINT
    size = job.options.point_size if is_large else typeset.USUAL_SIZE
    # As it was before tables became lists.
    document.source = compare.source_words(document)
    typeset.write(document, target, size, job.memory_mb // 3)
    say("checking")
    found_here, text = pdf_check.check(target, size if is_large else 0)
    return found_here + compare.compare(document, text)
