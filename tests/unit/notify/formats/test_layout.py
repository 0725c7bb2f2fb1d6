"""Headings, lists, columns and tables told from the look of a page."""

from services.notify.formats import scan
from services.notify.formats.layout import blocks_of
from services.notify.formats.pdf_lines import Line
from services.notify.formats.tree import text_of, walk
from tests.unit.notify.formats.trees import line

PROSE = "the text goes on from here to the end of its line and"


def prose(bottom: float, count: int, **more: float) -> list[Line]:
    return [line(PROSE, bottom - 13 * number, left=more.get("left", 70)) for number in range(count)]


def test_a_larger_line_is_a_heading_and_the_rest_one_paragraph() -> None:
    blocks, _ = blocks_of([[line("A heading", 700, size=16), *prose(670, 5)]])
    assert [one["t"] for one in blocks] == ["Header", "Para"]


def test_a_paragraph_goes_on_in_the_next_column() -> None:
    blocks, _ = blocks_of([[*prose(400, 20), *prose(700, 20, left=320)]])
    assert [one["t"] for one in blocks] == ["Para"]


def test_a_divided_word_is_one_again_but_keeps_a_hyphen_it_has_elsewhere() -> None:
    lines = [
        line("the well-known desk and its deli-", 700),
        line("very of the well-", 687),
        line("known book to a reader.", 674),
    ]
    blocks, _ = blocks_of([lines])
    said = text_of(blocks)
    assert "its delivery of the well-known book" in said


def test_a_running_head_and_page_numbers_are_left_out() -> None:
    pages = [
        [line("The running head", 820, page=number), *prose(700, 5), line(str(number), 20)]
        for number in range(4)
    ]
    blocks, _ = blocks_of(pages)
    assert "running" not in text_of(blocks)


def test_rows_whose_cells_stand_under_each_other_are_a_table() -> None:
    rows = [("Format", "2021", "2022"), ("Braille", "41", "52"), ("Audio", "203", "240")]
    lines = [
        line(" ".join(row), 600 - 14 * place, cells=tuple(zip((70, 200, 300), row, strict=True)))
        for place, row in enumerate(rows)
    ]
    lines[0].font = "Serif-Bold"
    blocks, findings = blocks_of([[*prose(700, 4), *lines, *prose(500, 4)]])
    (table,) = [one for one in blocks if one["t"] == "Table"]
    assert len(table["c"][3][1]) == 1
    said = [text_of(one["c"]) for one in walk(table) if one["t"] == "Plain"]
    assert said == [cell for row in rows for cell in row]
    assert [one.kind for one in findings] == ["table_guessed"]


def test_a_table_that_cant_be_read_as_one_is_told_of() -> None:
    wide = (("Name", "What it is", "Page"), ("Beta", "short", "22"))
    lines = [
        line(" ".join(wide[0]), 600, cells=tuple(zip((70, 200, 400), wide[0], strict=True))),
        line("Alpha a cell of", 586, cells=((70, "Alpha"), (200, "a cell of"))),
        line("several lines", 572, cells=((200, "several lines"),)),
        line(" ".join(wide[1]), 558, cells=tuple(zip((70, 200, 400), wide[1], strict=True))),
    ]
    _, findings = blocks_of([[*prose(700, 4), *lines, *prose(500, 4)]])
    assert [(one.kind, one.is_failure) for one in findings] == [("table_unread", True)]


def test_points_of_a_list_are_no_table() -> None:
    lines = [
        line(f"• point {number}", 600 - 14 * number, cells=((70, "•"), (90, f"point {number}")))
        for number in range(4)
    ]
    blocks, findings = blocks_of([[*prose(700, 4), *lines]])
    assert [one["t"] for one in blocks] == ["Para", "BulletList"]
    assert findings == []


def test_specks_make_no_heading_of_a_line_in_a_scanned_paragraph() -> None:
    lines = [line(PROSE, 700 - 13 * number) for number in range(6)]
    lines[2].top += 6
    lines[5].text = "Readers by post"
    lines[5].top += 6
    for one in lines:
        one.sizes.clear()
    scan.settle_sizes(lines, [("1",)] * 5 + [("2",)])
    assert lines[2].size == lines[0].size
    assert lines[5].size > lines[0].size * 1.1
