"""Which of the library's languages a letter is in."""

from typing import Final

import pytest

from services.routing.common_words import COMMON, SCRIPTS
from services.routing.language import language_of, told_by
from services.routing.words import Words
from tests.unit.routing.short_letters import OTHERS, SHORT_LETTERS

SEVEN: Final = tuple(SHORT_LETTERS)
LETTERS: Final = [(text, one) for one, texts in SHORT_LETTERS.items() for text in texts]
HERE: Final = ("en", "cy")


@pytest.mark.parametrize(("text", "language"), LETTERS)
def test_the_language_of_a_short_letter_is_found(text: str, language: str) -> None:
    assert told_by(Words.of(text), SEVEN) == language


@pytest.mark.parametrize(("text", "language"), LETTERS)
def test_a_letter_in_another_language_is_not_taken_for_one_of_ours(
    text: str, language: str
) -> None:
    assert told_by(Words.of(text), HERE) == (language if language in HERE else None)


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_in_none_of_our_languages_is_left_undecided(text: str) -> None:
    assert told_by(Words.of(text), HERE) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thanks", "en"),
        ("DIOLCH!", "cy"),
        ("merci beaucoup", "fr"),
        ("شكرا", "ar"),
        ("Book club", None),
        ("Diolch! Thanks!", None),
        ("yr yn mae gan chi, the of and for you", None),
        ("the of and" + " lorem" * 40, None),
        ("rhian@diolch.example https://diolch.example/diolch", None),
        ("A gaf i adnewyddu fy llyfr? " * 40 + "the and of for with this", "cy"),
    ],
)
def test_few_words_tell_if_they_are_of_one_language_alone(text: str, language: str | None) -> None:
    assert told_by(Words.of(text), SEVEN) == language


@pytest.mark.parametrize(
    ("text", "languages", "language"),
    [
        ("図書館は土曜日に開いていますか", ("en", "ja", "zh"), "ja"),
        ("图书馆星期六开门吗", ("en", "ja", "zh"), "zh"),
        ("Είναι ανοιχτή η βιβλιοθήκη το Σάββατο;", ("en", "el"), "el"),
        ("Чи відчинена бібліотека в суботу? Дякую.", ("uk", "ru"), "uk"),
        ("Открыта ли библиотека в субботу? Спасибо.", ("uk", "ru"), "ru"),
        ("کیا لائبریری ہفتے کو کھلی ہے؟ شکریہ", ("ar", "ur"), "ur"),
        ("کیا لائبریری ہفتے کو کھلی ہے؟ شکریہ", ("en", "ar"), None),
        ("ਕੀ ਲਾਇਬ੍ਰੇਰੀ ਖੁੱਲ੍ਹੀ ਹੈ", ("en", "pa"), "pa"),
        ("Είναι ανοιχτή η βιβλιοθήκη;", ("en", "cy"), None),
    ],
)
def test_a_script_tells_where_it_can(
    text: str, languages: tuple[str, ...], language: str | None
) -> None:
    assert told_by(Words.of(text), languages) == language


UNDECIDED: Final = Words.of("Book club")


def test_what_was_said_counts_before_what_was_found_and_what_was_before() -> None:
    welsh = Words.of(SHORT_LETTERS["cy"][0])
    said = language_of(welsh, HERE, said="en", before="en")
    assert (said.language, said.is_sure, said.reason) == ("en", True, "it was named in the form")
    found = language_of(welsh, HERE, said="fr", before="en")
    assert (found.language, found.is_sure) == ("cy", True)
    assert found.reason == "by the words of the letter"
    before = language_of(UNDECIDED, HERE, before="cy")
    assert (before.language, before.is_sure) == ("cy", False)
    assert before.reason.startswith("that of the patron's last letter")
    for unknown in (None, "fr"):
        first = language_of(UNDECIDED, HERE, before=unknown)
        assert (first.language, first.is_sure) == ("en", False)
        assert first.reason == "the library's first; the letter does not tell"


def test_every_language_with_words_is_known_by_its_script() -> None:
    for language, words in COMMON.items():
        script = SCRIPTS.get(language, "LATIN")
        assert told_by(Words.of(words), (language,)) == language, (language, script)
