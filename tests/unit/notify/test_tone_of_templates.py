"""The library's own letters are held to what staff are held to: nothing in them may hurt a patron
who is upset, or promise what the ledger does not have."""

from dataclasses import replace
from typing import Any, Final

import pytest

from services.notify.samples import everything, trials
from services.routing.tone.background import Background
from services.routing.tone.check import check
from shared.messages import TO_PUBLISHERS, Notice
from tests.letters.golden import LANGUAGES, WORDING
from tests.tone.threads import NOW
from tests.unit.examples import CALENDARS, DUE, REFERENCE

LETTERS: Final = tuple(one.value for one in Notice if one not in TO_PUBLISHERS)
UPSET: Final = Background(
    now=NOW,
    calendar=CALENDARS["enquiries"],
    language="en",
    patron="Rhian Example",
    letters=("I am furious. Nobody has answered me.",),
    due_at=DUE,
    references=frozenset({REFERENCE}),
)


def in_the_ledger(facts: dict[str, Any], language: str) -> dict[str, Any]:
    """These facts, with what is promised as the ledger has it."""
    when = WORDING.moment(DUE, language)
    named = ("due", "was_due", "opens", "meet")
    moments = {name: when for name in named if facts.get(name) is not None}
    words = facts["words"] and "It is on the shelf."
    # What is later is a promise.
    is_later = facts["is_later"] and facts["due"] is not None
    return facts | moments | {"words": words, "is_later": is_later}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_of_ours_has_nothing_that_staff_may_not_say(letter: str, language: str) -> None:
    background = replace(UPSET, language=language)
    for facts in trials(letter, language, WORDING):
        words = WORDING.words(letter, language, in_the_ledger(facts, language))
        assert [
            (one.rule, words.text[one.start : one.end]) for one in check(words.text, background)
        ] == []


def test_one_that_did_would_be_found() -> None:
    facts = everything("en", WORDING) | {"words": "It is mended. Have a nice day!"}
    text = WORDING.words("reply", "en", facts).text
    assert "cheer" in [one.rule for one in check(text, UPSET)]
