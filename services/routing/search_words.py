"""The words by which tickets are found, in any of the library's languages. Pure.

A word stands for itself without its accents, and for its stem in each language: who looks for
`llyfrgell`, `books` or `bibliotheque` finds `Llyfrgell`, `book` and `bibliothèques`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, pairwise
from typing import Final, Self

import Stemmer

from services.routing.words import folded

MOST: Final = 400
"""Words that one letter is found by: its first ones, each once."""
_LOOKED_AT: Final = 20_000
"""Characters."""
_LONGEST: Final = 40
_MOST_TERMS: Final = 12
_WORD: Final = re.compile(r"\w+")
_WRITTEN: Final = re.compile(r"[\w\u0300-\u036f\u0610-\u061a\u064b-\u065f]+")
"""A word as somebody writes it: with marks above its letters, which folding takes away."""
_QUERY: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')
_CLOSED_UP: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u2e80-\ua4cf]+")
"""Scripts that put no blanks between words: two neighbouring signs are taken for a word."""
_STEMMERS: Final = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Of the languages that somebody has written one for; in the others a word is only itself."""


def words_of(texts: Iterable[str], languages: Sequence[str]) -> frozenset[str]:
    """What a letter is found by."""
    known = tuple(languages)
    read = chain.from_iterable(_words(_each_once(text[:_LOOKED_AT])) for text in texts)
    first = islice(dict.fromkeys(read), MOST)
    return frozenset().union(*(forms(word, known) for word in first))


@dataclass(frozen=True)
class Query:
    """What somebody looks for: all of these words, and these phrases as they stand."""

    terms: tuple[str, ...]
    phrases: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """`lost card "opening hours"`."""
        said = [(one[1] or "", one[2] or "") for one in _QUERY.finditer(text)]
        phrases = tuple(" ".join(_words(quoted)) for quoted, _ in said if len(quoted.split()) > 1)
        words = (word for quoted, plain in said for word in _words(quoted or plain))
        return cls(tuple(islice(dict.fromkeys(words), _MOST_TERMS)), phrases)

    def is_said_in(self, texts: Iterable[str]) -> bool:
        """Whether each phrase stands in one of these texts."""
        if not self.phrases:
            return True
        flat = [f" {' '.join(_words(text))} " for text in texts]
        return all(any(f" {phrase} " in text for text in flat) for phrase in self.phrases)


class Meant:
    """The words that a query means, as they are met in the texts of a page of tickets: most words
    of an answer are met again and again, and each is looked at once."""

    def __init__(self, query: Query, languages: Sequence[str]) -> None:
        self._languages = tuple(languages)
        self._wanted = frozenset(it for one in query.terms for it in forms(one, self._languages))
        self._known: dict[str, bool] = {}

    def found_in(self, text: str) -> tuple[list[str], str] | None:
        """Which words of this text are meant, as they are written, and what stands around the
        first of them; None: none."""
        read = _WRITTEN.finditer(text[:_LOOKED_AT])
        places = [one for one in read if self._is_meant(one[0])]
        if not places:
            return None
        return list(dict.fromkeys(one[0] for one in places))[:10], _around(text, places[0].span())

    def _is_meant(self, written: str) -> bool:
        known = self._known.get(written)
        if known is None:
            found = (forms(one, self._languages) for one in _words(written))
            known = any(not self._wanted.isdisjoint(one) for one in found)
            self._known[written] = known
        return known


def _around(text: str, place: tuple[int, int]) -> str:
    """Some words on either side."""
    first, last = max(0, place[0] - 60), min(len(text), place[1] + 60)
    if first > 0:
        first = text.find(" ", first, place[0]) + 1 or place[0]
    if last < len(text):
        last = max(text.rfind(" ", place[1], last), place[1])
    before, after = "… " if first else "", " …" if last < len(text) else ""
    return before + " ".join(text[first:last].split()) + after


def _each_once(text: str) -> str:
    """What stands between blanks, each where it first comes: most of a letter is said again."""
    return " ".join(dict.fromkeys(text.casefold().split()))


def _words(text: str) -> Iterable[str]:
    """Its words, folded, in order."""
    plain = folded(text)
    found: list[str] = _WORD.findall(plain)
    if plain.isascii() or _CLOSED_UP.search(plain) is None:
        return [one for one in found if len(one) <= _LONGEST]
    return _parted(found)


def _parted(words: Iterable[str]) -> Iterator[str]:
    for one in words:
        if _CLOSED_UP.search(one) and len(one) > 1:
            yield from (first + second for first, second in pairwise(one))
        elif len(one) <= _LONGEST:
            yield one


@lru_cache(maxsize=50_000)
def forms(word: str, languages: tuple[str, ...]) -> frozenset[str]:
    """A folded word itself, and its stems in these languages."""
    if not word.isalpha():
        return frozenset({word})
    stemmers = (_stemmer(one) for one in languages if one in _STEMMERS)
    return frozenset({word, *(stemmer.stemWord(word) for stemmer in stemmers)})


@lru_cache(maxsize=len(_STEMMERS))
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS[language])
