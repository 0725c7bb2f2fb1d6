"""Finds where a letter's signature begins: its delimiter, what a telephone or a mail server adds, a
closing phrase with a name after it, a block of contact lines. Pure; when unsure there is none.
"""

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final

from services.intake.quote_phrases import folded
from services.intake.signature_phrases import (
    CLOSING,
    CONTACT,
    DISCLAIMER,
    NAME,
    PROGRAM,
    THANKS,
    THANKS_AND_NAME,
)

# RFC 3676 §4.3: two dashes and a blank; many programs lose the blank.
_DELIMITER: Final = re.compile(r"\A(?:--|––|—|–)\s{0,3}$")
_RULE: Final = re.compile(r"\A\s{0,3}(?:_{2,80}|-{3,80}|[=*~]{5,80})\s{0,3}$")
_DASHED_NAME: Final = re.compile(
    r"\A(?:[-–—~/]{1,2}|\*{1,2})\s?[A-Z][\w.'-]{0,30}(?:\s[A-Z][\w.'-]{0,30}){0,3}\*{0,2}\s{0,3}$"
)
_LINK: Final = re.compile(r"[<\[(]?(?:https?://|mailto:|cid:)\S{1,2000}+")
_MOST_SEEN: Final = 400
"""Characters of a line."""
_MOST_LINES: Final = 200
"""Lines, of the last, that are looked at."""
_MOST_AFTER_DELIMITER: Final = 20
_MOST_AFTER_RULE: Final = 10
_MOST_AFTER_CLOSING: Final = 12
_MOST_AFTER_PROGRAM: Final = 3
_MOST_AFTER_DISCLAIMER: Final = 30
_LONGEST: Final = 90
"""Characters of a line in a block that is no sentence of the letter."""
_Finder = Callable[[Sequence[str], Sequence[int], int], int]
"""Of lines, those with words, and the last that is a sentence: where the signature begins."""


def begins(lines: Sequence[str], *, is_last: bool) -> int:
    """The line of these, which the sender wrote, where the signature begins; their number if none.

    `is_last`: no more words of the sender follow, so that a closing phrase closes indeed.
    """
    begun = max(0, len(lines) - _MOST_LINES)
    seen = [folded(line[:_MOST_SEEN]) for line in lines[begun:]]
    filled = [at for at, line in enumerate(seen) if line.strip()]
    sentences = _sentences(seen)
    finders: tuple[_Finder, ...] = (_by_disclaimer, _by_program, _by_mark)
    if is_last:
        finders += (_by_contacts, _by_closing, _by_program, _by_mark)
    for find in finders:
        at = find(seen, filled, sentences[len(seen)])
        filled = [one for one in filled if one < at]
        seen = seen[:at]
    return begun + len(seen)


def _by_disclaimer(lines: Sequence[str], filled: Sequence[int], _: int) -> int:
    """What a mail server adds: from here on it is nobody's words."""
    for at in filled[1:][-_MOST_AFTER_DISCLAIMER:]:
        if not lines[at - 1].strip() and DISCLAIMER.match(lines[at].lower()):
            return at
    return len(lines)


def _by_program(lines: Sequence[str], filled: Sequence[int], _: int) -> int:
    for at in filled[-_MOST_AFTER_PROGRAM - 1 :]:
        if PROGRAM.match(_LINK.sub("", lines[at]).lower()):
            return at
    return len(lines)


def _by_mark(lines: Sequence[str], filled: Sequence[int], sentence: int) -> int:
    for place, at in enumerate(filled):
        after, line = len(filled) - place - 1, lines[at]
        if line[0].isalnum():  # most lines; a mark begins with none of these
            continue
        is_apart = place == 0 or not lines[at - 1].strip()
        if _DELIMITER.match(line):
            # RFC 3676 §4.3: with its blank it is nothing else.
            if line == "-- " and after <= _MOST_AFTER_DELIMITER:
                return at
            if after <= _MOST_AFTER_RULE and at >= sentence:
                return at
        elif is_apart and _RULE.match(line) and after <= _MOST_AFTER_RULE:
            if at >= sentence:
                return at
        elif is_apart and place and not after and _DASHED_NAME.match(line):
            return at
    return len(lines)


def _by_closing(lines: Sequence[str], filled: Sequence[int], sentence: int) -> int:
    """A phrase with which letters close. After one that may as well begin a sentence, or end the
    letter's last, a name must follow."""
    start = max(0, len(filled) - _MOST_AFTER_CLOSING - 1)
    for place in range(start, len(filled)):
        at = filled[place]
        following = lines[filled[place + 1]] if place + 1 < len(filled) else ""
        if at < sentence:
            continue
        if CLOSING.match(lines[at]) and (following or place):
            return at
        is_named = NAME.match(following) and THANKS.match(lines[at])
        if is_named or THANKS_AND_NAME.match(lines[at]):
            return at
    return len(lines)


def _by_contacts(lines: Sequence[str], filled: Sequence[int], sentence: int) -> int:
    """A name alone in its line, and contacts after it, with no sentence among them."""
    for place in range(max(0, len(filled) - _MOST_AFTER_CLOSING - 1), len(filled)):
        at = filled[place]
        after = [lines[one] for one in filled[place + 1 :]]
        is_apart = place > 0 and not lines[at - 1].strip()
        if is_apart and at >= sentence and NAME.match(lines[at]):
            contacts = sum(CONTACT.search(line.lower()) is not None for line in after)
            if contacts and contacts * 3 >= len(after):
                return at
    return len(lines)


def _sentences(lines: Sequence[str]) -> list[int]:
    """Of no line, of the first, of the first two and so on: the last that is a sentence of the
    letter; -1 if none is."""
    marked = (
        at if ("?" in line or len(line) > _LONGEST) and _is_sentence(line) else -1
        for at, line in enumerate(lines)
    )
    return list(accumulate(marked, max, initial=-1))


def _is_sentence(line: str) -> bool:
    if line.rstrip().endswith("?"):
        return True
    return len(line) > _LONGEST and len(_LINK.sub("", line)) > _LONGEST
