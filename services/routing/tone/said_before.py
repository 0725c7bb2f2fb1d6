"""Whether a reply says otherwise than an earlier one: another number, or no for yes, about the same
thing. Pure, and modest: two sentences are compared only if they speak of the same things in nearly
the same words, and nothing says that something has changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.routing.common_words import COMMON
from services.routing.tone.background import Background
from services.routing.tone.finding import Finding, Rule
from services.routing.tone.heard import Heard, Word, folded
from services.routing.tone.phrases import number_of, spots

_MOST_SENTENCES: Final = 40
_ALIKE: Final = 0.6
"""Of the words of the shorter sentence that are in the longer, at least."""
_FEWEST: Final = 2
_STEM: Final = 5
_YES: Final = frozenset(
    ["yes", "oui", "oes", "ydy", "ydym", "cewch", "gallwch", "نعم", "indeed", "certainly"]
)


@dataclass(frozen=True)
class _Said:
    """A sentence: what it speaks of, the numbers, and whether it denies."""

    stems: frozenset[str]
    numbers: tuple[tuple[str, int], ...]
    """Each with the stem of the word that is counted."""
    denies: bool
    start: int
    end: int


def different(text: Heard, background: Background) -> Iterator[Finding]:
    """Each sentence that says otherwise than one before."""
    if spots("correction", text):
        return
    before = [one for earlier in background.before[-20:] for one in _sentences(Heard.of(earlier))]
    for one in _sentences(text):
        if any(_differs(one, earlier) for earlier in before[-200:]):
            why = "This patron was told otherwise in an earlier answer."
            yield Finding(one.start, one.end, Rule.DIFFERENT, why)


def _sentences(text: Heard) -> Iterator[_Said]:
    denials = {at for one in spots("negation", text) for at in range(one.first, one.after)}
    for first, after in text.sentences[:_MOST_SENTENCES]:
        words = text.words[first:after]
        start, end = words[0].start, words[-1].end
        if text.is_aside(start, end) or text.is_signed(start):
            continue
        denies = any(at in denials for at in range(first, after))
        yield _Said(_stems(words), _numbers(words), denies, start, end)


def _stems(words: Sequence[Word]) -> frozenset[str]:
    common = _common()
    return frozenset(
        one.said[:_STEM] for one in words if number_of(one) is None and one.said not in common
    )


def _numbers(words: Sequence[Word]) -> tuple[tuple[str, int], ...]:
    """What is counted, and how many."""
    found = []
    for at, one in enumerate(words[:-1]):
        number = number_of(one)
        is_counted = words[at + 1].said not in _common()
        if number is not None and is_counted and (number != 1 or one.said.isdecimal()):
            found.append((words[at + 1].said[:_STEM], number))
    return tuple(found)


def _differs(one: _Said, earlier: _Said) -> bool:
    shared = one.stems & earlier.stems
    fewest = min(len(one.stems), len(earlier.stems))
    if len(shared) < _FEWEST or len(shared) < _ALIKE * fewest:
        return False
    if one.denies != earlier.denies:
        return True
    now, then = dict(one.numbers), dict(earlier.numbers)
    return any(now[thing] != then[thing] for thing in now.keys() & then.keys())


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Words that say nothing of what is spoken of."""
    spoken = (folded(COMMON.get(one, "")).split() for one in ("en", "cy", "fr", "ar"))
    return frozenset().union(*spoken) | _YES
