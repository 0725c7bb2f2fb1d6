"""Takes a message apart into its parts (RFC 2046 §5.1). Pure: bytes in, the standard library's
`Message` objects out, so that everybody reads them as usual.

The standard library's own parser goes line by line: a letter of 25 MB in short lines costs it nine
seconds and half a gigabyte. This one looks for boundaries and cuts; only headers are left to the
library. What it makes of broken mail is what the library makes of it.
"""

from collections.abc import Iterator
from email import errors
from email.message import Message as Part
from email.parser import HeaderParser
from typing import Final

MOST_DEPTH: Final = 25
"""What is nested deeper stays as it stands in the message."""
_LONGEST_HEAD: Final = 256 * 1024
"""Characters in which the blank line after a header must come."""
_MOST_HEADER_LINES: Final = 5000
_MOST_MULTIPARTS: Final = 40
_MOST_BOUNDARIES: Final = 10_000
_LONGEST_FIELD: Final = 8000
_MOST_PARAMETERS: Final = 300
_MOST_BLOCKS: Final = 200
_HEADERS: Final = HeaderParser()


class Unreadable(Exception):
    """These bytes can't be understood as a letter; the text says why."""


def parse(raw: bytes) -> Part:
    """The whole message. Bytes over 127 are surrogates, as the library keeps them.

    Raises: Unreadable: it has what only an attack has; and whatever the standard library raises
    for hostile headers.
    """
    _refuse_bombs(raw)
    text = raw.decode("ascii", "surrogateescape")
    if "\n" not in text:  # then a CR alone ends a line
        text = text.replace("\r", "\n")
    return _entity(text, 0, len(text), 0)


def _refuse_bombs(raw: bytes) -> None:
    """Limits before any parser sees the bytes: headers, parts."""
    ends = (at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0)
    end = min(ends, default=len(raw))
    if end > _LONGEST_HEAD or raw.count(b"\n", 0, end) > _MOST_HEADER_LINES:
        raise Unreadable("its headers are too large")
    if raw.count(b"ultipart/") > _MOST_MULTIPARTS:  # each makes every line behind it cost more
        raise Unreadable("its parts are nested too deep")
    if raw.count(b"\n--") > _MOST_BOUNDARIES:
        raise Unreadable("it has too many parts")


def _refuse_long(part: Part) -> None:
    """The library takes square time for a field of parameters: for its length, and for its
    semicolons, before each of which it counts the quotation marks."""
    for name, value in part.raw_items():
        text = str(value)
        is_long = len(text) >= _LONGEST_FIELD or text.count(";") >= _MOST_PARAMETERS
        if is_long and name.lower().startswith("content-"):
            raise Unreadable("a header of one of its parts is too large")


# Places instead of pieces: a piece is cut out only where nothing in it is looked at any more.


def _entity(text: str, start: int, end: int, depth: int, default_type: str = "text/plain") -> Part:
    """A header and what belongs to it (RFC 2045 §2.4), between two places."""
    head_ends, body = _head(text, start, end)
    part = _HEADERS.parsestr(text[start:head_ends])
    _refuse_long(part)
    if left := str(part.get_payload()):
        # A line that is no header ends the header, with or without a blank line.
        body = head_ends - len(left)
    part.set_default_type(default_type)
    children: list[Part | str] = []
    if depth < MOST_DEPTH:
        children = _children(part, text, body, end, depth + 1)
    part.set_payload(children or text[body:end])
    return part


def _head(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the header ends, and where the body starts."""
    if text.startswith(("\n", "\r\n"), start, end):
        return start, text.index("\n", start) + 1
    within = min(end, start + _LONGEST_HEAD)
    blanks = (text.find("\n\n", start, within), text.find("\n\r\n", start, within))
    if found := [at for at in blanks if at >= 0]:
        return min(found) + 1, text.index("\n", min(found) + 1) + 1
    if within < end:
        within = text.rfind("\n", start, within) + 1 or within
    return within, within


def _children(part: Part, text: str, start: int, end: int, depth: int) -> list[Part | str]:
    """The parts of a part; none if it has none."""
    kind = part.get_content_type()
    if kind.startswith("multipart/"):
        return _split(part, text, start, end, depth)
    if kind == "message/delivery-status":
        return _blocks(text, start, end)
    return [_entity(text, start, end, depth)] if kind.startswith("message/") else []


def _blocks(text: str, start: int, end: int) -> list[Part | str]:
    """RFC 3464 §2.1: groups of fields, with blank lines between."""
    blocks: list[Part | str] = []
    while start < end and len(blocks) < _MOST_BLOCKS:
        head_ends, body = _head(text, start, end)
        if text[start:head_ends].strip():
            blocks.append(_HEADERS.parsestr(text[start:head_ends]))
        start = body
    return blocks


def _split(part: Part, text: str, start: int, end: int, depth: int) -> list[Part | str]:
    """RFC 2046 §5.1.1. What stands before the first boundary and after the last is kept aside."""
    boundary = part.get_boundary()
    if not boundary:
        part.defects.append(errors.NoBoundaryInMultipartDefect())
        return []
    default_type = "message/rfc822" if part.get_content_subtype() == "digest" else "text/plain"
    children: list[Part | str] = []
    opened: int | None = None
    """Where the part begins that is being cut out."""
    for before, after, is_last in _delimiters(text, start, end, "--" + boundary):
        if opened is None and not is_last:
            part.preamble = text[start:before] or None
        elif opened is not None and before >= opened:
            children.append(_entity(text, opened, before, depth, default_type))
        if is_last and opened is not None:
            part.epilogue = text[after:end]
        opened = None if is_last else after
        if is_last:
            break
    if opened is not None:
        part.defects.append(errors.CloseBoundaryNotFoundDefect())
        end = max(opened, _before_line_end(text, end))
        children.append(_entity(text, opened, end, depth, default_type))
    if not children:
        part.defects.append(errors.StartBoundaryNotFoundDefect())
    return children


def _delimiters(text: str, start: int, end: int, boundary: str) -> Iterator[tuple[int, int, bool]]:
    """Each line that is a boundary: where what is before it ends, where what is after it begins,
    and whether it is the closing one. The line end before a boundary belongs to it."""
    at = start if text.startswith(boundary, start, end) else _next_line(text, start, end, boundary)
    while at >= 0:
        after = text.find("\n", at, end) + 1 or end
        rest = text[at + len(boundary) : min(after, at + len(boundary) + 100)].rstrip(" \t\r\n")
        if rest in {"", "--"}:
            yield max(start, _before_line_end(text, at)), after, rest == "--"
        at = _next_line(text, after - 1, end, boundary)


def _next_line(text: str, start: int, end: int, beginning: str) -> int:
    """Where the next line with this beginning begins; -1 if there is none."""
    return text.find("\n" + beginning, start, end) + 1 or -1


def _before_line_end(text: str, at: int) -> int:
    """That place without the line end before it, if one is there."""
    if not text.endswith("\n", 0, at):
        return at
    return at - (2 if text.endswith("\r\n", 0, at) else 1)
