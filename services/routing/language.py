"""Which of the library's languages a letter is in. Pure; when unsure it does not say.

By the commonest words and by the script: a letter of ten words has four or five of them. Languages
that the library does not speak are known as well, so that a letter in one of them is not taken for
the nearest of ours.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from services.routing.common_words import COMMON, SCRIPTS
from services.routing.words import Words, folded

_NO_WORD: Final = re.compile(r"[/@\d]|\S\.\S")
"""In links, addresses and numbers."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_KANA: Final = re.compile("[\u3041-\u30ff]")
_MOST_WORDS: Final = 150
_ENOUGH: Final = 2.0
"""Common words that a letter must have."""
_SHARE: Final = 0.15
"""Of its words that must be common ones."""
_LEAD: Final = 1.25
"""Times as many as in any other language of the library."""
_SHORT: Final = 4
"""Words; so few need only one common word, if that is in one language alone."""


@dataclass(frozen=True)
class Spoken:
    """A language, why, and whether that is known: else it is only the best that can be done."""

    language: str
    reason: str
    is_sure: bool = True


def language_of(
    text: Words, languages: Sequence[str], *, said: str | None = None, before: str | None = None
) -> Spoken:
    """`said`: the language that a form or an integration named; `before`: that of the patron's
    last letter."""
    if said is not None and said in languages:
        return Spoken(said, "it was named in the form")
    found = told_by(text, languages)
    if found is not None:
        return Spoken(found, "by the words of the letter")
    if before is not None and before in languages:
        return Spoken(before, "that of the patron's last letter; this one does not tell", False)
    return Spoken(languages[0], "the library's first; the letter does not tell", False)


def _words(text: str) -> Iterator[str]:
    """Its words in order, but for links, addresses and numbers."""
    for one in text.split():
        if one.isalpha():
            yield one
        elif not _NO_WORD.search(one):
            yield from _WORD.findall(one)


def told_by(text: Words, languages: Sequence[str]) -> str | None:
    """The language that these words are in; None if they do not tell."""
    words = list(islice(_words(text.folded), _MOST_WORDS))
    if not words:
        return None
    script = _script(words)
    able = [one for one in languages if SCRIPTS.get(one, "LATIN") == script]
    counts = _counts(words)
    if not able:
        return None
    best, *others = sorted(able, key=lambda one: -counts[one])
    second = max((counts[one] for one in others), default=0.0)
    foreign = max((counts[one] for one in COMMON if one not in languages), default=0.0)
    if _is_clear(counts[best], second, foreign, len(words), is_latin=script == "LATIN"):
        return best
    return None


def _is_clear(count: float, second: float, foreign: float, words: int, *, is_latin: bool) -> bool:
    if not is_latin and second == foreign == 0:
        return True
    if words <= _SHORT and count >= 1:
        return second == 0 and count >= foreign
    return count >= max(_ENOUGH, _SHARE * words, _LEAD * second, foreign)


def _counts(words: Sequence[str]) -> Mapping[str, float]:
    """How many common words there are of each language; a single letter counts less."""
    counts: defaultdict[str, float] = defaultdict(float)
    known = _languages()
    for word in words:
        for part in {word, *word.split("'")} if "'" in word else (word,):
            for language in known.get(part, ()):
                counts[language] += 1 if len(part) > 1 else 0.3
    return counts


def _script(words: Sequence[str]) -> str:
    """The script of most of the words."""
    letters = "".join(words)
    if letters.isascii():
        return "LATIN"
    # Japanese has more Chinese characters than its own.
    if _KANA.search(letters):
        return "HIRAGANA"
    names = (unicodedata.name(one[0], "LATIN").split()[0] for one in words)
    return Counter(names).most_common(1)[0][0]


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, tuple[str, ...]]:
    """The languages that each common word is of."""
    known: dict[str, tuple[str, ...]] = {}
    for language, words in COMMON.items():
        for word in dict.fromkeys(folded(words).split()):
            known[word] = (*known.get(word, ()), language)
    return known
