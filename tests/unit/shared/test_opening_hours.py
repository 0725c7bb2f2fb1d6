"""Which days are open and why others are not: exceptions, closures, public holidays, the week; and
a team's own hours within those of the library."""

from datetime import date, time
from typing import Any, Final

import pytest

from deploy.local.servers import ROOT
from services.routing.hours import calendars
from shared.library import read_library
from shared.opening_hours import Hours, public_holidays

WALES: Final = {"country": "GB", "region": "WLS"}
WEEK: Final = {
    day: ["09:00-17:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
}


def hours(**more: Any) -> Hours:
    return Hours.model_validate({**WEEK, **more})


def shown(periods: list[tuple[time, time]]) -> list[str]:
    return [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in periods]


LIBRARY: Final = hours(
    holidays=WALES,
    closures=[
        {"on": "2026-12-22", "reason": "Painting"},
        {"on": "2026-12-23", "reason": "Painting"},
        {"on": "2026-12-25", "reason": "Christmas"},
    ],
    exceptions=[
        {"on": "2026-12-23", "open": ["10:00-11:00"]},
        {"on": "2026-12-24", "open": ["13:00-14:00", "09:00-12:00"], "reason": "Christmas Eve"},
        {"on": "2026-12-28", "open": ["11:00-15:00"], "reason": "Sale of books"},
        {"on": "2027-01-02", "open": ["10:00-12:00"]},
    ],
)


@pytest.mark.parametrize(
    ("day", "periods", "closed_by"),
    [
        ("2026-12-21", ["09:00-17:00"], None),
        ("2026-12-20", [], None),
        pytest.param("2026-12-22", [], "Painting", id="a closure"),
        pytest.param("2026-12-23", ["10:00-11:00"], None, id="an exception before a closure"),
        pytest.param("2026-12-24", ["09:00-12:00", "13:00-14:00"], None, id="before the week"),
        pytest.param("2026-12-25", [], "Christmas", id="a closure before a holiday"),
        pytest.param("2026-12-28", ["11:00-15:00"], None, id="an exception before a holiday"),
        pytest.param("2027-01-01", [], "New Year's Day", id="a holiday before the week"),
        pytest.param("2027-01-02", ["10:00-12:00"], None, id="a Saturday that is open"),
        pytest.param("2027-12-28", [], "Boxing Day (observed)", id="a day in lieu"),
    ],
)
def test_the_first_that_says_anything_decides(
    day: str, periods: list[str], closed_by: str | None
) -> None:
    assert shown(LIBRARY.periods(date.fromisoformat(day))) == periods
    assert LIBRARY.closed_by(date.fromisoformat(day)) == closed_by


def test_a_region_has_holidays_of_its_own_and_a_country_has_none_by_default() -> None:
    st_andrews = date(2026, 11, 30)
    scotland = hours(holidays={"country": "GB", "region": "SCT"})
    assert scotland.closed_by(st_andrews) == "Saint Andrew's Day"
    assert LIBRARY.closed_by(st_andrews) is None
    assert hours().closed_by(date(2026, 12, 25)) is None
    assert hours(holidays={"country": "none"}).closed_by(date(2026, 12, 25)) is None


def test_an_unknown_country_or_region_is_told() -> None:
    with pytest.raises(ValueError, match="no public holidays are known of a country 'XX'"):
        public_holidays("XX", None, 2026)
    with pytest.raises(ValueError, match=r"DE has no region 'WLS'; it has: .*BY"):
        public_holidays("DE", "WLS", 2026)


def test_a_day_may_be_open_till_midnight() -> None:
    assert shown(hours(monday=["22:00-24:00"]).periods(date(2026, 11, 23))) == ["22:00-00:00"]


TEAM: Final = Hours.model_validate(
    {
        "wednesday": ["10:30-12:30"],
        "thursday": ["11:00-13:30"],
        "saturday": ["09:00-11:00"],
        "monday": ["10:00-12:00"],
        "closures": [{"on": "2027-01-02", "reason": "Training"}],
        "exceptions": [{"on": "2026-12-22", "open": ["14:00-15:00"]}],
    }
)


@pytest.mark.parametrize(
    ("day", "periods", "closed_by"),
    [
        pytest.param("2026-12-21", ["10:00-12:00"], None, id="its own week"),
        pytest.param("2026-12-29", [], None, id="a day it does not name"),
        pytest.param("2026-12-25", [], "Christmas", id="the library's closure"),
        pytest.param("2027-01-01", [], "New Year's Day", id="the library's holiday"),
        pytest.param("2026-12-24", ["11:00-12:00", "13:00-13:30"], None, id="an exception of both"),
        pytest.param("2026-12-28", ["11:00-12:00"], None, id="the library opens on a holiday"),
        pytest.param("2026-12-22", ["14:00-15:00"], None, id="its own exception on a closure"),
        pytest.param("2027-01-02", [], "Training", id="its own closure on an exception"),
    ],
)
def test_a_team_with_its_own_hours_is_never_there_when_the_library_says_otherwise(
    day: str, periods: list[str], closed_by: str | None
) -> None:
    team = TEAM.within(LIBRARY)
    assert shown(team.periods(date.fromisoformat(day))) == periods
    assert team.closed_by(date.fromisoformat(day)) == closed_by


def test_a_team_may_keep_other_holidays_or_none() -> None:
    works = TEAM.model_copy(update={"holidays": hours(holidays={"country": "none"}).holidays})
    assert shown(works.within(hours(holidays=WALES)).periods(date(2026, 12, 26))) == ["09:00-11:00"]
    assert TEAM.within(hours(holidays=WALES)).periods(date(2026, 12, 26)) == []


def test_every_team_has_a_calendar_of_its_own() -> None:
    example = read_library(ROOT / "deploy/library.toml")
    found = calendars(example)
    assert found.keys() == {team.id for team in example.teams}
    assert found["enquiries"].hours == example.hours
    monday = date(2026, 11, 23)
    assert found["enquiries"].hours.periods(monday)
    assert found["local-history"].hours.periods(monday) == []
    assert found["local-history"].hours.closed_by(date(2026, 12, 25)) == "Christmas Day"
