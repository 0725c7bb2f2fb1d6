"""Reads what mail programs write before a quotation: "On Monday Rhian wrote:", or the header of the
message that is answered. Pure; of folded lines (`quote_phrases.folded`) it sees a few at a time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.intake.quote_phrases import ADDRESS, BY_US, CLOCK, DAY, LABEL, OPENER, ROLES, VERB

MOST_SEEN: Final = 400
"""Characters of a line, or of an introduction in several lines, that are looked at."""
MOST_LINES: Final = 7
"""Of an introduction."""
_MOST_FIELDS: Final = 20
"""Lines of a repeated header."""
_ENDS: Final = (":", ": >", ":*", ":_", "--", ">")
_MARKS: Final = " \t:<>-–—_*"
"""What may stand around an introduction."""
_SENTENCE_END: Final = re.compile(r"(?:[^\W\d_]{5}|\d\d)\.$|[!?]$")
"""Of a line; months and days may be cut short with a full stop."""
_QUOTING: Final = frozenset({"quoting", "citation de", "zitat von", "citando a"})
"""Verbs before whom is quoted, where some programs put no colon."""
_BROKEN: Final = re.compile(r"<|mailto:|>\s{0,3}[^\W\d_]{3,20}\s{0,3}:")
"""How a line begins before which some programs put an empty one."""


@dataclass(frozen=True)
class Introduction:
    """Lines that introduce a quotation."""

    length: int
    is_sure: bool
    """Whether what follows is quoted even without a mark of its own on each line."""


def is_moment(text: str) -> bool:
    """Whether it tells a day and an hour."""
    return CLOCK.search(text) is not None and DAY.search(text) is not None


# The header of the message that is answered


def roles_of(line: str) -> tuple[str, ...]:
    """What the fields of a header tell that begin in this line; nothing if it begins with none."""
    if ":" not in line[:60]:
        return ()
    bare = line.lstrip(" \t>|").lower()
    first = LABEL.match(bare)
    return tuple(_named(one[1]) for one in LABEL.finditer(bare)) if first else ()


def _named(label: str) -> str:
    return ROLES.get(" ".join(label.split()), "")


def header_length(
    lines: Sequence[str], roles: Sequence[tuple[str, ...]], at: int, least: int
) -> int:
    """How many lines a repeated header has; 0 if here is none with as many fields as `least`.

    `roles` holds `roles_of` each line.
    """
    if at >= len(lines) or not roles[at] or roles[at][0] == "also":
        return 0
    found: dict[str, str] = {}
    end = at
    for index in range(at, min(at + _MOST_FIELDS, len(lines))):
        for role in roles[index]:
            found.setdefault(role, lines[index])
        if roles[index]:
            end = index + 1
        elif index - end >= 2:
            break
    return end - at if _is_header(found, least) else 0


def _is_header(found: dict[str, str], least: int) -> bool:
    """Whether enough of a header is there: named fields, or two that hold what they should."""
    if not {"from", "date"} & found.keys():
        return False
    people = f"{found.get('from', '')} {found.get('to', '')}"
    return len(found) >= least or (
        ADDRESS.search(people) is not None and is_moment(found.get("date", ""))
    )


# "On Monday Rhian wrote:"


def introduction(lines: Sequence[str], at: int) -> Introduction | None:
    """What introduces a quotation here, in as many lines as it takes."""
    first = lines[at].strip(_MARKS)
    opens = _opens(first)
    may_go_on = opens or DAY.search(first) is not None or ADDRESS.search(first) is not None
    joined = ""
    for length in range(1, MOST_LINES + 1):
        if at + length > len(lines) or len(joined) > MOST_SEEN:
            return None
        line = lines[at + length - 1].strip()
        if length > 1 and not (may_go_on and _goes_on(lines, at, at + length - 1, opens)):
            return None
        joined = f"{joined} {line}".strip()
        following = lines[at + length] if at + length < len(lines) else ""
        if joined.endswith(_ENDS) or (line and following.startswith(">")):
            is_sure = _judged(joined, opens)
            if is_sure is not None:
                return Introduction(length, is_sure)
    return None


def ends_of(lines: Sequence[str]) -> list[int]:
    """For each line the first from there on with which an introduction may end: most letters have
    none, and need no closer look. The number of lines if there is none."""
    found = [len(lines)] * (len(lines) + 1)
    is_before_mark = False
    for at in reversed(range(len(lines))):
        is_one = is_before_mark or lines[at].rstrip().endswith(_ENDS)
        found[at] = at if is_one else found[at + 1]
        is_before_mark = lines[at].startswith(">")
    return found


def _opens(line: str) -> bool:
    return OPENER.match(line) is not None and any(map(str.isdigit, line))


def _goes_on(lines: Sequence[str], first: int, at: int, opens: bool) -> bool:
    """Whether an introduction can go on in this line."""
    line, before = lines[at].strip(), lines[at - 1].strip()
    if _SENTENCE_END.search(before) or _opens(line):
        return False
    if line:
        return bool(before) or _BROKEN.match(line) is not None
    return opens and at - first < MOST_LINES


def _judged(joined: str, opens: bool) -> bool | None:
    """Whether this introduces a quotation surely, perhaps (False), or not at all (None)."""
    is_framed = joined.startswith("--") and joined.endswith("--")
    ends = is_framed or (joined.endswith(_ENDS) and joined.rstrip(" >*_").endswith(":"))
    verb = _verb(joined)
    has_address = ADDRESS.search(joined) is not None
    if verb is None:
        return _judged_without_verb(joined, ends, opens, has_address)
    has_day = DAY.search(joined) is not None
    if not ends:
        is_all = verb[0] in _QUOTING or not joined[verb.end() :].strip()
        is_bare = is_all and (has_address or has_day)
        return False if is_bare else None
    beside = joined[max(0, verb.start() - 12) : verb.end() + 12].lower()
    is_told = BY_US.search(beside) is not None and not has_address
    return not is_told and (is_framed or has_address or is_moment(joined) or (opens and has_day))


def _judged_without_verb(joined: str, ends: bool, opens: bool, has_address: bool) -> bool | None:
    """In languages that have none here, or that are not known: by a date and an address."""
    day = DAY.search(joined)
    if ends:
        is_sure = has_address and is_moment(joined)
        return is_sure if is_sure or (day and (opens or has_address)) else None
    is_bare = joined.endswith(">") and has_address and day is not None and day.start() < 3
    return False if is_bare else None


def _verb(joined: str) -> re.Match[str] | None:
    """The last verb, if after it stands nothing but a name, a date or an address."""
    verb = next(reversed(list(VERB.finditer(joined.lower()))), None)
    if verb is None:
        return None
    after = joined[verb.end() :].strip(_MARKS)
    if ADDRESS.search(after) or not after:
        return verb
    is_english = verb[0] in {"wrote", "sent", "writes"}
    return None if is_english or len(after) > 120 or len(after.split()) > 6 else verb
