"""Finds the lines of a letter that are not the sender's own: quoted, introduced, repeated.

Pure: lines in, a mark for each out. Looks at a few lines at a time and never back, so that its time
grows with the text alone. When unsure, a line is the sender's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.intake.quote_phrases import (
    ADDRESS,
    BY_US,
    CLOCK,
    DAY,
    FORWARDED,
    INLINE_OPENER,
    OPENER,
    ORIGINAL,
    ROLES,
    VERB,
    words,
)

_MOST_SEEN: Final = 400
"""Characters of a line, or of an introduction in several lines, that are looked at."""
_MOST_LINES: Final = 7
_MARKS: Final = " \t:：<>-–—_*"
"""What may stand around an introduction."""
_PREFIX: Final = re.compile(r"[ \t\u200e\u200f]{0,4}>(?![:;.]?[-_]?[(<.|](?:\s|$))")
_BAR: Final = re.compile(r"[ \t]{0,4}\|(?:\s|$)")
_DASHES: Final = r"[-_=–—*#>\s]{2,60}"
_ORIGINAL: Final = re.compile(
    rf"\s{{0,9}}(?:{_DASHES})\s{{0,3}}(?:{words(ORIGINAL.split(','))})\s{{0,3}}[:：]?[-_=–—*#<\s]{{2,80}}$",
    re.IGNORECASE,
)
_FORWARDED: Final = re.compile(
    rf"\s{{0,9}}(?:(?:{_DASHES})\s{{0,3}}(?:{words(FORWARDED.split(','))})(?![^\W\d_])"
    rf"|(?:{words(one for one in FORWARDED.split(',') if ' ' in one)})\s{{0,3}}[:：]\s{{0,9}}$)",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"\s{0,9}[_\-=]{10,120}\s{0,9}$")
_ABOVE: Final = re.compile(
    r"[-–—=#*>_\s]{0,60}(?:please )?(?:(?:type|write|enter|add) (?:your )?(?:reply|response|answer)"
    r"|reply|respond|answer)\b.{0,30}\babove (?:this|the) (?:line|text)|"
    r"[-–—=#*_\s]{2,60}(?:in reply to|antworten sie|bitte antworten|répondre au-dessus|"
    r"escriba su respuesta|atebwch uwchben|اكتب ردك فوق)",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"[\s*_>|]{0,12}([^\W\d_][^\n:：*]{0,30}?)[\s*_]{0,4}[:：][*_]{0,2}(?=\s|$|\S)"
)
_BIDI: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class _Introduction:
    """Lines that introduce a quotation."""

    length: int
    is_sure: bool
    """Whether what follows is quoted even without a mark of its own on each line."""


def is_prefixed(line: str) -> bool:
    """Whether a line bears the usual mark of quoted ones."""
    return _PREFIX.match(line) is not None


def parted(lines: Sequence[str]) -> list[str]:
    """The lines, those parted in two in whose midst an introduction begins."""
    found: list[str] = []
    for at, line in enumerate(lines):
        begins = [one.start() for one in INLINE_OPENER.finditer(line[:2000])]
        if begins and line[: begins[-1]].strip(" -") and not OPENER.match(line.strip()):
            introduction = _introduction([line[begins[-1] :], *lines[at + 1 : at + 4]], 0)
            if introduction and introduction.is_sure:
                found += [line[: begins[-1]].rstrip(" -"), line[begins[-1] :]]
                continue
        found.append(line)
    return found


def quoted(lines: Sequence[str], held: Sequence[bool], perhaps: Sequence[bool]) -> list[bool]:
    """For each line, whether it is quoted or introduces what is.

    `held` are those that bear a mark of quoted ones (`is_prefixed`, or in HTML their element),
    `perhaps` those whose mark counts only behind an introduction.
    """
    seen = [_BIDI.sub("", one[:_MOST_SEEN]) for one in lines]
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


def _next(
    lines: Sequence[str], at: int, held: Sequence[bool], perhaps: Sequence[bool]
) -> tuple[int, int]:
    """The quoted lines that begin here; where there are none, both numbers are the line to go on
    with."""
    end = at + 1
    start = end
    if not lines[at].strip():
        return start, end
    if _FORWARDED.match(lines[at].lstrip("> \t") if held[at] else lines[at]):
        start = end = len(lines)
    elif held[at]:
        end = _run(held, at)
        start = at if _is_quotation(lines, at, end) else end
    elif introduction := _introduced(lines, at):
        following = _words_from(lines, at + introduction.length)
        if following < len(lines) and perhaps[following]:
            start, end = at, _run(perhaps, following)
        elif introduction.is_sure:
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
    if end - start > 1:
        return True
    line = lines[start].strip()
    return not line.endswith("<") and not line.startswith(">From ")


def _introduced(lines: Sequence[str], at: int) -> _Introduction | None:
    line = lines[at]
    if _ORIGINAL.match(line):
        return _Introduction(1 + _header_length(lines, at + 1, 1), is_sure=True)
    if _ABOVE.match(line):
        return _Introduction(1, is_sure=True)
    if _RULE.match(line):
        following = _words_from(lines, at + 1)
        length = _header_length(lines, following, 2) if following - at <= 2 else 0
        return _Introduction(following - at + length, is_sure=True) if length else None
    length = _header_length(lines, at, 3)
    return _Introduction(length, is_sure=True) if length else _introduction(lines, at)


# The header of the message that is answered, repeated


def _role(line: str) -> str | None:
    label = _LABEL.match(line)
    return ROLES.get(" ".join(label[1].split()).casefold()) if label else None


def _header_length(lines: Sequence[str], at: int, least: int) -> int:
    """How many lines a repeated header has; 0 if here is none with as many fields as `least`."""
    if at >= len(lines) or _role(lines[at]) not in {"from", "date", "to", "subject"}:
        return 0
    roles: dict[str, str] = {}
    end, others = at, 0
    for index in range(at, min(at + 20, len(lines))):
        role = _role(lines[index])
        if role:
            roles.setdefault(role, lines[index])
            end, others = index + 1, 0
        elif others >= 2:
            break
        else:
            others += 1
    return end - at if _is_header(roles, least) else 0


def _is_header(roles: dict[str, str], least: int) -> bool:
    """Whether enough of a header is there: named fields, or two that hold what they should."""
    if not {"from", "date"} & roles.keys():
        return False
    if len(roles) >= least:
        return True
    people = f"{roles.get('from', '')} {roles.get('to', '')}"
    moment = roles.get("date", "")
    return ADDRESS.search(people) is not None and _is_moment(moment)


def _is_moment(text: str) -> bool:
    return CLOCK.search(text) is not None and DAY.search(text) is not None


# "On Monday Rhian wrote:"


def _introduction(lines: Sequence[str], at: int) -> _Introduction | None:
    """What introduces a quotation here, in as many lines as it takes."""
    first = lines[at].strip(_MARKS)
    opens = OPENER.match(first) is not None and any(map(str.isdigit, first))
    may_go_on = opens or (
        not first.endswith((".", "!", "?")) and bool(DAY.search(first) or ADDRESS.search(first))
    )
    joined = ""
    for length in range(1, _MOST_LINES + 1):
        if at + length > len(lines) or (length > 1 and not may_go_on):
            return None
        line = lines[at + length - 1].strip()
        if not line and not opens:
            return None
        if length > 1 and OPENER.match(line) and any(map(str.isdigit, line)):
            return None
        joined = f"{joined} {line}".strip()
        if len(joined) > _MOST_SEEN:
            return None
        found = _judged(joined, opens)
        if found is not None:
            return _Introduction(length, found)
    return None


def _judged(joined: str, opens: bool) -> bool | None:
    """Whether this introduces a quotation surely, perhaps (False), or not at all (None)."""
    is_framed = joined.startswith("--") and joined.endswith("--")
    if not (joined.endswith((":", "：", ": >")) or is_framed):
        return _is_bare(joined)
    verb = _last_verb(joined)
    has_address = ADDRESS.search(joined) is not None
    has_moment = DAY.search(joined) is not None or CLOCK.search(joined) is not None
    if verb is None:
        return True if has_address and _is_moment(joined) else None
    beside = joined[max(0, verb.start() - 12) : verb.end() + 12]
    if BY_US.search(beside) and not has_address:
        return False
    if is_framed:
        return True
    return has_address or (has_moment and (opens or _is_moment(joined)))


def _is_bare(joined: str) -> bool | None:
    """A date and an address and nothing after them, which some programs write."""
    is_one = joined.endswith(">") and _is_day_first(joined) and ADDRESS.search(joined)
    return False if is_one else None


def _is_day_first(joined: str) -> bool:
    day = DAY.search(joined[:20])
    return day is not None and day.start() < 3


def _last_verb(joined: str) -> re.Match[str] | None:
    """The verb, if after it stands nothing but a name or an address."""
    verb = next(reversed(list(VERB.finditer(joined))), None)
    if verb is None:
        return None
    after = joined[verb.end() :].strip(_MARKS)
    is_short = len(after) <= 120 and len(ADDRESS.sub("", after).split()) <= 6
    if verb[0].isascii() and verb[0].lower() in {"wrote", "sent", "writes", "said"}:
        return verb if not after or ADDRESS.search(after) else None
    return verb if is_short else None
