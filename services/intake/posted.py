"""Reads a posted form from the wire, within limits: what comes after them is dropped, not kept.

A browser shows an answer only once it has sent everything, so that what is too large is read to its
end, within reason, and thrown away. Large forms never keep small ones out, and no client has many
of them at once. Knows nothing of what the fields mean.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, ClientPayloadError, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from services.intake.form import File
from services.intake.item import one_line
from services.intake.room import ALWAYS_WELCOME

_MOST_PARTS: Final = 100
_MOST_FIELD: Final = 400_000
"""Bytes of one field."""
_DRAINED: Final = 4
"""How many times the limit is read, and dropped, so that the browser will show our answer."""
_MOST_PLAIN: Final = 4 * _MOST_FIELD
"""Bytes of a form in the older encoding, which carries no files and is decoded in one go."""
_CHUNK: Final = 64 * 1024
_AT_ONCE: Final = 4
"""How many forms of the largest size may be under way in one process."""
_LARGE_OF_A_CLIENT: Final = 2
"""How many large forms of one client."""

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
    begin: float = 60.0
    """Seconds that any form may take, and a second more for each `bytes_a_second` that came."""
    bytes_a_second: float = 50_000
    held: int = 0
    """Bytes of all the large forms that are under way in this process, but for the first of each,
    which are always welcome: they are bounded by the number of connections."""
    large: Counter[str] = field(default_factory=Counter)
    """How many of each client are large."""


class _Place:
    """What one form takes up."""

    def __init__(self, limits: Limits, client: str) -> None:
        self._limits = limits
        self._client = client
        self._held = 0

    def grow_to(self, size: int) -> bool:
        """Whether so many bytes of the form may be held; then they are counted."""
        limits, more = self._limits, max(0, size - ALWAYS_WELCOME) - self._held
        if more <= 0:
            return True
        if not self._held and limits.large[self._client] >= _LARGE_OF_A_CLIENT:
            return False
        if limits.held + more > limits.most * _AT_ONCE:
            return False
        limits.large[self._client] += not self._held
        limits.held += more
        self._held += more
        return True

    def leave(self) -> None:
        """It has been handled."""
        if self._held:
            self._limits.held -= self._held
            self._limits.large -= Counter([self._client])


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
async def posted(
    request: web.Request, limits: Limits, client: str, *, may_be_large: bool = True
) -> AsyncIterator[Posted]:
    """The form in a request; it takes up room until it has been handled."""
    place = _Place(limits, client)
    most = limits.most if may_be_large else min(limits.most, ALWAYS_WELCOME)
    reading = _Reading(Posted(), limits, place, most)
    try:
        await _read(reading, request)
        yield reading.posted
    finally:
        place.leave()


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

    def __init__(self, posted: Posted, limits: Limits, place: _Place, most: int) -> None:
        self.posted = posted
        self.limits = limits
        self._place = place
        self._most = most
        self._read = 0
        self._began = asyncio.get_running_loop().time()

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
        self._most = min(self._most, _MOST_PLAIN)
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
        if self._read > self._most * _DRAINED:
            raise _Dropped
        if self.posted.trouble is None:
            if self._read > self._most:
                self.posted.trouble = "files_large"
            elif not self._place.grow_to(self._read):
                self.posted.trouble = "busy"
            else:
                return True
        return False

    async def _soon(self, arriving: Awaitable[Arrived]) -> Arrived:
        """Neither a silent client is waited for nor one that drips, only a slow one."""
        limits, now = self.limits, asyncio.get_running_loop().time()
        by = self._began + limits.begin + self._read / limits.bytes_a_second
        async with asyncio.timeout_at(min(by, now + limits.idle)):
            return await arriving
