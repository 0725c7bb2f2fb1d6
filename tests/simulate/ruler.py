"""A team's open time laid out once for the whole simulation, so that measuring it costs nothing."""

from bisect import bisect_right
from datetime import datetime, timedelta

from services.routing.hours import Calendar

_STEP = timedelta(days=300)


class Ruler:
    """Open time between two moments, and the moment after some of it; made of a `Calendar`."""

    def __init__(self, calendar: Calendar, start: datetime, end: datetime) -> None:
        periods: list[tuple[datetime, datetime]] = []
        at = start
        while at < end:
            till = min(at + _STEP, end)
            for begin, close in calendar.open_periods(at):
                if begin >= till:
                    break
                periods.append((begin, min(close, till)))
            at = till
        self._begins = [begin for begin, _ in periods]
        self._ends = [close for _, close in periods]
        self._before = [timedelta(0)]
        for begin, close in periods:
            self._before.append(self._before[-1] + (close - begin))

    def at(self, moment: datetime) -> timedelta:
        """The open time from the ruler's start until then."""
        index = bisect_right(self._begins, moment) - 1
        if index < 0:
            return timedelta(0)
        return self._before[index] + min(moment, self._ends[index]) - self._begins[index]

    def moment(self, mark: timedelta) -> datetime:
        """When so much open time is over; the earliest such moment."""
        low, high = 0, len(self._begins) - 1
        while low < high:
            middle = (low + high) // 2
            if self._before[middle + 1] < mark:
                low = middle + 1
            else:
                high = middle
        return self._begins[low] + (mark - self._before[low])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time from one moment to the other."""
        return self.at(end) - self.at(start)

    def later(self, start: datetime, open_time: timedelta) -> datetime:
        """When so much open time has passed since then."""
        return self.moment(self.at(start) + open_time)

    def is_open(self, moment: datetime) -> bool:
        """Whether the team is there."""
        index = bisect_right(self._begins, moment) - 1
        return index >= 0 and moment < self._ends[index]

    def next_opening(self, moment: datetime) -> datetime:
        """That moment if the team is there, else when it next is."""
        return moment if self.is_open(moment) else self._begins[bisect_right(self._begins, moment)]
