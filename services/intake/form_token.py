"""What the ask page seals: when a form was handed out, and whose thank-you page may be seen. Pure.

It refuses to count: how often a token is used is for the limits.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Final

from shared.references import Seal, compact, expand

LIFETIME: Final = timedelta(hours=12)
QUICKEST: Final = timedelta(seconds=2)
"""Nobody reads, fills and sends a form within this time; programs do."""
_TOKEN: Final = re.compile(r"([0-9]{1,12})\.([0-9a-f]{16})\.([a-z2-7]{26})")
_ASIDE: Final = "aside"


class Verdict(StrEnum):
    """What a token says of the form that it came with."""

    GOOD = "good"
    OLD = "old"
    """Expired, or none of ours: the form has to be sent once more."""
    QUICK = "quick"


def new_token(seal: Seal, now: datetime, chance: Callable[[int], str] = token_hex) -> str:
    """A token for a form that is handed out now."""
    moment, nonce = str(int(now.timestamp())), chance(8)
    return f"{moment}.{nonce}.{seal.mark('form', moment, nonce)}"


def renewed(seal: Seal, token: str, now: datetime) -> str:
    """For a form that is shown again: the same token while it is good, so that the same words stay
    the same letter; else a new one that counts as read already."""
    is_old = verdict(seal, token, now) is Verdict.OLD
    return new_token(seal, now - QUICKEST) if is_old else token


def verdict(seal: Seal, token: str, now: datetime) -> Verdict:
    """Whether a form with this token may be taken."""
    match = _TOKEN.fullmatch(token)
    if match is None or not seal.is_mark(match[3], "form", match[1], match[2]):
        return Verdict.OLD
    age = now - datetime.fromtimestamp(int(match[1]), UTC)
    if age > LIFETIME:
        return Verdict.OLD
    # One that is from the future was handed out by a copy whose clock is another: nobody knows how
    # long it was read, and no patron can do anything about it.
    return Verdict.QUICK if abs(age) < QUICKEST else Verdict.GOOD


@dataclass(frozen=True)
class Thanks:
    """What a thank-you page may show."""

    reference: str | None
    """None: kept, but a member of staff has to look at it before it is anything."""


def page_of(seal: Seal, reference: str | None) -> str:
    """The name of the thank-you page of a letter."""
    code = compact(reference) if reference else _ASIDE
    return f"{code}.{seal.mark('thanks', code)}"


def thanks_of(seal: Seal, page: str) -> Thanks | None:
    """What the thank-you page of this name shows; None if it is none of ours."""
    code, _, mark = page.partition(".")
    if not seal.is_mark(mark, "thanks", code):
        return None
    return Thanks(None if code == _ASIDE else expand(code))
