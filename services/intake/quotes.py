"""Finds the lines of a letter that are not the sender's own: quoted, introduced, repeated.

Pure: lines in, a mark for each out. Looks at a few lines at a time and never back, so that its time
grows with the text alone. When unsure, a line is the sender's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.intake.quote_introductions import (
    MOST_LINES,
    MOST_SEEN,
    ends_of,
    header_length,
    introduction,
    is_moment,
    roles_of,
)
from services.intake.quote_phrases import FORWARDED, INLINE_OPENER, OPENER, ORIGINAL, folded, words

_PREFIX: Final = re.compile(r"\A[ \t\u200e\u200f]{0,4}>(?![:;.]?[-_]?[(<.|](?:\s|$))")
_BAR: Final = re.compile(r"\A[ \t]{0,4}\|(?:\s|$)")
_LINK: Final = re.compile(
    r"\A\s{0,3}[(<]?(?:https?://\S{1,300}|\S{0,200}[=/&%]\S{0,200})\s?>?\s{0,3}$"
)
_DIGIT: Final = re.compile(r"\d")
_GAP: Final = re.compile(r":[ \t\xa0]{2,}(?=\S)")
_DASHES: Final = r"[-_=–—*#\s]{2,60}"
_ORIGINAL: Final = re.compile(
    rf"\A{_DASHES}(?:{words(ORIGINAL.split(','))})\s{{0,3}}:?[-_=–—*#<\s]{{2,80}}$"
)
_FORWARDED: Final = re.compile(
    rf"\A(?:{_DASHES}(?:{words(FORWARDED.split(','))})(?![^\W\d_])"
    rf"|\s{{0,9}}(?:{words(one for one in FORWARDED.split(',') if ' ' in one)})\s{{0,3}}:\s*$)"
)
_RULE: Final = re.compile(r"\A\s{0,9}[_\-=]{10,120}\s{0,9}$")
_ABOVE: Final = re.compile(
    r"\A(?:[-–—=#*>_\s]{0,60}(?:please )?(?:reply|respond|answer|(?:type|write|enter|add)"
    r"(?: (?:your )?(?:reply|response|answer))?)\b.{0,30}\babove (?:this|the) (?:line|text)\b"
    r".{0,40}$|[-–—=#*_\s]{2,60}(?:bitte )?(?:antworten sie|repondre au-dessus|repondez au-dessus"
    r"|escriba su respuesta|responda por encima|atebwch uwchben)\b)"
)
# GroupWise: the rest is quoted with no mark on its lines.
_ANGLED: Final = re.compile(r"\A>>>\s.{3,200}\s>>>\s{0,3}$")


def is_prefixed(line: str) -> bool:
    """Whether a line bears the usual mark of quoted ones."""
    return _PREFIX.match(line) is not None


def parted(lines: Sequence[str]) -> list[str]:
    """The lines, those parted in two in whose midst an introduction begins or ends."""
    found: list[str] = []
    for at, line in enumerate(lines):
        may_cut = ":" in line or _DIGIT.search(line) is not None
        cut = (_begin_within(lines, at) or _end_within(line)) if may_cut else 0
        found += [line[:cut], line[cut:]] if cut else [line]
    return found


def _begin_within(lines: Sequence[str], at: int) -> int:
    """Where in this line an introduction begins, behind other words; else 0."""
    line = lines[at]
    if _DIGIT.search(line) is None:
        return 0
    begins = [one.start() for one in INLINE_OPENER.finditer(line[:2000])]
    if not begins or not line[: begins[-1]].strip(" \t->|*_") or OPENER.match(line.strip()):
        return 0
    later = [line[begins[-1] :], *lines[at + 1 : at + 4]]
    return len(line[: begins[-1]].rstrip(" -")) if _is_sure(later) else 0


def _end_within(line: str) -> int:
    """Where in this line an introduction ends, before what it introduces; else 0."""
    gap = _GAP.search(line[:MOST_SEEN]) if ":" in line else None
    return gap.end() if gap and _is_sure([line[: gap.start() + 1]]) else 0


def _is_sure(lines: Sequence[str]) -> bool:
    found = introduction([folded(one[:MOST_SEEN]) for one in lines], 0)
    return found is not None and found.is_sure


def quoted(lines: Sequence[str], held: Sequence[bool], perhaps: Sequence[bool]) -> list[bool]:
    """For each line, whether it is quoted or introduces what is.

    `held` are those that bear a mark of quoted ones (`is_prefixed`, or in HTML their element),
    `perhaps` those whose mark counts only behind an introduction.
    """
    seen = [folded(one[:MOST_SEEN]) for one in lines]
    held = _with_rests(seen, held)
    perhaps = [
        one or mark or _BAR.match(line) is not None
        for one, mark, line in zip(held, perhaps, seen, strict=True)
    ]
    letter = _Letter(seen, [roles_of(line) for line in seen], held, perhaps, ends_of(seen))
    marks = [False] * len(seen)
    end = 0
    for at in letter.where_some_may_begin():
        if at >= end:
            start, end = letter.next(at)
            marks[start:end] = [True] * (end - start)
    return marks


def _with_rests(lines: Sequence[str], held: Sequence[bool]) -> list[bool]:
    """With the ends of long links, which wrapping put on lines of their own between quoted ones."""
    return [
        mark
        or (
            0 < at < len(held) - 1
            and held[at - 1]
            and held[at + 1]
            and _LINK.match(lines[at]) is not None
        )
        for at, mark in enumerate(held)
    ]


def _may_mark(small: str) -> bool:
    """Whether a line in small letters may be one that parts a letter by itself. Most begin with a
    letter, and need no closer look: those that part one then end with a colon or say "above"."""
    return not small[:1].isalnum() or small.rstrip().endswith(":") or "above" in small


def _run(marks: Sequence[bool], at: int) -> int:
    """Where these lines, all marked, end."""
    while at < len(marks) and marks[at]:
        at += 1
    return at


def _words_from(lines: Sequence[str], at: int) -> int:
    """The first line from here on that has anything in it."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _is_quotation(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether lines with a mark are one: `>>> look <<<` and a mailbox's `>From` are not."""
    line = lines[start].strip()
    return end - start > 1 or not (line.endswith("<") or line.startswith(">From "))


@dataclass(frozen=True)
class _Letter:
    """Folded lines, and what is known of each."""

    lines: Sequence[str]
    roles: Sequence[tuple[str, ...]]
    held: Sequence[bool]
    perhaps: Sequence[bool]
    ends: Sequence[int]
    """Where an introduction may end that begins there."""

    def where_some_may_begin(self) -> list[int]:
        """The lines where quoted ones may begin: of most letters few."""
        return [
            at
            for at, line in enumerate(self.lines)
            if self.held[at] or self.roles[at] or self._may_introduce(at) or _may_mark(line.lower())
        ]

    def _may_introduce(self, at: int) -> bool:
        return self.ends[at] < min(at + MOST_LINES, len(self.lines))

    def next(self, at: int) -> tuple[int, int]:
        """The quoted lines that begin here; where there are none, both numbers are the line to go
        on with."""
        line = self.lines[at]
        start = end = at + 1
        if not line.strip():
            return start, end
        bare = (line.lstrip("> \t") if self.held[at] else line).lower()
        if _may_mark(bare) and _FORWARDED.match(bare):
            start = end = len(self.lines)
        elif line.startswith(">>>") and _ANGLED.match(line) and is_moment(line):
            start, end = at, len(self.lines)
        elif self.held[at]:
            end = _run(self.held, at)
            start = at if _is_quotation(self.lines, at, end) else end
        elif introduced := self.introduced(at):
            length, is_sure = introduced
            following = _words_from(self.lines, at + length)
            if following < len(self.lines) and self.perhaps[following]:
                start, end = at, _run(self.perhaps, following)
            elif is_sure:
                start, end = at, len(self.lines)
        return start, end

    def introduced(self, at: int) -> tuple[int, bool] | None:
        """How many lines from here introduce a quotation, and whether surely."""
        line = self.lines[at].lower()
        if _may_mark(line):
            if _ORIGINAL.match(line):
                return 1 + header_length(self.lines, self.roles, at + 1, 1), True
            if _ABOVE.match(line):
                return 1, True
            if _RULE.match(line):
                following = _words_from(self.lines, at + 1)
                length = header_length(self.lines, self.roles, following, 2)
                return (following - at + length, True) if length and following - at <= 2 else None
        length = header_length(self.lines, self.roles, at, 3)
        if length:
            return length, True
        if not self._may_introduce(at):
            return None
        found = introduction(self.lines, at)
        return (found.length, found.is_sure) if found else None
