"""What goes with a letter as a file of its own, and what by a link; and files as mail has them.
Pure."""

import re
from base64 import encodebytes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from urllib.parse import quote

from shared.attachments import MOST_OF_A_LETTER

Row = Mapping[str, Any]
BOUNDARY: Final = "=_files"
"""Base64 never has "=_" in it either."""
_LINE: Final = 57
"""Bytes that are one line of base64 (RFC 2045 §6.8)."""
_ABOUT_IT: Final = 4096
"""Bytes that the headers of a part have at most."""
_WORDS: Final = 500_000
"""Bytes that are left for what the letter says."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9 ._()-]{1,60}")
_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_OF_PARTS: Final = ("message/", "multipart/")
_LONGEST: Final = 60


@dataclass(frozen=True)
class Enclosed:
    """A file that goes with a letter."""

    file: str
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Divided:
    """The files of a letter, by their numbers in it."""

    carried: tuple[int, ...]
    linked: tuple[int, ...]


def divided(
    rows: Sequence[Row], most: int | None, *, may_link: bool, wants_links: bool = False
) -> Divided:
    """As many files as can be go with the letter, the smallest first; those that would make it
    larger than the relay takes (`most` bytes, as far as that is known) are linked. `wants_links`:
    all are, if any may be."""
    numbers = range(len(rows))
    if not may_link:
        return Divided(tuple(numbers), ())
    if wants_links:
        return Divided((), tuple(numbers))
    room = min(most or MOST_OF_A_LETTER, MOST_OF_A_LETTER) - _WORDS
    carried = []
    for number in sorted(numbers, key=lambda one: int(rows[one]["size"])):
        room -= as_mail(rows[number]["size"]) + _ABOUT_IT
        if room < 0:
            break
        carried.append(number)
    return Divided(tuple(sorted(carried)), tuple(one for one in numbers if one not in set(carried)))


def as_mail(size: int) -> int:
    """Bytes of a file in a letter."""
    return ceil(size / _LINE) * 2 + ceil(size / 3) * 4


def enclosed_of(row: Row) -> Enclosed:
    """A row of a letter's attachments."""
    return Enclosed(row["file"], row["filename"], row["content_type"], row["size"])


def head_of(one: Enclosed) -> bytes:
    """What stands before a file."""
    kind = one.content_type if _TYPE.fullmatch(one.content_type) else ""
    # RFC 2046 §5.2.1: no base64 in what is a message itself.
    if not kind or kind.startswith(_OF_PARTS):
        kind = "application/octet-stream"
    lines = [
        f"--{BOUNDARY}",
        f"Content-Type: {kind}",
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment" + "".join(_name(one.filename)),
        "",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _name(filename: str) -> Iterator[str]:
    """RFC 2183 §2.3 where it is plain; else RFC 2231 §4, in as many lines as it takes."""
    if _PLAIN.fullmatch(filename):
        yield f';\r\n filename="{filename}"'
        return
    units = re.findall("%..|.", quote(filename.encode("utf-8", "replace"), safe=""))
    lines = ["".join(units[at : at + _LONGEST // 3]) for at in range(0, len(units), _LONGEST // 3)]
    if len(lines) == 1:
        yield f";\r\n filename*=UTF-8''{lines[0]}"
        return
    for number, line in enumerate(lines):
        charset = "UTF-8''" if not number else ""
        yield f";\r\n filename*{number}*={charset}{line}"


class Encoder:
    """A file as lines of base64, from pieces of whatever size."""

    def __init__(self) -> None:
        self._left = b""

    def add(self, piece: bytes) -> bytes:
        """The lines that are whole by now."""
        some = self._left + piece
        whole = len(some) - len(some) % _LINE
        self._left = some[whole:]
        return _lines(some[:whole])

    def end(self) -> bytes:
        """The last line, if any."""
        return _lines(self._left)


def _lines(content: bytes) -> bytes:
    return encodebytes(content).replace(b"\n", b"\r\n")
