"""Finds the lines of a letter that are not the sender's own: quoted, introduced, repeated.

Pure: lines in, a mark for each out. Looks at a few lines at a time and never back, so that its time
grows with the text alone. When unsure, a line is the sender's.
"""

import re
from collections.abc import Sequence
from typing import Final

from services.intake.quote_introductions import MOST_SEEN, header_length, introduction, is_moment
from services.intake.quote_phrases import FORWARDED, INLINE_OPENER, OPENER, ORIGINAL, folded, words

_PREFIX: Final = re.compile(r"[ \t\u200e\u200f]{0,4}>(?![:;.]?[-_]?[(<.|](?:\s|$))")
_BAR: Final = re.compile(r"[ \t]{0,4}\|(?:\s|$)")
_LINK: Final = re.compile(
    r"\s{0,3}[(<]?(?:https?://\S{1,300}|\S{0,200}[=/&%]\S{0,200})\s?>?\s{0,3}$"
)
_GAP: Final = re.compile(r":[ \t\xa0]{2,}(?=\S)")
_DASHES: Final = r"[-_=–—*#\s]{2,60}"
_ORIGINAL: Final = re.compile(
    rf"{_DASHES}(?:{words(ORIGINAL.split(','))})\s{{0,3}}:?[-_=–—*#<\s]{{2,80}}$", re.IGNORECASE
)
_FORWARDED: Final = re.compile(
    rf"{_DASHES}(?:{words(FORWARDED.split(','))})(?![^\W\d_])"
    rf"|\s{{0,9}}(?:{words(one for one in FORWARDED.split(',') if ' ' in one)})\s{{0,3}}:\s*$",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"\s{0,9}[_\-=]{10,120}\s{0,9}$")
_ABOVE: Final = re.compile(
    r"[-–—=#*>_\s]{0,60}(?:please )?(?:(?:type|write|enter|add) (?:your )?(?:reply|response|answer)"
    r"|reply|respond|answer)\b.{0,30}\babove (?:this|the) (?:line|text)\b.{0,40}$"
    r"|[-–—=#*_\s]{2,60}(?:bitte )?(?:antworten sie|repondre au-dessus|repondez au-dessus"
    r"|escriba su respuesta|responda por encima|atebwch uwchben)\b",
    re.IGNORECASE,
)
# GroupWise: the rest is quoted with no mark on its lines.
_ANGLED: Final = re.compile(r">>>\s.{3,200}\s>>>\s{0,3}$")


def is_prefixed(line: str) -> bool:
    """Whether a line bears the usual mark of quoted ones."""
    return _PREFIX.match(line) is not None


def parted(lines: Sequence[str]) -> list[str]:
    """The lines, those parted in two in whose midst an introduction begins or ends."""
    found: list[str] = []
    for at, line in enumerate(lines):
        cut = _begin_within(lines, at) or _end_within(line)
        found += [line[:cut], line[cut:]] if cut else [line]
    return found


def _begin_within(lines: Sequence[str], at: int) -> int:
    """Where in this line an introduction begins, behind other words; else 0."""
    line = lines[at]
    begins = [one.start() for one in INLINE_OPENER.finditer(line[:2000])]
    if not begins or not line[: begins[-1]].strip(" \t->|*_") or OPENER.match(line.strip()):
        return 0
    later = [line[begins[-1] :], *lines[at + 1 : at + 4]]
    return len(line[: begins[-1]].rstrip(" -")) if _is_sure(later) else 0


def _end_within(line: str) -> int:
    """Where in this line an introduction ends, before what it introduces; else 0."""
    gap = _GAP.search(line[:MOST_SEEN])
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
    marks = [False] * len(seen)
    at = 0
    while at < len(seen):
        start, end = _next(seen, at, held, perhaps)
        marks[start:end] = [True] * (end - start)
        at = end
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


def _next(
    lines: Sequence[str], at: int, held: Sequence[bool], perhaps: Sequence[bool]
) -> tuple[int, int]:
    """The quoted lines that begin here; where there are none, both numbers are the line to go on
    with."""
    start = end = at + 1
    if not lines[at].strip():
        return start, end
    if _FORWARDED.match(lines[at].lstrip("> \t") if held[at] else lines[at]):
        start = end = len(lines)
    elif _ANGLED.match(lines[at]) and is_moment(lines[at]):
        start, end = at, len(lines)
    elif held[at]:
        end = _run(held, at)
        start = at if _is_quotation(lines, at, end) else end
    elif introduced := _introduced(lines, at):
        length, is_sure = introduced
        following = _words_from(lines, at + length)
        if following < len(lines) and perhaps[following]:
            start, end = at, _run(perhaps, following)
        elif is_sure:
            start, end = at, len(lines)
    return start, end


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


def _introduced(lines: Sequence[str], at: int) -> tuple[int, bool] | None:
    """How many lines from here introduce a quotation, and whether surely."""
    line = lines[at]
    if _ORIGINAL.match(line):
        return 1 + header_length(lines, at + 1, 1), True
    if _ABOVE.match(line):
        return 1, True
    if _RULE.match(line):
        following = _words_from(lines, at + 1)
        length = header_length(lines, following, 2) if following - at <= 2 else 0
        return (following - at + length, True) if length else None
    length = header_length(lines, at, 3)
    if length:
        return length, True
    found = introduction(lines, at)
    return (found.length, found.is_sure) if found else None
