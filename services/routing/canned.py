"""Answers that are written once and used often: texts with a few variables. Pure.

A text is checked when it is saved, so that no patron reads a variable's name; what fills it is put
in once and never read again as a text.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

VARIABLES: Final = ("patron", "reference", "owner", "library")
_VARIABLE: Final = re.compile(r"\{(" + "|".join(VARIABLES) + r")\}")
_ANY: Final = re.compile(r"\{([^{}]*)\}")
_WORD: Final = re.compile(r"\w+")
_MOST_WORDS: Final = 2000
"""That one answer is found by."""
_LONGEST_WORD: Final = 50


@dataclass(frozen=True)
class Filled:
    """A text for one ticket."""

    text: str
    missing: tuple[str, ...]
    """Variables that nothing is known for: nothing stands in their place."""


def fault(text: str) -> str | None:
    """Why this can't be saved; None: it can."""
    unknown = [one for one in _ANY.findall(text) if one not in VARIABLES]
    if unknown:
        return f"there is no variable {{{unknown[0][:_LONGEST_WORD]}}}; there are " + ", ".join(
            f"{{{one}}}" for one in VARIABLES
        )
    rest = _VARIABLE.sub("", text)
    return "a brace that begins or ends no variable" if {"{", "}"} & set(rest) else None


def fill(text: str, values: Mapping[str, str | None]) -> Filled:
    """The text with these values."""
    used = dict.fromkeys(_VARIABLE.findall(text))
    missing = tuple(one for one in used if not values.get(one))
    return Filled(_VARIABLE.sub(lambda found: values.get(found[1]) or "", text), missing)


def is_unfilled(text: str) -> bool:
    """Whether a variable stands in it as it was written."""
    return _VARIABLE.search(text) is not None


def folded(text: str) -> list[str]:
    """Its words, each once, in small letters and without accents."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(one for one in apart if not unicodedata.combining(one))
    return list(dict.fromkeys(one[:_LONGEST_WORD] for one in _WORD.findall(plain)))


def words_of(texts: Iterable[str]) -> list[str]:
    """What an answer is found by."""
    return folded(" ".join(texts))[:_MOST_WORDS]


def language_for(ticket: str, known: Iterable[str], library: Sequence[str]) -> str:
    """In which language: the ticket's, else the first of the library's that there is."""
    there = [*known]
    return next((one for one in (ticket, *library) if one in there), there[0])
