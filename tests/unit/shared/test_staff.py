"""Staff as the command line writes them and routing reads them."""

from typing import Any, Final

from shared.staff import StaffMember, from_document

STORED: Final[dict[str, Any]] = {
    "_id": "mair",
    "name": "Mair Pretend",
    "address": "mair@llanfair.example",
    "team": "enquiries",
    "languages": ["cy", "en"],
    "skills": ["local-history"],
    "away": True,
}


def test_a_staff_member_is_read_from_a_document() -> None:
    assert from_document(STORED) == StaffMember(
        id="mair",
        name="Mair Pretend",
        address="mair@llanfair.example",
        team="enquiries",
        languages=frozenset({"en", "cy"}),
        skills=frozenset({"local-history"}),
        away=True,
    )
