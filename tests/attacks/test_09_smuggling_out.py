"""SMTP smuggling out: what we send ends a letter early for the relay, and begins another."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

import pytest

from services.notify.compose import Composer, Facts
from services.notify.courier import Courier
from shared.messages import Notice
from shared.relay import relay_of
from tests.forgeries import SEAL
from tests.unit.examples import LIBRARY, NOW, REFERENCE, document

ENDS: Final = [
    *("\r\n.\r\n", "\n.\n", "\n.\r\n", "\r.\r", "\r.\r\n", "\r.\n", "\r\n.\n", "\r\n.\r", "\n.\r"),
    *("\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\r\n.\r\r\n", "\x85.\x85", "\u2028.\u2028"),
]
SMUGGLED: Final = "MAIL FROM:<evil@x.example>\r\nRCPT TO:<victim@x.example>\r\nDATA\r\nevil"


@dataclass
class Listener:
    """A relay that writes down every byte, and believes only RFC 5321 §4.1.1.4."""

    port: int = 0
    letters: list[bytes] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        while line := await reader.readline():
            self.commands.append(line)
            if line.startswith(b"DATA"):
                writer.write(b"354 x\r\n")
                self.letters.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 x\r\n" if line.startswith(b"QUIT") else b"250 x\r\n")
        writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    yield listener
    server.close()


@pytest.mark.parametrize("end", ENDS, ids=ascii)
@pytest.mark.parametrize("place", ["words", "subject", "name", "message_id"])
async def test_one_letter_goes_over_the_wire_and_no_bare_line_end(
    listener: Listener, place: str, end: str
) -> None:
    evil = f"a{end}{SMUGGLED}{end}"
    message_id = f"<{evil}@patrons.example>" if place == "message_id" else "<a@patrons.example>"
    patron = {"name": evil if place == "name" else "Rhian", "address": "rhian@patrons.example"}
    ticket = document(
        patron=patron,
        subject=evil if place == "subject" else "Hours",
        thread=[{"letter_id": "letter-1", "message_id": message_id}],
    )
    words = evil if place == "words" else "Words."
    facts = Facts("0" * 32, Notice.REPLY, REFERENCE, ticket, "letter-1", words, "Mair Pretend")
    composed = Composer(LIBRARY, SEAL).compose(facts, NOW)
    courier = Courier(relay_of(f"smtp://127.0.0.1:{listener.port}"))
    await courier.send("", composed.to, composed.content)
    await courier.close()

    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", composed.content), "what is handed to the client"
    [wire] = listener.letters
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", wire)
    assert wire.count(b"\r\n.\r\n") == 1
    assert b"\0" not in wire
    head = wire.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"^(?:MAIL|RCPT|DATA)", head, re.MULTILINE)
    assert [one[:4] for one in listener.commands] == [b"EHLO", b"MAIL", b"RCPT", b"DATA"]
