"""What is asked for: a format, and how it shall be. Pure.

Two requests that would make the same file have the same key, so that it is made once.
"""

import hashlib
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

MADE_BY: Final = 3
"""Raised when the writers make other files than before: what was made earlier is no answer then."""
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
"""A BCP 47 tag."""


class Format(StrEnum):
    """What a copy can be."""

    HTML = "html"
    PDF = "pdf"
    LARGE_PRINT = "large_print"
    EPUB = "epub"
    DOCX = "docx"
    TEXT = "text"
    BRF = "brf"
    PEF = "pef"
    MP3 = "mp3"
    DAISY = "daisy"


EXTENSIONS: Final = {
    Format.HTML: "html",
    Format.PDF: "pdf",
    Format.LARGE_PRINT: "pdf",
    Format.EPUB: "epub",
    Format.DOCX: "docx",
    Format.TEXT: "txt",
    Format.BRF: "brf",
    Format.PEF: "pef",
    Format.MP3: "mp3",
    Format.DAISY: "zip",
}
_BRAILLE: Final = ("braille_grade", "braille_table", "cells", "lines")
_OF_FORMAT: Final = {
    Format.LARGE_PRINT: ("point_size",),
    Format.BRF: _BRAILLE,
    Format.PEF: _BRAILLE,
    Format.MP3: ("words_a_minute",),
    Format.DAISY: ("words_a_minute",),
}
"""Which options beside the common ones make a difference to a format."""


class Options(BaseModel):
    """A format, and how it shall be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Format
    language: Language = "en"
    """Of a document that does not say its own."""
    title: Annotated[str, Field(max_length=500)] = ""
    """Of a document that has none."""
    point_size: Annotated[float, Field(ge=12, le=72)] = 18
    """Of large print: no glyph is smaller."""
    braille_grade: Annotated[int, Field(ge=1, le=2)] = 2
    braille_table: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,60}$")] = ""
    """One of liblouis's, for the document's own language; empty: by language and grade."""
    cells: Annotated[int, Field(ge=20, le=60)] = 40
    lines: Annotated[int, Field(ge=10, le=50)] = 25
    words_a_minute: Annotated[int, Field(ge=80, le=400)] = 165


def key_of(source_hash: str, options: Options) -> str:
    """What the copy is kept under: of the same source and the same wishes there is one."""
    wishes = {"language", "title", *_OF_FORMAT.get(options.format, ())}
    wanted = options.model_copy(update={"title": " ".join(options.title.split())})
    said = wanted.model_dump_json(include={"format", *wishes})
    return hashlib.sha256(f"{MADE_BY}\n{source_hash}\n{said}".encode()).hexdigest()
