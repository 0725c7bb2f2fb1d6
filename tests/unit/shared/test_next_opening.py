"""When the doors open next, and why they are closed."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.routing.hours import Calendar
from shared.next_opening import Closed, closed_at
from shared.opening_hours import Hours

LONDON = ZoneInfo("Europe/London")
HOURS = Hours.model_validate(
    {
        "monday": ["09:00-12:00", "13:00-17:30"],
        "tuesday": ["09:00-24:00"],
        "sunday": ["00:30-02:30"],
        "closures": [{"on": "2026-12-29", "reason": "Stocktaking"}],
        "exceptions": [{"on": "2026-12-25", "open": ["10:00-12:00"], "reason": "Book Fair"}],
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "opens", "because"),
    [
        ("2026-11-23T09:00", None, ""),
        ("2026-11-23T11:59", None, ""),
        ("2026-11-24T23:59", None, ""),
        ("2026-11-23T08:59", "2026-11-23T09:00", ""),
        ("2026-11-23T12:00", "2026-11-23T13:00", ""),
        ("2026-11-23T17:30", "2026-11-24T09:00", ""),
        ("2026-11-25T00:00", "2026-11-29T00:30", ""),
        ("2026-12-25T09:00", "2026-12-25T10:00", ""),
        ("2026-12-29T09:00", "2027-01-03T00:30", "Stocktaking"),
        # The clock is an hour on in summer.
        ("2026-07-06T07:59", "2026-07-06T08:00", ""),
        ("2026-07-06T08:00", None, ""),
    ],
)
def test_when_it_opens_next(now: str, opens: str | None, because: str) -> None:
    found = closed_at(HOURS, LONDON, at(now))
    assert found == (None if opens is None else Closed(found.opens if found else None, because))
    assert (found.opens if found else None) == (at(opens) if opens else None)


def test_a_closure_without_a_reason_is_one_all_the_same() -> None:
    never: Any = {"on": date(2026, 11, 23), "reason": ""}
    hours = Hours.model_validate({"monday": ["09:00-10:00"], "closures": [never]})
    assert closed_at(hours, LONDON, at("2026-11-23T08:00")) == Closed(
        at("2026-11-30T09:00").astimezone(LONDON), "closed"
    )


def test_it_agrees_with_the_calendar_that_promises_are_made_by() -> None:
    calendar = Calendar(HOURS, LONDON)
    for hour in range(0, 24 * 30, 5):
        now = datetime.fromtimestamp(at("2026-12-10T00:17").timestamp() + hour * 3600, UTC)
        found = closed_at(HOURS, LONDON, now)
        assert (found is None) == calendar.is_open(now)
        if found is not None:
            assert found.opens == calendar.next_opening(now)
