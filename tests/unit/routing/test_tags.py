"""Tags are short, clean, few, and spelt in one way."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.tags import LONGEST, MOST, cleaned, retagged, tag
from tests.properties import examples
from tests.unit.examples import NOW, ticket


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Map", "map"),
        ("  Inter-Library \t Loan\n", "inter-library loan"),
        ("Cafe\u0301", "café"),
        ("a\u202eb\u0000\u200b", "ab"),
        ("x" * LONGEST, "x" * LONGEST),
        ("{$ne: 1}", "{$ne: 1}"),
    ],
)
def test_a_tag_is_cleaned(text: str, kept: str) -> None:
    assert cleaned(text) == kept


@pytest.mark.parametrize("text", ["", "  ", "\u200b\u202e", "x" * (LONGEST + 1)])
def test_what_is_no_tag(text: str) -> None:
    with pytest.raises(ValueError, match="character"):
        cleaned(text)


@examples(1000)
@given(st.text(max_size=60))
def test_what_is_clean_is_left_as_it_is(text: str) -> None:
    try:
        once = cleaned(text)
    except ValueError:
        return
    assert cleaned(once) == once
    assert 1 <= len(once) <= LONGEST
    assert not any(unicodedata.category(one)[0] == "C" for one in once)


def test_tags_are_added_and_taken_away_each_once() -> None:
    assert retagged(("b", "a"), ["c", "a"], ["b", "x"]) == ("a", "c")
    assert retagged(("a",), ["a"], ["a"]) == ("a",), "what is wanted wins"


def test_a_ticket_has_no_more_than_so_many() -> None:
    many = [f"t{one:02}" for one in range(MOST)]
    assert len(retagged((), many, ())) == MOST
    with pytest.raises(ValueError, match=str(MOST)):
        retagged(many, ["one more"], ())


def test_the_timeline_says_which() -> None:
    change = tag(ticket(tags=("a", "b")), ("b", "c"), "mair", NOW)
    assert change.ticket.tags == ("b", "c")
    [said] = change.entries
    assert (said["added"], said["removed"], said["by"]) == (["c"], ["a"], "mair")
