"""When the doors open next, and why they are closed now, for letters that say so. Pure. How much
open time there is between two moments is for whoever makes promises."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shared.opening_hours import Hours

_FURTHEST: Final = 400
"""Days that are looked through."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Closed:
    """It is closed at a moment."""

    opens: datetime | None
    """When it opens next; None: not within 400 days."""
    because: str
    """Why it is closed all that day, in the library's own words; empty: by its week."""


def closed_at(hours: Hours, zone: ZoneInfo, at: datetime) -> Closed | None:
    """None: it is open then."""
    local = at.astimezone(zone)
    today, shown = local.date(), local.replace(tzinfo=None)
    for day in (today + number * _DAY for number in range(_FURTHEST)):
        for opens, closes in hours.periods(day):
            begin = datetime.combine(day, opens)
            # One that closes at 00:00 lasts till midnight.
            end = datetime.combine(day if closes > time() else day + _DAY, closes)
            if begin <= shown < end:
                return None
            if begin > shown:
                return Closed(begin.replace(tzinfo=zone), hours.closed_by(today) or "")
    return Closed(None, hours.closed_by(today) or "")
