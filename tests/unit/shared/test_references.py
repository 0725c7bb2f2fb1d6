"""References survive the telephone, and nobody but this desk can make a seal."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.references import ALPHABET, Seal, allot, compact, expand, in_text, names_in
from tests.unit.examples import ADDRESS, REFERENCE, SECRET

SEAL = Seal(SECRET)
NOTICE_ID = "0123456789abcdef0123456789abcdef"


def _with_check(data: str) -> str:
    """The one reference with these seven characters."""
    [found] = [one for one in (expand(data + last) for last in ALPHABET) if one]
    return found


references = st.text(ALPHABET, min_size=7, max_size=7).map(_with_check)
places = st.integers(0, 7)
characters = st.sampled_from(ALPHABET)


def test_an_allotted_reference_is_valid_and_no_two_are_the_same() -> None:
    made = [allot() for _ in range(500)]
    assert all(expand(compact(one)) == one for one in made)
    assert len(set(made)) == 500


@given(references)
def test_a_reference_is_written_and_read_again(reference: str) -> None:
    assert expand(compact(reference)) == reference
    assert in_text(reference) == (reference,)


@given(references, places, characters)
def test_any_single_wrong_character_is_noticed(reference: str, place: int, wrong: str) -> None:
    code = compact(reference).upper()
    changed = code[:place] + wrong + code[place + 1 :]
    assert (expand(changed) is None) == (changed != code)


@given(references, st.integers(0, 6))
def test_two_neighbours_that_changed_places_are_noticed(reference: str, place: int) -> None:
    code = compact(reference).upper()
    pair = code[place : place + 2]
    swapped = code[:place] + pair[::-1] + code[place + 2 :]
    # Luhn's one blind spot: its first and its last digit, like 09 and 90 on a bank card.
    if swapped != code and set(pair) != {"0", "Z"}:
        assert expand(swapped) is None


@given(references)
def test_letters_that_look_like_digits_are_read_as_those(reference: str) -> None:
    code = compact(reference)
    assert expand(code.replace("0", "o")) == reference
    assert expand(code.replace("0", "O").replace("1", "I")) == reference
    assert expand(code.replace("1", "l")) == reference
    assert in_text(f"about ENQ-{code[:4].replace('1', 'l')}-{code[4:].replace('0', 'O')}.") == (
        reference,
    )


@pytest.mark.parametrize(
    "code", ["", "7k3m92q", "7k3m92q22", "7k3m92qu", "7k3m92q\u00e9", "--------"]
)
def test_what_is_no_reference_is_none(code: str) -> None:
    assert expand(code) is None


@pytest.mark.parametrize(
    "text",
    [
        "Re: [ENQ-7K3M-92Q2] We have your enquiry",
        "enq-7k3m-92q2",
        "my number is ENQ 7K3M 92Q2, I think",
        "ENQ7K3M92Q2",
        "(ENQ-7K3M92Q2)",
        "AW: RE: ENQ-7K3M-92Q2: opening hours",
    ],
)
def test_a_reference_is_found_in_what_people_write(text: str) -> None:
    assert in_text(text) == (REFERENCE,)


@pytest.mark.parametrize(
    "text", ["", "ENQ-7K3M-92Q3", "XENQ-7K3M-92Q2", "ENQ-7K3M-92Q2X", "ENQ-7K3M", "7K3M-92Q2"]
)
def test_nothing_is_found_where_there_is_none(text: str) -> None:
    assert in_text(text) == ()


@given(references, references, st.text(max_size=20))
def test_every_reference_is_found_once_and_in_order(one: str, two: str, between: str) -> None:
    found = in_text(f"{one} ({between}) {two} and again {one}")
    assert [one_ for one_ in found if one_ in {one, two}] == list(dict.fromkeys([one, two]))


@given(st.text())
def test_whatever_is_found_in_any_text_is_valid(text: str) -> None:
    assert all(expand(compact(one)) == one for one in in_text("ENQ-" + text))


def test_a_reply_address_proves_its_reference_in_any_case() -> None:
    address = SEAL.reply_address(ADDRESS, REFERENCE)
    assert address.startswith("enquiries+7k3m92q2.")
    assert address.endswith("@llanfair.example")
    assert len(address.partition("@")[0]) <= 64  # RFC 5321 §4.5.3.1.1
    assert SEAL.reference_of_address(address) == REFERENCE
    assert SEAL.reference_of_address(address.upper()) == REFERENCE


def test_a_message_id_proves_its_reference_and_is_always_the_same() -> None:
    made = SEAL.message_id("llanfair.example", REFERENCE, NOTICE_ID)
    assert made == SEAL.message_id("llanfair.example", REFERENCE, NOTICE_ID)
    assert made != SEAL.message_id("llanfair.example", REFERENCE, "another")
    assert SEAL.reference_of_message_id(made) == REFERENCE


def _with_one_bit_flipped(text: str, start: int, end: int) -> list[str]:
    """Every such text but those that differ in case alone, which is forgiven on purpose."""
    flipped = [
        text[:place] + chr(ord(text[place]) ^ 1 << bit) + text[place + 1 :]
        for place in range(start, end)
        for bit in range(8)
    ]
    return [one for one in flipped if one.lower() != text.lower()]


def test_no_reply_address_with_a_flipped_bit_proves_anything() -> None:
    address = SEAL.reply_address(ADDRESS, REFERENCE)
    forged = _with_one_bit_flipped(address, address.index("+") + 1, address.index("@"))
    assert len(forged) > 200
    assert [one for one in forged if SEAL.reference_of_address(one)] == []


def test_no_message_id_with_a_flipped_bit_proves_anything() -> None:
    made = SEAL.message_id("llanfair.example", REFERENCE, NOTICE_ID)
    forged = _with_one_bit_flipped(made, 1, made.index("@"))
    assert len(forged) > 300
    assert [one for one in forged if SEAL.reference_of_message_id(one)] == []


@given(references, st.binary(min_size=16, max_size=16))
def test_a_guessed_token_proves_nothing(reference: str, guess: bytes) -> None:
    token = base64.b32encode(guess).decode().rstrip("=").lower()
    assert SEAL.reference_of_address(f"enquiries+{compact(reference)}.{token}@x.example") is None
    assert SEAL.reference_of_message_id(f"<{compact(reference)}.0123.{token}@x.example>") is None


def test_a_token_proves_nothing_of_another_reference() -> None:
    address = SEAL.reply_address(ADDRESS, REFERENCE)
    other = compact(next(one for one in (allot(), allot()) if one != REFERENCE))
    assert SEAL.reference_of_address(address.replace("7k3m92q2", other)) is None


def test_another_desks_seal_proves_nothing() -> None:
    other = Seal("another-secret-that-is-long-enough-0123456789")
    assert SEAL.reference_of_address(other.reply_address(ADDRESS, REFERENCE)) is None
    made = other.message_id("llanfair.example", REFERENCE, NOTICE_ID)
    assert SEAL.reference_of_message_id(made) is None


def test_a_token_of_one_kind_proves_nothing_as_the_other() -> None:
    token = SEAL.reply_address(ADDRESS, REFERENCE).partition(".")[2].partition("@")[0]
    assert SEAL.reference_of_message_id(f"<7k3m92q2.reply.{token}@llanfair.example>") is None


@given(st.text())
def test_any_text_at_all_is_no_proof(text: str) -> None:
    for one in (text, f"+{text}", f"a+{text}.{text}@b", f"<{text}.{text}.{text}@b>"):
        assert SEAL.reference_of_address(one) is None
        assert SEAL.reference_of_message_id(one) is None


def test_what_a_message_id_of_ours_names_is_read_whatever_became_of_its_case() -> None:
    message_id = SEAL.message_id("llanfair.example", REFERENCE, NOTICE_ID)
    for one in (message_id, message_id.upper(), f" {message_id} "):
        assert names_in(one) == (REFERENCE, NOTICE_ID[:16])


@pytest.mark.parametrize(
    "message_id",
    [
        *("", "<>", "<a@b.example>", "<alert.digest-1@llanfair.example>"),
        SEAL.message_id("llanfair.example", REFERENCE, NOTICE_ID)[1:],
        SEAL.message_id("llanfair.example", "ENQ-7K3M-92Q3", NOTICE_ID),
        SEAL.message_id("llanfair.example", REFERENCE, "$where"),
    ],
)
def test_any_other_message_id_names_nothing(message_id: str) -> None:
    assert names_in(message_id) is None
