"""Send enquiries to a door on loopback: as fast as it takes them, or at a given rate.

A fixed number of kept connections, like mail servers that relay a stream; so
the load is bounded, and a side that stalls is waited for, not flooded.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

from bench.ledger import Ledger
from bench.letters import Letter

HOST: Final = "127.0.0.1"
CONNECTIONS: Final = 32
REPLY_SECONDS: Final = 20.0
DEFERRED_SECONDS: Final = 30.0
BYTES_A_SECOND: Final = 500_000
"""More patience, of both kinds, with a large letter."""
DEFERRED_PAUSE_SECONDS: Final = 0.2


class Deferred(Exception):
    """The door says: not now."""


class Refused(Exception):
    """The door says: never."""


@dataclass(slots=True)
class Injection:
    """What became of the letters at the door."""

    taken: int = 0
    deferrals: int = 0
    refusals: list[str] = field(default_factory=list)
    unsent: int = 0


class Connection:
    """One kept SMTP connection, opened when first used and again when lost."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, letter: Letter, recipient: str) -> None:
        """Hand over one letter.

        Raises:
            Deferred: the door is busy, or the connection broke.
            Refused: the door won't take this letter.
        """
        try:
            async with asyncio.timeout(REPLY_SECONDS + len(letter.data) / BYTES_A_SECOND):
                await self._open()
                await self._transact(letter, recipient)
        except (OSError, EOFError, TimeoutError, Deferred) as error:
            self.close()
            raise Deferred(str(error)) from error

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _open(self) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port, limit=2**20)
            await self._reply()
            await self._command(b"EHLO bench.example.net\r\n")

    async def _transact(self, letter: Letter, recipient: str) -> None:
        await self._command(b"MAIL FROM:<%s> BODY=8BITMIME\r\n" % letter.sender.encode())
        await self._command(b"RCPT TO:<%s>\r\n" % recipient.encode())
        await self._command(b"DATA\r\n")
        await self._command(on_the_wire(letter.data))

    async def _command(self, line: bytes) -> None:
        assert self._streams is not None
        self._streams[1].write(line)
        await self._reply()

    async def _reply(self) -> None:
        """Read one reply, of one line or of several."""
        assert self._streams is not None
        line = await self._streams[0].readuntil(b"\r\n")
        while line[3:4] == b"-":
            line = await self._streams[0].readuntil(b"\r\n")
        if line[:1] == b"4":
            raise Deferred(line.decode("utf-8", "replace").strip())
        if line[:1] not in b"23":
            raise Refused(line.decode("utf-8", "replace").strip())


class Load:
    """A stream of letters to one side, entered into one ledger."""

    def __init__(
        self, doors: Sequence[int], recipient: str, ledger: Ledger, connections: int = CONNECTIONS
    ) -> None:
        """`doors`: the ports of all copies, among which the connections are shared out."""
        self._recipient = recipient
        self._ledger = ledger
        self._connections = connections
        self._idle: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for _, port in zip(range(connections), cycle(doors), strict=False):
            self._idle.put_nowait(Connection(port))

    async def saturate(
        self, letters: Sequence[Letter], *, seconds: float, connections: int = CONNECTIONS
    ) -> Injection:
        """Keep so many connections busy until the letters or the seconds are used up."""
        injection, waiting = Injection(), iter(letters)
        stop_at = self._ledger.clock() + seconds

        async def work() -> None:
            while self._ledger.clock() < stop_at and (letter := next(waiting, None)):
                self._ledger.expect(letter, self._ledger.clock())
                await self._send(letter, injection)

        await asyncio.gather(*(work() for _ in range(min(connections, self._connections))))
        injection.unsent = sum(1 for _ in waiting)
        return injection

    async def pace(self, letters: Sequence[Letter], *, rate: float, seed: int) -> Injection:
        """Send at random moments, `rate` a second on average, whatever the door does.

        Time counts from the moment a letter was meant to go, so a stall is
        charged to every letter that it held up.
        """
        injection, chance = Injection(), random.Random(seed)
        intended_at = self._ledger.clock()
        async with asyncio.TaskGroup() as sending:
            for letter in letters:
                intended_at += chance.expovariate(rate)
                await asyncio.sleep(max(0.0, intended_at - self._ledger.clock()))
                self._ledger.expect(letter, intended_at)
                sending.create_task(self._send(letter, injection))
        return injection

    async def close(self) -> None:
        """Hang up on every connection."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    async def _send(self, letter: Letter, injection: Injection) -> None:
        connection = await self._idle.get()
        try:
            await self._send_patiently(connection, letter, injection)
            injection.taken += 1
        except (Deferred, Refused) as error:
            injection.refusals.append(str(error))
            self._ledger.forget(letter)
        finally:
            self._idle.put_nowait(connection)

    async def _send_patiently(
        self, connection: Connection, letter: Letter, injection: Injection
    ) -> None:
        """Try again while the door says "not now", as a mail server would but sooner."""
        patience = DEFERRED_SECONDS + len(letter.data) / BYTES_A_SECOND
        give_up_at = self._ledger.clock() + patience
        while True:
            try:
                return await connection.send(letter, self._recipient)
            except Deferred:
                injection.deferrals += 1
                if self._ledger.clock() > give_up_at:
                    raise
                await asyncio.sleep(DEFERRED_PAUSE_SECONDS)


def on_the_wire(data: bytes) -> bytes:
    """A mail as DATA carries it."""
    # RFC 5321 §4.5.2
    stuffed = data.replace(b"\r\n.", b"\r\n..")
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
