"""Text without the marks that many leave out. Pure."""

import unicodedata
from typing import Final

_MOST_KNOWN: Final = 20_000
"""Characters that are remembered: those of many scripts."""


class _Marks(dict[int, int | None]):
    """A table for `str.translate` that learns each character when it first comes."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code)) in {"Mn", "Cf"} else code
        if len(self) < _MOST_KNOWN:
            self[code] = kept
        return kept


_MARKS: Final = _Marks()


def unmarked(apart: str) -> str:
    """The text without marks that stand on letters and those that nobody sees (Unicode's general
    categories Mn and Cf). Accents are such marks once the text is taken apart (NFKD)."""
    return apart if apart.isascii() else apart.translate(_MARKS)
