"""Rows and lines of a list that came as a Word, Excel or OpenDocument file. Pure.

It reads words and what was last worked out of formulas, and computes nothing. It refuses what is
encrypted, old, damaged, too large when unpacked, or declares a document type: no file of an office
program does, and entities are made that way.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Final
from xml.parsers import expat  # whatever declares a document type is refused

Row = list[str]

MOST_ROWS: Final = 1000
"""That are looked at."""
_MOST_CELLS: Final = 40
_LONGEST_CELL: Final = 2000
_MOST_PARTS: Final = 2000
_MOST_STRINGS: Final = 50_000
_MOST_UNPACKED: Final = 12 * 1024 * 1024
"""Bytes of one part, and of all that are read of a file."""
_PIECE: Final = 64 * 1024
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file: Word and Excel until 2003, and whatever these encrypt with a password."""


_DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError),
    # Of zipfile and of encodings that expat does not know.
    *(EOFError, OSError, ValueError, LookupError, NotImplementedError),
)
_PLAINLY_PACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Others ask for as much memory as the file says."""


class Unreadable(Exception):
    """No list can be read of it; the text says why, in words for staff."""


class _Enough(Exception):
    """More rows are not looked at."""


def is_office(content: bytes) -> bool:
    """Whether it says that it is such a file."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLD))


def rows_of(content: bytes) -> list[Row]:
    """Its rows, or its paragraphs as rows of one cell. Raises: Unreadable."""
    if content.startswith(_OLD):
        raise Unreadable("it is of an old kind, or has a password: save it anew as DOCX or XLSX")
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            return _Package(packed).rows()
    except _DAMAGED as error:
        raise Unreadable("the file is damaged, or not what it says it is") from error


class _Package:
    """What is packed, read piece by piece up to what may be unpacked."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._names = packed.namelist()
        self._left = _MOST_UNPACKED
        if len(self._names) > _MOST_PARTS:
            raise Unreadable("the file has too many parts")
        if any(one.flag_bits & 1 for one in packed.infolist()):
            raise Unreadable("the file has a password")
        if any(one.compress_type not in _PLAINLY_PACKED for one in packed.infolist()):
            raise Unreadable("the file is packed as no office program packs it")

    def rows(self) -> list[Row]:
        if "word/document.xml" in self._names:
            return self._read("word/document.xml", _Words())
        if "xl/workbook.xml" in self._names:
            return self._sheets()
        if "content.xml" in self._names:
            return self._read("content.xml", _OpenDocument())
        raise Unreadable("it is neither a text nor a table that can be read")

    def _sheets(self) -> list[Row]:
        shared: list[str] = []
        if "xl/sharedStrings.xml" in self._names:
            shared = [one[0] for one in self._read("xl/sharedStrings.xml", _Strings())]
        found: list[Row] = []
        sheets = sorted(
            (one for one in self._names if one.startswith("xl/worksheets/sheet")),
            key=lambda one: (len(one), one),
        )
        for name in sheets:
            found += self._read(name, _Sheet(shared))
        return found[:MOST_ROWS]

    def _read(self, name: str, reader: "_Reader") -> list[Row]:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refused
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.text
        try:
            with self._packed.open(name) as part:
                while piece := part.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise Unreadable("the file is too large when it is unpacked")
                    parser.Parse(piece, False)
            parser.Parse(b"", True)
        except _Enough:
            pass
        return reader.rows


def _refused(*_: object) -> None:
    raise Unreadable("the file declares a document type, which no office program does")


class _Reader:
    """Gathers rows. What is too much of a row is left out, of the rows ends the reading."""

    most: int = MOST_ROWS

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._row: Row = []
        self._cell: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError

    def text(self, data: str) -> None:
        raise NotImplementedError

    def _add(self, data: str) -> None:
        if self._length < _LONGEST_CELL:
            self._cell.append(data)
            self._length += len(data)

    def _end_cell(self, known: Callable[[str], str] = str) -> None:
        if len(self._row) < _MOST_CELLS:
            self._row.append(known(" ".join("".join(self._cell)[:_LONGEST_CELL].split())))
        self._cell, self._length = [], 0

    def _end_row(self) -> None:
        if any(self._row):
            self.rows.append(self._row)
        self._row = []
        if len(self.rows) >= self.most:
            raise _Enough


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _Words(_Reader):
    """`word/document.xml`: paragraphs, and rows of tables. Headings name no work; what was struck
    out (`w:delText`) is gone."""

    def __init__(self) -> None:
        super().__init__()
        self._tables = 0
        self._is_text = False
        self._is_heading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "tbl":
                self._tables += 1
            case "p":
                self._is_heading = False
            case "pStyle":
                style = next((one for key, one in attributes.items() if key.endswith("val")), "")
                self._is_heading = style.lower().startswith(("heading", "title"))
            case "t":
                self._is_text = True
            case "tab" | "br" | "cr":
                self._add(" ")

    def end(self, name: str) -> None:
        match _local(name):
            case "t":
                self._is_text = False
            case "p" if self._tables:
                self._add(" ")
            case "p":
                self._end_cell()
                if self._is_heading:
                    self._row = []
                self._end_row()
            case "tc":
                self._end_cell()
            case "tr":
                self._end_row()
            case "tbl":
                self._tables -= 1

    def text(self, data: str) -> None:
        if self._is_text:
            self._add(data)


class _OpenDocument(_Reader):
    """`content.xml` of a text or a table. A row that is said to be repeated is there once."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._cells = 0
        self._is_heading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "p" | "h":
                self._depth += 1
                self._is_heading = _local(name) == "h"
            case "s" | "tab" | "line-break":
                self._add(" ")
            case "table-cell":
                self._cells += 1

    def end(self, name: str) -> None:
        match _local(name):
            case "p" | "h":
                self._depth -= 1
                self._add(" ")
                if not self._cells:
                    self._end_cell()
                    if self._is_heading:
                        self._row = []
                    self._end_row()
            case "table-cell":
                self._cells -= 1
                self._end_cell()
            case "table-row":
                self._end_row()

    def text(self, data: str) -> None:
        if self._depth > 0:
            self._add(data)


class _Strings(_Reader):
    """`xl/sharedStrings.xml`: each string a row of one cell, empty ones too: they are numbered."""

    def __init__(self) -> None:
        super().__init__()
        self._is_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "t":
            self._is_text = True

    def end(self, name: str) -> None:
        match _local(name):
            case "t":
                self._is_text = False
            case "si":
                self._end_cell()
                self.rows.append(self._row)
                self._row = []
                if len(self.rows) > _MOST_STRINGS:
                    raise Unreadable("the table has too many words")

    def text(self, data: str) -> None:
        if self._is_text:
            self._add(data)


class _Sheet(_Reader):
    """`xl/worksheets/sheet….xml`: values as they were last worked out, never a formula."""

    def __init__(self, shared: list[str]) -> None:
        super().__init__()
        self._shared = shared
        self._kind = ""
        self._is_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "c":
                self._kind = attributes.get("t", "n")
                self._pad(attributes.get("r", ""))
            case "v" | "t":
                self._is_value = True

    def _pad(self, place: str) -> None:
        """Cells that are empty are not there at all: the place (`C7`) says which one this is."""
        column = 0
        for one in place.rstrip("0123456789")[:3]:
            column = column * 26 + ord(one.upper()) - 64
        while len(self._row) < min(column - 1, _MOST_CELLS):
            self._row.append("")

    def end(self, name: str) -> None:
        match _local(name):
            case "v" | "t":
                self._is_value = False
            case "c":
                self._end_cell(self._known)
            case "row":
                self._end_row()

    def text(self, data: str) -> None:
        if self._is_value:
            self._add(data)

    def _known(self, value: str) -> str:
        match self._kind:
            case "s":
                number = int(value) if value.isascii() and value.isdigit() else -1
                return self._shared[number] if 0 <= number < len(self._shared) else ""
            case "e" | "b":
                return ""
            case "n":
                return _number(value)
            case _:
                return value


def _number(value: str) -> str:
    """`9780306406157`, also where it stands as `9.780306406157E12`; another one as it is."""
    try:
        exact = float(value)
    except ValueError:
        return value
    return str(int(exact)) if exact.is_integer() and abs(exact) < 2**53 else value
