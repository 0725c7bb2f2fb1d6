"""Which ticket a letter belongs to: by proof, or by a claim that must be checked. Never by luck."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.follow_up import Claims, claims
from shared.references import Seal
from tests.unit.examples import ADDRESS, REFERENCE, SECRET

SEAL = Seal(SECRET)
OURS = SEAL.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
REPLY_TO = SEAL.reply_address(ADDRESS, REFERENCE)
FORGED = Seal("another-secret-that-is-long-enough-0123456789")


def test_a_letter_about_nothing_claims_nothing() -> None:
    found = claims("Opening hours", [ADDRESS], [], SEAL)
    assert found == Claims(None, (), ())


def test_a_reply_address_of_ours_is_proof() -> None:
    found = claims("Re: your answer", [ADDRESS, REPLY_TO], [], SEAL)
    assert found.proven == REFERENCE


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
def test_a_reply_address_is_proof_in_any_case(change: Callable[[str], str]) -> None:
    assert claims("x", [change(REPLY_TO)], [], SEAL).proven == REFERENCE


def test_a_message_id_of_ours_is_proof_wherever_it_stands_in_the_thread() -> None:
    thread = ["<a@patrons.example>", OURS, "<b@patrons.example>"]
    assert claims("x", [ADDRESS], thread, SEAL).proven == REFERENCE


def test_a_forged_token_is_no_proof_and_no_claim_and_staff_are_told() -> None:
    forged = FORGED.reply_address(ADDRESS, REFERENCE)
    assert claims("x", [forged], [], SEAL) == Claims(None, (), (), (REFERENCE,))


def test_a_forged_message_id_proves_nothing_and_must_be_checked() -> None:
    forged = FORGED.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    found = claims("x", [ADDRESS], [forged], SEAL)
    assert (found.proven, found.answered) == (None, (forged,))


def test_a_tag_in_the_subject_is_only_a_claim() -> None:
    found = claims(f"Re: [{REFERENCE}] We have your enquiry", [ADDRESS], [], SEAL)
    assert (found.proven, found.named) == (None, (REFERENCE,))


def test_proof_comes_before_any_claim() -> None:
    found = claims("[ENQ-0000-0000] x", [REPLY_TO], ["<a@patrons.example>"], SEAL)
    assert found.proven == REFERENCE


def test_no_more_is_checked_than_a_letter_may_claim() -> None:
    found = claims("x", [ADDRESS], [f"<{one}@x.example>" for one in range(500)], SEAL)
    assert len(found.answered) <= 50


@given(st.text(), st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5))
def test_nothing_that_a_stranger_can_write_is_proof(
    subject: str, recipients: list[str], replies_to: list[str]
) -> None:
    assert claims(subject, recipients, replies_to, SEAL).proven is None
