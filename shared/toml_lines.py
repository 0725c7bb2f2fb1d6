"""In which line of a TOML text each of its places stands, for whoever must mend it. Pure.

The text must be valid TOML: this scanner looks for lines alone, reads no value and finds no fault.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Final

Place = tuple[str | int, ...]
"""Keys and positions in arrays, such as ("topics", 1, "team")."""

_GAP: Final = re.compile(r"(?:\s|#[^\n]*)*")
_KEY: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|[A-Za-z0-9_-]+')
_TEXT: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\]|\\.)*"|\'[^\']*\'', re.DOTALL
)
_WORD: Final = re.compile(r"[^,\]}#\n]+")
"""Numbers, dates (with a space in them, too), true and false."""


def lines(text: str) -> Mapping[Place, int]:
    """Every table, key and item of an array, with the line on which it begins."""
    scanner = _Scanner(text)
    scanner.whole()
    return scanner.lines


def line_of(place: Place, known: Mapping[Place, int]) -> int | None:
    """The line of a place, else of the nearest thing around it; None at the top of the file."""
    around = (place[:length] for length in range(len(place), 0, -1))
    return next((known[one] for one in around if one in known), None)


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._last: dict[Place, int] = {}
        """Of each array of tables, the position of its last one so far."""
        self.lines: dict[Place, int] = {}

    def whole(self) -> None:
        table: Place = ()
        while self._next():
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _next(self) -> str:
        """The next character that is no space and in no comment; empty at the end."""
        self._at = self._after(_GAP)
        return self._text[self._at : self._at + 1]

    def _after(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        return found.end() if found else self._at + 1

    def _note(self, place: Place) -> None:
        self.lines.setdefault(place, self._text.count("\n", 0, self._at) + 1)

    def _header(self) -> Place:
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        start, self._at = self._at, self._at + brackets
        *outer, name = self._keys()
        end, self._at = self._at + brackets, start
        table = (*self._inside(outer), name)
        if brackets == 2:
            self._last[table] = self._last.get(table, -1) + 1
            self._note(table)
            table = (*table, self._last[table])
        self._note(table)
        self._at = end
        return table

    def _inside(self, keys: list[str]) -> Place:
        """The table of such a name: of an array of tables, the last one so far."""
        place: Place = ()
        for key in keys:
            place = (*place, key)
            self._note(place)
            if place in self._last:
                place = (*place, self._last[place])
        return place

    def _keys(self) -> list[str]:
        """`a."b".c`; what comes after it is next."""
        keys = []
        while True:
            self._next()
            end = self._after(_KEY)
            keys.append(_plain(self._text[self._at : end]))
            self._at = end
            if self._next() != ".":
                return keys
            self._at += 1

    def _pair(self, table: Place) -> None:
        start = self._at
        keys = self._keys()
        end, self._at = self._at + 1, start
        for length in range(len(keys)):
            self._note((*table, *keys[: length + 1]))
        self._at = end
        self._value((*table, *keys))

    def _value(self, place: Place) -> None:
        match self._next():
            case "[":
                self._items(place)
            case "{":
                self._inline(place)
            case '"' | "'":
                self._at = self._after(_TEXT)
            case _:
                self._at = self._after(_WORD)

    def _items(self, place: Place) -> None:
        self._at += 1
        position = 0
        while (next_one := self._next()) not in {"]", ""}:
            if next_one == ",":
                self._at += 1
                continue
            self._note((*place, position))
            self._value((*place, position))
            position += 1
        self._at += 1

    def _inline(self, place: Place) -> None:
        self._at += 1
        while (next_one := self._next()) not in {"}", ""}:
            if next_one == ",":
                self._at += 1
            else:
                self._pair(place)
        self._at += 1


def _plain(key: str) -> str:
    """A key without its quotes."""
    if key[:1] in {'"', "'"}:
        return str(tomllib.loads(f"key = {key}")["key"])
    return key
