"""A network between the services and what they depend on, whose weather the tests make: TCP passed
on as it is, or late, slowly, in one direction only, or not at all. It changes no byte."""

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.local.processes import free_port

_LOOK: Final = 0.05
_PIECE: Final = 64 * 1024
_RESETS: Final = struct.pack("ii", 1, 0)
"""SO_LINGER for none: closing tells the other side that the connection was reset."""


@dataclass(frozen=True)
class Weather:
    """What a service finds on its way to a server."""

    delay: float = 0.0
    """Seconds."""
    rate: int | None = None
    """Bytes a second, at most."""
    sends: bool = True
    """Whether what it says goes on; else it waits, as packets do that are sent again and again."""
    hears: bool = True
    refuses: bool = False
    """Whether nobody takes a connection."""


FAIR: Final = Weather()


@dataclass(eq=False)
class _Conversation:
    port: int
    """The caller's."""
    sides: tuple[asyncio.StreamWriter, ...]
    who: str | None = None
    """Whose it is, once somebody had to know: to find out takes long."""

    def reset(self) -> None:
        """End it at once, with what is under way."""
        for side in self.sides:
            with suppress(OSError, ValueError, AttributeError):  # it may have none any more
                side.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _RESETS
                )
            side.transport.abort()


@dataclass
class Proxy:
    """Before one port; it knows which service a connection is of."""

    target: int
    pids: Callable[[], Mapping[int, str]]
    """The services' processes, by name."""
    port: int = field(default_factory=free_port)
    _weather: dict[str, Weather] = field(default_factory=dict)
    _conversations: set[_Conversation] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)

    async def close(self) -> None:
        """End everything."""
        if self._server is not None:
            self._server.close()
        for one in list(self._conversations):
            one.reset()
        for task in list(self._talks):
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def has(self, weather: Weather, services: Collection[str]) -> None:
        """From now on, for these services."""
        self._weather.update(dict.fromkeys(services, weather))

    def clears(self) -> None:
        """Fair again, for all."""
        self._weather.clear()

    def reset(self, services: Collection[str]) -> None:
        """Cut every connection of these services."""
        self._name_all()
        for one in list(self._conversations):
            if one.who in services:
                one.reset()

    def _name_all(self) -> None:
        unnamed = [one for one in self._conversations if one.who is None]
        if unnamed:
            owners = _owners({one.port for one in unnamed}, self.pids())
            for one in unnamed:
                one.who = owners.get(one.port, "")

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._begin(reader, writer))
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except OSError:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        one = _Conversation(writer.get_extra_info("peername")[1], (writer,))
        self._conversations.add(one)
        try:
            if self._of(one).refuses:
                writer.transport.abort()
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            one.sides = (writer, far_writer)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(one, reader, far_writer, is_up=True))
                group.create_task(self._carry(one, far_reader, writer, is_up=False))
        except* (OSError, RuntimeError):  # uvloop says the second of what is closed
            one.reset()
        finally:
            self._conversations.discard(one)
            for side in one.sides:
                side.close()

    def _of(self, one: _Conversation) -> Weather:
        if not self._weather:
            return FAIR
        if one.who is None:
            self._name_all()
        return self._weather.get(one.who or "", FAIR)

    async def _carry(
        self,
        one: _Conversation,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        is_up: bool,
    ) -> None:
        """One direction, until its end; late pieces stay in their order."""
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        clock = asyncio.get_running_loop().time

        async def put() -> None:
            piece = b"begun"
            while piece:
                piece = await reader.read(_PIECE)
                pieces.put_nowait((clock() + self._of(one).delay, piece))

        taking = asyncio.create_task(put())
        try:
            while True:
                due, piece = await _first(pieces, taking)
                await asyncio.sleep(max(0.0, due - clock()))
                while not (self._of(one).sends if is_up else self._of(one).hears):
                    await asyncio.sleep(_LOOK)
                if not piece:
                    writer.write_eof()
                    return
                writer.write(piece)
                await writer.drain()
                if rate := self._of(one).rate:
                    await asyncio.sleep(len(piece) / rate)
        finally:
            taking.cancel()


async def _first(
    pieces: asyncio.Queue[tuple[float, bytes]], taking: asyncio.Task[None]
) -> tuple[float, bytes]:
    """The next piece. Raises: OSError: the connection broke, and there is none."""
    if pieces.empty():
        waiting = asyncio.create_task(pieces.get())
        try:
            await asyncio.wait({waiting, taking}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
        finally:
            waiting.cancel()
        if pieces.empty():
            await taking
            raise ConnectionError("broken off")
    return pieces.get_nowait()


def _owners(ports: Collection[int], pids: Mapping[int, str]) -> dict[int, str]:
    """Whose processes have these ends of connections on this machine; those of others are not
    in it."""
    wanted = {f"0100007F:{port:04X}": port for port in ports}
    inodes: dict[str, int] = {}
    for line in Path("/proc/net/tcp").read_text().splitlines():
        columns = line.split()
        if (port := wanted.get(columns[1])) is not None:
            inodes[f"socket:[{columns[9]}]"] = port
    found: dict[int, str] = {}
    for pid, name in pids.items():
        folder = f"/proc/{pid}/fd"
        with suppress(OSError):
            for one in os.listdir(folder):
                with suppress(OSError):
                    if (port := inodes.get(os.readlink(f"{folder}/{one}"))) is not None:
                        found[port] = name
    return found
