"""What Outlook wraps up: as a library reads it, and what would have it count for hours."""

import email
import time
from pathlib import Path
from struct import pack
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tnefparse import TNEF

from services.intake.winmail import Broken, unwrapped
from tests.properties import examples

FOLDER: Final = Path(__file__).parents[2] / "mail"


def content_of(name: str) -> bytes:
    message = email.message_from_bytes((FOLDER / f"{name}.eml").read_bytes())
    [part] = [one for one in message.walk() if one.get_content_type() == "application/ms-tnef"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


GOOD: Final = content_of("winmail_dat")
BEGIN: Final = pack("<IH", 0x223E9F78, 1)


def test_it_is_read_as_the_library_reads_it() -> None:
    ours, theirs = unwrapped(GOOD), TNEF(GOOD)
    assert ours.text == str(theirs.body).rstrip("\0")
    assert [one.name for one in ours.attachments] == [
        one.long_filename().rstrip("\0") for one in theirs.attachments
    ]
    assert [one.content for one in ours.attachments] == [one.data for one in theirs.attachments]


@pytest.mark.parametrize(
    "content",
    [b"", b"no such thing at all", GOOD[:3], GOOD[:60], b"\0" * 100],
)
def test_what_is_broken_is_said_to_be(content: bytes) -> None:
    with pytest.raises(Broken):
        unwrapped(content)


@pytest.mark.parametrize(
    "inner",
    [
        pack("<I", 0xFFFFFFFF),
        pack("<IHHI", 1, 0x1003, 0x1000, 0xFFFFFFFF),
        pack("<IHHI", 1, 0x001E, 0x1000, 0xFFFFFFFF),
        pack("<IHHII", 1, 0x001E, 0x1000, 1, 0xFFFFFFFF),
    ],
)
def test_no_count_is_believed_beyond_what_is_there(inner: bytes) -> None:
    began = time.process_time()
    raw = BEGIN + pack("<BII", 1, 0x00069003, len(inner)) + inner + b"\0\0" + b"\0" * 20
    with pytest.raises(Broken):
        unwrapped(raw)
    assert time.process_time() - began < 1


def test_a_great_many_properties_are_refused() -> None:
    inner = pack("<I", 6000) + pack("<HHI", 3, 0x3000, 1) * 6000
    with pytest.raises(Broken, match="too many properties"):
        unwrapped(BEGIN + pack("<BII", 1, 0x00069003, len(inner)) + inner + b"\0\0" + b"\0" * 20)


def test_a_great_many_attributes_are_refused() -> None:
    began = time.process_time()
    with pytest.raises(Broken):
        unwrapped(BEGIN + (pack("<BII", 1, 0x00018005, 1) + b"\0\0\0") * 1_000_000)
    assert time.process_time() - began < 2


@examples(300)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6))
def test_no_mutated_one_does_anything_but_break(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for at, value in changes:
        content[at] = value
    try:
        unwrapped(bytes(content))
    except Broken:
        return
