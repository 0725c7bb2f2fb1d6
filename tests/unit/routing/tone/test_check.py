"""What is found in a reply, where, and what is left alone."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import pytest

from services.routing.tone.background import Background
from services.routing.tone.check import check, repeated
from services.routing.tone.finding import BETTER, Rule
from services.routing.tone.heard import LOOKED_AT, Heard
from services.routing.tone.mood import Mood
from services.routing.tone.phrases import TABLES, spots
from services.routing.tone.strangers import names_in
from tests.attacks.costs import seconds
from tests.tone.threads import NOW
from tests.unit.examples import CALENDARS, REFERENCE

PLAIN: Final = Background(
    now=NOW,
    calendar=CALENDARS["enquiries"],
    language="en",
    patron="Rhian Example",
    letters=("When are you open?",),
    references=frozenset({REFERENCE}),
)
UPSET: Final = replace(PLAIN, letters=("I am furious. Nobody has answered me.",))
FRIDAY: Final = datetime.fromisoformat("2026-11-27T16:00:00+00:00")


def found(text: str, background: Background = PLAIN) -> list[tuple[str, str]]:
    return [(one.rule.value, text[one.start : one.end]) for one in check(text, background)]


def test_a_finding_names_the_words_the_rule_and_a_better_way() -> None:
    text = "It is mended. Have a NICE\n  day!"
    [one] = check(text, UPSET)
    assert one.shown(text) == {
        "words": "Have a NICE\n  day",
        "start": 14,
        "end": 31,
        "rule": "cheer",
        "why": one.why,
        "better": BETTER[Rule.CHEER],
    }
    assert BETTER.keys() == set(Rule)


@pytest.mark.parametrize(
    "text",
    [
        "I have mended it. Have a nice day!",
        "I have mended it 😊",
        "I have mended it!! Done!",
        "I have mended it. Passez une bonne journée",
        "I have mended it. استمتع بيومك",
    ],
)
def test_good_cheer_is_for_who_is_of_good_cheer(text: str) -> None:
    assert {rule for rule, _ in found(text, UPSET)} == {"cheer"}
    assert found(text) == []


def test_what_is_quoted_or_stands_under_the_letter_is_not_held_against_the_writer() -> None:
    words = "you failed to return it, that is our policy"
    assert {rule for rule, _ in found(f"I wrote that {words}.")} == {"blame", "policy"}
    for text in (
        f"> {words}\n\nThat was wrong of us.",
        f'I wrote "{words}", and that was wrong of us.',
        f"That was wrong of us.\n\nOn 3 May 2026, Mair wrote:\n{words}\n",
        "It is on the shelf.\n\nKind regards,\nMair\nOur policy and rules",
        f"It is on the shelf.\n-- \n{words}",
    ):
        assert found(text) == [], text


def test_apostrophes_accents_capitals_and_broken_lines_make_no_difference() -> None:
    for text in (
        "You shouldn’t have done\nthat.",
        "YOU SHOULDN'T HAVE DONE THAT",
        "you shouldnt have done that",
    ):
        assert [rule for rule, _ in found(text)] == ["blame"], text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("I will ring you by Friday.", None),
        ("I will ring you on Thursday.", "promise-contradicts"),
        ("I will ring you on Sunday.", "promise-closed"),
        ("You can collect it on Sunday.", "promise-closed"),
        ("Please bring it back on Thursday.", None),
    ],
)
def test_a_promise_in_words_is_held_against_the_ledger_and_the_hours(
    text: str, rule: str | None
) -> None:
    assert [one for one, _ in found(text, replace(PLAIN, due_at=FRIDAY))] == (
        [rule] if rule else []
    )


def test_a_promise_that_the_ledger_has_is_made_again_by_saying_it() -> None:
    promised = replace(PLAIN, due_at=FRIDAY)
    assert repeated("I will ring you by Friday.", promised) == FRIDAY
    assert repeated("It is on the shelf.", promised) is None
    assert repeated("I will ring you by Friday.", PLAIN) is None


def test_sorrow_stays_and_anger_lasts_until_thanks() -> None:
    angry, glad = "I am furious.", "Thank you so much."
    assert replace(PLAIN, letters=(angry,)).mood is Mood.UPSET
    assert replace(PLAIN, letters=(angry, "It is number 4.")).mood is Mood.UPSET
    assert replace(PLAIN, letters=(angry, glad)).mood is Mood.PLAIN
    assert replace(PLAIN, letters=("My father died in May.", glad)).mood is Mood.GRIEVING
    assert replace(PLAIN, letters=("My father died in 1951.",)).mood is Mood.PLAIN


def test_another_patron_is_told_of_only_if_this_one_has_named_them() -> None:
    named = replace(PLAIN, others=("Gwen Pretend",))
    assert found("Ask Gwen Pretend.", named) == [("other-patron", "Gwen Pretend")]
    assert found("Ask Gwen Pretend.", replace(named, letters=("I am with Gwen Pretend.",))) == []
    assert found(f"It is {REFERENCE}.") == []


def test_a_number_that_counts_nothing_is_no_other_answer() -> None:
    told = replace(PLAIN, before=(f"Words 1 about {REFERENCE}.", "You may borrow 12 books here."))
    assert found(f"Words 2 about {REFERENCE}.", told) == []
    assert [rule for rule, _ in found("You may borrow 9 books here.", told)] == ["different-answer"]


def test_names_are_words_with_capitals_that_stand_together() -> None:
    assert names_in("Ask Gwen Pretend of Bangor, or Ann Lee Example.") == [
        "Ask Gwen", "Ask Gwen Pretend", "Gwen Pretend", "Ann Lee", "Ann Lee Example", "Lee Example",
    ]  # fmt: skip
    assert len(names_in(" ".join(f"A{chr(97 + one)}" for one in range(26)))) == 40


def test_every_phrase_of_every_table_can_be_read() -> None:
    kinds = {kind for table in TABLES.values() for kind in table}
    for kind in kinds:
        assert spots(kind, Heard.of("")) == []
    for language, table in TABLES.items():
        for kind, written in table.items():
            for phrase in written.split(";"):
                for step in phrase.replace("|\n", "|").split():
                    assert not {"[", "]"} & set(step.strip("[]")), (language, kind, phrase)


@pytest.mark.parametrize(
    "piece",
    ["a ", "sorry but ", "my my my ", "> ", "'a' ", "1 wrote:\n", "the the ", "سوف ", "today "],
)
def test_no_text_can_be_made_slow(piece: str) -> None:
    """Twice the words cost about twice the time, whatever they are; the rest is not read."""
    text = piece * (2_000 // len(piece))

    def cost(words: str) -> float:
        return seconds(partial(check, words, UPSET), enough=0.2)

    half = cost(text)
    assert cost(text * 2) < 3 * half + 0.3
    assert len(Heard.of("a " * LOOKED_AT).text) == LOOKED_AT
