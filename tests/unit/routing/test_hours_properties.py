"""Open time against a slow reference, which looks at the clock on the wall every minute: over leap
days, and where that clock skips time, shows it twice, does so at midnight, or loses a whole day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.hours import Calendar, NeverOpen
from shared.opening_hours import WEEKDAYS, Hours
from tests.properties import examples

MINUTE: Final = timedelta(minutes=1)
DAYS: Final = 4
MINUTES: Final = DAYS * 24 * 60
WINDOWS: Final = [
    # Each begins two days before the day of the change.
    ("Europe/London", "2027-03-26"),  # 01:00 becomes 02:00
    ("Europe/London", "2026-10-23"),  # 02:00 becomes 01:00
    ("Europe/London", "2028-02-27"),  # a leap day
    ("America/New_York", "2027-03-12"),
    ("America/New_York", "2026-10-30"),
    ("America/Sao_Paulo", "2018-11-02"),  # midnight becomes 01:00
    ("America/Sao_Paulo", "2018-02-15"),  # midnight becomes 23:00 of the day before
    ("America/Santiago", "2026-09-04"),
    ("Africa/Cairo", "2026-04-22"),
    ("Asia/Beirut", "2026-03-27"),
    ("America/Havana", "2026-10-30"),  # 01:00 becomes midnight
    ("America/St_Johns", "2010-11-05"),  # 00:01 becomes 23:01 of the day before
    ("Australia/Lord_Howe", "2027-04-02"),  # half an hour
    ("Pacific/Apia", "2011-12-28"),  # 30 December never comes
    ("Asia/Kathmandu", "2028-02-27"),
]


@lru_cache
def walls(zone: str, first: str) -> Sequence[tuple[date, int]]:
    """What the clock shows in each minute of the window: the day, and the minute of the day."""
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    shown = [(start + minute * MINUTE).astimezone(ZoneInfo(zone)) for minute in range(MINUTES)]
    return [(one.date(), one.hour * 60 + one.minute) for one in shown]


def open_minutes(zone: str, first: str, days: dict[date, list[str]]) -> list[bool]:
    """Of each minute of the window, whether it is open."""
    shown_open = {
        (day, minute)
        for day, periods in days.items()
        for opens, closes in (map(_minutes, one.split("-")) for one in periods)
        for minute in range(opens, closes)
    }
    return [one in shown_open for one in walls(zone, first)]


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


# Often where the clock changes.
moments = st.integers(0, 24 * 60) | st.sampled_from([0, 1, 30, 60, 90, 120, 180, 1380, 1439, 1440])
periods = st.lists(moments, max_size=6, unique=True).map(
    lambda drawn: [
        f"{_clock(opens)}-{_clock(closes)}"
        for opens, closes in zip(sorted(drawn)[::2], sorted(drawn)[1::2], strict=False)
    ]
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime, list[bool]]:
    """A calendar, where its window begins, and what the reference says of the window's minutes."""
    zone, first = draw(st.sampled_from(WINDOWS))
    start = date.fromisoformat(first)
    days = {start + timedelta(days=one): draw(periods) for one in range(-1, DAYS + 1)}
    week = {WEEKDAYS[day.weekday()]: found for day, found in days.items()}
    extra: dict[str, Any] = {}
    day = draw(st.sampled_from(sorted(days)))
    if draw(st.booleans()):
        extra["closures"] = [{"on": day, "reason": "Painting"}]
        days[day] = []
    day = draw(st.sampled_from(sorted(days)))
    if other := draw(periods):
        extra["exceptions"] = [{"on": day, "open": other}]
        days[day] = other
    # The day after the last is not in the window: something is open in any case.
    week[WEEKDAYS[(start + timedelta(days=DAYS + 1)).weekday()]] = ["12:00-13:00"]
    calendar = Calendar(Hours.model_validate({**week, **extra}), ZoneInfo(zone))
    begin = datetime.combine(start, datetime.min.time(), UTC)
    return calendar, begin, open_minutes(zone, first, days)


@examples(2000)
@given(cases(), st.integers(0, MINUTES), st.integers(0, MINUTES))
def test_each_minute_is_open_when_the_clock_on_the_wall_says_so(
    case: tuple[Calendar, datetime, list[bool]], first: int, second: int
) -> None:
    calendar, begin, is_open = case
    found = [False] * MINUTES
    before = None
    for opens, closes in calendar.open_periods(begin):
        assert opens < closes
        assert before is None or before < opens
        before = closes
        if opens >= begin + MINUTES * MINUTE:
            break
        here = slice((opens - begin) // MINUTE, min((closes - begin) // MINUTE, MINUTES))
        found[here] = [True] * (here.stop - here.start)
    assert found == is_open
    first, second = sorted((first, second))
    counted = calendar.open_time_between(begin + first * MINUTE, begin + second * MINUTE)
    assert counted == sum(is_open[first:second]) * MINUTE
    assert calendar.open_time_between(begin + second * MINUTE, begin + first * MINUTE) == (
        timedelta(0)
    )
    if first < MINUTES:
        assert calendar.is_open(begin + first * MINUTE) is is_open[first]


@examples(2000)
@given(
    cases(), st.integers(0, MINUTES - 1), st.integers(0, 6000), st.integers(0, 59), st.integers(1)
)
def test_open_time_is_added_as_the_clock_on_the_wall_says(
    case: tuple[Calendar, datetime, list[bool]], first: int, minutes: int, seconds: int, part: int
) -> None:
    calendar, begin, is_open = case
    start = begin + first * MINUTE + timedelta(seconds=seconds)
    later = [minute for minute in range(first, MINUTES) if is_open[minute]]
    # As much as the window has; what is left of its first minute counts.
    there = timedelta(minutes=len(later))
    if later and later[0] == first:
        there -= timedelta(seconds=seconds)
    wanted = min(timedelta(minutes=minutes), there)
    if not later or wanted == there:
        return
    end = calendar.add_open_time(start, wanted)
    opens = calendar.next_opening(start)
    assert opens == max(start, begin + later[0] * MINUTE)
    assert calendar.open_time_between(start, end) == wanted
    just_before = (end - timedelta(microseconds=1) - begin) // MINUTE
    assert is_open[just_before] if wanted else end == opens
    # In parts it comes to the same.
    share = wanted * (part % 997) / 997
    if share < wanted:
        assert calendar.add_open_time(calendar.add_open_time(start, share), wanted - share) == end


weeks = st.fixed_dictionaries(
    dict.fromkeys(WEEKDAYS[2:5], periods) | {"saturday": st.just(["00:30-02:30"])}
)
"""With two hours at least, where the clock changes most often."""
hours_of_work = st.integers(1, 4 * 3600).map(lambda seconds: timedelta(seconds=seconds))
starts = st.integers(0, 12 * 365 * 24 * 60).map(
    lambda minutes: datetime(2018, 1, 1, tzinfo=UTC) + minutes * MINUTE
)
zones = st.sampled_from([ZoneInfo(zone) for zone, _ in WINDOWS])


@examples(2000)
@given(weeks, zones, starts, hours_of_work, hours_of_work)
def test_open_time_adds_up_over_years(
    week: dict[str, list[str]], zone: ZoneInfo, start: datetime, one: timedelta, two: timedelta
) -> None:
    calendar = Calendar(Hours.model_validate(week), zone)
    middle = calendar.add_open_time(start, one)
    end = calendar.add_open_time(middle, two)
    assert start < middle < end
    assert calendar.add_open_time(start, one + two) == end
    assert calendar.open_time_between(start, end) == one + two
    assert calendar.open_time_between(start, middle) == one
    # Never while it is closed: there just before, at least.
    assert calendar.is_open(end - timedelta(microseconds=1))


def test_a_case_that_is_never_open_again_says_so() -> None:
    calendar = Calendar(
        Hours.model_validate({"monday": ["09:00-10:00"]}), ZoneInfo("Europe/London")
    )
    with pytest.raises(NeverOpen):
        calendar.add_open_time(datetime(9999, 12, 31, tzinfo=UTC), MINUTE)
    assert not calendar.is_open(datetime(9999, 12, 31, tzinfo=UTC))
