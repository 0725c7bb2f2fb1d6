"""What `desk doctor` finds in library file and staff, and of the clocks."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from deploy.local.demonstration import STAFF
from deploy.local.servers import ROOT
from services.desk.findings import Finding, of_library, of_staff
from services.desk.servers import clocks
from shared.library import Library, read_library
from shared.staff import StaffMember

EXAMPLE: Final = read_library(ROOT / "deploy/library.toml")
DEMONSTRATION: Final = [
    StaffMember(address, name, address, team, frozenset(languages), frozenset(skills))
    for name, address, team, languages, skills in STAFF
]
TODAY: Final = date(2026, 11, 22)


def changed(**parts: Any) -> Library:
    """The example library with other parts."""
    return EXAMPLE.model_copy(update=parts)


def without(*addresses: str) -> list[StaffMember]:
    """The demonstration's staff, some of them missing."""
    return [one for one in DEMONSTRATION if one.address not in addresses]


def bad(findings: Sequence[Finding]) -> list[str]:
    """What is not well, with what to do."""
    assert all(one.do for one in findings if one.state != "ok")
    return [str(one) for one in findings if one.state != "ok"]


def test_nothing_is_wrong_with_the_example_and_its_staff() -> None:
    found = [*of_library(EXAMPLE, TODAY), *of_staff(EXAMPLE, DEMONSTRATION)]
    assert bad(found) == []
    said = [one.what for one in found]
    assert "holidays: GB/WLS: 9 in 2026, 10 in 2027" in said
    assert "closures and exceptions: 3 to come" in said
    assert "hours of local-history: there on 2026-11-24" in said
    assert "lead of enquiries: megan@llanfair.example" in said
    assert "ladder: ceri@llanfair.example" in said
    assert "language cy: 4 speak it" in said


def test_closures_that_are_all_past_are_a_warning() -> None:
    [one] = bad(list(of_library(EXAMPLE, date(2027, 5, 4))))
    assert one.startswith("warning  closures and exceptions: all 3 are past, the last was 2027-05-")
    assert bad(list(of_library(EXAMPLE, date(2027, 5, 3)))) == []


def test_holidays_that_nobody_knows_are_a_warning() -> None:
    hours = EXAMPLE.hours.model_copy(update={"holidays": None})
    [one] = bad(list(of_library(changed(hours=hours), TODAY)))
    assert one.startswith("warning  holidays: none are named")
    hours = type(EXAMPLE.hours).model_validate(
        {"monday": ["09:00-10:00"], "holidays": {"country": "UA"}}
    )
    [one] = bad(list(of_library(changed(hours=hours), TODAY)))
    assert one.startswith("warning  holidays: UA: 0 in 2026, 0 in 2027")


def test_a_team_that_is_never_open_is_a_fault() -> None:
    closures = [{"on": TODAY + timedelta(days=one), "reason": "shut"} for one in range(401)]
    hours = type(EXAMPLE.hours).model_validate({"monday": ["09:00-10:00"], "closures": closures})
    teams = (EXAMPLE.teams[0].model_copy(update={"hours": hours}), *EXAMPLE.teams[1:])
    [one] = bad(list(of_library(changed(teams=teams), TODAY)))
    assert one.startswith("fault    hours of enquiries: never open in the next 400 days")


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("anwen", "fault    team accessible-formats: 0 staff"),
        ("anwen", "fault    lead of accessible-formats: anwen@llanfair.example is no staff member"),
        ("anwen", "fault    topic accessible-copy: 0 can answer"),
        ("ceri", "fault    ladder: ceri@llanfair.example is no staff member"),
        ("megan", "fault    lead of enquiries: megan@llanfair.example is no staff member"),
    ],
)
def test_staff_who_are_needed_and_not_there_are_a_fault(missing: str, said: str) -> None:
    staff = without(f"{missing}@llanfair.example")
    found = bad(list(of_staff(EXAMPLE, staff)))
    assert len([one for one in found if one.startswith(said)]) == 1
    assert len(found) == (3 if missing == "anwen" else 1)


def test_a_language_that_nobody_speaks_is_a_warning() -> None:
    staff = without(*(one.address for one in DEMONSTRATION if "cy" in one.languages))
    found = bad(list(of_staff(EXAMPLE, staff)))
    assert [one for one in found if one.startswith("warning  language cy: 0 speak it")]


def test_a_team_without_a_lead_is_a_warning() -> None:
    teams = (EXAMPLE.teams[0].model_copy(update={"lead": None}), *EXAMPLE.teams[1:])
    [one] = bad(list(of_staff(changed(teams=teams), DEMONSTRATION)))
    assert one.startswith("warning  lead of enquiries: none, the ladder is told instead")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-2.5, "warning  clock: 2 s apart"),
        (-1.9, "ok"),
        (0.5, "ok"),
        (2.9, "ok"),
        (4.0, "warning  clock: 3 s apart"),
    ],
)
def test_clocks_that_are_apart_are_a_warning(seconds: float, said: str) -> None:
    before = datetime(2026, 11, 22, 12, tzinfo=UTC)
    asked = timedelta(seconds=1)
    finding = clocks(before, before + timedelta(seconds=seconds), before + asked)
    assert str(finding).startswith(said)
