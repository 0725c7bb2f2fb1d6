"""Whether a letter is nothing but thanks. A real question must never be taken for it."""

from typing import Final

import pytest

from services.routing import thanks_phrases as table
from services.routing.thanks import bare_thanks
from tests.unit.routing.short_letters import SHORT_LETTERS
from tests.unit.routing.thanks_letters import BARE, NOT_BARE

NAMES: Final = ("Rhian Example", "Mair Pretend")
SUBJECT: Final = "Re: [ENQ-7K3M-92Q2] Opening hours"


@pytest.mark.parametrize("text", BARE)
def test_bare_thanks_are_known(text: str) -> None:
    found = bare_thanks(text, SUBJECT, NAMES)
    assert (found.is_bare, found.reason) == (True, "it says thanks and nothing else")


@pytest.mark.parametrize("text", NOT_BARE)
def test_whatever_says_more_or_no_thanks_at_all_is_not_bare(text: str) -> None:
    for names in (NAMES, ()):
        found = bare_thanks(text, SUBJECT, names)
        assert not found.is_bare
        assert found.reason


@pytest.mark.parametrize("text", [one for several in SHORT_LETTERS.values() for one in several])
def test_an_enquiry_with_thanks_around_it_is_not_bare(text: str) -> None:
    for letter in (f"Thank you! {text}", f"{text}\nThank you so much", f"Diolch, {text} Merci"):
        assert not bare_thanks(letter, SUBJECT, NAMES).is_bare


BLOCKS: Final = (
    *("?", "؟", "¿", " 7", " https://x.example", " but", " still", " not", " please", " however"),
    *(" ond", " mais", " aber", " لكن", " 🙄", "…", " (so far)", " when", " instead", " missing"),
)


@pytest.mark.parametrize("more", BLOCKS)
def test_one_sign_of_more_is_enough(more: str) -> None:
    for text in ("Thank you so much for your help", "Diolch yn fawr", "Merci beaucoup", "شكرا"):
        assert bare_thanks(text, SUBJECT, NAMES).is_bare
        assert not bare_thanks(text + more, SUBJECT, NAMES).is_bare
        assert not bare_thanks(f"{more.strip()} {text}", SUBJECT, NAMES).is_bare


@pytest.mark.parametrize(
    ("subject", "is_bare"),
    [
        ("", True),
        ("Thank you!", True),
        ("Diolch yn fawr", True),
        ("RE: When are you open?", True),
        ("Aw: Braille", True),
        ("[ENQ-7K3M-92Q2] Opening hours", True),
        ("رد: مواعيد", True),
        ("Another question", False),
        ("Local History", False),
        ("Fwd: Braille", False),
        ("When are you open?", False),
    ],
)
def test_a_subject_of_the_patrons_own_must_be_thanks_too(subject: str, is_bare: bool) -> None:
    assert bare_thanks("Thank you!", subject, NAMES).is_bare is is_bare


@pytest.mark.parametrize(
    ("text", "names", "is_bare"),
    [
        ("Thanks\nRhian", NAMES, True),
        ("Thanks. Rhian", NAMES, True),
        ("Thanks\nrhian example", NAMES, True),
        ("Thanks\nGwen", NAMES, False),
        ("Thanks\nGwen", (), True),
        ("Thanks. Gwen", (), False),
        ("Thanks\ngwen", (), False),
        ("Thanks\nGwen Invented", (), False),
        ("Thanks\nRhian\nWrexham\nFlint", NAMES, False),
        ("Rhian thanks", NAMES, False),
        ("Thanks Gwen", NAMES, True),
        ("Dear Gwen Mary Invented Longer,\nthanks", NAMES, False),
    ],
)
def test_a_name_is_understood_where_names_stand(
    text: str, names: tuple[str, ...], is_bare: bool
) -> None:
    assert bare_thanks(text, SUBJECT, names).is_bare is is_bare


def test_very_long_thanks_are_for_a_person_to_read() -> None:
    assert bare_thanks("Thank you. " * 30, SUBJECT).is_bare
    assert not bare_thanks("Thank you. " * 45, SUBJECT).is_bare
    assert not bare_thanks("Thank you. " * 60, SUBJECT).is_bare
    assert not bare_thanks("Thank you" + "!" * 700, SUBJECT).is_bare


def test_every_table_has_every_language() -> None:
    tables = (table.AFTER, table.FOR, table.BEFORE, table.PRAISE, table.OTHER, table.PHRASES)
    for one in (*tables, table.GREETING, table.CLOSING):
        assert one.keys() == table.THANKS.keys()


def test_no_table_has_a_word_that_turns_denies_or_asks() -> None:
    never = (
        "but not no still please can when however never ond ddim mais pas aber nicht pero sin ma"
    )
    tables = (table.THANKS, table.AFTER, table.PRAISE, table.OTHER)
    words = {word for one in tables for text in one.values() for word in text.split(",")}
    assert words.isdisjoint(never.split())
