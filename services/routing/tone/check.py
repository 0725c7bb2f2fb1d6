"""A reply, looked at before it goes: every finding, in the order of the text. Pure."""

from datetime import datetime
from typing import Final

from services.routing.tone.background import Background
from services.routing.tone.finding import Finding
from services.routing.tone.heard import Heard
from services.routing.tone.manner import MANNERS
from services.routing.tone.promises import promised, promises
from services.routing.tone.said_before import different
from services.routing.tone.strangers import strangers

_MOST: Final = 50
"""Findings that are told of one text."""


def check(reply: str, background: Background) -> tuple[Finding, ...]:
    """What may hurt, mislead or be untrue in it; nothing, for a plain kind answer."""
    text = Heard.of(reply, background.letters)
    rules = (*MANNERS, promises, strangers, different)
    found = dict.fromkeys(one for rule in rules for one in rule(text, background))
    return tuple(sorted(found, key=lambda one: (one.start, one.rule)))[:_MOST]


def repeated(reply: str, background: Background) -> datetime | None:
    """The promise of the ledger that the reply makes again, in words; it is to stand on."""
    text = Heard.of(reply, background.letters)
    is_again = any(one.is_kept and not one.is_visit for one in promised(text, background))
    return background.due_at if is_again else None
