"""The SMTP door, spoken to as a mail server would: who may be written to, and what is answered."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiosmtplib
import pytest

from services.intake.smtp import Door, Limits
from shared.errors import Permanent, Transient
from tests.builders import mail
from tests.unit.examples import ADDRESS

PATRON = "rhian@patrons.example"
MOST = 100_000


@dataclass
class Kept:
    """What was accepted: raw bytes, envelope sender, recipients."""

    letters: list[tuple[bytes, str | None, tuple[str, ...]]] = field(default_factory=list)
    fails_with: Exception | None = None
    hangs: bool = False
    port: int = 0

    async def __call__(self, raw: bytes, sender: str | None, to: tuple[str, ...]) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails_with is not None:
            raise self.fails_with
        self.letters.append((raw, sender, to))


@pytest.fixture
async def kept() -> AsyncIterator[Kept]:
    kept = Kept()
    door = Door(frozenset({ADDRESS}), kept, Limits(MOST))
    kept.port = await door.open("127.0.0.1", 0)
    yield kept
    await door.close()


async def send(kept: Kept, raw: bytes, *to: str, sender: str = PATRON) -> str:
    """The door's answer to a letter."""
    _, answer = await aiosmtplib.send(
        raw,
        sender=sender,
        recipients=list(to or (ADDRESS,)),
        hostname="127.0.0.1",
        port=kept.port,
        start_tls=False,
    )
    return answer


async def say(kept: Kept, *commands: bytes) -> list[bytes]:
    """The last line of the answer to each of these, written as they stand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", kept.port)
    answers = [await _answer(reader)]
    for one in commands:
        writer.write(one)
        answers.append(await _answer(reader))
    writer.close()
    await writer.wait_closed()
    return answers[1:]


async def _answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(10):
        line = await reader.readline()
        while line[3:4] == b"-":
            line = await reader.readline()
    return line


HELLO = (b"EHLO relay.example\r\n", b"MAIL FROM:<rhian@patrons.example>\r\n")
TO_US = b"RCPT TO:<enquiries@llanfair.example>\r\n"


async def dictate(kept: Kept, content: bytes) -> bytes:
    """The answer to a letter whose bytes go over the wire as they stand."""
    return (await say(kept, *HELLO, TO_US, b"DATA\r\n", content))[-1]


async def test_a_letter_is_accepted_as_it_came(kept: Kept) -> None:
    raw = mail()
    assert (await send(kept, raw)).startswith("2.0.0")
    [(content, sender, to)] = kept.letters
    assert content == raw
    assert (sender, to) == (PATRON, (ADDRESS,))


@pytest.mark.parametrize(
    "to",
    [
        ADDRESS,
        "Enquiries@LLANFAIR.example",
        "enquiries+tag@llanfair.example",
        "enquiries+@llanfair.example",
    ],
)
async def test_our_own_address_is_accepted_with_any_tag_in_any_case(kept: Kept, to: str) -> None:
    await send(kept, mail(), to)
    assert kept.letters[0][2] == (to,)


@pytest.mark.parametrize(
    "to",
    [
        "someone@elsewhere.example",
        "other@llanfair.example",
        "enquiries@llanfair.example.elsewhere.example",
        "enquiries@elsewhere.example",
        "enquiriesx@llanfair.example",
        "+enquiries@llanfair.example",
        "enquiries%llanfair.example@elsewhere.example",
    ],
)
async def test_it_is_never_a_relay(kept: Kept, to: str) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as error:
        await send(kept, mail(), to)
    assert error.value.recipients[0].code == 550
    assert kept.letters == []


async def test_no_letter_has_more_recipients_than_allowed(kept: Kept) -> None:
    answers = await say(kept, *HELLO, *([TO_US] * 101))
    assert [one[:3] for one in answers[2:]] == [b"250"] * 100 + [b"452"]


async def test_the_null_sender_is_told_as_nobody(kept: Kept) -> None:
    null = (HELLO[0], b"MAIL FROM:<>\r\n", TO_US, b"DATA\r\n", b"a\r\n.\r\n")
    assert (await say(kept, *null))[-1][:3] == b"250"
    assert kept.letters[0][1] == ""


async def test_what_can_not_be_kept_now_is_to_be_tried_again(kept: Kept) -> None:
    kept.fails_with = Transient("MongoDB: AutoReconnect")
    with pytest.raises(aiosmtplib.SMTPDataError) as error:
        await send(kept, mail())
    assert error.value.code == 451
    assert "MongoDB" not in error.value.message


async def test_what_takes_too_long_is_to_be_tried_again(kept: Kept) -> None:
    kept.hangs = True
    with pytest.raises(aiosmtplib.SMTPDataError) as error:
        await send(kept, mail())
    assert error.value.code == 451


async def test_what_can_never_be_kept_is_refused(kept: Kept) -> None:
    kept.fails_with = Permanent("too large for the database")
    with pytest.raises(aiosmtplib.SMTPDataError) as error:
        await send(kept, mail())
    assert error.value.code == 554
    assert "database" not in error.value.message


async def test_a_fault_of_ours_costs_nobody_a_letter(kept: Kept) -> None:
    kept.fails_with = KeyError("s3cret")
    with pytest.raises(aiosmtplib.SMTPDataError) as error:
        await send(kept, mail())
    assert 400 <= error.value.code < 500
    assert "s3cret" not in error.value.message


async def test_a_letter_that_is_too_large_is_refused_and_the_next_one_kept(kept: Kept) -> None:
    body = b"Subject: x\r\n\r\n" + b"y" * 998 + b"\r\n"
    large = body + (b"z" * 998 + b"\r\n") * 200 + b".\r\n"
    again = (b"MAIL FROM:<rhian@patrons.example>\r\n", TO_US, b"DATA\r\n", body + b".\r\n")
    answers = await say(kept, *HELLO, TO_US, b"DATA\r\n", large, *again)
    assert answers[4][:3] == b"552"
    assert answers[-1][:3] == b"250"
    assert [one for one, _, _ in kept.letters] == [body]


async def test_a_size_that_is_too_large_is_refused_before_the_letter(kept: Kept) -> None:
    [_, answer] = await say(
        kept, b"EHLO relay.example\r\n", b"MAIL FROM:<rhian@patrons.example> SIZE=200000\r\n"
    )
    assert answer[:3] == b"552"


@pytest.mark.parametrize(
    ("wire", "content"),
    [
        (b"a\r\n.\r\n", b"a\r\n"),
        (b".\r\n", b""),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"a\r\n..b\r\n...c\r\n.\r\n", b"a\r\n.b\r\n..c\r\n"),
        (b"a.\r\nb.\r\n.\r\n", b"a.\r\nb.\r\n"),
        (b"\r\n\r\n.\r\n", b"\r\n\r\n"),
        (b"\x00\xff\x80\r\n.\r\n", b"\x00\xff\x80\r\n"),
        (b"x" * 70_000 + b"\r\n.\r\n", b"x" * 70_000 + b"\r\n"),
        (b"x" * 65_533 + b".\r\n.\r\n", b"x" * 65_533 + b".\r\n"),
        (b"x." * 40_000 + b"\r\n.\r\n", b"x." * 40_000 + b"\r\n"),
    ],
)
async def test_a_letter_ends_at_the_dot_alone_and_is_what_was_meant(
    kept: Kept, wire: bytes, content: bytes
) -> None:
    assert (await dictate(kept, wire))[:3] == b"250"
    assert [one for one, _, _ in kept.letters] == [content]


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r\n\x00.\r\n"]
)
async def test_no_other_end_smuggles_a_second_letter_in(kept: Kept, end: bytes) -> None:
    second = b"MAIL FROM:<evil@x.example>\r\n" + TO_US + b"DATA\r\nsecond\r\n"
    assert (await dictate(kept, b"first" + end + second + b".\r\n"))[:3] == b"250"
    [(content, sender, _)] = kept.letters
    # RFC 5321 §4.5.2: where the end began a line, its dot is taken away.
    as_read = end.replace(b"\r\n.", b"\r\n")
    assert (content, sender) == (b"first" + as_read + second, PATRON)


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5])
async def test_an_end_that_comes_in_pieces_is_an_end(kept: Kept, cut: int) -> None:
    wire = b"a\r\n.\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", kept.port)
    await _answer(reader)
    for one in (*HELLO, TO_US, b"DATA\r\n"):
        writer.write(one)
        await _answer(reader)
    writer.write(wire[:cut])
    await asyncio.sleep(0.02)
    writer.write(wire[cut:])
    assert (await _answer(reader))[:3] == b"250"
    writer.close()
    await writer.wait_closed()
    assert [one for one, _, _ in kept.letters] == [b"a\r\n"]


async def test_several_letters_may_come_over_one_connection_in_one_go(kept: Kept) -> None:
    one = HELLO[1] + TO_US + b"DATA\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", kept.port)
    writer.write(HELLO[0] + one + b"first\r\n.\r\n" + one + b"second\r\n.\r\nQUIT\r\n")
    async with asyncio.timeout(10):
        said = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert said.count(b"250 2.0.0") == 2
    assert [content for content, _, _ in kept.letters] == [b"first\r\n", b"second\r\n"]


async def test_a_letter_that_breaks_off_is_not_kept(kept: Kept) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", kept.port)
    await _answer(reader)
    for one in (*HELLO, TO_US, b"DATA\r\n"):
        writer.write(one)
        await _answer(reader)
    writer.write(b"half a letter\r\n.")
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.05)
    assert kept.letters == []
    assert (await send(kept, mail())).startswith("2.0.0")


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ([b"DATA\r\n"], b"503"),
        ([HELLO[0], b"DATA\r\n"], b"503"),
        ([*HELLO, b"DATA\r\n"], b"503"),
        ([*HELLO, TO_US, b"DATA now\r\n"], b"501"),
        ([*HELLO, b"RCPT TO:enquiries\r\n"], b"5"),
        ([b"NONSENSE\r\n"], b"500"),
    ],
)
async def test_a_command_out_of_place_is_told_so(
    kept: Kept, commands: list[bytes], code: bytes
) -> None:
    assert (await say(kept, *commands))[-1].startswith(code)
    assert kept.letters == []
