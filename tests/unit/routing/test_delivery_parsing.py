"""Lists of what is wanted, as people paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.deliveries.item import Work
from services.routing.deliveries.parsing import LONGEST, MOST_LINES, work_of, works_of


@pytest.mark.parametrize(
    ("line", "title", "known"),
    [
        ("The Mabinogion", "The Mabinogion", {}),
        ("- 3. The Mabinogion", "3. The Mabinogion", {}),
        ("12) The Mabinogion", "The Mabinogion", {}),
        (
            "Jones, A. (2019). Rivers of Gwynedd. Gwasg Afon.",
            "Rivers of Gwynedd",
            {"authors": "Jones, A", "year": "2019"},
        ),
        (
            'A. Jones, "Rivers and their names", Journal of Water 3, 2020.',
            "Rivers and their names",
            {"authors": "A. Jones", "year": "2020"},
        ),
        ("“تاريخ المكتبات” ليلى", "تاريخ المكتبات", {}),
        ("ISBN 978-0-306-40615-7", "ISBN 978-0-306-40615-7", {"isbn": "9780306406157"}),
        ("Rivers, ISBN: 0-306-40615-2", "Rivers", {"isbn": "9780306406157"}),
        ("Rivers 978-0-306-40615-8", "Rivers", {"isbn": ""}),
        (
            "https://doi.org/10.1000/ABC.123",
            "https://doi.org/10.1000/ABC.123",
            {"doi": "10.1000/abc.123", "url": ""},
        ),
        ("Rivers, doi: 10.1000/xyz(12).", "Rivers", {"doi": "10.1000/xyz(12"}),
        ("Rivers https://rivers.example/a", "Rivers", {"url": "https://rivers.example/a"}),
    ],
)
def test_a_line_is_read_as_what_stands_in_it(line: str, title: str, known: dict[str, str]) -> None:
    work = work_of(line)
    assert work is not None
    assert work.title == title
    for name, value in known.items():
        assert getattr(work, name) == value, name


def test_empty_lines_and_lines_without_words_are_left_out() -> None:
    assert works_of("\n  \n---\n* \nRivers\n\n***\n") == [Work("Rivers", written="Rivers")]


def test_the_same_twice_is_one_in_the_order_of_the_list() -> None:
    found = works_of("Rivers 10.1000/1\nHills\nrivers again 10.1000/1\nHILLS")
    assert [one.title for one in found] == ["Rivers", "Hills"]


def test_paragraphs_are_entries_where_lines_are_broken() -> None:
    found = works_of("Jones, A. (2019). Rivers\nof Gwynedd.\n\nEvans, B. (2020). Hills\nof Powys.")
    assert [one.title for one in found] == ["Rivers of Gwynedd", "Hills of Powys"]


@given(st.text(max_size=500))
def test_whatever_is_pasted_is_read_within_bounds(text: str) -> None:
    found = works_of(text)
    assert len(found) <= MOST_LINES
    for one in found:
        assert 0 < len(one.title) <= LONGEST
        assert len(one.authors) <= LONGEST


def test_a_list_without_end_is_cut() -> None:
    assert len(works_of("\n".join(f"Work {number}" for number in range(5000)))) == MOST_LINES
