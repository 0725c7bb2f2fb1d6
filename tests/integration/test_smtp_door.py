"""How the SMTP door reads what comes over the wire, byte by byte."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from deploy.local.processes import free_port
from services.intake.smtp import Door, Limits

MOST = 100_000


@dataclass
class Wire:
    """A raw client, and what the door took in."""

    port: int
    taken: list[bytes] = field(default_factory=list)
    senders: list[str | None] = field(default_factory=list)

    async def accept(self, raw: bytes, sender: str | None, _: tuple[str, ...]) -> None:
        self.taken.append(raw)
        self.senders.append(sender)

    async def say(self, *pieces: bytes, sender: bytes = b"<a@b.example>") -> list[bytes]:
        """Send a letter in these pieces; every answer after that to DATA."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"EHLO there\r\n")
        await reader.readuntil(b"250 HELP\r\n")
        writer.write(
            b"MAIL FROM:" + sender + b"\r\nRCPT TO:<enquiries@llanfair.example>\r\nDATA\r\n"
        )
        assert (await _line(reader, 3))[-1].startswith(b"354")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.001)
        writer.write(b"QUIT\r\n")
        answers = (await reader.read()).splitlines()
        writer.close()
        return answers


async def _line(reader: asyncio.StreamReader, count: int) -> list[bytes]:
    return [await reader.readuntil(b"\r\n") for _ in range(count)]


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    wire = Wire(free_port())
    door = Door(frozenset({"enquiries@llanfair.example"}), wire.accept, Limits(MOST))
    await door.open("127.0.0.1", wire.port)
    yield wire
    await door.close()


async def test_a_letter_is_kept_as_it_was_written(wire: Wire) -> None:
    answers = await wire.say(b"Subject: x\r\n\r\n..dotted\r\n..\r\nends.\r\n.\r\n")
    assert answers[0].startswith(b"250")
    assert wire.taken == [b"Subject: x\r\n\r\n.dotted\r\n.\r\nends.\r\n"]


@pytest.mark.parametrize("size", range(1, 9))
async def test_the_pieces_in_which_it_comes_do_not_matter(wire: Wire, size: int) -> None:
    sent = b"..a\r\n.b.\r\n\r\n..\r\n.\r\n"
    answers = await wire.say(*(sent[at : at + size] for at in range(0, len(sent), size)))
    assert [one[:3] for one in answers] == [b"250", b"221"]
    assert wire.taken == [b".a\r\nb.\r\n\r\n.\r\n"]


async def test_an_empty_letter_is_a_letter(wire: Wire) -> None:
    answers = await wire.say(b".\r\n")
    assert answers[0].startswith(b"250")
    assert wire.taken == [b""]


async def test_a_letter_that_is_too_large_is_refused_and_the_next_command_is_heard(
    wire: Wire,
) -> None:
    answers = await wire.say(b"x" * 80 + b"\r\n", *[b"y" * 9998 + b"\r\n"] * 20, b".\r\n")
    assert [one[:3] for one in answers] == [b"552", b"221"]
    assert wire.taken == []


async def test_a_letter_of_the_largest_size_is_kept(wire: Wire) -> None:
    raw = b"z" * (MOST - 2) + b"\r\n"
    answers = await wire.say(raw, b".\r\n")
    assert answers[0].startswith(b"250")
    assert wire.taken == [raw]


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n"]
)
async def test_nothing_is_smuggled_in_behind_another_line_end(wire: Wire, end: bytes) -> None:
    """CVE-2023-51764, CVE-2024-27305: one letter, with the rest as part of it."""
    smuggled = b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<enquiries@llanfair.example>\r\nDATA\r\nhm"
    answers = await wire.say(b"Subject: x\r\n\r\nhello" + end + smuggled + b"\r\n.\r\n")
    assert [one[:3] for one in answers] == [b"250", b"221"]
    assert len(wire.taken) == 1
    assert smuggled in wire.taken[0]


async def test_the_null_sender_is_known_as_such(wire: Wire) -> None:
    await wire.say(b"Subject: x\r\n\r\n.\r\n", sender=b"<>")
    assert wire.senders == [""]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (b"<enquiries@llanfair.example>", b"250"),
        (b"<Enquiries+7k3m92qx.token@LLANFAIR.example>", b"250"),
        (b"<someone@llanfair.example>", b"550"),
        (b"<enquiries@elsewhere.example>", b"550"),
        (b"<enquiries%elsewhere.example@llanfair.example>", b"550"),
        (b"<@llanfair.example:enquiries@elsewhere.example>", b"550"),
    ],
)
async def test_only_the_librarys_own_addresses_are_written_to(
    wire: Wire, address: bytes, code: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(b"EHLO there\r\n")
    await reader.readuntil(b"250 HELP\r\n")
    writer.write(b"MAIL FROM:<a@b.example>\r\nRCPT TO:" + address + b"\r\nQUIT\r\n")
    answers = (await reader.read()).splitlines()
    assert answers[1][:3] == code
    writer.close()
