"""Phrases, and where a text has them. Pure.

A phrase is words with single blanks. `a|b` is one of several words, `[a|b]` may be missing, `~3` is
up to three words of any kind, `!a|b` is a word that is none of these, `#` is a number in figures or
words; `un*` and `*ing` are beginnings and ends. A phrase lies within one sentence. Accents,
capitals and apostrophes do not matter, unless the phrase has an apostrophe itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.routing.tone import (
    arabic,
    english,
    english_answers,
    english_figures,
    english_times,
    french,
    french_times,
    welsh,
)
from services.routing.tone.heard import KNOWN, Heard, Word, folded

TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        **english.PHRASES,
        **english_answers.PHRASES,
        **english_figures.PHRASES,
        **english_times.PHRASES,
    },
    "cy": welsh.PHRASES,
    "fr": {**french.PHRASES, **french_times.PHRASES},
    "ar": arabic.PHRASES,
}
NUMBERS: Final[Mapping[str, int]] = {
    folded(word): number
    for table in (english.NUMBERS, welsh.NUMBERS, french.NUMBERS, arabic.NUMBERS)
    for number, words in table.items()
    for word in words.split("|")
}
_OWN_WORDS: Final = frozenset(
    {"commit", "stay", "visit", "negation", "but", "upset", "deed", "way", "reason", "lack", "bad"}
)
"""Kinds with short words that mean something else in another language: they are looked for in texts
of their own language alone."""
_BROKEN: Final = re.compile(r"\|\s{1,20}")
_MOST_STEPS: Final = 400
"""Comparisons that one phrase is given at one place: more than any of ours needs."""


@dataclass(frozen=True)
class _Step:
    """A place in a phrase: which words may stand there."""

    words: frozenset[str] = frozenset()
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    is_optional: bool = False
    is_other: bool = False
    is_number: bool = False
    gap: int = 0

    def has(self, word: Word) -> bool:
        if self.is_number:
            return number_of(word) is not None
        if not self.words.isdisjoint(word.forms):
            return not self.is_other
        if not self.begins and not self.ends:
            return self.is_other
        found = any(one.startswith(self.begins) or one.endswith(self.ends) for one in word.forms)
        return found != self.is_other


@dataclass(frozen=True)
class Phrase:
    """One phrase of a table."""

    language: str
    written: str
    steps: tuple[_Step, ...]
    firsts: tuple[_Step, ...]
    """With which of its steps it may begin."""

    def end(self, words: tuple[Word, ...], at: int) -> int | None:
        """The number after that of its last word, if it begins at this one."""
        return self._end(words, at, 0, words[at].sentence, [_MOST_STEPS])

    def _end(
        self, words: tuple[Word, ...], at: int, number: int, sentence: int, left: list[int]
    ) -> int | None:
        left[0] -= 1
        if number == len(self.steps):
            return at
        if left[0] < 0:
            return None
        step = self.steps[number]
        if step.gap:
            tries = (
                self._end(words, at + one, number + 1, sentence, left)
                for one in range(step.gap + 1)
            )
            return next((one for one in tries if one is not None), None)
        if at < len(words) and words[at].sentence == sentence and step.has(words[at]):
            found = self._end(words, at + 1, number + 1, sentence, left)
            if found is not None:
                return found
        return self._end(words, at, number + 1, sentence, left) if step.is_optional else None


@dataclass(frozen=True)
class Spot:
    """Where a phrase was found: the numbers of its words."""

    first: int
    after: int
    language: str
    written: str

    def span(self, text: Heard) -> tuple[int, int]:
        """Where that is in the text."""
        return text.words[self.first].start, text.words[self.after - 1].end

    def overlaps(self, other: "Spot") -> bool:
        """Whether they share a word."""
        return self.first < other.after and other.first < self.after


@dataclass(frozen=True)
class _Index:
    by_word: Mapping[str, tuple[Phrase, ...]]
    others: tuple[Phrase, ...]
    """Which do not begin with a word of their own."""

    def at(self, word: Word) -> Iterator[Phrase]:
        """What may begin with a word."""
        for form in word.forms:
            yield from self.by_word.get(form, ())
        for phrase in self.others:
            if any(one.has(word) for one in phrase.firsts):
                yield phrase


def number_of(word: Word) -> int | None:
    """The number that a word is."""
    if word.said.isdecimal():
        return int(word.said[:9])
    return next((NUMBERS[one] for one in word.forms if one in NUMBERS), None)


def spots(kind: str, text: Heard, *, signed: bool = False) -> list[Spot]:
    """Where a text has phrases of a kind, in whatever language, but for those of `not <kind>` and
    what is quoted. `signed`: also in what stands under the letter."""
    found = text.found.get(kind)
    if found is None:
        but_not = _found(f"not {kind}", text)
        taken = {at for one in but_not for at in range(one.first, one.after)}
        found = text.found[kind] = [
            one
            for one in _found(kind, text)
            if taken.isdisjoint(range(one.first, one.after)) and not text.is_aside(*one.span(text))
        ]
    return [one for one in found if signed or not text.is_signed(one.span(text)[0])]


def _found(kind: str, text: Heard) -> list[Spot]:
    """At each place the longest, one after the other."""
    index, past, found = _index(kind), 0, []
    spoken = text.languages if kind in _OWN_WORDS else frozenset(KNOWN)
    for at, word in enumerate(text.words):
        if at < past:
            continue
        longest = None
        for phrase in index.at(word):
            end = phrase.end(text.words, at) if phrase.language in spoken else None
            if end is not None and end > past:
                past, longest = end, phrase
        if longest is not None:
            found.append(Spot(at, past, longest.language, longest.written))
    return found


@lru_cache(maxsize=256)
def _index(kind: str) -> _Index:
    by_word: dict[str, tuple[Phrase, ...]] = {}
    others: list[Phrase] = []
    for language, tables in TABLES.items():
        for written in _BROKEN.sub("|", tables.get(kind, "")).split(";"):
            if not written.strip():
                continue
            steps = tuple(map(_step, written.split()))
            firsts = tuple(_firsts(steps))
            phrase = Phrase(language, " ".join(written.split()), steps, firsts)
            if any(one.begins or one.ends or one.is_other or one.is_number for one in firsts):
                others.append(phrase)
                continue
            for word in {word for one in firsts for word in one.words}:
                by_word[word] = (*by_word.get(word, ()), phrase)
    return _Index(by_word, tuple(others))


def _firsts(steps: tuple[_Step, ...]) -> Iterator[_Step]:
    for one in steps:
        yield one
        if not one.is_optional:
            return


def _step(written: str) -> _Step:
    if written.startswith("~"):
        return _Step(gap=int(written[1:]))
    is_optional, is_other = written.startswith("["), written.startswith("!")
    several = folded(written.strip("[]!")).split("|")
    return _Step(
        words=frozenset(one for one in several if "*" not in one),
        begins=tuple(one[:-1] for one in several if one.endswith("*")),
        ends=tuple(one[1:] for one in several if one.startswith("*")),
        is_optional=is_optional,
        is_other=is_other,
        is_number=written.strip("[]") == "#",
    )
