"""The SMTP door by itself, with what it took in, and clients that speak to it in whatever way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from services.intake.smtp import Door, Limits
from shared.certificate import Certificate

OWN = frozenset({"enquiries@llanfair.example"})
MOST = 100_000
PLAIN = Limits(MOST)
HELLO = b"EHLO there\r\n"
ENVELOPE = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<enquiries@llanfair.example>\r\n"
WORDS = b"Subject: x\r\n\r\nhello\r\n"


@dataclass
class House:
    """A door, and what it took in."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    senders: list[str | None] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Letters are kept while it is open."""
    doors: list[Door] = field(default_factory=list)
    clients: list["Client"] = field(default_factory=list)

    async def accept(self, raw: bytes, sender: str | None, _: tuple[str, ...]) -> None:
        await self.gate.wait()
        self.taken.append(raw)
        self.senders.append(sender)

    async def open(self, limits: Limits = PLAIN, certificate: Certificate | None = None) -> Door:
        self.gate.set()
        door = Door(OWN, self.accept, limits, certificate)
        self.port = await door.open("127.0.0.1", 0)
        self.doors.append(door)
        return door

    async def client(self, host: str = "127.0.0.1") -> "Client":
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(host, 0), limit=2**20
        )
        client = Client(reader, writer)
        self.clients.append(client)
        client.greeting = await client.answer()
        return client

    async def has_room(self) -> bool:
        """Whether one more may come in."""
        client = await self.client()
        client.writer.close()
        return client.greeting.startswith(b"220")

    async def say(self, *pieces: bytes, sender: bytes = b"<a@b.example>") -> list[bytes]:
        """Send a letter in these pieces; every answer after that to DATA."""
        client = await self.client()
        await client.tell(HELLO)
        await client.tell(b"MAIL FROM:" + sender + b"\r\n")
        await client.tell(b"RCPT TO:<enquiries@llanfair.example>\r\n")
        assert (await client.tell(b"DATA\r\n")).startswith(b"354")
        for piece in pieces:
            client.writer.write(piece)
            await client.writer.drain()
            await asyncio.sleep(0.001)
        client.writer.write(b"QUIT\r\n")
        return await client.rest()


@dataclass
class Client:
    """Somebody who speaks to it, in whatever way."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    greeting: bytes = b""

    async def answer(self) -> bytes:
        """The last line of the next answer; empty at the end."""
        async with asyncio.timeout(20):
            line = await self.reader.readline()
            while line[3:4] == b"-":
                line = await self.reader.readline()
        return line

    async def tell(self, said: bytes) -> bytes:
        self.writer.write(said)
        return await self.answer()

    async def rest(self) -> list[bytes]:
        """All that is still said, to the end of the connection."""
        async with asyncio.timeout(20):
            lines = (await self.reader.read()).splitlines()
        self.writer.close()
        return [one for one in lines if one[3:4] != b"-"]


@asynccontextmanager
async def smtp_house() -> AsyncIterator[House]:
    """A house whose doors and clients are closed when it ends."""
    house = House()
    try:
        yield house
    finally:
        house.gate.set()
        for door in house.doors:
            await door.close()
        for client in house.clients:
            client.writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(5):
                    await client.writer.wait_closed()


def codes(answers: list[bytes]) -> list[bytes]:
    return [one[:3] for one in answers]
