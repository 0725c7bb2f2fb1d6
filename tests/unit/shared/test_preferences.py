"""What patrons say of how they want letters, in whatever words."""

import pytest

from services.intake.form import FORMATS
from shared.preferences import KNOWN, Preferences, preferences_of

NONE = Preferences()


@pytest.mark.parametrize(
    ("asked", "wish"),
    [
        (None, NONE),
        ("", NONE),
        ("braille", NONE),
        ("a large dog", NONE),
        ("not large print", NONE),
        ("large-print", Preferences(large_print=True)),
        ("Large  Print", Preferences(large_print=True)),
        ("LARGE_PRINT, braille", Preferences(large_print=True)),
        ("Print bras", Preferences(large_print=True)),
        ("gros caractères", Preferences(large_print=True)),
        ("خط كبير", Preferences(large_print=True)),
        ("plain-text", Preferences(plain_text=True)),
        ("text only", Preferences(plain_text=True)),
        ("texte brut", Preferences(plain_text=True)),
        ("links", Preferences(links=True)),
        ("no attachments; plain text", Preferences(plain_text=True, links=True)),
        ("large print & links", Preferences(large_print=True, links=True)),
    ],
)
def test_a_format_says_what_letters_keep_to(asked: str | None, wish: Preferences) -> None:
    assert preferences_of(asked) == wish


def test_the_words_that_are_offered_mean_something() -> None:
    assert all(preferences_of(one) != NONE for one in KNOWN)
    offered = {one for one in FORMATS if preferences_of(one) != NONE}
    assert offered == {"large-print", "plain-text"}
