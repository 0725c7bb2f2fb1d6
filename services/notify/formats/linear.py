"""A tree as one line of passages, in the order in which they are heard or felt. Pure.

What braille and speech share: a table row by row with its headings, a note after what calls it, an
image by its words, a formula by its words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from services.notify.formats.maths import spoken
from services.notify.formats.phrases import phrase
from services.notify.formats.tree import Document, Node, attribute, text_of

Kind = Literal["title", "heading", "text", "item", "row", "code"]


@dataclass(frozen=True)
class Run:
    """Words in one language."""

    text: str
    language: str
    emphasis: str = ""
    """`strong`, `emphasis`, or neither."""


@dataclass(frozen=True)
class Passage:
    """What is heard in one breath."""

    kind: Kind
    runs: tuple[Run, ...]
    level: int = 0
    """Of a heading from 1; of an item how deep it is."""

    @property
    def text(self) -> str:
        return " ".join("".join(run.text for run in self.runs).split())


@dataclass
class _Walk:
    """What is carried along: the document's language for our own phrases, and the notes so far."""

    language: str
    notes: int = 0


def passages(document: Document) -> list[Passage]:
    """The whole document, its title first."""
    said = _Walk(document.language)
    title = Passage("title", (Run(document.title, document.language),))
    authors = [Passage("text", (Run(one, document.language),)) for one in document.authors]
    found = [title, *authors, *_blocks(document.blocks, document.language, 0, said)]
    return [one for one in found if one.text]


def _blocks(blocks: list[Any], language: str, depth: int, said: _Walk) -> Iterator[Passage]:
    for node in blocks:
        yield from _block(node, language, depth, said)


def _block(node: Node, language: str, depth: int, said: _Walk) -> Iterator[Passage]:
    content: Any = node.get("c")
    match node["t"]:
        case "Header":
            inner = attribute(node, "lang") or language
            yield from _passage("heading", content[2], inner, said, content[0])
        case "Para" | "Plain":
            yield from _passage("item" if depth else "text", content, language, said, depth)
        case "LineBlock":
            for line in content:
                yield from _passage("text", line, language, said)
        case "CodeBlock":
            for line in content[1].splitlines():
                yield Passage("code", (Run(line, language),))
        case "BlockQuote":
            yield from _blocks(content, language, depth, said)
        case "Div" | "Figure":
            yield from _held(node, attribute(node, "lang") or language, depth, said)
        case "BulletList" | "OrderedList":
            yield from _list(node, language, depth + 1, said)
        case "DefinitionList":
            yield from _meanings(content, language, depth, said)
        case "Table":
            yield from _table(content, language, said)


def _meanings(content: list[Any], language: str, depth: int, said: _Walk) -> Iterator[Passage]:
    for term, meanings in content:
        yield from _passage("item", term, language, said, depth + 1)
        for meaning in meanings:
            yield from _blocks(meaning, language, depth + 2, said)


def _held(node: Node, language: str, depth: int, said: _Walk) -> Iterator[Passage]:
    content = node["c"]
    if node["t"] == "Div":
        yield from _blocks(content[1], language, depth, said)
        return
    shown = list(_blocks(content[2], language, depth, said))
    yield from shown
    # Many writers repeat the description as the caption.
    caption = " ".join(text_of(content[1][1]).split())
    if not any(caption and caption in one.text for one in shown):
        yield from _blocks(content[1][1], language, depth, said)


def _list(node: Node, language: str, depth: int, said: _Walk) -> Iterator[Passage]:
    is_ordered = node["t"] == "OrderedList"
    items = node["c"][1] if is_ordered else node["c"]
    start, style = (node["c"][0][0], node["c"][0][1]["t"]) if is_ordered else (1, "")
    for number, item in enumerate(items, start):
        label = f"{_number(number, style)}. " if is_ordered else "• "
        inner = list(_blocks(item, language, depth, said))
        if inner and inner[0].kind == "item":
            inner[0] = replace(inner[0], runs=(Run(label, language), *inner[0].runs), level=depth)
        yield from inner


def _number(number: int, style: str) -> str:
    if style in {"LowerAlpha", "UpperAlpha"} and 1 <= number <= 26:
        return chr((96 if style == "LowerAlpha" else 64) + number)
    return str(number)


def _table(content: list[Any], language: str, said: _Walk) -> Iterator[Passage]:
    yield from _blocks(content[1][1], language, 0, said)
    heads = [_cells(row) for row in content[3][1]]
    for row in heads:
        yield _row(row, [], language, said)
    names = [text_of(cell).strip() for cell in heads[-1]] if heads else []
    for body in content[4]:
        for row in [*body[2], *body[3]]:
            yield _row(_cells(row), names, language, said)
    for row in content[5][1]:
        yield _row(_cells(row), names, language, said)


def _cells(row: list[Any]) -> list[Any]:
    return [cell[4] for cell in row[1]]


def _row(cells: list[Any], names: list[str], language: str, said: _Walk) -> Passage:
    """Each cell after the first with the heading of its column."""
    runs: list[Run] = []
    for number, cell in enumerate(cells):
        inner = [run for one in _blocks(cell, language, 0, said) for run in one.runs]
        if not inner:
            continue
        runs += [Run("; ", language)] if runs else []
        if number and number < len(names) and names[number]:
            runs.append(Run(f"{names[number]}: ", language))
        runs += inner
    return Passage("row", tuple(runs))


def _passage(
    kind: Kind, inlines: list[Any], language: str, said: _Walk, level: int = 0
) -> Iterator[Passage]:
    notes: list[tuple[int, Node]] = []
    yield Passage(kind, tuple(_runs(inlines, language, "", said, notes)), level)
    for number, note in notes:
        label = Run(f"{phrase('note', said.language)} {number}: ", said.language)
        inner = list(_blocks(note["c"], language, 0, said))
        for place, one in enumerate(inner):
            yield replace(one, runs=(label, *one.runs)) if place == 0 else one


_MARKED: Final = {"Strong": "strong", "Emph": "emphasis", "Underline": "emphasis"}


def _runs(
    inlines: Any, language: str, emphasis: str, said: _Walk, notes: list[tuple[int, Node]]
) -> Iterator[Run]:
    for node in inlines:
        kind, content = node["t"], node.get("c")
        if kind == "Note":
            said.notes += 1
            notes.append((said.notes, node))
            number = f" ({phrase('note', said.language)} {said.notes})"
            yield Run(number, said.language)
        elif kind == "Math":
            yield Run(f" {spoken(content[1])} ", language)
        elif kind == "Image":
            words = f"{phrase('image', said.language)}: {text_of(content[1])}."
            yield Run(words, said.language)
        elif kind in {"Span", "Link"}:
            inner = attribute(node, "lang") or language
            yield from _runs(content[1], inner, emphasis, said, notes)
        elif kind == "Quoted":
            marks = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
            yield Run(marks[0], language, emphasis)
            yield from _runs(content[1], language, emphasis, said, notes)
            yield Run(marks[1], language, emphasis)
        elif isinstance(content, list) and kind != "Code":
            yield from _runs(content, language, _MARKED.get(kind, emphasis), said, notes)
        else:
            yield Run(text_of(node).replace("\n", " "), language, emphasis)
