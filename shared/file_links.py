"""Links by which a patron fetches a file that was too large for a letter: `/a/TOKEN`. Pure.

A token names the letter, which of its files, and until when; the seal proves that we wrote it.
Nothing is stored for it, and nothing changes when it is followed. Staff end it by withdrawing the
file.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shared.references import Seal

WITHDRAWN: Final = "file_withdrawn"
"""What the timeline of a ticket says of a file that is not to be fetched any more; `file` is which:
the letter's id, a full stop, and its number there."""
_TOKEN: Final = re.compile(r"([0-9a-f]{32})\.([0-9]{1,3})\.([0-9]{1,12})\.([a-z2-7]{26})", re.ASCII)


@dataclass(frozen=True)
class Wanted:
    """What a good link is for."""

    letter_id: str
    number: int
    """Of the file, from 0."""
    until: datetime


def link_to(seal: Seal, address: str, letter_id: str, number: int, until: datetime) -> str:
    """The link to a file of a letter. `address`: where the public reaches intake's HTTP door."""
    ends = str(int(until.timestamp()))
    mark = seal.mark("file", letter_id, str(number), ends)
    return f"{address.rstrip('/')}/a/{letter_id}.{number}.{ends}.{mark}"


def wanted_of(seal: Seal, token: str, now: datetime) -> Wanted | None:
    """None: it is none of ours, or its time is over; nobody is told which."""
    found = _TOKEN.fullmatch(token)
    if found is None or not seal.is_mark(found[4], "file", found[1], found[2], found[3]):
        return None
    until = datetime.fromtimestamp(int(found[3]), UTC)
    return Wanted(found[1], int(found[2]), until) if now < until else None
