"""What can be made out of a letter that can't be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.quarantine import glimpse


def test_sender_and_subject_are_made_out() -> None:
    raw = b"X: y\r\nfrom: =?utf-8?q?Si=C3=A2n?= <sian@patrons.example>\r\nSUBJECT: Hours\r\n\r\n"
    assert glimpse(raw) == {
        "name": "Siân",
        "address": "sian@patrons.example",
        "subject": "Hours",
    }


@pytest.mark.parametrize(
    ("line", "address", "name"),
    [
        (b"From: rhian@patrons.example", "rhian@patrons.example", ""),
        (
            b'From: "Example, Rhian" <rhian@patrons.example>',
            "rhian@patrons.example",
            "Example, Rhian",
        ),
        (b"From: a@patrons.example, b@patrons.example", None, None),
        (b'From: "a@patrons.example" <b@patrons.example>', None, None),
        (b"From: \xff\xfe", None, None),
        (b"From: (((((((", None, ""),
        (b"From: rhian@localhost", None, None),
        (b"From: a\x00b <x\r@patrons.example>", None, None),
        (b"", None, ""),
    ],
)
def test_no_address_is_guessed(line: bytes, address: str | None, name: str | None) -> None:
    found = glimpse(line + b"\r\n\r\nwords")
    assert found["address"] == address
    assert name is None or found["name"] == name


@given(st.binary(max_size=500))
def test_nothing_is_too_odd_to_look_at(raw: bytes) -> None:
    found = glimpse(b"From: " + raw)
    assert len(found["name"]) <= 200
    assert not set(found["name"] + found["subject"]) & set("\r\n\0")
