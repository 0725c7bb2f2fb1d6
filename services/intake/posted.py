"""Reads a posted form from the wire, within limits: what comes after them is dropped, not kept.

A browser shows an answer only once it has sent everything, so that what is too large is read to its
end, within reason, and thrown away. Knows nothing of what the fields mean.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, ClientPayloadError, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from services.intake.form import File
from services.intake.item import one_line

_MOST_PARTS: Final = 100
_MOST_FIELD: Final = 400_000
"""Bytes of one field."""
_DRAINED: Final = 4
"""How many times the limit is read, and dropped, so that the browser will show our answer."""
_CHUNK: Final = 64 * 1024
_AT_ONCE: Final = 4
"""How many forms of the largest size may be under way in one process."""

Arrived = TypeVar("Arrived")
Trouble = Literal["unreadable", "slow", "busy", "files_large"]


@dataclass
class Limits:
    """How much is taken, and how long it may take to arrive."""

    most: int
    """Bytes of one form."""
    idle: float = 30.0
    """Seconds of silence after which a client is not waited for."""
    longest: float = 300.0
    """Seconds that a whole form may take."""
    held: int = 0
    """Bytes of all the forms that are under way in this process."""

    def take(self, size: int) -> bool:
        """Whether there is room for so many more; then they are counted."""
        if self.held + size > self.most * _AT_ONCE:
            return False
        self.held += size
        return True


@dataclass
class Posted:
    """What came; with `trouble`, as far as it came."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    trouble: Trouble | None = None
    """Why this is not all of it, if so; then it is not to be taken."""


class _Dropped(Exception):
    """More than is read, even to be thrown away."""


@asynccontextmanager
async def posted(request: web.Request, limits: Limits) -> AsyncIterator[Posted]:
    """The form in a request; it takes up room until it has been handled."""
    reading = _Reading(Posted(), limits)
    try:
        await _read(reading, request)
        yield reading.posted
    finally:
        limits.held -= reading.held


async def _read(reading: "_Reading", request: web.Request) -> None:
    try:
        async with asyncio.timeout(reading.limits.longest):
            await reading.read(request)
    except TimeoutError:
        reading.posted.trouble = "slow"
    except _Dropped:
        pass
    except (
        # All that the library raises about bodies that are not what they say.
        ValueError,
        AssertionError,
        RuntimeError,
        LookupError,
        HttpProcessingError,
        ClientPayloadError,
        web.RequestPayloadError,
        ConnectionError,
    ):
        reading.posted.trouble = "unreadable"


class _Reading:
    """One body, being read."""

    def __init__(self, posted: Posted, limits: Limits) -> None:
        self.posted = posted
        self.limits = limits
        self.held = 0
        self._read = 0

    async def read(self, request: web.Request) -> None:
        """Raises: what the library raises, TimeoutError, _Dropped."""
        if request.content_type == "application/x-www-form-urlencoded":
            await self._read_plain(request)
        elif request.content_type == "multipart/form-data":
            await self._read_parts(await request.multipart())
        else:
            raise ValueError("not a form")

    async def _read_plain(self, request: web.Request) -> None:
        body = bytearray()
        while chunk := await self._soon(request.content.read(_CHUNK)):
            body += chunk if self._keep(len(chunk)) else b""
        if self.posted.trouble is None:
            text = body.decode("ascii", "replace")
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARTS)
            for name, value in pairs:
                self.posted.fields.setdefault(name, value)

    async def _read_parts(self, parts: MultipartReader) -> None:
        count = 0
        while (part := await self._soon(parts.next())) is not None:
            count += 1
            if not isinstance(part, BodyPartReader) or count > _MOST_PARTS:
                raise ValueError("not a form")
            content = await self._content(part)
            if part.filename is None:
                text = content[:_MOST_FIELD].decode("utf-8", "replace")
                self.posted.fields.setdefault(part.name or "", text)
            elif part.name == "files" and (part.filename or content):
                self._add(part, content)

    def _add(self, part: BodyPartReader, content: bytes) -> None:
        name = one_line(part.filename or "", 255).replace("\\", "/").rpartition("/")[2]
        kind = one_line(part.headers.get("Content-Type", ""), 100) or "application/octet-stream"
        self.posted.files.append(File(name, kind, content))

    async def _content(self, part: BodyPartReader) -> bytes:
        content = bytearray()
        while chunk := await self._soon(part.read_chunk(_CHUNK)):
            content += chunk if self._keep(len(chunk)) else b""
        return bytes(content)

    def _keep(self, size: int) -> bool:
        """Whether so many bytes more are kept; else they are dropped, and the form is not taken."""
        self._read += size
        if self._read > self.limits.most * _DRAINED:
            raise _Dropped
        if self.posted.trouble is None:
            if self._read > self.limits.most:
                self.posted.trouble = "files_large"
            elif not self.limits.take(size):
                self.posted.trouble = "busy"
            else:
                self.held += size
                return True
        return False

    async def _soon(self, arriving: Awaitable[Arrived]) -> Arrived:
        """Only a silent client is cut off here, not a slow one."""
        async with asyncio.timeout(self.limits.idle):
            return await arriving
