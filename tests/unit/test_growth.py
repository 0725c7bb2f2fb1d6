"""What is made of the figures of how cost grows: tables, pictures, the page; and its letters."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import threads
from bench.backlog import Drained
from bench.grown import PAGE, Grown, drawing, inserted, last_line, table, write
from bench.growth import MEASURES
from bench.letters import DOMAIN, LETTERS_PER_SENDER, Letter, compose, of_size
from bench.plots import Panel, picture
from bench.sides import ROOT
from bench.sizes import SIZES, size_in_words
from bench.threads import following

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
TO = "enquiries@llanfair.example"
SVG = "{http://www.w3.org/2000/svg}"
GROWN = Grown(
    name="size",
    columns=("size", "letters/s", "CPU ms"),
    steps=("2 KB", "20 MB"),
    rows=[(120.04, 9.96), (1.5, 1234.5)],
    drawn={"letters a second": {"": 0}, "CPU ms a letter": {"all <of it>": 1}},
    figures={"size_rss_mb": 215.26, "cpu_ratio": 1.2345},
    faults=[],
    about="As they come.",
    setting=["machine: one"],
)
FOUND = f"# Speed\n\n<!-- growth: size -->\nold\n<!-- end of growth: {GROWN.name} -->\n\nAfter.\n"


def test_a_table_has_a_row_for_each_step() -> None:
    assert table(GROWN) == [
        "| size | letters/s | CPU ms |",
        "|---|---|---|",
        "| 2 KB | 120 | 10.0 |",
        "| 20 MB | 1.5 | 1,234 |",
    ]


def test_the_last_line_says_what_was_measured_and_every_fault() -> None:
    other = replace(GROWN, figures={"oldest_s": 31.26}, faults=["1 acknowledgements missing"])
    assert last_line([GROWN, other]) == (
        "bench-growth: size_rss_mb=215.3 cpu_ratio=1.23 oldest_s=31.3 faults=1"
    )


def test_a_picture_has_a_dot_for_each_value_and_what_grows_below() -> None:
    drawn = ElementTree.fromstring(drawing(GROWN))  # noqa: S314  our own
    assert len(drawn.findall(f"{SVG}circle")) == 4
    words = [one.text for one in drawn.findall(f"{SVG}text")]
    assert {"2 KB", "20 MB", "all <of it>"} <= set(words)


def test_curves_over_minutes_have_no_dots() -> None:
    panel = Panel("memory", {"intake": [(0, 1), (9, 3)]}, [4])
    drawn = ElementTree.fromstring(picture([panel]))  # noqa: S314  our own
    assert drawn.findall(f"{SVG}circle") == []
    assert "0 to 9 minutes" in [one.text for one in drawn.findall(f"{SVG}text")]


def test_a_dimension_is_written_into_its_own_place_again_and_again() -> None:
    once = inserted(FOUND, GROWN)
    assert "old" not in once
    assert "| 20 MB |" in once
    assert "growth-size.svg" in once
    assert once.startswith("# Speed\n\n")
    assert once.endswith("-->\n\nAfter.\n")
    assert inserted(once, GROWN) == once


def test_a_page_without_its_place_is_not_written() -> None:
    with pytest.raises(ValueError, match="growth: thread"):
        inserted(FOUND, replace(GROWN, name="thread"))


def test_the_page_has_a_place_for_every_dimension() -> None:
    page = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
    for name in MEASURES:
        assert "| 20 MB |" in inserted(page, replace(GROWN, name=name))


def test_numbers_of_one_dimension_leave_the_others_as_they_were(tmp_path: Path) -> None:
    write(GROWN, tmp_path)
    write(replace(GROWN, name="thread"), tmp_path)
    numbers = (tmp_path / "growth.json").read_text(encoding="utf-8")
    assert '"size"' in numbers
    assert '"thread"' in numbers
    assert {one.name for one in tmp_path.iterdir()} == {
        *("growth.json", "growth-size.svg", "growth-thread.svg"),
    }


@pytest.mark.parametrize("size", [one for one in SIZES if one < 1_000_000])
def test_a_letter_has_the_size_that_was_asked_for(size: int) -> None:
    letter = of_size(size, to=TO, at=AT)
    assert abs(len(letter.data) - size) < 0.25 * size
    one, other = letter.stamped("a1"), letter.stamped("a2")
    assert one.sender != other.sender
    assert one.message_id != other.message_id
    assert message_from_bytes(one.data)["Message-ID"] == one.message_id


def test_sizes_are_said_in_words() -> None:
    assert [size_in_words(one) for one in (2_000, 200_000, 20_000_000)] == [
        *("2 KB", "200 KB", "20 MB"),
    ]


def test_a_further_letter_answers_the_first_in_words_of_its_own() -> None:
    first = Letter(f"mair@{DOMAIN}", f"<first@{DOMAIN}>", b"")
    second, third = (message_from_bytes(following(first, one).data) for one in (2, 3))
    assert second["In-Reply-To"] == first.message_id
    assert second["From"] == first.sender
    assert second["Message-ID"] != third["Message-ID"]
    assert second.get_payload() != third.get_payload()


def test_those_who_begin_a_thread_are_as_many_as_the_threads() -> None:
    first = compose(threads.TICKETS, to=TO, at=AT, returning=0.0)
    assert len({one.sender for one in first}) == threads.TICKETS
    many = compose(500, to=TO, at=AT)
    senders = [one.sender for one in many]
    assert max(senders.count(one) for one in set(senders)) == LETTERS_PER_SENDER


def test_the_bound_of_a_wait_follows_the_backlog() -> None:
    drained = Drained(3600, rate=110, full_rate=90, cpu_ms=12, oldest=35, newest=20, faults=())
    assert drained.bound == pytest.approx(70)
