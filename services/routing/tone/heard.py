"""A text as it is looked at: its words as they are compared, each with the place where it stands,
in sentences and clauses; and without what is not the writer's own (quotations, signatures). Pure.

It looks at every character a fixed number of times, whatever is written.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final, Self

from services.routing.language import told_by
from services.routing.words import Words
from shared.unmarked import unmarked

LOOKED_AT: Final = 10_000
"""Characters of a text: no answer that somebody reads is longer."""
KNOWN: Final = ("en", "cy", "fr", "ar")
"""Languages that there are phrases of."""
_MOST_PARTS: Final = 50
_APOSTROPHES: Final = "'’‘ʼ´`′"
_ALIKE: Final = str.maketrans("łøđıةى", "lodiهي") | str.maketrans(_APOSTROPHES, "'" * 7)
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ENDS: Final = frozenset("!?؟…•")
_PARTS: Final = frozenset(",;:–—،؛()")
_QUOTED: Final = re.compile(
    r'"([^"\n]{1,200})"|“([^”\n]{1,200})”|«([^»\n]{1,200})»|(?<!\w)[\'‘]([^\'‘’\n]{1,200})[\'’](?!\w)'
)
_WROTE: Final = re.compile(r"\d.{0,200}(?:wrote|ecrit|ysgrifennodd|كتب) ?:\s?$")
_OLD: Final = re.compile(r"^\s{0,4}-{2,10}\s?(?:original message|message d'origine|forwarded)")
_AFTER_NOTE: Final = re.compile(r"^(?:ps|p\.s|on|and)\b")
_SIGNED_LINES: Final = 6
_SIGNED_WIDTH: Final = 60
_ARTICLES: Final = ("و", "ف")


@lru_cache(maxsize=4096)
def _plain(one: str) -> str:
    """A character in small letters, without accents and marks that are not seen; digits are
    European."""
    if one.isascii():
        return "'" if one == "`" else one.lower()
    if one.isdigit() and unicodedata.digit(one, None) is not None:
        return str(unicodedata.digit(one))
    return unmarked(unicodedata.normalize("NFKD", one.casefold()).translate(_ALIKE))


def folded(text: str) -> str:
    """A text, as its words are compared."""
    return "".join(map(_plain, text))


@dataclass(frozen=True)
class Word:
    """A word, where it stands, and what it belongs to."""

    said: str
    """As it is compared, with its apostrophes."""
    start: int
    end: int
    sentence: int
    clause: int
    is_capital: bool
    is_first: bool
    """Of its sentence."""

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """What it is compared as: with its apostrophes, without, without an Arabic `and`, and
        without what makes it somebody's."""
        bare = self.said.replace("'", "")
        more = [bare[1:]] if bare[:1] in _ARTICLES and len(bare) > 3 else []
        if self.said.endswith("'s"):
            more.append(self.said[:-2])
        return tuple(dict.fromkeys((self.said, bare, *more)))


@dataclass(frozen=True)
class Heard:
    """A text to look for phrases in."""

    text: str
    words: tuple[Word, ...]
    aside: tuple[tuple[int, int], ...]
    """Places of what is quoted: nothing there is the writer's."""
    signed: tuple[tuple[int, int], ...]
    """Places of names and titles under a letter."""
    found: dict[str, list[Any]] = field(default_factory=dict, compare=False, repr=False)
    """Where phrases of each kind are, as far as they were looked for."""

    @classmethod
    def of(cls, text: str, theirs: Iterable[str] = ()) -> Self:
        """`theirs`: what the patron wrote: what is quoted of it is not the writer's."""
        text = text[:LOOKED_AT]
        known = " ".join(_WORD.findall(folded(" ".join(theirs))[:LOOKED_AT]))
        lines = list(_lines(text))
        aside = (*_quoted_lines(lines), *_quotations(text, known))
        return cls(text, tuple(_words(text)), aside, tuple(_signed(lines)))

    def is_aside(self, start: int, end: int) -> bool:
        """Whether a place is quoted."""
        return any(first <= start and end <= last for first, last in self.aside)

    def is_signed(self, start: int) -> bool:
        """Whether a place is part of what stands under the letter."""
        return any(first <= start < last for first, last in self.signed)

    @cached_property
    def languages(self) -> frozenset[str]:
        """Those that its paragraphs tell; all, if they do not."""
        told = (told_by(Words.of(one), KNOWN) for one in self.text.split("\n\n")[:_MOST_PARTS])
        return frozenset(filter(None, told)) or frozenset(KNOWN)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """The words of each, by their numbers: the first, and the one after the last."""
        firsts = [number for number, one in enumerate(self.words) if one.is_first]
        return tuple(zip(firsts, [*firsts[1:], len(self.words)], strict=False))


def _words(text: str) -> Iterator[Word]:
    plain, places = [], []
    for at, one in enumerate(text):
        for part in _plain(one):
            plain.append(part)
            places.append(at)
    flat = "".join(plain)
    places.append(len(text))
    sentence = clause = -1
    last = None
    for found in _WORD.finditer(flat):
        start, end = places[found.start()], places[found.end() - 1] + 1
        between = text[last:start] if last is not None else "."
        is_first = last is None or _ends(between, text[start])
        sentence += is_first
        clause += is_first or not _PARTS.isdisjoint(between)
        yield Word(
            found[0].strip("'"), start, end, sentence, clause, text[start].isupper(), is_first
        )
        last = end


def _ends(between: str, following: str) -> bool:
    """Whether a sentence ends between two words: a line that is only broken does not end one."""
    if not _ENDS.isdisjoint(between) or "\n\n" in between.replace(" ", "").replace("\r", ""):
        return True
    if "\n" in between and not set("-*>").isdisjoint(between):
        return True
    return "." in between and between.strip() != between and not following.islower()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line
        at += len(line)


def _quoted_lines(lines: list[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    for number, (at, line) in enumerate(lines):
        if line.lstrip().startswith(">"):
            yield at, at + len(line)
        elif _OLD.match(low := folded(line[:300])) or (
            _WROTE.search(low) and not _marks(lines[number + 1 :])
        ):
            last, rest = lines[-1]
            yield at, last + len(rest)
            return


def _marks(lines: list[tuple[int, str]]) -> bool:
    """Whether the next line that says anything is marked as quoted."""
    said = (line.strip() for _, line in lines)
    return next((one.startswith(">") for one in said if one), True)


def _quotations(text: str, known: str) -> Iterator[tuple[int, int]]:
    """Titles and other people's words; a word alone in quotation marks is used, not quoted, unless
    it begins with a capital or is the patron's."""
    for found in _QUOTED.finditer(text):
        inside = next(one for one in found.groups() if one is not None)
        said = _WORD.findall(folded(inside))
        if len(said) > 1 or inside[:1].isupper() or (said and f" {said[0]} " in f" {known} "):
            yield found.span()


def _signed(lines: list[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    left = 0
    for at, line in lines:
        said = folded(line[:200]).strip()
        if line.rstrip("\r\n") in {"-- ", "--"}:
            last, rest = lines[-1]
            yield at, last + len(rest)
            return
        if left and len(said) <= _SIGNED_WIDTH and not said.endswith((".", "!", "?")):
            left = 0 if _AFTER_NOTE.match(said) else left - bool(said)
            if left or not said:
                yield at, at + len(line)
        else:
            left = _SIGNED_LINES if _closes(said) else 0


def _closes(said: str) -> bool:
    return len(said) <= 40 and said.strip(" ,.!") in _CLOSINGS


_CLOSINGS: Final = frozenset(
    [
        "kind regards",
        "best regards",
        "warm regards",
        "regards",
        "best wishes",
        "kindest regards",
        "with kind regards",
        "yours sincerely",
        "yours faithfully",
        "yours",
        "sincerely",
        "with sympathy",
        "all the best",
        "many thanks",
        "with best wishes",
        "warm wishes",
        "cofion",
        "cofion gorau",
        "cofion cynnes",
        "yr eiddoch yn gywir",
        "gyda chydymdeimlad",
        "dymuniadau gorau",
        "cordialement",
        "bien cordialement",
        "bien a vous",
        "sinceres salutations",
        "salutations distinguees",
        "مع التحيه",
        "مع تحياتي",
        "تحياتي",
        "مع اطيب التحيات",
        "مع خالص التحيه",
    ]
)
