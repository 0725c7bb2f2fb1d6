"""The form "How it was for you": what is taken, what has to be put right, how long it may be
changed."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from services.intake.opinion import (
    CHANGEABLE,
    MOST_WORDS,
    Opinion,
    answered,
    faults,
    letter_of,
    may_answer,
    open_until,
    opinion_of,
)
from shared.patron_pages import MOST_REVISIONS
from tests.unit.examples import NOW, REFERENCE

SECOND: Final = timedelta(seconds=1)


def ticket(*resolved: datetime) -> dict[str, Any]:
    rows = [{"at": one, "event": "resolved"} for one in resolved]
    patron = {"name": "Rhian Example", "address": "rhian@patrons.example"}
    return {"_id": REFERENCE, "patron": patron, "timeline": rows}


def answer(revision: int = 1, at: datetime = NOW, text: str = "") -> dict[str, Any]:
    said = {"solved": True, "recommend": None, "revision": revision}
    return {"_id": str(revision), "at": at, "text": text, "asked": {"survey": said}}


@pytest.mark.parametrize("recommend", ["", *map(str, range(11))])
def test_whether_it_was_solved_is_all_that_has_to_be_said(recommend: str) -> None:
    for solved in ("yes", "no"):
        assert faults(Opinion(solved, recommend)) == {}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"solved": "solved_missing"}),
        ({"solved": "perhaps"}, {"solved": "solved_missing"}),
        ({"solved": "yes", "recommend": "11"}, {"recommend": "recommend_wrong"}),
        ({"solved": "yes", "recommend": "-1"}, {"recommend": "recommend_wrong"}),
        ({"solved": "yes", "recommend": "٩"}, {"recommend": "recommend_wrong"}),
        ({"solved": "yes", "recommend": "9" * 5000}, {"recommend": "recommend_wrong"}),
        ({"solved": "yes", "words": "x" * MOST_WORDS}, {}),
        ({"solved": "yes", "words": "x" * (MOST_WORDS + 1)}, {"words": "words_long"}),
        ({"solved": "yes", "_id": "x", "reference": "x"}, {}),
    ],
)
def test_what_has_to_be_put_right_is_told_by_field(
    fields: dict[str, str], wrong: dict[str, str]
) -> None:
    assert faults(opinion_of(fields)) == wrong


def test_words_are_kept_as_they_were_typed_but_for_what_is_not_text() -> None:
    typed = opinion_of({"words": "  One\r\nTwo\x00\x1b[2J\u202e three \n"})
    assert typed.words == "One\nTwo[2J three"


def test_what_was_answered_is_shown_as_it_was_chosen() -> None:
    assert answered([]) is None
    assert answered([answer(1), answer(2, text="Good")]) == Opinion("yes", "", "Good")


def test_it_may_be_changed_for_seven_days_from_the_first_answer() -> None:
    answers = [answer(1), answer(2, NOW + timedelta(days=6))]
    assert open_until(ticket(NOW), answers) == NOW + CHANGEABLE
    assert may_answer(ticket(NOW), answers, NOW + CHANGEABLE - SECOND)
    assert not may_answer(ticket(NOW), answers, NOW + CHANGEABLE)
    assert may_answer(ticket(NOW), [], NOW + timedelta(days=50)), "the link itself ends"


def test_one_that_is_resolved_once_more_may_be_judged_once_more() -> None:
    later = NOW + timedelta(days=30)
    assert may_answer(ticket(NOW, later), [answer(1)], later + CHANGEABLE - SECOND)
    assert not may_answer(ticket(NOW, later), [answer(1)], later + CHANGEABLE)


def test_it_may_not_be_changed_for_ever_within_that_time() -> None:
    answers = [answer(one) for one in range(MOST_REVISIONS)]
    assert may_answer(ticket(NOW), answers[1:], NOW)
    assert not may_answer(ticket(NOW), answers, NOW)


def test_an_answer_is_a_letter_of_its_ticket_and_of_nobodys_address() -> None:
    letter, event = letter_of(Opinion("no", "0", "Sunday?"), ticket(), 3, NOW)
    assert letter.asked == {"survey": {"solved": False, "recommend": 0, "revision": 3}}
    assert (letter.door, letter.text, letter.name) == ("survey", "Sunday?", "Rhian Example")
    assert letter.address is None
    assert letter.automatic is None
    assert (event.message_id, event.letter_id, event.reference, event.opens) == (
        *(letter.id, letter.id, REFERENCE, False),
    )
    same, _ = letter_of(Opinion("yes"), ticket(), 3, NOW)
    assert same.id == letter.id, "there is one of each number"
    assert letter_of(Opinion("no"), ticket(), 4, NOW)[0].id != letter.id
