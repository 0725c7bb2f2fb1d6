"""Form tokens and the names of thank-you pages: sealed, and the first expire."""

from datetime import timedelta
from typing import Final

import pytest

from services.intake.form_token import (
    LIFETIME,
    QUICKEST,
    Thanks,
    Verdict,
    new_token,
    page_of,
    renewed,
    thanks_of,
    verdict,
)
from shared.references import Seal
from tests.unit.examples import NOW, REFERENCE, SECRET

SEAL: Final = Seal(SECRET)
OTHER: Final = Seal("another-secret-that-is-long-enough-0123456789")
SECOND: Final = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), Verdict.QUICK),
        (QUICKEST - SECOND, Verdict.QUICK),
        (QUICKEST, Verdict.GOOD),
        (LIFETIME, Verdict.GOOD),
        (LIFETIME + SECOND, Verdict.OLD),
        (SECOND - QUICKEST, Verdict.QUICK),
        (-timedelta(hours=1), Verdict.GOOD),
    ],
)
def test_a_token_is_good_for_a_while(age: timedelta, expected: Verdict) -> None:
    assert verdict(SEAL, new_token(SEAL, NOW), NOW + age) == expected


def test_a_token_with_one_character_changed_is_none() -> None:
    token, later = new_token(SEAL, NOW), NOW + QUICKEST
    for place, was in enumerate(token):
        forged = token[:place] + ("3" if was != "3" else "4") + token[place + 1 :]
        assert verdict(SEAL, forged, later) == Verdict.OLD, place


@pytest.mark.parametrize("token", ["", "..", "1.2.3", "\x00", "9" * 300, "١.0000000000000000.x"])
def test_what_is_no_token_is_none(token: str) -> None:
    assert verdict(SEAL, token, NOW) == Verdict.OLD


def test_a_token_of_another_desk_is_none() -> None:
    assert verdict(SEAL, new_token(OTHER, NOW), NOW + QUICKEST) == Verdict.OLD


def test_no_two_tokens_are_alike() -> None:
    assert new_token(SEAL, NOW) != new_token(SEAL, NOW)


def test_a_form_that_is_shown_again_keeps_its_token_while_that_is_good() -> None:
    token = new_token(SEAL, NOW)
    assert renewed(SEAL, token, NOW) == token
    assert renewed(SEAL, token, NOW + LIFETIME) == token


def test_a_form_that_was_open_too_long_can_be_sent_at_once_when_shown_again() -> None:
    later = NOW + LIFETIME + SECOND
    token = renewed(SEAL, new_token(SEAL, NOW), later)
    assert verdict(SEAL, token, later) == Verdict.GOOD


def test_a_thank_you_page_shows_its_own_reference_and_no_other() -> None:
    page = page_of(SEAL, REFERENCE)
    assert thanks_of(SEAL, page) == Thanks(REFERENCE)
    assert thanks_of(OTHER, page) is None
    code, _, mark = page.partition(".")
    for forged in (code, f"{code}.", f"zzzzzzzz.{mark}", f"{page}x", "", ".", f"aside.{mark}", "é"):
        assert thanks_of(SEAL, forged) is None, forged


def test_the_seal_of_a_letter_opens_no_thank_you_page() -> None:
    address = SEAL.reply_address("enquiries@llanfair.example", REFERENCE)
    assert thanks_of(SEAL, address.partition("+")[2].partition("@")[0]) is None


def test_what_was_put_aside_has_a_page_without_a_reference() -> None:
    assert thanks_of(SEAL, page_of(SEAL, None)) == Thanks(None)
