"""Which bytes of a file a request wants, and whether it has them already (RFC 9110 §13, §14). Pure.

Several ranges at once are answered with the whole, as §14.2 allows: nobody needs them of a file.
"""

import re
from dataclasses import dataclass
from typing import Final

_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]{0,30})-([0-9]{0,30})[ \t]*", re.I | re.ASCII)


@dataclass(frozen=True)
class Span:
    """Bytes from `first` up to, and without, `end`."""

    first: int
    end: int


class NotSatisfiable(Exception):
    """No byte of the file is in the range that was asked for."""


def span_of(wanted: str | None, if_range: str | None, tag: str, size: int) -> Span | None:
    """The bytes that are wanted of a file with this strong ETag; None: all of it.

    Raises: NotSatisfiable.
    """
    # RFC 9110 §13.1.5: a date, a weak ETag or another one means that the client has another file.
    if wanted is None or (if_range is not None and if_range.strip() != tag):
        return None
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or not (found[1] or found[2]):
        return None  # RFC 9110 §14.2: what can't be read is as if it was not there
    if not found[1]:
        return _last(int(found[2]), size)
    first, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    if first >= size:
        raise NotSatisfiable
    return Span(first, min(last + 1, size))


def _last(count: int, size: int) -> Span | None:
    if not count:
        raise NotSatisfiable
    # Of nothing, nothing is the last: RFC 9110 §14.4 has no way to say so but the whole.
    return Span(max(0, size - count), size) if size else None
