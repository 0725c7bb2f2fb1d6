"""Open time: when the library is there to answer. Pure.

Periods are half-open, in the library's own time zone. Time is counted in real elapsed seconds of
UTC, so that the day on which the clock changes is as long as it is.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shared.library import Hours

_FURTHEST: Final = timedelta(days=400)


class NeverOpen(Exception):
    """There is no open time within the next 400 days: the library file can't be right."""


def open_periods(
    start: datetime, hours: Hours, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """The open periods from `start` on, in UTC; the first may have begun."""
    day = start.astimezone(zone).date()
    last = day + _FURTHEST
    while day <= last:
        for opens, closes in hours.periods(day):
            begin = datetime.combine(day, opens, zone).astimezone(UTC)
            end = datetime.combine(day, closes, zone).astimezone(UTC)
            if end > start and begin < end:
                yield max(begin, start.astimezone(UTC)), end
        day += timedelta(days=1)


def add_open_time(start: datetime, open_time: timedelta, hours: Hours, zone: ZoneInfo) -> datetime:
    """The moment (UTC) when `open_time` has passed since `start`. Raises: NeverOpen."""
    left = open_time
    for begin, end in open_periods(start, hours, zone):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise NeverOpen


def is_open(at: datetime, hours: Hours, zone: ZoneInfo) -> bool:
    """Whether the library is open at this moment."""
    first = next(open_periods(at, hours, zone), None)
    return first is not None and first[0] <= at
