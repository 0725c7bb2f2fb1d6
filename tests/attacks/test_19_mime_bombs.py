"""Class 19: letters made of too much of something. At its limit each is read, beyond it said so."""

import base64
from collections.abc import Callable
from functools import partial
from typing import Final

import pytest

from services.intake import mail, mime, parts
from services.intake.mail import Unreadable
from services.intake.reader import Reader
from services.intake.reading import Reading
from services.intake.understand import Clerk, understand
from shared import attachments
from shared.references import Seal
from tests.attacks.costs import reading, seconds
from tests.unit.examples import ADDRESS, NOW, SECRET

FROM: Final = b"From: Rhian <rhian@patrons.example>\r\n"
MIXED: Final = FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
PART: Final = b"\r\n--b\r\n\r\nwords"
Made = Callable[[int], bytes]


def header_bytes(count: int) -> bytes:
    return FROM + b"X: " + b"x" * (count - len(FROM) - 3) + b"\r\n\r\nwords"


def folded_bytes(count: int) -> bytes:
    folds = FROM + b"X: x" + b"\r\n y" * 4000
    return folds + b"y" * (count - len(folds)) + b"\r\n\r\nwords"


def header_lines(count: int) -> bytes:
    return FROM + b"X: y\r\n" * (count - 1) + b"X: y\r\n\r\nwords"


def header_folds(count: int) -> bytes:
    return FROM + b"X: y\r\n" + b" y\r\n" * (count - 2) + b" y\r\n\r\nwords"


def part_header(count: int) -> bytes:
    return MIXED + b"--b\r\nContent-Type:" + b"x" * count + b"\r\n\r\nwords\r\n--b--\r\n"


def part_header_folded(count: int) -> bytes:
    lines = b"\r\n x" * (count // 4) + b"x" * (count % 4)
    return MIXED + b"--b\r\nContent-Disposition:" + lines + b"\r\n\r\nwords\r\n--b--\r\n"


def part_parameters(count: int) -> bytes:
    quoted = b'Content-Disposition: attachment; filename="' + b";" * (count - 1)
    return MIXED + b"--b\r\n" + quoted + b"\r\n\r\nwords\r\n--b--\r\n"


def part_parameters_behind_a_cr(count: int) -> bytes:
    """Which ends a line for the library, and for nobody else."""
    return part_parameters(count).replace(b"Content-Disposition", b"X: a\rContent-Disposition")


def type_header(count: int) -> bytes:
    return FROM + b"Content-Type:" + b"x" * count + b"\r\n\r\nwords"


def encoded_parameters(count: int) -> bytes:
    """In a message within the message, where no look at its bytes would find them."""
    encoded = base64.encodebytes(part_parameters(count))
    kind = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return FROM + kind + encoded


def named_multiparts(count: int) -> bytes:
    return MIXED + b"multipart/" * (count - 1) + PART


def boundaries(count: int) -> bytes:
    return FROM + b"\r\n" + b"\n--" * count


def parts_in_all(count: int) -> bytes:
    return MIXED + PART * (count - 1) + b"\r\n--b--\r\n"


def nested_parts(count: int) -> bytes:
    levels = (
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (one, one + 1)
        for one in range(count - 1)
    )
    head = FROM + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    return head + b"".join(levels) + b"--b%d\r\n\r\nwords\r\n" % (count - 1)


def files(count: int) -> bytes:
    return MIXED + b"\r\n--b\r\nContent-Disposition: attachment; filename=a\r\n\r\nx" * count


def text(count: int) -> bytes:
    return FROM + b"\r\n" + b"x" * count


def text_of_utf_7(count: int) -> bytes:
    return FROM + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AHg-" * count


def text_of_parts(count: int) -> bytes:
    half = count // 2
    first, second = b"x" * half, b"x" * (count - half - 1)  # a line end comes between
    return MIXED + b"--b\r\n\r\n" + first + b"\r\n--b\r\n\r\n" + second + b"\r\n--b--\r\n"


def references(count: int) -> bytes:
    return (
        FROM + b"References: " + b" ".join(b"<%d@x>" % one for one in range(count)) + b"\r\n\r\nx"
    )


def subject(count: int) -> bytes:
    return FROM + b"Subject: " + b"x" * count + b"\r\n\r\nwords"


def is_unreadable(found: Reading | Unreadable) -> bool:
    return isinstance(found, Unreadable)


def says(code: str) -> Callable[[Reading | Unreadable], bool]:
    def said(found: Reading | Unreadable) -> bool:
        assert isinstance(found, Reading)
        return code in {one.code for one in found.mail.remarks}

    return said


def has_lost(what: Callable[[Reading], int], most: int) -> Callable[[Reading | Unreadable], bool]:
    """Whether there is no more than the most, of one more that came."""

    def lost(found: Reading | Unreadable) -> bool:
        assert isinstance(found, Reading)
        assert what(found) <= most
        return what(found) == most

    return lost


LIMITS: Final[dict[str, tuple[Made, int, Callable[[Reading | Unreadable], bool]]]] = {
    "bytes of headers": (header_bytes, mime._LONGEST_HEAD, is_unreadable),
    "bytes of folded headers": (folded_bytes, mime._LONGEST_HEAD, is_unreadable),
    "lines of headers": (header_lines, mime._MOST_HEADER_LINES, is_unreadable),
    "folds of a header": (header_folds, mime._MOST_HEADER_LINES, is_unreadable),
    "a long Content-Type": (type_header, mime._LONGEST_FIELD - 1, is_unreadable),
    "a long header of a part": (part_header, mime._LONGEST_FIELD - 1, is_unreadable),
    "parameters of a part": (part_parameters, mime._MOST_PARAMETERS - 1, is_unreadable),
    "parameters behind a bare CR": (
        part_parameters_behind_a_cr,
        mime._MOST_PARAMETERS - 1,
        is_unreadable,
    ),
    "parameters of an encoded message": (
        encoded_parameters,
        mime._MOST_PARAMETERS - 1,
        says("forwarded_unreadable"),
    ),
    "a long folded header of a part": (part_header_folded, mime._LONGEST_FIELD - 1, is_unreadable),
    "multiparts named": (named_multiparts, mime._MOST_MULTIPARTS, is_unreadable),
    "boundaries of nobody": (boundaries, mime._MOST_BOUNDARIES, is_unreadable),
    "parts": (parts_in_all, parts._MOST_PARTS, is_unreadable),
    "depth": (nested_parts, parts.MOST_DEPTH, is_unreadable),
    "files": (files, attachments.MOST, says("attachments_too_many")),
    "text": (text, mail._MOST_TEXT, says("text_shortened")),
    "text of five bytes a letter": (text_of_utf_7, mail._MOST_TEXT, says("text_shortened")),
    "text of several parts": (text_of_parts, mail._MOST_TEXT, says("text_shortened")),
    "references": (references, 99, has_lost(lambda it: len(it.mail.references), 100)),
    "subject": (subject, 997, has_lost(lambda it: len(it.mail.subject), 998)),
}

FAR: Final = {"parameters of a part": 60_000, "parameters behind a bare CR": 60_000}
"""What is far beyond a limit, where three times it would not be felt."""


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_where_it_is_said_to_be(name: str) -> None:
    made, limit, is_told = LIMITS[name]
    assert not is_told(reading(made(limit)))
    assert is_told(reading(made(limit + 1)))


@pytest.mark.parametrize("name", LIMITS)
def test_neither_side_of_a_limit_costs_much(name: str) -> None:
    made, limit, _ = LIMITS[name]
    for raw in (made(limit), made(limit + 1), made(FAR.get(name, 3 * limit))):
        assert seconds(partial(reading, raw), 2) < 2


async def test_a_letter_of_one_byte_too_many_is_kept_aside_unread() -> None:
    clerk = Clerk(Reader(), Seal(SECRET), frozenset({ADDRESS}), most_bytes=2000)
    at, beyond = [await understand(text(n), None, (), NOW, clerk=clerk) for n in (1961, 1962)]
    assert [len(at.raw), len(beyond.raw)] == [2000, 2001]
    assert [at.unreadable, beyond.unreadable] == [None, "it is too large"]
