"""Finds the tables of printed pages: rows whose cells stand under each other. Pure.

It makes a table only of rows that leave no doubt; what looks like one and can't be read as one it
counts, so that staff hear of it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from services.notify.formats.pdf_lines import Cell, Line
from services.notify.formats.tree import words

_FEWEST_ROWS: Final = 3
_NEAR: Final = 3.0
"""Points by which cells that stand under each other may differ."""
_MARKER: Final = re.compile(r"(?:[^\w\s]|\(?\w{1,3}[.)]|\d+(?:\.\d+)*)")
_LONG: Final = 35
"""Letters of a cell beyond which two cells side by side are columns of text, not a table."""


def found(lines: list[Line]) -> list[tuple[int, int]]:
    """The first line of each table, and the line after its last."""
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(lines):
        end = start + 1
        while end < len(lines) and _is_row(lines[start]) and _follows(lines[end], lines[end - 1]):
            end += 1
        if end - start >= _FEWEST_ROWS and not _is_prose(lines[start:end]):
            spans.append((start, end))
            start = end
        else:
            start += 1
    return spans


def _is_row(line: Line) -> bool:
    few = len(line.cells) == 2 and _MARKER.fullmatch(line.cells[0].text.strip()) is not None
    return len(line.cells) > 1 and not few


def _follows(line: Line, before: Line) -> bool:
    if line.page != before.page or len(line.cells) != len(before.cells) or not _is_row(line):
        return False
    down = before.bottom - line.bottom
    if not 0 < down < 5 * max(line.size, before.size):
        return False
    return all(_under(one, two) for one, two in zip(line.cells, before.cells, strict=True))


def _under(one: Cell, two: Cell) -> bool:
    middle = abs(one.left + one.right - two.left - two.right) / 2
    return min(abs(one.left - two.left), abs(one.right - two.right), middle) < _NEAR


def _is_prose(lines: list[Line]) -> bool:
    long = sum(all(len(one.text) > _LONG for one in line.cells) for line in lines)
    return long * 2 > len(lines)


def unread(lines: list[Line], spans: list[tuple[int, int]]) -> int:
    """Pages with rows of cells that are in none of the tables found."""
    taken = {number for start, end in spans for number in range(start, end)}
    rows: dict[int, list[Line]] = {}
    for number, line in enumerate(lines):
        if number not in taken and len(line.cells) > 2:
            rows.setdefault(line.page, []).append(line)
    return sum(_has_columns(page) for page in rows.values())


def _has_columns(rows: list[Line]) -> bool:
    """Whether two rows of three cells have two edges in common: words that are spread to fill a
    line have none."""
    for place, line in enumerate(rows):
        for other in rows[place + 1 :]:
            common = sum(any(_under(one, two) for two in other.cells) for one in line.cells[1:])
            if common > 1:
                return True
    return False


def as_table(rows: list[Line]) -> dict[str, Any]:
    """The rows as a table of the tree; the first is its head if it alone is bold."""
    has_head = rows[0].is_bold and not any(row.is_bold for row in rows[1:])
    made = list(_rows(rows))
    columns = [[{"t": "AlignDefault"}, {"t": "ColWidthDefault"}] for _ in rows[0].cells]
    head, body = (made[:1], made[1:]) if has_head else ([], made)
    return {
        "t": "Table",
        "c": [
            ["", [], []],
            [None, []],
            columns,
            [["", [], []], head],
            [[["", [], []], 0, [], body]],
            [["", [], []], []],
        ],
    }


def _rows(rows: list[Line]) -> Iterator[list[Any]]:
    for row in rows:
        cells = [
            [["", [], []], {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": words(one.text)}]]
            for one in row.cells
        ]
        yield [["", [], []], cells]
