"""Which bytes a Range means."""

import pytest

from shared.ranges import NotSatisfiable, Span, span_of

TAG = '"0f"'


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 100),
        ("bytes=99-", 99, 100),
        ("bytes=10-19", 10, 20),
        ("Bytes=10-19", 10, 20),
        ("bytes= 10-19 ", 10, 20),
        ("bytes=90-900", 90, 100),
        ("bytes=0-" + "9" * 30, 0, 100),
        ("bytes=-1", 99, 100),
        ("bytes=-100", 0, 100),
        ("bytes=-1000", 0, 100),
    ],
)
def test_a_range_is_bytes_of_the_file(wanted: str, first: int, end: int) -> None:
    assert span_of(wanted, None, TAG, 100) == Span(first, end)


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=100-100", "bytes=-0", "bytes=999-1000"])
def test_what_begins_after_the_end_can_not_be_had(wanted: str) -> None:
    with pytest.raises(NotSatisfiable):
        span_of(wanted, None, TAG, 100)


@pytest.mark.parametrize(
    "wanted",
    [
        *(None, "", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=a-b", "lines=0-5"),
        *("bytes=9-5", "bytes=0-1,5-6", "bytes=--1", "bytes=0x1-5", "bytes=+1-5", "bytes=1 -5"),
        *("bytes=\u0661-5", "bytes=0-5\r\nX: y", "bytes=" + "9" * 31 + "-"),
    ],
)
def test_what_is_no_single_range_is_as_if_it_was_not_there(wanted: str | None) -> None:
    assert span_of(wanted, None, TAG, 100) is None


@pytest.mark.parametrize(
    ("if_range", "is_part"),
    [
        (None, True),
        ('"0f"', True),
        (' "0f" ', True),
        ('W/"0f"', False),
        ('"0e"', False),
        ("0f", False),
        ("*", False),
        ("Sun, 22 Nov 2026 09:00:00 GMT", False),
    ],
)
def test_a_part_of_another_file_is_not_given(if_range: str | None, is_part: bool) -> None:
    assert (span_of("bytes=0-9", if_range, TAG, 100) is not None) == is_part


def test_of_an_empty_file_there_is_no_part() -> None:
    assert span_of("bytes=-5", None, TAG, 0) is None
    with pytest.raises(NotSatisfiable):
        span_of("bytes=0-", None, TAG, 0)
