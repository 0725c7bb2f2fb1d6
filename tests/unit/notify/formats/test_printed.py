"""What is printed: tables that fit or become lists, places that links find, words of scans."""

from pathlib import Path
from typing import Any

import pytest

from services.notify.formats import braille, pdf_check, typeset, wide_tables
from services.notify.formats.compare import words_of
from services.notify.formats.louis import Louis
from services.notify.formats.options import Format, Options
from services.notify.formats.scan import is_noise
from services.notify.formats.tree import Document, Node, text_of, walk, words
from tests.unit.notify.formats.trees import NO_ATTR, heading, link, para

A4 = 510.0
LONG = "12345678901234567890"


def cell(text: str | Node, down: int = 1, across: int = 1) -> list[Any]:
    held = {"t": "Plain", "c": words(text)} if isinstance(text, str) else text
    return [NO_ATTR, {"t": "AlignDefault"}, down, across, [held]]


def table(head: list[list[Any]], *rows: list[list[Any]], columns: int) -> Node:
    specs = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": 0.1}] for _ in range(columns)]
    made = [[NO_ATTR, one] for one in rows]
    caption = [None, [para("Loans")]]
    body = [NO_ATTR, 0, [], made]
    heads = [NO_ATTR, [[NO_ATTR, head]]]
    return {"t": "Table", "c": [["", [], []], caption, specs, heads, [body], [NO_ATTR, []]]}


def listed(node: Node, size: float = 18) -> tuple[list[str], int]:
    blocks, count = wide_tables.fitted([node], A4, size, "en")
    said = [text_of(one["c"]) for one in walk(blocks) if one["t"] in {"Para", "Plain"}]
    return said, count


def test_a_table_that_fits_stays_one_and_each_column_takes_what_it_needs() -> None:
    row = [cell("Braille"), cell("41"), cell("52")]
    blocks, count = wide_tables.fitted([table(row, row, columns=3)], A4, 18, "en")
    assert (count, blocks[0]["t"]) == (0, "Table")
    assert {spec[1]["t"] for spec in blocks[0]["c"][2]} == {"ColWidthDefault"}


def test_a_column_is_as_wide_as_its_longest_word() -> None:
    prose = "many short words that go on and on " * 4
    made = table([cell("A"), cell("B")], [cell(LONG), cell(prose)], columns=2)
    blocks, count = wide_tables.fitted([made], A4, 18, "en")
    first, second = (spec[1]["c"] for spec in blocks[0]["c"][2])
    assert count == 0
    assert first * A4 > len(LONG) * 18 * 0.6
    assert 0 < second < 1 - first + 0.001


def test_a_table_that_does_not_fit_is_a_list_of_rows_with_the_headings() -> None:
    head = [cell("Branch"), cell("2015"), cell("2016")]
    rows = [[cell(f"Branch {one}"), cell(LONG), cell(LONG + str(one))] for one in (1, 2)]
    said, count = listed(table(head, *rows, columns=3))
    assert count == 1
    assert said == [
        "Table: Loans",
        *("Branch: Branch 1", f"2015: {LONG}", f"2016: {LONG}1"),
        *("Branch: Branch 2", f"2015: {LONG}", f"2016: {LONG}2"),
    ]


def test_a_cell_over_several_rows_and_columns_is_said_in_each() -> None:
    head = [cell("Place"), cell("Loans", across=2)]
    rows = ([cell("North", down=2), cell(LONG), cell("a")], [cell(LONG), cell("b")])
    said, _ = listed(table(head, *rows, columns=3), size=30)
    assert said[1:] == [
        *("Place: North", f"Loans: {LONG}", "Loans: a"),
        *("Place: North", f"Loans: {LONG}", "Loans: b"),
    ]


def test_a_table_around_another_is_a_list() -> None:
    inner = table([cell("A")], [cell("one")], columns=1)
    _, count = listed(table([cell("B")], [cell(inner)], columns=1))
    assert count == 1


@pytest.mark.parametrize("size", [18.0, 24.0])
def test_no_word_of_a_wide_table_is_lost_on_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: float
) -> None:
    monkeypatch.chdir(tmp_path)
    head = [cell(str(2015 + one)) for one in range(9)]
    values = [str(10_007 * (one + 1)) for one in range(9)]
    node = table(head, [cell(one) for one in values], columns=9)
    document = Document([heading(1, "All"), node], language="en", title="T")
    typeset.write(document, tmp_path / "copy.pdf", size, 500)
    found, text = pdf_check.check(tmp_path / "copy.pdf", size)
    assert not found
    assert set(values) <= set(words_of(text))
    assert [one.kind for one in document.findings] == ["table_as_rows"]


def test_a_place_after_a_heading_does_not_take_the_name_of_the_heading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = {"t": "Span", "c": [["s2", [], []], []]}
    blocks = [heading(1, "A", "s1"), para(place), para(link("#s1", "up"), link("#s2", "in"))]
    document = Document(blocks, language="en", title="T")
    typeset.write(document, tmp_path / "copy.pdf", 11, 500)
    assert document.findings == []


def test_a_doubted_word_of_a_scan_is_kept_and_a_speck_is_not() -> None:
    assert not is_noise("delivered.", 0.0, 7.2)
    assert not is_noise("•", 61.0, 2.0)
    assert is_noise("oS", 0.0, 0.5)
    assert is_noise("—_", 0.0, 3.4)


def test_welsh_braille_is_read_word_by_word() -> None:
    louis, table_name = Louis(), "cy-cy-g1.utb"
    cells = louis.cells(table_name, "eu golwg. Gall bras, neu sain.")
    assert words_of(braille.read_by(louis, table_name, cells)) == words_of(
        "eu golwg gall bras neu sain"
    )
    assert "golwg" not in words_of(louis.text(table_name, cells))


def test_a_frame_that_is_drawn_with_letters_is_braille(tmp_path: Path) -> None:
    frame = {"t": "CodeBlock", "c": [NO_ATTR, "┌──┬──┐\n│ a│ b│\n└──┴──┘"]}
    document = Document([heading(1, "Frames"), frame], language="en", title="Frames")
    options = Options(format=Format.BRF)
    found = braille.write(document, tmp_path / "frame.brf", options)
    assert [one.kind for one in found if one.is_failure] == []
    assert "+--+--+" in Louis().text(
        braille.TABLES["en"][1],
        "\n".join(
            line for page in braille.read_pages(tmp_path / "frame.brf", Format.BRF) for line in page
        ),
    )
