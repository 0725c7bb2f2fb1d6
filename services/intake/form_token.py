"""What the ask page seals: when a form was handed out, and whose thank-you page may be seen. Pure.

It refuses to count: how often a token is used is for the limits.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Final

from shared.references import Seal, compact, expand

LIFETIME: Final = timedelta(hours=12)
QUICKEST: Final = timedelta(seconds=2)
"""Nobody reads, fills and sends a form within this time; programs do."""
_TOKEN: Final = re.compile(r"([0-9]{1,12})\.([0-9a-f]{16})\.([a-z2-7]{26})")
_PAGE: Final = re.compile(r"([0-9a-z]{8})\.([a-z2-7]{26})")


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
    return Verdict.QUICK if age < QUICKEST else Verdict.GOOD


def page_of(seal: Seal, reference: str) -> str:
    """The name of the thank-you page of a reference."""
    code = compact(reference)
    return f"{code}.{seal.mark('thanks', code)}"


def reference_of_page(seal: Seal, page: str) -> str | None:
    """The reference that a thank-you page of ours may show; None for any other page."""
    match = _PAGE.fullmatch(page)
    if match is None or not seal.is_mark(match[2], "thanks", match[1]):
        return None
    return expand(match[1])
