"""Tables on a printed page: each column as wide as its longest word, or else the rows one by one.

A table that does not fit in the size of letters that is asked for would lose words at the page's
edge, or print them over each other. It becomes a list with an item for each row, in which every
value has the heading of its column before it, as large print and screen readers want it. Pure.
"""

from typing import Any, Final

from services.notify.formats.phrases import phrase
from services.notify.formats.tree import Node, changed, text_of, walk, words

_INSET: Final = 12.0
"""Points to the left and right of a cell's words."""
_SAFE: Final = 0.96
"""Of the page's width."""
_WIDE: Final = frozenset("mwMWOQGDH@%&—…")
_NARROW: Final = frozenset("iljftrI.,;:'’!|()[]-/ ")
_OF_SIZE: Final = {"wide": 1.0, "narrow": 0.45, "other": 0.7}
"""How wide a bold letter of the print's face is, of its size."""
_FULL_WIDTH: Final = 0x2E80
_FLOWING: Final = frozenset(("Plain", "Para"))

Grid = list[list[list[Node]]]
"""Rows of cells, each its blocks; a cell over several places stands in each."""


def fitted(blocks: list[Any], width: float, size: float, language: str) -> tuple[list[Any], int]:
    """With every table as wide as `width` points allow, and how many became lists."""
    count = 0

    def fit(node: Node) -> list[Any] | None:
        nonlocal count
        if node["t"] != "Table":
            return None
        shares = _shares(node, width * _SAFE, size)
        if shares is None:
            count += 1
            return _as_rows(node, language)
        for spec, share in zip(node["c"][2], shares, strict=True):
            spec[1] = {"t": "ColWidth", "c": share} if share else {"t": "ColWidthDefault"}
        return None

    return changed(blocks, fit), count


def _shares(table: Node, width: float, size: float) -> list[float] | None:
    """Of the page for each column, all 0 where each may be as wide as it likes; None: it can't
    fit."""
    grid = [row for part in _parts(table) for row in part]
    held = [node for row in grid for cell in row for node in walk(cell)]
    if any(node["t"] == "Table" for node in held):
        return None
    columns = [[_sizes(row[place], size) for row in grid] for place in range(len(table["c"][2]))]
    least = [max((one for one, _ in column), default=0) + _INSET for column in columns]
    liked = [max((one for _, one in column), default=0) + _INSET for column in columns]
    if sum(least) > width:
        return None
    if sum(liked) <= width:
        return [0.0] * len(columns)
    more = [one - two for one, two in zip(liked, least, strict=True)]
    free = (width - sum(least)) / sum(more)
    return [(one + free * two) / width for one, two in zip(least, more, strict=True)]


def _sizes(cell: list[Node], size: float) -> tuple[float, float]:
    """How wide a cell is at least, and how wide it would like to be."""
    lines = [line for line in text_of(cell).split("\n") if line]
    return (
        max((_width(word, size) for line in lines for word in line.split()), default=0),
        max((_width(line, size) for line in lines), default=0),
    )


def _width(text: str, size: float) -> float:
    return size * sum(map(_of_letter, text))


def _of_letter(letter: str) -> float:
    if letter in _WIDE or ord(letter) >= _FULL_WIDTH:
        return _OF_SIZE["wide"]
    return _OF_SIZE["narrow" if letter in _NARROW else "other"]


def _parts(table: Node) -> tuple[Grid, Grid]:
    """Its rows of headings, and the others."""
    _, _, specs, head, bodies, foot = table["c"]
    width = len(specs)
    rows: Grid = []
    for body in bodies:
        rows += _grid([*body[2], *body[3]], width)
    return _grid(head[1], width), rows + _grid(foot[1], width)


def _grid(rows: list[Any], width: int) -> Grid:
    grid: Grid = [[[] for _ in range(width)] for _ in rows]
    taken: set[tuple[int, int]] = set()
    for number, (_, cells) in enumerate(rows):
        place = 0
        for _, _, down, across, blocks in cells:
            while (number, place) in taken:
                place += 1
            for row in range(number, min(number + down, len(rows))):
                for column in range(place, min(place + across, width)):
                    is_first = (row, column) == (number, place)
                    again = [{"t": "Plain", "c": words(text_of(blocks))}]
                    grid[row][column] = blocks if is_first else again
                    taken.add((row, column))
    return grid


def _as_rows(table: Node, language: str) -> list[Any]:
    """Its caption, and a list of its rows: of one without others, its headings."""
    head, rows = _parts(table)
    names = [_name(column) for column in zip(*head, strict=True)] if rows else []
    items = [_item(row, names) for row in rows or head if any(text_of(one).strip() for one in row)]
    caption = table["c"][1][1]
    label = _strong(f"{phrase('table', language)}:")
    if caption and caption[0]["t"] in _FLOWING:
        caption[0]["c"] = [label, {"t": "Space"}, *caption[0]["c"]]
    return [*caption, *([{"t": "BulletList", "c": items}] if items else [])]


def _item(row: list[list[Node]], names: list[str]) -> list[Any]:
    """What the row is called, in its first place, and a list of the others."""
    first, *others = row
    values = [
        _named(cell, names[place] if place < len(names) else "")
        for place, cell in enumerate(others, 1)
        if text_of(cell).strip()
    ]
    called = _named(first, names[0] if names else "")
    return [*called, *([{"t": "BulletList", "c": values}] if values else [])]


def _named(cell: list[Node], name: str) -> list[Any]:
    if not name:
        return cell or [{"t": "Plain", "c": words("–")}]
    if not cell or cell[0]["t"] not in _FLOWING:
        return [{"t": "Plain", "c": [_strong(f"{name}:")]}, *cell]
    first = {"t": cell[0]["t"], "c": [_strong(f"{name}:"), {"t": "Space"}, *cell[0]["c"]]}
    return [first, *cell[1:]]


def _strong(text: str) -> Node:
    return {"t": "Strong", "c": words(text)}


def _name(cells: tuple[list[Node], ...]) -> str:
    """Of a column: all its headings, each once."""
    said = (" ".join(text_of(one).split()) for one in cells)
    return ", ".join(dict.fromkeys(one for one in said if one))
