"""What routing makes of a letter's document: whose it is, and why."""

from typing import Any

import pytest

from services.routing.store import _letter
from shared.library import Library
from tests.unit.examples import DESCRIPTION, NOW

TEAMS = [
    {"id": "enquiries", "name": "Enquiry Desk"},
    {"id": "local-history", "name": "Local History", "address": "local-history@llanfair.example"},
    {"id": "press", "name": "Press", "address": "press@llanfair.example"},
]
LIBRARY = Library.model_validate(DESCRIPTION | {"teams": TEAMS})
OURS = "enquiries@llanfair.example"


def document(*recipients: str, text: str = "When are you open?", **fields: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "_id": "letter-1",
        "at": NOW,
        "name": "Rhian Example",
        "recipients": list(recipients),
        "subject": "A question",
        "text": text,
        "automatic": None,
        "asked": {},
    }
    return known | fields


@pytest.mark.parametrize(
    ("recipients", "text", "team", "topic"),
    [
        ((OURS,), "When are you open?", "enquiries", "general"),
        ((OURS,), "the census of 1881", "local-history", "local-history"),
        (("Local-History+x@llanfair.example",), "Hello", "local-history", "local-history"),
        ((OURS, "local-history@llanfair.example"), "Hello", "local-history", "local-history"),
        (("press@llanfair.example",), "Hello", "press", "general"),
        (("press@llanfair.example",), "the census of 1881", "press", "local-history"),
    ],
)
def test_the_team_that_was_written_to_has_it_whatever_it_is_about(
    recipients: tuple[str, ...], text: str, team: str, topic: str
) -> None:
    letter = _letter(document(*recipients, text=text), LIBRARY)
    assert (letter.team, letter.topic) == (team, topic)


def test_the_reason_is_told_where_the_address_decided() -> None:
    letter = _letter(document("press@llanfair.example"), LIBRARY)
    assert letter.because == ("written to press at its own address",)
    assert _letter(document(OURS, text="census"), LIBRARY).because == ()
    assert _letter(document(asked={"topic": "local-history"}), LIBRARY).because == ()
