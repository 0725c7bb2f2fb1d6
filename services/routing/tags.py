"""What staff sort tickets by: a few short words, spelt in one way. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from services.routing.ticket import Change, Ticket, entry, touched

MOST: Final = 20
LONGEST: Final = 50
"""Characters of one."""
_SPACE: Final = re.compile(r"\s+")


def cleaned(text: str) -> str:
    """The tag as it is kept: in small letters, composed, with single spaces, nothing invisible.

    Raises: ValueError: nothing is left, or too much.
    """
    shown = (one for one in _SPACE.sub(" ", text) if unicodedata.category(one)[0] != "C")
    small = unicodedata.normalize("NFC", "".join(shown).lower())
    seen = _SPACE.sub(" ", small).strip()
    if not seen:
        raise ValueError("a tag has at least one character")
    if len(seen) > LONGEST:
        raise ValueError(f"a tag has at most {LONGEST} characters")
    return seen


def retagged(tags: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order. Raises: ValueError: too many."""
    wanted = sorted(({*tags} - {*remove}) | {*add})
    if len(wanted) > MOST:
        raise ValueError(f"a ticket has at most {MOST} tags")
    return tuple(wanted)


def tag(ticket: Ticket, tags: tuple[str, ...], by: str, now: datetime) -> Change:
    """The ticket has these from now on."""
    said = entry(
        now,
        "tagged",
        by,
        added=[one for one in tags if one not in ticket.tags],
        removed=[one for one in ticket.tags if one not in tags],
    )
    return Change(touched(ticket, now, tags=tags), (said,))
