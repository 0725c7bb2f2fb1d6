"""Staff as the command line writes them and routing reads them."""

from datetime import UTC, datetime
from typing import Any, Final

from shared.staff import Absence, StaffMember, from_document

MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
FRIDAY: Final = datetime(2026, 11, 27, tzinfo=UTC)
STORED: Final[dict[str, Any]] = {
    "_id": "mair",
    "name": "Mair Pretend",
    "address": "mair@llanfair.example",
    "team": "enquiries",
    "languages": ["cy", "en"],
    "skills": ["local-history"],
    "room": 12,
    "absences": [{"since": MONDAY, "until": FRIDAY}],
}


def test_a_staff_member_is_read_from_a_document() -> None:
    assert from_document(STORED) == StaffMember(
        id="mair",
        name="Mair Pretend",
        address="mair@llanfair.example",
        team="enquiries",
        languages=frozenset({"en", "cy"}),
        skills=frozenset({"local-history"}),
        room=12,
        absences=(Absence(MONDAY, FRIDAY),),
    )


def test_somebody_is_away_from_the_first_moment_to_before_the_last() -> None:
    someone = from_document(STORED)
    assert not someone.is_away(datetime(2026, 11, 22, 23, 59, tzinfo=UTC))
    assert someone.is_away(MONDAY)
    assert not someone.is_away(FRIDAY)


def test_an_absence_without_an_end_goes_on() -> None:
    someone = from_document(STORED | {"absences": [{"since": MONDAY}]})
    assert someone.is_away(datetime(2036, 1, 1, tzinfo=UTC))
