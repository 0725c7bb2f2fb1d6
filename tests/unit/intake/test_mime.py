"""Messages taken apart: as the standard library does it, but for what that costs."""

import email
from collections.abc import Iterator
from email import errors
from email.message import Message as Part
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.mime import MOST_DEPTH, parse

FIXTURES = sorted((Path(__file__).parents[2] / "mail").glob("*.eml"))
MIXED = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"


def leaves(part: Part) -> Iterator[tuple[str, object]]:
    """What is in a message, but for groups of fields, which are compared where they are read."""
    children = part.get_payload()
    if part.get_content_type() == "message/delivery-status":
        return
    if isinstance(children, list):
        for child in children:
            assert isinstance(child, Part)
            yield from leaves(child)
        return
    yield part.get_content_type(), part.get_payload(decode=True)


def words(raw: bytes) -> list[object]:
    return [content for _, content in leaves(parse(raw))]


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_a_letter_has_the_parts_that_the_standard_library_finds(file: Path) -> None:
    raw = file.read_bytes()
    assert list(leaves(parse(raw))) == list(leaves(email.message_from_bytes(raw)))


_LINES = (
    b"--x\r\n",
    b"--x--\r\n",
    b"--x \t\r\n",
    b"--xx\r\n",
    b"--x",
    b"--y\n",
    b"--y--\n",
    b"words\r\n",
    b" folded\n",
    b"\r\n",
    b"Subject: one\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: multipart/mixed; boundary=y\r\n",
    b"Content-Type: multipart/digest; boundary=y\r\n",
)


@given(st.lists(st.sampled_from(_LINES), max_size=14).map(b"".join))
def test_nothing_is_lost_whatever_the_boundaries_do(lines: bytes) -> None:
    """Every word is in a part, a preamble or an epilogue, or was a header."""
    message = parse(MIXED + lines)
    assert lines.count(b"words") == sum(_mentions(message))


def _mentions(part: Part) -> Iterator[int]:
    children = part.get_payload()
    yield sum(str(value).count("words") for value in part.values())
    yield from ((one or "").count("words") for one in (part.preamble, part.epilogue))
    if isinstance(children, list):
        for child in children:
            assert isinstance(child, Part)
            yield from _mentions(child)
    else:
        yield str(children).count("words")


def test_the_line_end_before_a_boundary_belongs_to_it() -> None:
    assert words(MIXED + b"--x\r\n\r\none\r\n\r\n--x\r\n\r\ntwo\n--x--\r\n") == [b"one\r\n", b"two"]


def test_a_line_that_only_begins_like_a_boundary_is_text() -> None:
    assert words(MIXED + b"--x\r\n\r\n--xy\r\n--x- -\r\n--x--") == [b"--xy\r\n--x- -"]


def test_a_boundary_may_have_spaces_behind_it_and_come_twice() -> None:
    assert words(MIXED + b"--x \t\r\n--x\r\n\r\none\r\n--x--  \r\n") == [b"one"]


def test_what_stands_beside_the_parts_is_kept_aside() -> None:
    message = parse(MIXED + b"before\r\n--x\r\n\r\none\r\n--x--\r\nafter")
    assert (message.preamble, message.epilogue) == ("before", "after")


def test_a_message_that_ends_too_soon_has_what_came() -> None:
    message = parse(MIXED + b"--x\r\n\r\none")
    assert words(MIXED + b"--x\r\n\r\none") == [b"one"]
    assert [type(one) for one in message.defects] == [errors.CloseBoundaryNotFoundDefect]


@pytest.mark.parametrize(
    ("kind", "defect"),
    [
        (b"multipart/mixed", errors.NoBoundaryInMultipartDefect),
        (b"multipart/mixed; boundary=z", errors.StartBoundaryNotFoundDefect),
    ],
)
def test_parts_without_a_boundary_stay_as_they_stand(kind: bytes, defect: type) -> None:
    message = parse(b"Content-Type: " + kind + b"\r\n\r\n--x\r\n\r\none\r\n")
    assert message.get_payload() == "--x\r\n\r\none\r\n"
    assert [type(one) for one in message.defects] == [defect]


def test_a_message_may_end_its_lines_by_carriage_returns_alone() -> None:
    assert words(MIXED.replace(b"\n", b"") + b"--x\r\rone\r--x--\r") == [b"one"]


def test_a_header_without_an_end_is_no_text() -> None:
    message = parse(b"Subject: one\r\nFrom: rhian@patrons.example")
    assert (message["subject"], message.get_payload()) == ("one", "")


def test_a_line_that_is_no_header_begins_the_text() -> None:
    message = parse(b"Subject: one\r\nthis is no header\r\n\r\nwords\r\n")
    assert message.get_payload() == "this is no header\r\n\r\nwords\r\n"


def test_messages_in_a_digest_are_messages() -> None:
    raw = MIXED.replace(b"mixed", b"digest") + b"--x\r\n\r\nSubject: one\r\n\r\nwords\r\n--x--"
    inside = parse(raw).get_payload(0)
    assert isinstance(inside, Part)
    assert inside.get_content_type() == "message/rfc822"
    assert words(raw) == [b"words"]


def test_what_is_nested_deeper_than_anybody_writes_stays_as_it_stands() -> None:
    message = parse(b"Content-Type: message/rfc822\r\n\r\n" * 2000)
    depth = 0
    while isinstance(children := message.get_payload(), list):
        message, depth = children[0], depth + 1  # type: ignore[assignment]
    assert depth == MOST_DEPTH
