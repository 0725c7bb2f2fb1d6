"""Open time: when a team is there to answer. Pure.

A team is there at a moment when the clock on its wall shows a time of one of the day's periods. So
an hour that the clock skips is nobody's, and one that it shows twice counts twice. Periods are
half-open. Time is counted in real elapsed seconds of UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from shared.library import Library
from shared.opening_hours import Hours

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_NONE: Final = timedelta(0)
_FURTHEST: Final = 400
"""Days that are looked through for the next opening."""
_MOST_DAYS: Final = 5000
"""Days that are remembered."""
_END: Final = date(9999, 12, 29).toordinal()
"""Nothing is open after it: the calendar itself ends."""

Period = tuple[datetime, datetime]


class NeverOpen(Exception):
    """There is no open time within 400 days: the library file can't be right."""


class _Day(NamedTuple):
    """A day of UTC."""

    periods: Sequence[Period]
    open_time: timedelta


@dataclass(frozen=True)
class Calendar:
    """When a team is there."""

    hours: Hours
    zone: ZoneInfo
    _days: dict[int, _Day] = field(default_factory=dict, init=False, repr=False, compare=False)

    def open_periods(self, start: datetime) -> Iterator[Period]:
        """The open periods of 400 days from `start` on, in UTC; the first may have begun. No two of
        them touch."""
        at = start.astimezone(UTC)
        last = at.toordinal() + _FURTHEST
        held: Period | None = None
        for begin, end in self._pieces(at):
            if begin.toordinal() > last:
                break
            if held is not None and held[1] == begin:
                held = (held[0], end)
                continue
            if held is not None:
                yield held
            held = (begin, end)
        if held is not None:
            yield held

    def add_open_time(self, start: datetime, open_time: timedelta) -> datetime:
        """The moment (UTC) when `open_time` has passed since `start`: while the team is there, or
        when it has just closed; without any open time, when it is there next. Raises: NeverOpen."""
        left = open_time
        for begin, end in self._pieces(start.astimezone(UTC)):
            there = end - begin
            if left <= there:
                return begin + left
            left -= there
        raise NeverOpen

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies between two moments; none if `end` is not after `start`."""
        first, last = start.astimezone(UTC), end.astimezone(UTC)
        first_day, last_day = first.toordinal(), last.toordinal()
        whole = (self._day(day).open_time for day in range(first_day + 1, min(last_day, _END)))
        cut = (
            min(close, last) - max(begin, first)
            for day in {first_day, last_day}
            for begin, close in self._day(day).periods
            if begin < last and close > first
        )
        return sum(cut, sum(whole, _NONE)) if first < last else _NONE

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself while it is open, else when it opens next (UTC). Raises: NeverOpen."""
        return self.add_open_time(at, _NONE)

    def is_open(self, at: datetime) -> bool:
        """Whether the team is there at this moment."""
        moment = at.astimezone(UTC)
        return any(begin <= moment < end for begin, end in self._day(moment.toordinal()).periods)

    def _pieces(self, at: datetime) -> Iterator[Period]:
        """Open time from `at` (UTC) on, in order, cut at every midnight of UTC; it ends where
        nothing is open for too long."""
        first = day = at.toordinal()
        look_until = day + _FURTHEST
        while day <= look_until and day <= _END:
            for period in self._day(day).periods:
                if day > first:
                    yield period
                elif period[1] > at:
                    yield max(period[0], at), period[1]
                look_until = day + _FURTHEST
            day += 1

    def _day(self, number: int) -> _Day:
        """That day of UTC, by its ordinal."""
        found = self._days.get(number)
        if found is None:
            periods = list(self._worked_out(date.fromordinal(number))) if number <= _END else []
            if len(self._days) >= _MOST_DAYS:
                self._days.clear()
            found = _Day(periods, sum((end - begin for begin, end in periods), _NONE))
            self._days[number] = found
        return found

    def _worked_out(self, day: date) -> Iterator[Period]:
        start = datetime.combine(day, time(), UTC)
        for begin, end in self._with_one_offset(start, start + _DAY):
            offset = self._offset(begin)
            shown, until = (one.replace(tzinfo=None) + offset for one in (begin, end))
            there = shown.date()
            while there <= until.date():
                for opens, closes in self._on_the_wall(there):
                    if opens < until and closes > shown:
                        yield (
                            (max(opens, shown) - offset).replace(tzinfo=UTC),
                            (min(closes, until) - offset).replace(tzinfo=UTC),
                        )
                there += _DAY

    def _on_the_wall(self, day: date) -> Iterator[Period]:
        for opens, closes in self.hours.periods(day):
            last_day = day if closes > opens else day + _DAY
            yield datetime.combine(day, opens), datetime.combine(last_day, closes)

    def _offset(self, at: datetime) -> timedelta:
        """How far the clock on the wall is ahead of UTC."""
        return at.astimezone(self.zone).utcoffset() or _NONE

    def _with_one_offset(self, start: datetime, end: datetime) -> list[Period]:
        """The time between two moments, cut where the clock changes (at a whole second)."""
        if self._offset(start) == self._offset(end - _SECOND) or end - start <= _SECOND:
            return [(start, end)]
        middle = (start + (end - start) // 2).replace(microsecond=0)
        before, after = self._with_one_offset(start, middle), self._with_one_offset(middle, end)
        if self._offset(before[-1][0]) != self._offset(after[0][0]):
            return [*before, *after]
        return [*before[:-1], (before[-1][0], after[0][1]), *after[1:]]


def calendars(library: Library) -> Mapping[str, Calendar]:
    """The calendar of each team, by its id."""
    zone = library.library.zone
    return {team.id: Calendar(library.hours_of(team), zone) for team in library.teams}
