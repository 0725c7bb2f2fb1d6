"""The words by which tickets are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.search_words import MOST, Meant, Query, words_of
from tests.properties import examples

LANGUAGES = ("en", "cy", "fr", "ar")


def _finds(query: str, text: str) -> bool:
    return Meant(Query.of(query), LANGUAGES).found_in(text) is not None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("books", "one book"),
        ("book", "Books!"),
        ("bibliotheques", "la Bibliothèque"),
        ("BIBLIOTHÈQUE", "les bibliotheques"),
        ("llyn", "ym Mhen Llŷn"),
        ("المكتبة", "في المكتبة"),
        ("المَكتَبة", "المكتبة"),
        ("istanbul", "İstanbul"),
        ("strasse", "Straße"),
        ("isbn", "ISBN 978"),
        ("978", "ISBN 978"),
        ("読書", "読書感想文"),
    ],
)
def test_a_word_is_found_however_it_is_written(query: str, text: str) -> None:
    assert _finds(query, text)
    assert words_of([text], LANGUAGES) & words_of([query], LANGUAGES)


@pytest.mark.parametrize(
    ("query", "text"), [("map", "mapping the roof"), ("a", "able"), ("感読", "読書感想文")]
)
def test_a_word_is_not_found_in_another(query: str, text: str) -> None:
    found = words_of([text], ()) & words_of([query], ())
    assert not found


def test_a_question_is_words_and_phrases() -> None:
    asked = Query.of('lost "opening hours" LOST "single" "to the end')
    assert asked.terms == ("lost", "opening", "hours", "single", "to", "the", "end")
    assert asked.phrases == ("opening hours", "to the end")
    assert asked.is_said_in(["The OPENING, hours", "up to the end of it"])
    assert not asked.is_said_in(["opening of the hours", "to the end"])
    assert not asked.is_said_in(["reopening hours to the end"])


def test_a_question_of_a_hundred_words_is_cut() -> None:
    assert len(Query.of(" ".join(f"word{one}" for one in range(100))).terms) == 12


def test_a_letter_is_found_by_its_first_words_only() -> None:
    text = " ".join(f"w{one}x" for one in range(5000))
    assert len(words_of([text], LANGUAGES)) <= MOST * (1 + len(LANGUAGES))
    assert "w0x" in words_of([text], ())


def test_what_stands_around_the_word_is_shown_in_whole_words() -> None:
    text = f"{'before ' * 30}the lamp {'after ' * 30}"
    found = Meant(Query.of("lamps"), ("en",)).found_in(text)
    assert found is not None
    words, shown = found
    assert words == ["lamp"]
    assert shown.startswith("… before before")
    assert shown.endswith("after …")
    assert len(shown) < 150


@examples(2000)
@given(st.text(max_size=300), st.text(max_size=30))
def test_whatever_is_looked_for_in_whatever_nothing_breaks(text: str, query: str) -> None:
    asked = Query.of(query)
    asked.is_said_in([text])
    found = Meant(asked, LANGUAGES).found_in(text)
    if found is not None:
        assert words_of([text], LANGUAGES) & words_of([query], LANGUAGES)
