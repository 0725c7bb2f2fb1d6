"""The ask page's words: every language says all there is to say."""

import tomllib
from string import Formatter
from typing import Any

import pytest

from services.intake.form import Form
from services.intake.page import FOLDER, Pages, Shown
from shared.library import Library
from tests.unit.examples import DESCRIPTION, LIBRARY

LANGUAGES = sorted(one.stem for one in FOLDER.glob("*.toml"))


def words(language: str) -> dict[str, str]:
    """Every sentence by its name."""
    found: dict[str, str] = {}
    read = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    for name, value in read.items():
        inside: dict[str, Any] = value if isinstance(value, dict) else {"": value}
        found |= {f"{name}.{key}": text for key, text in inside.items()}
    return found


def filled(text: str) -> set[str]:
    """What is filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_to_fill_in(language: str) -> None:
    english, other = words("en"), words(language)
    assert other.keys() == english.keys()
    assert {k: filled(v) for k, v in other.items()} == {k: filled(v) for k, v in english.items()}
    assert all(text.strip() for text in other.values())


def test_there_are_at_least_english_and_welsh() -> None:
    assert {"en", "cy"} <= set(LANGUAGES)


def pages(languages: list[str]) -> Pages:
    about = DESCRIPTION["library"] | {"languages": languages}
    signed = dict.fromkeys(languages, ".")
    return Pages(Library.model_validate(DESCRIPTION | {"library": about, "sign_off": signed}), 1)


def test_a_library_of_which_no_language_has_words_speaks_english() -> None:
    found = pages(["mi"])
    tongue = found.tongue(None, "")
    assert (tongue.spoken, tongue.wished) == ("en", "mi")
    assert b'"en"' in found.widget


def test_a_language_that_nobody_has_heard_of_is_called_by_its_code() -> None:
    found = pages(["zzz", "cy"])
    tongue = found.tongue("zzz", "")
    assert (tongue.spoken, tongue.wished) == ("cy", "zzz")
    assert "ar gael yn zzz eto" in found.form(tongue, Shown(Form(), "", {}))


def test_where_there_is_one_language_and_one_topic_neither_is_asked() -> None:
    one = DESCRIPTION | {
        "library": DESCRIPTION["library"] | {"languages": ["cy"]},
        "topics": DESCRIPTION["topics"][-1:],
    }
    found = Pages(Library.model_validate(one), 1)
    page = found.form(found.tongue(None, "en"), Shown(Form(), "", {}))
    assert '<html lang="cy"' in page
    for left_out in ('name="language"', 'name="topic"', "<nav"):
        assert left_out not in page


def test_every_language_of_the_example_library_is_offered() -> None:
    found = Pages(LIBRARY, 1)
    page = found.form(found.tongue(None, ""), Shown(Form(), "", {}))
    assert '<option value="cy" lang="cy">Cymraeg</option>' in page
    assert '<option value="en" lang="en" selected>English</option>' in page
