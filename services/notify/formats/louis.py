"""liblouis as a library: text to cells and back. Runs in the confined child.

Its command line eats backslashes, and Debian's binding for Python is not of our Python.
"""

import ctypes
import ctypes.util
from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.notify.formats.findings import Reason, Refused

_TABLES: Final = Path("/usr/share/liblouis/tables")
_UNICODE: Final = "unicode.dis"
_MOST: Final = 8_000
"""Characters that are given to it at once."""
_EMPHASIS: Final = {"emphasis": 1, "strong": 4}


class Louis:
    """The library, loaded."""

    def __init__(self) -> None:
        """Raises: Refused: it is not installed."""
        name = ctypes.util.find_library("louis") or "liblouis.so.20"
        try:
            self._library = ctypes.CDLL(name)
        except OSError as error:
            raise Refused(Reason.MISSING_TOOL, "liblouis") from error
        self._codec = f"utf-{8 * self._library.lou_charSize()}-le"
        self._width = self._library.lou_charSize()
        self._library.lou_setLogLevel(60000)

    def cells(self, table: str, text: str, emphasis: str = "") -> str:
        """As braille in Unicode, spaces as spaces."""
        form = _EMPHASIS.get(emphasis, 0)
        made = self._called(self._library.lou_translateString, table, text, form)
        return made.replace("\u2800", " ")

    def text(self, table: str, cells: str) -> str:
        """What those cells say, read back."""
        return self._called(
            self._library.lou_backTranslateString, table, cells.replace(" ", "\u2800"), 0
        )

    def _called(self, function: Callable[..., int], table: str, text: str, form: int) -> str:
        made = []
        for start in range(0, len(text), _MOST):
            made.append(self._piece(function, table, text[start : start + _MOST], form))
        return "".join(made)

    def _piece(self, function: Callable[..., int], table: str, text: str, form: int) -> str:
        given = text.encode(self._codec, "replace")
        length = ctypes.c_int(len(given) // self._width)
        room = ctypes.c_int(length.value * 8 + 64)
        buffer = ctypes.create_string_buffer(room.value * self._width)
        forms = (ctypes.c_ushort * room.value)(*([form] * length.value)) if form else None
        tables = f"{_UNICODE},{table}".encode()
        done = function(
            *(tables, given, ctypes.byref(length), buffer, ctypes.byref(room), forms, None, 0)
        )
        if not done:
            raise Refused(Reason.NO_LANGUAGE, f"liblouis can't use its table {table}.")
        return buffer.raw[: room.value * self._width].decode(self._codec, "replace")


def has(table: str) -> bool:
    return bool(table) and (_TABLES / table).is_file()
