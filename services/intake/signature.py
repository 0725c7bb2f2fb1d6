"""Finds where a letter's signature begins: by its delimiter, by what a telephone adds, by a closing
phrase or by a block of contact lines. Pure; when unsure there is none.
"""

import re
from collections.abc import Sequence
from typing import Final

from services.intake.signature_phrases import CLOSING, CONTACT, NAME, PROGRAM

# RFC 3676 §4.3: two dashes and a blank; many programs lose the blank.
_DELIMITER: Final = re.compile(r"(?:--|––|—|–)\s{0,3}$")
_RULE: Final = re.compile(r"\s{0,3}(?:[_]{2,80}|[-]{3,80}|[=*~]{5,80})\s{0,3}$")
_DASHED_NAME: Final = re.compile(
    r"[-–—~]{1,2}\s?[A-Z][\w.'’-]{0,30}(?:\s[A-Z][\w.'’-]{0,30}){0,3}\s{0,3}$"
)
_MOST_AFTER_DELIMITER: Final = 20
_MOST_AFTER_RULE: Final = 12
_MOST_AFTER_CLOSING: Final = 10
_MOST_AFTER_PROGRAM: Final = 3
_LONGEST: Final = 90
"""Characters of a line in a block that is no sentence of the letter."""


def begins(lines: Sequence[str], *, is_last: bool) -> int:
    """The line of these, which the sender wrote, where the signature begins; their number if none.

    `is_last`: no more words of the sender follow, so that a closing phrase closes indeed.
    """
    filled = [at for at, line in enumerate(lines) if line.strip()]
    found = [_by_mark(lines, filled)]
    if is_last:
        found += [_by_closing(lines, filled), _by_contacts(lines, filled)]
    return min(found, default=len(lines))


def _by_mark(lines: Sequence[str], filled: Sequence[int]) -> int:
    for place, at in enumerate(filled):
        after = len(filled) - place - 1
        line = lines[at][:200]
        if (
            (_DELIMITER.match(line) and 0 < after <= _MOST_AFTER_DELIMITER)
            or (_RULE.match(line) and 0 < after <= _MOST_AFTER_RULE and _are_short(lines, at + 1))
            or (PROGRAM.match(line) and after <= _MOST_AFTER_PROGRAM)
            or (_DASHED_NAME.match(line) and after <= 1 and place)
        ):
            return at
    return len(lines)


def _by_closing(lines: Sequence[str], filled: Sequence[int]) -> int:
    for at in filled[-_MOST_AFTER_CLOSING - 1 :]:
        if CLOSING.match(lines[at][:200]) and _are_short(lines, at + 1):
            return at
    return len(lines)


def _by_contacts(lines: Sequence[str], filled: Sequence[int]) -> int:
    """A name alone in its line, and contacts after it, with no sentence among them."""
    for at in filled[-_MOST_AFTER_CLOSING - 1 :]:
        after = [line for line in lines[at + 1 :] if line.strip()]
        is_apart = at > 0 and not lines[at - 1].strip()
        if is_apart and NAME.match(lines[at][:200]) and _are_short(lines, at + 1):
            contacts = sum(CONTACT.search(line[:200]) is not None for line in after)
            if contacts and contacts * 3 >= len(after):
                return at
    return len(lines)


def _are_short(lines: Sequence[str], at: int) -> bool:
    """Whether none of these is a sentence of the letter."""
    return all(len(line) <= _LONGEST and not line.rstrip().endswith("?") for line in lines[at:])
