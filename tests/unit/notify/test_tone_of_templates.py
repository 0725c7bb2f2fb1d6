"""The library's own letters are held to what staff are held to: nothing in them may hurt a patron
who is upset, or promise what the ledger does not have."""

from dataclasses import replace
from typing import Any, Final

import pytest

from services.notify.wording import Wording
from services.routing.tone.background import Background
from services.routing.tone.check import check
from tests.tone.threads import NOW
from tests.unit.examples import CALENDARS, DUE, LIBRARY, REFERENCE

WORDING: Final = Wording(LIBRARY)
WHEN: Final = {"date": "Tuesday 24 November 2026", "time": "09:30"}
FACTS: Final[dict[str, Any]] = {
    "reference": REFERENCE,
    "name": "Rhian Example",
    "owner": "Mair Pretend",
    "team": "Enquiry Desk",
    "due": WHEN,
    "is_late": True,
    "was_due": WHEN,
    "is_later": True,
    "reason": "The archive is closed.",
    "words": "It is on the shelf.",
    "author": "Mair Pretend",
    "subject": "Opening hours",
    "links": (),
}
LETTERS: Final = (
    *("acknowledgement", "contact_lost", "handed_over", "promise_changed", "promise_missed"),
    "reply",
)
UPSET: Final = Background(
    now=NOW,
    calendar=CALENDARS["enquiries"],
    language="en",
    patron="Rhian Example",
    letters=("I am furious. Nobody has answered me.",),
    due_at=DUE,
    references=frozenset({REFERENCE}),
)


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_of_ours_has_nothing_that_staff_may_not_say(letter: str, language: str) -> None:
    words = WORDING.words(letter, language, FACTS)
    background = replace(UPSET, language=language)
    assert [
        (one.rule, words.text[one.start : one.end]) for one in check(words.text, background)
    ] == []


def test_one_that_did_would_be_found() -> None:
    text = WORDING.words("reply", "en", FACTS | {"words": "It is mended. Have a nice day!"}).text
    assert [one.rule for one in check(text, UPSET)] == ["cheer"]
