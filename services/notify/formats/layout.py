"""Makes blocks of a PDF's lines: headings, lists, notes, paragraphs joined over columns and pages.
Pure.

It goes by size, weight, place and marks alone, as a reader's eye does, and may be mistaken: staff
are told that structure was guessed.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Final, Literal

from services.notify.formats import tables
from services.notify.formats.findings import Finding, found
from services.notify.formats.pdf_lines import Line
from services.notify.formats.tree import words

Kind = Literal["heading", "item", "note", "text", "table"]
_NUMBERED: Final = re.compile(r"(\d+(?:\.\d+)*)\.?\s+\S")
_BULLET: Final = re.compile(r"[•◦▪‣–∙·*\uf0b7-]\s+")
_ENUMERATED: Final = re.compile(r"(?:\d{1,2}[.)]|\(?[a-z][.)])\s+")
_ENDED: Final = re.compile(r"[.!?:…؟。”\"]\)?\d*$")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_EDGE: Final = 0.1
_MOST_OF_HEADING: Final = 160


@dataclass
class Block:
    """Lines that belong together."""

    kind: Kind
    lines: list[Line]

    @property
    def last(self) -> Line:
        return self.lines[-1]


@dataclass(frozen=True)
class _Body:
    """How most of the text looks."""

    size: float
    font: str
    lead: float
    """From a line to the next."""
    is_bold: bool


def blocks_of(pages: list[list[Line]]) -> tuple[list[Any], list[Finding]]:
    """The document as a tree's blocks, and what staff should know of its tables."""
    lines = _without_running(pages)
    if not lines:
        return [], []
    body = _body(lines)
    spans = tables.found(lines)
    ends = dict(spans)
    blocks: list[Block] = []
    number = 0
    while number < len(lines):
        if number in ends:
            blocks.append(Block("table", lines[number : ends[number]]))
            number = ends[number]
        else:
            _place(lines[number], blocks, body)
            number += 1
    known = Counter(one.lower() for line in lines for one in _WORD.findall(line.text))
    counts = (("table_guessed", len(spans)), ("table_unread", tables.unread(lines, spans)))
    return _tree(blocks, known), [found(kind, count) for kind, count in counts if count]


def _without_running(pages: list[list[Line]]) -> list[Line]:
    """Without what stands at the edge of many pages alike, and page numbers."""
    seen = Counter(
        key for page in pages for key in {_mask(line) for line in page if _is_at_edge(line)}
    )
    often = max(2, 0.3 * len(pages))
    return [
        line
        for page in pages
        for line in page
        if not _is_at_edge(line)
        or not (seen[_mask(line)] >= often or re.fullmatch(r"[ivxlc\d]{1,5}", line.text))
    ]


def _is_at_edge(line: Line) -> bool:
    return line.bottom > line.height * (1 - _EDGE) or line.top < line.height * _EDGE


def _mask(line: Line) -> tuple[str, int]:
    plain = re.sub(r"\d+", "#", line.text.casefold())
    return re.sub(r"[^\w#]+", "", plain), round(line.bottom / 12)


def _body(lines: list[Line]) -> _Body:
    sizes: Counter[float] = Counter()
    fonts: Counter[tuple[str, bool]] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
        fonts[line.font, line.is_bold] += len(line.text)
    size = sizes.most_common(1)[0][0]
    font, is_bold = fonts.most_common(1)[0][0]
    gaps = [
        before.bottom - after.bottom
        for before, after in pairwise(lines)
        if before.page == after.page and before.size == after.size == size
        if abs(before.left - after.left) < 40 and 0 < before.bottom - after.bottom < 4 * size
    ]
    return _Body(size, font, median(gaps) if gaps else size * 1.3, is_bold)


def _kind(line: Line, body: _Body) -> Kind:
    is_big = line.size > body.size * 1.07
    stands_out = line.is_bold and not body.is_bold and line.font != body.font
    if (is_big or stands_out) and len(line.text) < _MOST_OF_HEADING:
        return "heading"
    is_small = line.size < body.size * 0.9 and line.bottom < line.height * 0.45
    if is_small and re.match(r"\d{1,3}\s*\S", line.text):
        return "note"
    is_marked = _BULLET.match(line.text) or _ENUMERATED.match(line.text)
    return "item" if is_marked else "text"


def _place(line: Line, blocks: list[Block], body: _Body) -> None:
    kind = _kind(line, body)
    if blocks and _continues(line, kind, blocks[-1], body):
        blocks[-1].lines.append(line)
        return
    if blocks and kind == "text" and blocks[-1].kind == "note" and _breaks(line, blocks[-1].last):
        # The text goes on after the notes of the page before.
        for block in reversed(blocks):
            if block.kind == "text":
                if not _ENDED.search(block.last.text):
                    block.lines.append(line)
                    return
                break
    blocks.append(Block(kind, [line]))


def _breaks(line: Line, before: Line) -> bool:
    """Whether it begins a column or a page."""
    return line.page != before.page or before.bottom - line.bottom < -2


def _continues(line: Line, kind: Kind, block: Block, body: _Body) -> bool:
    before = block.last
    down = before.bottom - line.bottom
    same_page = line.page == before.page
    if kind == "heading":
        same_size = abs(before.size - line.size) < 0.2
        is_near = same_page and 0 <= down < line.size * 1.7
        return block.kind == "heading" and is_near and same_size
    if kind != "text":
        return False
    if _breaks(line, before):
        return block.kind == "text" and not _ENDED.search(before.text)
    is_near = -2 <= down <= body.lead * 1.35
    if block.kind in {"heading", "table"} or not is_near or abs(before.size - line.size) >= 1.2:
        return False
    return not _is_indented(line, block, body)


def _is_indented(line: Line, block: Block, body: _Body) -> bool:
    """Whether it begins a paragraph by standing further in than the one before."""
    column = _column(block.lines)
    edge = min(one.left for one in column[1:] or column)
    is_short = block.last.right < block.last.left + (block.last.width * 0.2)
    further = line.left - edge > body.size * 0.8
    return block.kind == "text" and (len(column) > 1 or is_short) and further


def _column(lines: list[Line]) -> list[Line]:
    """The last of them that stand in one column."""
    start = len(lines) - 1
    while start and not _breaks(lines[start], lines[start - 1]):
        start -= 1
    return lines[start:]


def _joined(lines: list[Line], known: Counter[str]) -> str:
    """Words that were divided at a line's end are one, unless they have their hyphen elsewhere."""
    text = ""
    for line in lines:
        if text.endswith("-") and line.text[:1].isalpha():
            first, second = _WORD.search(text[-40:-1][::-1]), _WORD.match(line.text)
            whole = f"{first[0][::-1]}-{second[0]}".lower() if first and second else ""
            text = (text if known[whole] else text[:-1]) + line.text
        else:
            text += (" " if text else "") + line.text
    return text


def _tree(blocks: list[Block], known: Counter[str]) -> list[Any]:
    looks = sorted(
        {(one.last.size, one.last.is_bold) for one in blocks if one.kind == "heading"}, reverse=True
    )
    made: list[Any] = []
    for block in blocks:
        text = _joined(block.lines, known)
        if block.kind == "heading":
            level = _level(text, (block.last.size, block.last.is_bold), looks)
            made.append({"t": "Header", "c": [level, ["", [], []], words(text)]})
        elif block.kind == "table":
            made.append(tables.as_table(block.lines))
        elif block.kind == "item":
            _add_item(text, made)
        else:
            made.append({"t": "Para", "c": words(text)})
    return made


def _level(text: str, look: tuple[float, bool], looks: list[tuple[float, bool]]) -> int:
    """By its number, 2.1 being one below 2; else by how large it is among the headings."""
    numbered = _NUMBERED.match(text)
    if numbered:
        return min(numbered[1].count(".") + 2, 6)
    return min(looks.index(look) + 1, 6)


def _add_item(text: str, made: list[Any]) -> None:
    is_bullet = _BULLET.match(text)
    plain = _BULLET.sub("", text, count=1) if is_bullet else _ENUMERATED.sub("", text, count=1)
    item = [{"t": "Plain", "c": words(plain)}]
    kind = "BulletList" if is_bullet else "OrderedList"
    if made and made[-1]["t"] == kind:
        (made[-1]["c"] if is_bullet else made[-1]["c"][1]).append(item)
    elif is_bullet:
        made.append({"t": kind, "c": [item]})
    else:
        made.append({"t": kind, "c": [_numbering(text), [item]]})


def _numbering(text: str) -> list[Any]:
    start = int(number[0]) if (number := re.match(r"\d+", text)) else 1
    style = "Decimal" if number else "LowerAlpha"
    return [start, {"t": style}, {"t": "Period"}]
