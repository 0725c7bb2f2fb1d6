"""Canned answers: checked when they are saved, filled once, found by their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.canned import (
    VARIABLES,
    fault,
    fill,
    folded,
    is_unfilled,
    language_for,
    words_of,
)

VALUES = {"patron": "Rhian", "reference": "ENQ-1", "owner": None, "library": "Llanfair"}


@pytest.mark.parametrize(
    "text", ["", "Dear {patron},", "{patron}{reference}{owner}{library}", "50 % of $100 <b>"]
)
def test_what_may_be_saved(text: str) -> None:
    assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Dear {Patron}", "{Patron}"),
        ("{patron.address}", "{patron.address}"),
        ("{0}", "{0}"),
        ("{}", "{}"),
        ("{{patron}}", "brace"),
        ("Dear {patron", "brace"),
        ("Dear patron}", "brace"),
        ("{" + "x" * 10_000 + "}", "there is no variable"),
    ],
)
def test_what_may_not_be_saved(text: str, why: str) -> None:
    found = fault(text)
    assert found is not None
    assert why in found
    assert len(found) < 200


def test_each_variable_is_filled_and_what_is_not_known_is_said() -> None:
    filled = fill("Dear {patron}, {reference} {patron}. {owner}", VALUES)
    assert (filled.text, filled.missing) == ("Dear Rhian, ENQ-1 Rhian. ", ("owner",))


def test_what_fills_it_is_not_read_again() -> None:
    filled = fill("Dear {patron}", {"patron": "{library} {owner} {x}"})
    assert filled.text == "Dear {library} {owner} {x}"


@given(st.text(), st.text())
def test_any_value_stands_as_it_is(name: str, text: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert fault(plain + "{patron}") is None
    assert fill(plain + "{patron}", {"patron": name}).text == plain + name


def test_a_text_that_was_not_filled_in_is_known() -> None:
    assert all(is_unfilled(f"Dear {{{one}}}") for one in VARIABLES)
    assert not is_unfilled("Dear {somebody}, { patron }")


def test_words_are_found_with_and_without_accents() -> None:
    assert folded("Oriau AGOR y Llyfrgell: Tŷ, café; agor") == [
        *("oriau", "agor", "y", "llyfrgell", "ty", "cafe"),
    ]
    assert words_of(["Opening hours", "We open at ten"]) == [
        *("opening", "hours", "we", "open", "at", "ten"),
    ]


@pytest.mark.parametrize(
    ("ticket", "known", "language"),
    [("cy", ["en", "cy"], "cy"), ("fr", ["cy", "en"], "en"), ("fr", ["de"], "de")],
)
def test_which_language_it_is_in(ticket: str, known: list[str], language: str) -> None:
    assert language_for(ticket, known, ["en", "cy"]) == language
