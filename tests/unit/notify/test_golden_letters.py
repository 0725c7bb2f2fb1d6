"""Every letter in every language is what somebody has looked at: a change of one fails here, until
it was looked at and `make letters` has written it anew."""

import pytest

from services.notify.wording import TEMPLATES
from tests.letters.golden import FOLDER, LANGUAGES, PAIRS, WORDING, everything, parts


@pytest.mark.parametrize(("name", "language"), PAIRS)
def test_a_letter_is_as_it_was_when_somebody_looked_at_it(name: str, language: str) -> None:
    for file, text in parts(name, language).items():
        kept = FOLDER / file
        assert kept.is_file(), f"{file} is new: look at it, then `make letters`"
        assert text == kept.read_text(encoding="utf-8"), f"{file}: look at it, then `make letters`"


def test_no_golden_letter_is_left_of_one_that_is_gone() -> None:
    assert {one.name for one in FOLDER.iterdir()} == {name for name, _ in everything()}


def test_every_letter_there_is_has_words_in_the_four_languages() -> None:
    kinds = {one.name for one in TEMPLATES.iterdir() if one.is_dir() and one.name[0] != "_"}
    assert WORDING.known == {(kind, language) for kind in kinds for language in LANGUAGES}
