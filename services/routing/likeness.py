"""How alike two enquiries are, and whether two answers say different things. Pure.

It points to what a colleague should read; it decides nothing.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final

from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from services.routing.words import folded

ALIKE: Final = 0.35
"""From here on two enquiries are shown as like each other."""
SAME: Final = 0.6
"""From here on they ask the same."""
_OTHERWISE: Final = 70
"""Below this many per cent of the words in common, two answers differ."""
_COMPARED: Final = 4000
"""Characters."""
LATELY: Final = timedelta(days=90)


@dataclass(frozen=True)
class Asked:
    """An enquiry as it is compared."""

    reference: str
    text: str
    words: frozenset[str]
    answer: str | None = None
    answered_at: datetime | None = None


def alike(one: Asked, other: Asked, tickets_with: Mapping[str, int], tickets: int) -> float:
    """From 0 to 1: half for the words they share, a rare one for more than a common one, and half
    for the texts themselves."""

    def weight(words: Iterable[str]) -> float:
        return sum(math.log1p(tickets / max(1, tickets_with[word])) for word in words)

    known = one.words & tickets_with.keys()
    ours = weight(known)
    shared = weight(known & other.words) / ours if ours else 0.0
    ratio: float = token_set_ratio(folded(one.text[:_COMPARED]), folded(other.text[:_COMPARED]))
    return round((shared + ratio / 100) / 2, 3)


def telling(tickets_with: Mapping[str, int], most: int, common: int) -> list[str]:
    """The words that tell most of an enquiry: rare ones that another has too, the rarest first."""
    rare = [word for word, count in tickets_with.items() if 1 < count < common]
    return sorted(rare, key=lambda word: (tickets_with[word], word))[:most]


def answered_differently(asked: Collection[Asked], now: datetime) -> list[tuple[str, str]]:
    """References, in pairs, of those whose answers of late have little in common."""
    lately = [
        one
        for one in asked
        if one.answer and one.answered_at is not None and one.answered_at > now - LATELY
    ]
    return [
        (one.reference, other.reference)
        for one, other in combinations(lately, 2)
        if differ(one.answer or "", other.answer or "")
    ]


def differ(one: str, other: str) -> bool:
    """Whether two answers have little in common, whatever the order of their words."""
    ratio: float = token_sort_ratio(folded(one[:_COMPARED]), folded(other[:_COMPARED]))
    return ratio < _OTHERWISE


def best(found: Sequence[tuple[float, Asked]], most: int) -> list[tuple[float, Asked]]:
    """Those that are alike, the likest first."""
    ranked = sorted(found, key=lambda one: (-one[0], one[1].reference))
    return [one for one in ranked if one[0] >= ALIKE][:most]
