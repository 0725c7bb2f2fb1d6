"""The lines of a PDF's pages, each with its place, size and weight. Runs in the confined child."""

import ctypes
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from services.notify.formats.findings import Reason, Refused

_DIVIDED: Final = (2, 0xFFFE)
_SOFT: Final = (*_DIVIDED, 0xAD)
_BREAKS: Final = (10, 13)
_BOLD: Final = 600
_CELLS_APART: Final = 0.9
"""Of the letters' size."""
_FEWEST: Final = 8
"""Letters below which a page is a picture."""


@dataclass
class Cell:
    """A part of a line that stands alone, as in a table."""

    left: float
    right: float
    text: str


@dataclass
class Line:
    """A line as it is printed. Points, from the lower left corner."""

    page: int
    width: float
    height: float
    text: str = ""
    left: float = 1e9
    right: float = -1e9
    bottom: float = 1e9
    top: float = -1e9
    font: str = ""
    weight: int = 0
    sizes: Counter[float] = field(default_factory=Counter)
    cells: list[Cell] = field(default_factory=list)

    def take(self, text: str, left: float, right: float, size: float) -> None:
        """A letter or a word; further from what is before it than a space is wide, it is a cell."""
        if not self.cells or left - self.cells[-1].right > _CELLS_APART * size:
            self.cells.append(Cell(left, right, text))
            return
        self.cells[-1].text += text
        self.cells[-1].right = max(self.cells[-1].right, right)

    @property
    def size(self) -> float:
        return self.sizes.most_common(1)[0][0] if self.sizes else 0.0

    @property
    def is_bold(self) -> bool:
        return self.weight >= _BOLD or "bold" in self.font.lower()


def opened(path: str) -> Any:
    """The document. Raises: Refused."""
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        said = str(error).lower()
        locked = "password" in said
        protected = "security" in said
        if locked or protected:
            raise Refused(Reason.ENCRYPTED if locked else Reason.PROTECTED) from error
        raise Refused(Reason.DAMAGED, "It can't be opened as PDF.") from error


def lines_of(page: Any, number: int) -> list[Line]:
    """In the order in which the page draws them; right-to-left text in the order of reading."""
    text = page.get_textpage()
    width, height = page.get_size()
    made: list[Line] = []
    line: Line | None = None
    boxes = tuple(ctypes.c_double() for _ in range(4))
    for place in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, place)
        if code in _BREAKS:
            line = None
            continue
        if line is None:
            line = Line(number, width, height)
            _take_font(line, text, place)
            made.append(line)
        letter = "-" if code in _SOFT else chr(code)
        line.text += letter
        if code in _DIVIDED:
            # PDFium gives this for the hyphen of a divided word, and no break after it.
            line = None
            continue
        if letter.strip():
            _take_place(line, letter, text, place, boxes)
        elif line.cells:
            line.cells[-1].text += " "
    for line in made:
        line.text = " ".join(line.text.split())
    return [line for line in made if line.text]


def _take_font(line: Line, text: Any, place: int) -> None:
    buffer, flags = ctypes.create_string_buffer(200), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text.raw, place, buffer, 200, flags)
    line.font = buffer.value.decode("latin1")
    line.weight = pdfium.FPDFText_GetFontWeight(text.raw, place)


def _take_place(line: Line, letter: str, text: Any, place: int, boxes: Any) -> None:
    left, right, bottom, top = boxes
    pdfium.FPDFText_GetCharBox(text.raw, place, left, right, bottom, top)
    line.left, line.right = min(line.left, left.value), max(line.right, right.value)
    line.bottom, line.top = min(line.bottom, bottom.value), max(line.top, top.value)
    size = pdfium.FPDFText_GetFontSize(text.raw, place)
    line.sizes[round(size, 1)] += 1
    line.take(letter, left.value, right.value, size)


def is_picture(lines: list[Line]) -> bool:
    """Whether there is nothing on the page to read but an image of it."""
    return sum(len(line.text) for line in lines) < _FEWEST
