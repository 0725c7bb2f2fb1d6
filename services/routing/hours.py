"""Open time: when a team is there to answer. Pure.

Periods are half-open, in the library's own time zone. Time is counted in real elapsed seconds of
UTC, so that the day on which the clock changes is as long as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shared.library import Hours, Library

_FURTHEST: Final = timedelta(days=400)


class NeverOpen(Exception):
    """There is no open time within the next 400 days: the library file can't be right."""


@dataclass(frozen=True)
class Calendar:
    """When a team is there."""

    hours: Hours
    zone: ZoneInfo

    def open_periods(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open periods from `start` on, in UTC; the first may have begun."""
        day = start.astimezone(self.zone).date()
        last = day + _FURTHEST
        while day <= last:
            for opens, closes in self.hours.periods(day):
                begin = datetime.combine(day, opens, self.zone).astimezone(UTC)
                end = datetime.combine(day, closes, self.zone).astimezone(UTC)
                if end > start and begin < end:
                    yield max(begin, start.astimezone(UTC)), end
            day += timedelta(days=1)

    def add_open_time(self, start: datetime, open_time: timedelta) -> datetime:
        """The moment (UTC) when `open_time` has passed since `start`. Raises: NeverOpen."""
        left = open_time
        for begin, end in self.open_periods(start):
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise NeverOpen

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies between two moments; none if `end` is not after `start`."""
        total = timedelta(0)
        for begin, close in self.open_periods(start):
            if begin >= end:
                break
            total += min(close, end) - begin
        return total

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself while it is open, else when it opens next (UTC). Raises: NeverOpen."""
        first = next(self.open_periods(at), None)
        if first is None:
            raise NeverOpen
        return first[0]

    def is_open(self, at: datetime) -> bool:
        """Whether the team is there at this moment."""
        first = next(self.open_periods(at), None)
        return first is not None and first[0] <= at


def calendars(library: Library) -> Mapping[str, Calendar]:
    """The calendar of each team, by its id."""
    zone = library.library.zone
    return {team.id: Calendar(team.hours or library.hours, zone) for team in library.teams}
