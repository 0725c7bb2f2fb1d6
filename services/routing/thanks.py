"""Is a letter nothing but thanks? Pure, and strict: whoever might ask, tell or deny something more
is read by a person.

Every clause must be understood: thanks, praise, a greeting, a closing, a name. One word that is not
in the tables, a figure, a question mark, a link or a quotation mark, and the letter is not bare.
The caller sees to what the words can't show: that it is no first letter and has nothing attached.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.routing import thanks_phrases as table
from services.routing.common_words import COMMON
from services.routing.words import folded

_MOST_CHARACTERS: Final = 600
_MOST_WRITTEN: Final = 2_400
"""Characters with their smileys and marks."""
_MOST_KNOWN: Final = 20_000
"""Characters that are remembered."""
_MOST_WORDS: Final = 80
_MOST_NAMES: Final = 3
_MOST_BEFORE: Final = 3
_LOUD: Final = re.compile(r"[^\w\s.!,;:'’‘`\-–—،؛]|\d|\.\s?\.|…|(?<!\w)['’‘`]\w")
"""What bare thanks do not have; Greek asks with a semicolon of its own, which is none of these."""
_BETWEEN: Final = re.compile(r"([.!,;:،؛\n–—]|(?<!\w)-|-(?!\w))")
_APART: Final = frozenset("\n,–—-،")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SUBJECT: Final = re.compile(
    r"\A\s*(?:\[[^\]]{1,30}\]\s*|(?:re|aw|antw|atb|ynghylch|wg|tr|rv|sv|vs|odp|res|ref|rif|رد)"
    r"\s?(?:\[\d+\])?\s?:\s*)+",
    re.IGNORECASE,
)


_Phrases = Mapping[str, Sequence[tuple[str, ...]]]
"""By their first words, the longest first."""


@dataclass(frozen=True)
class Thanks:
    """Whether a letter is nothing but thanks, and why."""

    is_bare: bool
    reason: str


@dataclass(frozen=True)
class _Table:
    """The words of one language."""

    thanks: _Phrases
    after: _Phrases
    before: _Phrases
    greeting: _Phrases
    closing: _Phrases
    phrases: frozenset[tuple[str, ...]]
    praise: frozenset[str]
    other: frozenset[str]
    reasons: frozenset[str]


def bare_thanks(new_text: str, subject: str, names: Iterable[str] = ()) -> Thanks:
    """Of a further letter without attachments; `names`: of the patron, and of whom he may name."""
    known = frozenset(word for name in names for word in _words(name))
    written = new_text.strip()
    text = _without_joy(written) if len(written) <= _MOST_WRITTEN else written
    if len(text) > _MOST_CHARACTERS:
        return Thanks(False, "it is too long for mere thanks")
    if _LOUD.search(text):
        return Thanks(False, "it has a question, a figure, a link or a sign that is not understood")
    told = _SUBJECT.sub("", subject.strip(), count=1)
    # A subject that begins with `Re:` or a reference is the library's, not the patron's.
    if told == subject.strip() and not _is_understood(_clauses(told), known, is_letter=False):
        return Thanks(False, "its subject is not understood as thanks")
    clauses = _clauses(text)
    if not any(_gives_thanks(one.said) for one in clauses):
        return Thanks(False, "it does not say thanks")
    if sum(len(one.words) for one in clauses) > _MOST_WORDS or not _is_understood(clauses, known):
        return Thanks(False, "it says something besides thanks")
    return Thanks(True, "it says thanks and nothing else")


def _without_joy(text: str) -> str:
    """The text without smileys, pictures that only please, and vowel signs."""
    text = unicodedata.normalize("NFC", text)
    for smiley in table.SMILEYS:
        text = text.replace(smiley, " ")
    return text.translate(_JOYLESS)


class _Joyless(dict[int, str | int | None]):
    """A table for `str.translate` that learns each character when it first comes."""

    def __missing__(self, code: int) -> str | int | None:
        category = unicodedata.category(chr(code))
        is_joy = chr(code) in table.GLAD or category in {"Sk", "Cf"}
        kept = " " if is_joy else None if category == "Mn" else code
        if len(self) < _MOST_KNOWN:
            self[code] = kept
        return kept


_JOYLESS: Final = _Joyless()


@dataclass(frozen=True)
class _Clause:
    words: tuple[str, ...]
    """As they are written."""
    said: tuple[str, ...]
    """Folded."""
    after: str
    """What parts it from the one before; nothing if it is the first."""


def _clauses(text: str) -> list[_Clause]:
    clauses: list[_Clause] = []
    before = ""
    for number, part in enumerate(_BETWEEN.split(text)):
        if number % 2:
            before = "\n" if "\n" in {part, before} else part
        elif words := tuple(_WORD.findall(part)):
            clauses.append(_Clause(words, tuple(map(folded, words)), before if clauses else ""))
            before = ""
    return clauses


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(folded(text)))


def _is_understood(
    clauses: Sequence[_Clause], known: AbstractSet[str], *, is_letter: bool = True
) -> bool:
    """Whether each clause is of a kind that bare thanks have; names alone only at the end."""
    tables = [_table(spoken) for spoken in table.THANKS]
    last = len(clauses)
    while is_letter and last > 1 and _signs(clauses[last - 1], known) and len(clauses) - last < 2:
        last -= 1
    return all(
        any(_fits(one, words, known, is_first=at == 0) for words in tables)
        for at, one in enumerate(clauses[:last])
    )


def _signs(clause: _Clause, known: AbstractSet[str]) -> bool:
    """Whether this can be the name under a letter: the patron's; if that is not known, one
    name that stands apart."""
    if known:
        is_his = any(one in known for one in clause.said)
        return is_his and _are_addressed(clause.words, known)
    return clause.after in _APART and len(clause.words) == 1 and _are_names(clause.words, known)


def _fits(clause: _Clause, words: _Table, known: AbstractSet[str], *, is_first: bool) -> bool:
    """Whether a clause can be understood in this language."""
    said = clause.said
    if said in words.phrases or _is_praise(said, words):
        return True
    for openings in (words.closing, words.greeting) if is_first else (words.closing,):
        end = _end(said, 0, openings)
        if end is not None and _are_addressed(clause.words[end:], known):
            return True
    return _is_thanks(clause, words, known)


def _gives_thanks(said: tuple[str, ...]) -> bool:
    return any(_place(said, _table(spoken).thanks) is not None for spoken in table.THANKS)


def _is_thanks(clause: _Clause, words: _Table, known: AbstractSet[str]) -> bool:
    """Thanks with what may stand before and after."""
    said = clause.said
    place = _place(said, words.thanks)
    if place is None or not _may_precede(said[: place[0]], words):
        return False
    at = _past(said, place[1], words.after)
    rest = said[at:]
    if not rest or rest in words.phrases or _is_praise(rest, words):
        return True
    if rest[0] in words.reasons:
        return len(rest) > 1 and all(_is_plain(one, words) for one in rest[1:])
    return _are_addressed(clause.words[at:], known)


def _may_precede(said: tuple[str, ...], words: _Table) -> bool:
    rest = said[_past(said, 0, words.before) :]
    return all(one in words.praise for one in rest[:_MOST_BEFORE]) and len(rest) <= _MOST_BEFORE


def _is_praise(said: tuple[str, ...], words: _Table) -> bool:
    if not all(_is_plain(one, words) for one in said):
        return False
    asks = [one for one in said if one not in _set(table.LINKING)][:1]
    is_asked = said[:1] != said and (said[0] in _asking() or bool(_asking().intersection(asks)))
    return not is_asked and any(one in words.praise for one in said)


def _is_plain(one: str, words: _Table) -> bool:
    """Whether this is a word of praise or one that may stand beside; Arabic writes `and` as part of
    the next word."""
    known = words.praise | words.other
    return one in known or (one.startswith("و") and one[1:] in known)


def _are_addressed(words: Sequence[str], known: AbstractSet[str]) -> bool:
    """Whether this is whom a letter is to or from: names with what may stand with them."""
    names = [one for one in words if folded(one) not in _set(table.TITLES)]
    return len(names) <= _MOST_NAMES and _are_names(names, known)


def _are_names(words: Sequence[str], known: AbstractSet[str]) -> bool:
    """Whether each can be a person's name. An unknown one is written with one capital and is no
    common word of any language."""
    return all(
        plain in known or (word[0].isupper() and word[1:].islower() and plain not in _no_names())
        for word, plain in ((one, folded(one)) for one in words)
    )


def _past(said: tuple[str, ...], at: int, phrases: _Phrases) -> int:
    """Where any number of these phrases, one after the other, end."""
    while (end := _end(said, at, phrases)) is not None:
        at = end
    return at


def _end(said: tuple[str, ...], at: int, phrases: _Phrases) -> int | None:
    """Where the longest of these phrases that stands here ends."""
    able = phrases.get(said[at], ()) if at < len(said) else ()
    return next((at + len(one) for one in able if said[at : at + len(one)] == one), None)


def _place(said: tuple[str, ...], phrases: _Phrases) -> tuple[int, int] | None:
    """Where one of these phrases begins and ends: the first place, there the longest."""
    ends = ((at, _end(said, at, phrases)) for at in range(len(said)))
    return next(((at, end) for at, end in ends if end is not None), None)


@lru_cache(maxsize=64)
def _table(spoken: str) -> _Table:
    return _Table(
        thanks=_by_first(table.THANKS[spoken]),
        after=_by_first(table.AFTER[spoken]),
        before=_by_first(table.BEFORE[spoken]),
        greeting=_by_first(table.GREETING[spoken]),
        closing=_by_first(table.CLOSING[spoken]),
        phrases=frozenset(map(_words, table.PHRASES[spoken].split(","))),
        praise=frozenset(_words(table.PRAISE[spoken])),
        other=frozenset(_words(table.OTHER[spoken])),
        reasons=frozenset(_words(table.FOR[spoken])),
    )


def _by_first(text: str) -> _Phrases:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(map(_words, text.split(",")), key=len, reverse=True):
        found.setdefault(phrase[0], []).append(phrase)
    return found


@lru_cache(maxsize=8)
def _set(text: str) -> frozenset[str]:
    return frozenset(_words(text))


def _asking() -> frozenset[str]:
    return _set(table.QUESTION_WORDS)


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    """What is no name where it is not known to be one."""
    common = (word for words in COMMON.values() for word in _words(words))
    said = (word for spoken in table.OTHER for word in _table(spoken).other | _table(spoken).praise)
    return frozenset((*common, *said, *_words(table.NO_NAMES)))
