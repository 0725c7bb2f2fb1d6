"""Hands out a file over HTTP, piece by piece: always as a download, never as a page, whole or in
part (RFC 9110 §14). It asks nobody whether it may.

Nobody who reads slowly holds a piece in memory meanwhile: it is let go, and read again when they
have taken what they were sent. Few pieces are in memory at once, for all readers together: who
wants another one waits until somebody has let go of theirs. Who takes nothing for a minute is hung
up on.
"""

import asyncio
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import quote

import structlog
from aiohttp import web

from shared.contents import Stored
from shared.errors import Transient
from shared.problems import Problem
from shared.ranges import NotSatisfiable, Span, span_of

log = structlog.get_logger()

SHOWN: Final = frozenset(
    {"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"}
)
"""What a browser may know the type of; anything else is only bytes to it."""
_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ._()-]")
_SENT_AT_ONCE: Final = 256 * 1024
"""Bytes that wait for a client to take them."""
_QUICK: Final = 0.25
"""Seconds in which a client takes these, or the piece that they are of is let go."""
_PATIENCE: Final = 60.0
"""Seconds in which it takes them, or is hung up on."""


class Contents(Protocol):
    """Where files are read."""

    @property
    def room(self) -> asyncio.Semaphore: ...
    async def find(self, file_id: str) -> Stored | None: ...
    async def piece(self, stored: Stored, number: int) -> bytes | None: ...


class _Gone(Exception):
    """It was taken away while it was being read."""


async def hand_out(
    request: web.Request,
    row: Mapping[str, Any],
    contents: Contents,
    more: Mapping[str, str] = MappingProxyType({}),
    patience: float = _PATIENCE,
) -> web.StreamResponse:
    """The file of a row of attachments, with these headers besides (`more`).

    Raises: Problem 404, 416.
    """
    stored = await contents.find(row["file"])
    if stored is None:
        raise Problem(404, "not-found", "There is no such attachment")
    tag = row.get("sha256") or stored.id
    headers = {**_headers(row), **more, "ETag": f'"{tag}"', "Accept-Ranges": "bytes"}
    if any(one.value in {tag, "*"} for one in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    span = _span(request, f'"{tag}"', stored.size)
    answer = web.StreamResponse(status=206 if span else 200, headers=headers)
    if span is not None:
        answer.headers["Content-Range"] = f"bytes {span.first}-{span.end - 1}/{stored.size}"
    span = span or Span(0, stored.size)
    answer.content_length = span.end - span.first
    await answer.prepare(request)
    if request.method != "HEAD":
        await _Sending(answer, contents, stored, patience).send_all(request, span)
    return answer


def _span(request: web.Request, tag: str, size: int) -> Span | None:
    if request.method != "GET":  # RFC 9110 §14.2
        return None
    try:
        return span_of(request.headers.get("Range"), request.headers.get("If-Range"), tag, size)
    except NotSatisfiable as error:
        whole = {"Content-Range": f"bytes */{size}"}
        raise Problem(416, "range", "No byte of it is in that range", headers=whole) from error


class _Sending:
    """One file on its way."""

    def __init__(
        self, answer: web.StreamResponse, contents: Contents, stored: Stored, patience: float
    ) -> None:
        self._answer = answer
        self._contents = contents
        self._stored = stored
        self._patience = patience
        self._piece: tuple[int, bytes] | None = None
        """Number and content of the one that is being sent: then there is room for one less."""
        self._is_slow = False
        """Whether they took the last part of it slowly: then they are given time, and no room."""

    async def send_all(self, request: web.Request, span: Span) -> None:
        """Send these bytes. What has begun can't be taken back: where it can't go on it is broken
        off, so that nobody takes a part for the whole."""
        try:
            at = span.first
            while at < span.end:
                at += await self._send(at, min(span.end, at + _SENT_AT_ONCE))
        except (Transient, _Gone, ConnectionError, TimeoutError) as error:
            log.info("download_broken_off", reason=type(error).__name__)
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._let_go()

    async def _send(self, at: int, end: int) -> int:
        """Some of these bytes; how many."""
        number, begin = divmod(at, self._stored.piece)
        some = (await self._read(number))[begin : begin + end - at]
        if not some:
            raise _Gone
        if self._is_slow:
            self._let_go()
        self._is_slow = False
        slow = asyncio.get_running_loop().call_later(_QUICK, self._found_slow)
        try:
            async with asyncio.timeout(self._patience):
                await self._answer.write(some)
        finally:
            slow.cancel()
        return len(some)

    async def _read(self, number: int) -> bytes:
        if self._piece is None or self._piece[0] != number:
            self._let_go()  # never two at a time
            self._piece = number, await self._taken(number)
        return self._piece[1]

    async def _taken(self, number: int) -> bytes:
        """It, in the room that there is for it from now on."""
        await self._contents.room.acquire()
        try:
            content = await self._contents.piece(self._stored, number)
            if content is None:
                raise _Gone
        except BaseException:
            self._contents.room.release()
            raise
        return content

    def _found_slow(self) -> None:
        self._is_slow = True
        self._let_go()

    def _let_go(self) -> None:
        if self._piece is not None:
            self._piece = None
            self._contents.room.release()


def _headers(row: Mapping[str, Any]) -> dict[str, str]:
    kind, name = row["content_type"], row["filename"]
    plain = _PLAIN.sub("_", name)
    return {
        "Content-Type": kind if kind in SHOWN else "application/octet-stream",
        # RFC 6266 §4.3: the second for whoever knows it, the first for the others.
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''"
        f"{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
