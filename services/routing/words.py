"""Words as they are compared: whatever their case, accents, apostrophes and white space. Pure."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from shared.unmarked import unmarked

LOOKED_AT: Final = 5_000
"""Characters of a text: who writes more says what it is about before that."""
_ALIKE: Final = str.maketrans("łøđı", "lodi")
"""Letters that do not come apart into a plain one and its accent."""
_SAME: Final = str.maketrans("ʼ’‘´", "'" * 4) | dict.fromkeys(
    (0x0640, *range(0x064B, 0x0653), 0x200E, 0x200F)
)
"""Apostrophes; and Arabic's vowel signs and stretched lines, which most leave out."""
_CLOSED_UP: Final = (("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u2e80", "\ua4cf"))
"""Scripts that put no blanks between words: Thai, Lao, Burmese, Chinese, Japanese."""


def flat(text: str) -> str:
    """In small letters, with single blanks."""
    small = text.casefold()
    if not small.isascii():
        small = _each(_composed, small)
    return " ".join(small.replace("`", "'").split())


def folded(text: str) -> str:
    """That, and without accents, vowel signs and marks that are not seen."""
    return _plain(flat(text))


def _plain(small: str) -> str:
    if small.isascii():
        return small
    return " ".join(_each(_bare, small).split())


def _each(change: Callable[[str], str], text: str) -> str:
    """Its words, changed where they are not of plain letters alone: most are in most languages."""
    # A list, not a generator: this is run on each word of each letter, several times.
    return " ".join([one if one.isascii() else change(one) for one in text.split()])


def _composed(word: str) -> str:
    return unicodedata.normalize("NFC", word).translate(_SAME)


def _bare(word: str) -> str:
    return unmarked(unicodedata.normalize("NFKD", word).translate(_ALIKE))


@dataclass(frozen=True)
class Words:
    """A text to look for phrases in, cut to `LOOKED_AT`."""

    shown: str
    """In single blanks, otherwise as it was written."""
    flat: str
    folded: str

    @classmethod
    def of(cls, text: str) -> Self:
        cut = " ".join(text[:LOOKED_AT].split())
        small = cut.lower().replace("`", "'") if cut.isascii() else flat(cut)
        return cls(cut, small, _plain(small))

    def has(self, phrase: str) -> bool:
        """Whether it has this phrase as whole words; accents count if the phrase has some."""
        wanted, is_plain = _shape(phrase)
        text = self.folded if is_plain else self.flat
        at = text.find(wanted)
        while at >= 0:
            if _is_edge(text, at) and _is_edge(text, at + len(wanted)):
                return True
            at = text.find(wanted, at + 1)
        return False

    def first(self, phrases: Iterable[str]) -> str | None:
        """The first of these phrases that it has."""
        return next((one for one in phrases if self.has(one)), None)


@lru_cache(maxsize=4096)
def _shape(phrase: str) -> tuple[str, bool]:
    """The phrase as it is looked for, and whether it has no accents."""
    small, plain = flat(phrase), folded(phrase)
    return small, small == plain


def _is_edge(text: str, at: int) -> bool:
    """Whether a word may begin or end at this place."""
    if at in {0, len(text)}:
        return True
    sides = (text[at - 1], text[at])
    closed_up = any(first <= one <= last for one in sides for first, last in _CLOSED_UP)
    return closed_up or not all(one.isalnum() or one == "_" for one in sides)
