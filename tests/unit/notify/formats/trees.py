"""Small trees to test with."""

from typing import Any

from services.notify.formats.pdf_lines import Cell, Line
from services.notify.formats.tree import Node, words

NO_ATTR: list[Any] = ["", [], []]


def para(*inlines: Node | str) -> Node:
    made: list[Node] = []
    for one in inlines:
        made += words(one) if isinstance(one, str) else [one]
    return {"t": "Para", "c": made}


def heading(level: int, text: str, name: str = "") -> Node:
    return {"t": "Header", "c": [level, [name, [], []], words(text)]}


def image(source: str, alt: str = "") -> Node:
    return {"t": "Image", "c": [["", [], []], words(alt), [source, ""]]}


def link(target: str, text: str) -> Node:
    return {"t": "Link", "c": [["", [], []], words(text), [target, ""]]}


def span(language: str, text: str) -> Node:
    return {"t": "Span", "c": [["", [], [["lang", language]]], words(text)]}


def note(text: str) -> Node:
    return {"t": "Note", "c": [para(text)]}


def maths(latex: str) -> Node:
    return {"t": "Math", "c": [{"t": "InlineMath"}, latex]}


def line(
    text: str,
    bottom: float,
    *,
    page: int = 0,
    left: float = 70,
    size: float = 10,
    font: str = "Serif",
    cells: tuple[tuple[float, str], ...] = (),
) -> Line:
    """A line as it is printed on a page of A4, `bottom` points from its foot."""
    right = left + len(text) * size / 2
    made = Line(page, 595, 842, text, left, right, bottom, bottom + size, font)
    made.sizes[size] = len(text)
    made.cells = [Cell(at, at + len(said) * size / 2, said) for at, said in cells]
    return made
