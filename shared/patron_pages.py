"""Links to the pages that only a patron has: what became of an enquiry (`/s/TOKEN`), and how it was
for them (`/survey/TOKEN`). Pure.

A token names the ticket, what it is for and until when; the seal proves that we wrote it. Nothing
is stored for it. It proves that a letter of ours about that ticket was had, and no more: what a
page shows, it shows to whoever has the link.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from shared.messages import derived_id
from shared.references import Seal, compact, expand

STATUS_LASTS: Final = timedelta(days=180)
SURVEY_LASTS: Final = timedelta(days=60)
"""Each from when the letter was asked for."""
SURVEY: Final[Literal["survey"]] = "survey"
"""The door by which answers to "How it was for you" come in."""
MOST_REVISIONS: Final = 20
"""How often one answer may be given and changed."""
_STATUS: Final = "status"
_TOKEN: Final = re.compile(r"([0-9a-z]{8})\.([0-9]{1,11})\.([a-z2-7]{26})", re.ASCII)


@dataclass(frozen=True)
class Reached:
    """What a good link is for."""

    reference: str
    until: datetime


def answer_id(reference: str, revision: int) -> str:
    """The id of the letter that an answer is kept as: there can be one of each number."""
    return derived_id(SURVEY, reference, str(revision))


def status_link(seal: Seal, address: str, reference: str, until: datetime) -> str:
    """The link to what became of an enquiry. `address`: where the public reaches intake's HTTP
    door."""
    return f"{address.rstrip('/')}/s/{_token(seal, _STATUS, reference, until)}"


def survey_link(seal: Seal, address: str, reference: str, until: datetime) -> str:
    """The link to the two questions."""
    return f"{address.rstrip('/')}/survey/{_token(seal, SURVEY, reference, until)}"


def status_of(seal: Seal, token: str, now: datetime) -> Reached | None:
    """None: it is none of ours, not for this page, or its time is over; nobody is told which."""
    return _reached(seal, _STATUS, token, now)


def survey_of(seal: Seal, token: str, now: datetime) -> Reached | None:
    """The same for the two questions."""
    return _reached(seal, SURVEY, token, now)


def _token(seal: Seal, purpose: str, reference: str, until: datetime) -> str:
    code, ends = compact(reference), str(int(until.timestamp()))
    return f"{code}.{ends}.{seal.mark(purpose, code, ends)}"


def _reached(seal: Seal, purpose: str, token: str, now: datetime) -> Reached | None:
    found = _TOKEN.fullmatch(token)
    if found is None or not seal.is_mark(found[3], purpose, found[1], found[2]):
        return None
    reference, until = expand(found[1]), datetime.fromtimestamp(int(found[2]), UTC)
    return Reached(reference, until) if reference is not None and now < until else None
