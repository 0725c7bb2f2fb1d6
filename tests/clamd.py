"""A stand-in for clamd that speaks its protocol (clamd(8), zINSTREAM): it finds the EICAR test file
in what it is sent, and can be told to behave badly."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The file that every virus scanner reports, so that one may be tried (eicar.org)."""
Manner = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def honest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As clamd does."""
    content = await _content(reader)
    writer.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes all and says nothing."""
    await _content(reader)
    await asyncio.sleep(3600)


async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads nothing."""
    await asyncio.sleep(3600)


async def curt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hangs up in the middle."""
    await reader.readexactly(12)


def saying(answer: bytes) -> Manner:
    """Answers that, whatever it was sent."""

    async def says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _content(reader)
        writer.write(answer)

    return says


async def _content(reader: asyncio.StreamReader) -> bytes:
    assert await reader.readexactly(10) == b"zINSTREAM\0"
    content = bytearray()
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        content += await reader.readexactly(size)
    return bytes(content)


@dataclass
class Clamd:
    """One that listens; change its manner at any time."""

    manner: Manner = honest
    asked: int = 0
    _server: asyncio.Server | None = None
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self, port: int) -> None:
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", port)

    async def open_at(self, path: str) -> None:
        self._server = await asyncio.start_unix_server(self._converse, path)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await self.manner(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # whoever asked has gone
        finally:
            self._under_way.discard(task)
            writer.close()

    async def close(self) -> None:
        for one in list(self._under_way):
            one.cancel()
        if self._server is not None:
            self._server.close()
