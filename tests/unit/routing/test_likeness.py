"""How alike enquiries are, and when answers differ."""

from dataclasses import replace
from datetime import timedelta

from services.routing.likeness import (
    ALIKE,
    SAME,
    Asked,
    alike,
    answered_differently,
    best,
    telling,
)
from services.routing.search_words import words_of
from tests.unit.examples import NOW

COUNTS = {"lamp": 4, "flickers": 3, "floor": 90, "the": 1000, "is": 1000, "map": 40}


def _asked(reference: str, text: str, answer: str | None = None) -> Asked:
    return Asked(reference, text, words_of([text], ("en",)), answer, NOW if answer else None)


OWN = _asked("ENQ-0", "The lamp on the floor flickers")


def test_the_same_question_is_the_same_and_another_is_not() -> None:
    same = alike(OWN, _asked("ENQ-1", "Hello, the lamp on the first floor flickers"), COUNTS, 1000)
    other = alike(OWN, _asked("ENQ-2", "Where is the map?"), COUNTS, 1000)
    assert same >= SAME
    assert other < ALIKE


def test_a_rare_word_in_common_says_more_than_a_common_one() -> None:
    rare = alike(OWN, _asked("ENQ-1", "lamp of Aladdin"), COUNTS, 1000)
    common = alike(OWN, _asked("ENQ-2", "the of Aladdin"), COUNTS, 1000)
    assert rare > common


def test_words_that_nobody_else_has_and_those_that_all_have_tell_nothing() -> None:
    assert telling({**COUNTS, "zeppelin": 1}, 3, 1000) == ["flickers", "lamp", "map"]


def test_the_likest_come_first_and_what_is_not_alike_does_not_come() -> None:
    scored = [(0.4, OWN), (0.9, replace(OWN, reference="ENQ-9")), (ALIKE - 0.01, OWN)]
    assert [score for score, _ in best(scored, 10)] == [0.9, 0.4]
    assert [score for score, _ in best(scored, 1)] == [0.9]


def test_answers_of_late_that_have_little_in_common_differ() -> None:
    one = _asked("ENQ-1", "Fines?", "Fines were ended in May.")
    two = _asked("ENQ-2", "Fines?", "In May, fines were ended!")
    three = _asked("ENQ-3", "Fines?", "You owe twenty pence for each day.")
    old = replace(three, reference="ENQ-4", answered_at=NOW - timedelta(days=91))
    none = _asked("ENQ-5", "Fines?")
    pairs = answered_differently([one, two, three, old, none], NOW)
    assert pairs == [("ENQ-1", "ENQ-3"), ("ENQ-2", "ENQ-3")]
