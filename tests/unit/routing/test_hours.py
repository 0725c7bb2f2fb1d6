"""Open time, worked by hand where the clock changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from services.routing.hours import Calendar, NeverOpen
from shared.library import WEEKDAYS, Hours

LONDON: Final = ZoneInfo("Europe/London")
EVERY_DAY: Final = {day: ["09:00-17:00"] for day in WEEKDAYS}


def hours(**days: Any) -> Hours:
    return Hours.model_validate(days)


def local(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def after(start: str, open_time: timedelta, zone: ZoneInfo = LONDON, **days: Any) -> str:
    """The local moment when so much open time has passed."""
    end = Calendar(hours(**days), zone).add_open_time(local(start, zone), open_time)
    assert end.tzinfo == UTC
    return end.astimezone(zone).isoformat(timespec="minutes")


WEEK: Final[dict[str, Any]] = {
    "monday": ["09:00-17:30"],
    "wednesday": ["14:00-19:00", "09:00-13:00"],
    "closures": [{"on": "2026-12-02", "reason": "Stocktaking"}],
}


@pytest.mark.parametrize(
    ("start", "open_time", "end"),
    [
        # 2026-11-23 is a Monday.
        pytest.param("2026-11-23T10:00", 60, "2026-11-23T11:00+00:00", id="the same day"),
        pytest.param("2026-11-23T07:00", 60, "2026-11-23T10:00+00:00", id="before it opens"),
        pytest.param("2026-11-23T16:30", 60, "2026-11-23T17:30+00:00", id="closing time exactly"),
        pytest.param("2026-11-23T16:30", 61, "2026-11-25T09:01+00:00", id="a minute more"),
        pytest.param("2026-11-23T17:30", 1, "2026-11-25T09:01+00:00", id="from closing time on"),
        pytest.param("2026-11-23T17:30", 0, "2026-11-25T09:00+00:00", id="nothing, while closed"),
        pytest.param("2026-11-23T10:00", 0, "2026-11-23T10:00+00:00", id="nothing, while open"),
        pytest.param("2026-11-25T12:30", 60, "2026-11-25T14:30+00:00", id="over the lunch break"),
        pytest.param("2026-11-25T13:30", 30, "2026-11-25T14:30+00:00", id="from the lunch break"),
        pytest.param("2026-11-25T09:00", 540, "2026-11-25T19:00+00:00", id="a whole split day"),
        pytest.param("2026-11-24T12:00", 60, "2026-11-25T10:00+00:00", id="a day that is closed"),
        pytest.param("2026-11-30T17:00", 60, "2026-12-07T09:30+00:00", id="over a closure"),
        pytest.param("2026-12-02T10:00", 60, "2026-12-07T10:00+00:00", id="on a closure"),
    ],
)
def test_open_time_is_counted_as_by_hand(start: str, open_time: int, end: str) -> None:
    assert after(start, timedelta(minutes=open_time), **WEEK) == end


@pytest.mark.parametrize(
    ("start", "open_time", "end", "days"),
    [
        # In 2027 the clock goes forward on Sunday 28 March (01:00 becomes 02:00).
        pytest.param(
            "2027-03-27T16:00",
            timedelta(hours=2),
            "2027-03-28T10:00+01:00",
            EVERY_DAY,
            id="March: a night of an hour less changes nothing by day",
        ),
        pytest.param(
            "2027-03-28T00:00",
            timedelta(hours=2),
            "2027-03-28T03:00+01:00",
            {"sunday": ["00:00-04:00"]},
            id="March: open through the change, an hour is missing",
        ),
        pytest.param(
            "2027-03-28T00:00",
            timedelta(hours=4),
            "2027-04-04T01:00+01:00",
            {"sunday": ["00:00-04:00"]},
            id="March: such a night has three hours",
        ),
        # In 2026 it goes back on Sunday 25 October (02:00 becomes 01:00).
        pytest.param(
            "2026-10-24T16:00",
            timedelta(hours=2),
            "2026-10-25T10:00+00:00",
            EVERY_DAY,
            id="October: a night of an hour more changes nothing by day",
        ),
        pytest.param(
            "2026-10-25T00:00",
            timedelta(hours=2),
            "2026-10-25T01:00+00:00",
            {"sunday": ["00:00-04:00"]},
            id="October: open through the change, an hour comes twice",
        ),
        pytest.param(
            "2026-10-25T00:00",
            timedelta(hours=5),
            "2026-10-25T04:00+00:00",
            {"sunday": ["00:00-04:00"]},
            id="October: such a night has five hours",
        ),
    ],
)
def test_where_the_clock_changes_time_is_as_long_as_it_is(
    start: str, open_time: timedelta, end: str, days: dict[str, Any]
) -> None:
    assert after(start, open_time, **days) == end


def test_a_working_day_has_the_same_length_on_either_side_of_a_change() -> None:
    for day in ("2026-10-24", "2026-10-25", "2027-03-27", "2027-03-28"):
        [first, *_] = Calendar(hours(**EVERY_DAY), LONDON).open_periods(local(f"{day}T00:00"))
        assert first[1] - first[0] == timedelta(hours=8)


def test_a_zone_that_changes_by_half_an_hour_is_counted_too() -> None:
    # Lord Howe, Sunday 4 April 2027: 02:00 becomes 01:30.
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    end = after("2027-04-04T00:00", timedelta(hours=3), lord_howe, sunday=["00:00-04:00"])
    assert end == "2027-04-04T02:30+10:30"


@pytest.mark.parametrize(
    ("at", "open_then"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T17:29", True),
        ("2026-11-23T17:30", False),
        ("2026-11-25T13:00", False),
        ("2026-11-25T14:00", True),
        ("2026-11-24T12:00", False),
        ("2026-12-02T12:00", False),
    ],
)
def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(
    at: str, open_then: bool
) -> None:
    assert Calendar(hours(**WEEK), LONDON).is_open(local(at)) is open_then


def test_a_library_that_is_closed_for_good_is_never_open() -> None:
    closed = [
        {"on": (date(2026, 11, 23) + timedelta(days=one)).isoformat(), "reason": "closed"}
        for one in range(500)
    ]
    never = hours(monday=["09:00-17:30"], closures=closed)
    with pytest.raises(NeverOpen):
        Calendar(never, LONDON).add_open_time(local("2026-11-23T10:00"), timedelta(minutes=1))
    assert not Calendar(never, LONDON).is_open(local("2026-11-23T10:00"))


def test_the_zone_of_the_question_does_not_matter() -> None:
    start = local("2026-11-23T10:00")
    ends = {
        Calendar(hours(**WEEK), LONDON).add_open_time(start.astimezone(zone), timedelta(hours=9))
        for zone in (UTC, LONDON, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York"))
    }
    assert len(ends) == 1


def test_open_time_that_takes_years_is_added_all_the_same() -> None:
    seldom = Calendar(hours(monday=["09:00-10:00"]), LONDON)
    end = seldom.add_open_time(local("2026-11-23T09:00"), timedelta(hours=1000))
    # In the zone itself weeks are added to what the clock shows.
    assert end == local("2026-11-23T10:00") + timedelta(weeks=999)
    assert seldom.open_time_between(local("2026-11-23T09:00"), end) == timedelta(hours=1000)


def test_periods_are_told_for_400_days_and_no_further() -> None:
    start = local("2026-11-23T00:00")
    told = list(Calendar(hours(**EVERY_DAY), LONDON).open_periods(start))
    assert len(told) == 401
    assert told[-1][0].date() == date(2026, 11, 23) + timedelta(days=400)


def test_a_library_that_is_always_open_loses_no_minute_at_midnight() -> None:
    always = Calendar(hours(**{day: ["00:00-24:00"] for day in WEEKDAYS}), LONDON)
    start = local("2027-03-27T12:00")
    assert always.add_open_time(start, timedelta(days=30)) == start.astimezone(UTC) + timedelta(30)
    [[begin, end]] = always.open_periods(start)
    assert begin == start
    assert end - begin > timedelta(days=400)


def test_what_a_calendar_remembers_is_bounded() -> None:
    calendar = Calendar(hours(monday=["09:00-10:00"]), LONDON)
    for days in range(0, 12_000, 2):
        calendar.is_open(local("2026-11-23T09:00") + timedelta(days=days))
    assert 0 < len(calendar._days) <= 5000
