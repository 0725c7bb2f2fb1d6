"""When something is done about an item if nobody does anything: in open days, as the library file
says. Pure."""

from datetime import datetime

from services.routing.hours import Calendar, NeverOpen


def after_open_days(calendar: Calendar, at: datetime, days: int) -> datetime:
    """When the library opens on the so-manieth day after that on which it is there at all; today
    is none of them. Raises: NeverOpen."""
    last = at.astimezone(calendar.zone).date()
    for begin, _ in calendar.open_periods(at):
        day = begin.astimezone(calendar.zone).date()
        if day > last:
            last, days = day, days - 1
        if days <= 0:
            return max(begin, at)
    raise NeverOpen


def before_open_days(calendar: Calendar, at: datetime, days: int, now: datetime) -> datetime:
    """The last moment (not before `now`) after which so many open days are left until `at`."""
    opens = []
    last = None
    for begin, _ in calendar.open_periods(now):
        day = begin.astimezone(calendar.zone).date()
        if begin >= at:
            break
        if day != last:
            opens.append(begin)
            last = day
    return max(now, opens[-days]) if len(opens) >= days else now
