"""What a check found, and why a document was refused, in words that staff and patron can read.
Pure.
"""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from shared.errors import Permanent


class Reason(StrEnum):
    """Why no copy could be made."""

    ENCRYPTED = "encrypted"
    PROTECTED = "protected"
    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    TOO_MUCH = "too_much"
    DAMAGED = "damaged"
    EMPTY = "empty"
    NO_LANGUAGE = "no_language"
    NOT_CONFINED = "not_confined"
    MISSING_TOOL = "missing_tool"
    CRASHED = "crashed"
    GONE = "gone"


WORDS: Final = {
    Reason.ENCRYPTED: "The file is locked with a password. Please send one without.",
    Reason.PROTECTED: "The file is protected by its publisher (DRM), so no copy can be made of it.",
    Reason.MISTYPED: "The file is not what its name says it is.",
    Reason.UNKNOWN: "We can't read files of this kind.",
    Reason.TOO_LARGE: "The file is larger than we can convert.",
    Reason.TOO_MANY_PAGES: "The document has more pages than we can convert.",
    Reason.TOO_LONG: "Converting the document took too long, and was ended.",
    Reason.TOO_DEEP: "The document is nested too deeply to be read.",
    Reason.TOO_MUCH: "Converting the document needs more memory than there is for it.",
    Reason.DAMAGED: "The file is damaged, and can't be read.",
    Reason.EMPTY: "There is no text in the document.",
    Reason.NO_LANGUAGE: "We have no voice, braille code or text recognition for this language.",
    Reason.NOT_CONFINED: "Conversions can't be confined on this machine, so none is made.",
    Reason.MISSING_TOOL: "A program that this conversion needs is not installed.",
    Reason.CRASHED: "Converting the document was begun several times, and never came to an end.",
    Reason.GONE: "The file is not there any more.",
}


class Refused(Permanent):
    """No copy can be made of this. Says why, in words for staff and patron."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """`detail`: for staff; never the document's own words."""
        super().__init__(f"{WORDS[reason]} {detail}".strip())
        self.reason = reason
        self.detail = detail


class Finding(BaseModel):
    """One thing that a check found."""

    model_config = ConfigDict(frozen=True)

    kind: str
    words: str
    count: int = 1
    is_failure: bool = False
    """Whether the copy must not be sent without a staff member's word."""


_KINDS: Final = {
    # kind: (for one, for several, whether it is a failure)
    "no_description": ("One image has no description.", "{} images have no description.", False),
    "image_left_out": (
        "One image is not in the file, or can't be shown: its description stands in its place.",
        "{} images are not in the file, or can't be shown: descriptions stand in their place.",
        False,
    ),
    "no_table_header": ("One table has no header row.", "{} tables have no header row.", False),
    "table_as_rows": (
        "One table is too wide for the page in letters of this size: it is a list of its rows, "
        "each value after the heading of its column.",
        "{} tables are too wide for the page in letters of this size: they are lists of their "
        "rows, each value after the heading of its column.",
        False,
    ),
    "no_headings": ("The document has no headings.", "", False),
    "no_title": ("The document has no title; the name of its file is used.", "", False),
    "no_language": (
        "The document does not say its language; the language of the request is taken for it.",
        "",
        False,
    ),
    "language_wrong": (
        "The document says a language that is not written in its letters; that of its letters is "
        "taken for it.",
        "",
        False,
    ),
    "set_plain": (
        "One passage could not be printed as it is made up; its words stand there plainly.",
        "{} passages could not be printed as they are made up; their words stand there plainly.",
        True,
    ),
    "language_guessed": (
        "One passage in Arabic or Hebrew letters does not say its language; Arabic or Hebrew is "
        "taken for it.",
        "{} passages in Arabic or Hebrew letters do not say their language; Arabic or Hebrew is "
        "taken for it.",
        False,
    ),
    "heading_mended": (
        "One heading was of a lower level than its place allows; it was raised.",
        "{} headings were of a lower level than their place allows; they were raised.",
        False,
    ),
    "link_mended": (
        "One link leads nowhere in the document; its text was kept.",
        "{} links lead nowhere in the document; their text was kept.",
        False,
    ),
    "raw_left_out": ("One piece of foreign code was left out.", "{} were left out.", False),
    "maths_as_text": (
        "One formula is given as words; somebody who knows the subject should look at it.",
        "{} formulas are given as words; somebody who knows the subject should look at them.",
        False,
    ),
    "maths_as_signs": (
        "One formula of a slide is given as its letters and signs in a row; somebody who knows the "
        "subject should write it out.",
        "{} formulas of slides are given as their letters and signs in a row; somebody who knows "
        "the subject should write them out.",
        False,
    ),
    "table_unread": (
        "One page has a table that could not be read as one: its cells follow each other as lines. "
        "Somebody should make it a table, or write out what it says.",
        "{} pages have tables that could not be read as such: their cells follow each other as "
        "lines. Somebody should make them tables, or write out what they say.",
        True,
    ),
    "table_guessed": (
        "One table was told from the look of its page; its cells should be compared with it.",
        "{} tables were told from the look of their pages; their cells should be compared with "
        "them.",
        False,
    ),
    "pages_without_text": (
        "One page is a picture: its text was recognised, and may have mistakes.",
        "{} pages are pictures: their text was recognised, and may have mistakes.",
        False,
    ),
    "unsure_words": (
        "One word was recognised with little certainty.",
        "{} words were recognised with little certainty.",
        False,
    ),
    "layout_guessed": (
        "Headings, lists and reading order were told from the look of the pages.",
        "",
        False,
    ),
    "other_language": (
        "One passage is in a language that there is no code or voice for; that of the document is "
        "used.",
        "{} passages are in languages that there is no code or voice for; that of the document is "
        "used.",
        False,
    ),
    "letters_changed": (
        "One word is not as it was when the braille is read back.",
        "{} words are not as they were when the braille is read back.",
        False,
    ),
}


def found(kind: str, count: int = 1) -> Finding:
    """A finding of a known kind."""
    one, several, is_failure = _KINDS[kind]
    words = several.format(count) if count != 1 and several else one
    return Finding(kind=kind, words=words, count=count, is_failure=is_failure)


def failure(kind: str, words: str, count: int = 1) -> Finding:
    """The copy is not as its format demands."""
    return Finding(kind=kind, words=words, count=count, is_failure=True)
