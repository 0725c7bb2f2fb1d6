"""Asks clamd about viruses, by its own protocol (clamd(8), INSTREAM). Opens a connection for each
file; no answer is taken for a clean one but clamd's own word that it is."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from struct import pack
from typing import Final, Literal
from urllib.parse import urlsplit

from shared.errors import Transient

_CHUNK: Final = 64 * 1024
_PATIENCE: Final = 30.0
"""Seconds for one file, from the connection to the answer."""
_LONGEST_ANSWER: Final = 4096
_FOUND: Final = re.compile(rb"stream: ([\x21-\x7e]{1,200}) FOUND")


class ScannerAway(Transient):
    """There is no clamd to ask: no file's doing."""


@dataclass(frozen=True)
class Finding:
    """What clamd said of a file."""

    state: Literal["clean", "infected"]
    name: str = ""
    """Of what was found."""


class Scanner:
    """One clamd, at `tcp://host:port` or `unix:///path`."""

    def __init__(self, url: str, patience: float = _PATIENCE) -> None:
        parts = urlsplit(url)
        self._path = parts.path if parts.scheme == "unix" else None
        self._host, self._port = parts.hostname or "", parts.port or 3310
        self._patience = patience

    async def scan(self, content: bytes) -> Finding:
        """Raises: Transient: no verdict; nothing is known of this file. ScannerAway: nor of any."""
        return await self.scan_pieces(_whole(content))

    async def scan_pieces(self, pieces: AsyncIterator[bytes]) -> Finding:
        """The same of a file that is read piece by piece."""
        try:
            async with asyncio.timeout(self._patience):
                return _verdict(await self._answer(pieces))
        except (OSError, TimeoutError, asyncio.LimitOverrunError, EOFError) as error:
            raise Transient(f"clamd: {type(error).__name__}") from error

    async def _answer(self, pieces: AsyncIterator[bytes]) -> bytes:
        reader, writer = await self._connect()
        try:
            # It hangs up in the middle of what is too large for it, with an answer.
            with suppress(ConnectionError):
                await _send(writer, pieces)
            return (await reader.readuntil(b"\0"))[:-1]
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            if self._path is not None:
                return await asyncio.open_unix_connection(self._path, limit=_LONGEST_ANSWER)
            return await asyncio.open_connection(self._host, self._port, limit=_LONGEST_ANSWER)
        except OSError as error:
            raise ScannerAway(f"clamd: {type(error).__name__}") from error


def scanner_at(url: str) -> Scanner | None:
    """None: no address, and nothing looks for viruses."""
    return Scanner(url) if url else None


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _send(writer: asyncio.StreamWriter, pieces: AsyncIterator[bytes]) -> None:
    writer.write(b"zINSTREAM\0")
    async for piece in pieces:
        view = memoryview(piece)
        for start in range(0, len(piece), _CHUNK):
            chunk = view[start : start + _CHUNK]
            writer.write(pack("!I", len(chunk)))
            writer.write(chunk)
            await writer.drain()
    writer.write(pack("!I", 0))
    await writer.drain()


def _verdict(answer: bytes) -> Finding:
    if answer == b"stream: OK":
        return Finding("clean")
    found = _FOUND.fullmatch(answer)
    if found:
        return Finding("infected", found[1].decode("ascii"))
    # Too large for it, a fault of its own, or no clamd at all: its words may be anybody's.
    raise Transient("clamd gave no verdict")
