"""The SMTP door over the wire: smuggled ends, slow and greedy clients, TLS, how it closes."""

import asyncio
import socket
import ssl
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
import trustme

from services.intake.smtp import Limits
from services.intake.wire import Times
from shared.certificate import Certificate
from tests.smtp_house import ENVELOPE, HELLO, MOST, PLAIN, WORDS, Client, House, codes, smtp_house
from tests.stage import until


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with smtp_house() as house:
        yield house


@pytest.fixture
async def wire(house: House) -> House:
    await house.open()
    return house


# A letter, and where it ends.


async def test_a_letter_is_kept_as_it_was_written(wire: House) -> None:
    answers = await wire.say(b"Subject: x\r\n\r\n..dotted\r\n..\r\nends.\r\n.\r\n")
    assert codes(answers) == [b"250", b"221"]
    assert wire.taken == [b"Subject: x\r\n\r\n.dotted\r\n.\r\nends.\r\n"]


@pytest.mark.parametrize("size", range(1, 9))
async def test_the_pieces_in_which_it_comes_do_not_matter(wire: House, size: int) -> None:
    sent = b"..a\r\n.b.\r\n\r\n..\r\n.\r\n"
    answers = await wire.say(*(sent[at : at + size] for at in range(0, len(sent), size)))
    assert codes(answers) == [b"250", b"221"]
    assert wire.taken == [b".a\r\nb.\r\n\r\n.\r\n"]


async def test_an_empty_letter_is_a_letter(wire: House) -> None:
    assert codes(await wire.say(b".\r\n")) == [b"250", b"221"]
    assert wire.taken == [b""]


async def test_a_letter_that_is_too_large_is_refused_and_the_next_command_is_heard(
    wire: House,
) -> None:
    answers = await wire.say(b"x" * 80 + b"\r\n", *[b"y" * 9998 + b"\r\n"] * 20, b".\r\n")
    assert codes(answers) == [b"552", b"221"]
    assert wire.taken == []


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
async def test_a_letter_of_the_largest_size_is_kept(wire: House, cut: int) -> None:
    raw = b"z" * (MOST - 2) + b"\r\n"
    whole = raw + b".\r\n"
    assert codes(await wire.say(whole[:-cut], whole[-cut:])) == [b"250", b"221"]
    assert wire.taken == [raw]


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
async def test_a_letter_of_one_byte_more_is_not(wire: House, cut: int) -> None:
    whole = b"z" * (MOST - 1) + b"\r\n.\r\n"
    assert codes(await wire.say(whole[:-cut], whole[-cut:])) == [b"552", b"221"]
    assert wire.taken == []


async def test_a_letter_of_thirty_million_bytes_is_read_to_its_end_and_refused(
    house: House,
) -> None:
    await house.open(Limits(26_214_400))
    line = b"z" * 998 + b"\r\n"
    answers = await house.say(*[line * 1000] * 30, b".\r\n")
    assert codes(answers) == [b"552", b"221"]


async def test_a_letter_that_never_ends_is_not_heard_for_ever(wire: House) -> None:
    client = await wire.client()
    await client.tell(HELLO)
    client.writer.write(ENVELOPE + b"DATA\r\n")
    with suppress(ConnectionError):
        for _ in range(200):
            client.writer.write(b"z" * 10_000)
            await client.writer.drain()
    assert codes(await client.rest())[-1] == b"552"


async def test_nul_and_bare_line_ends_are_part_of_a_letter(wire: House) -> None:
    content = b"Subject: \x00\r\n\r\n\x00a\nb\rc\x00\r\n"
    assert codes(await wire.say(content + b".\r\n")) == [b"250", b"221"]
    assert wire.taken == [content]


async def test_letters_that_come_in_one_go_with_their_commands_are_each_kept(wire: House) -> None:
    client = await wire.client()
    await client.tell(HELLO)
    for number in range(50):
        client.writer.write(ENVELOPE + b"DATA\r\n" + b"%d\r\n.\r\n" % number)
    client.writer.write(b"QUIT\r\n")
    answers = await client.rest()
    assert [one for one in codes(answers) if one == b"354"] == [b"354"] * 50
    assert wire.taken == [b"%d\r\n" % number for number in range(50)]


async def test_a_client_that_closes_its_half_is_answered_all_the_same(wire: House) -> None:
    wire.gate.clear()
    client = await wire.client()
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\n" + WORDS + b".\r\n")
    client.writer.write_eof()
    await asyncio.sleep(0.2)
    wire.gate.set()
    answers = await client.rest()
    assert answers[-1].startswith(b"250 2.0.0")
    assert wire.taken == [WORDS]


async def test_half_a_letter_is_none(wire: House) -> None:
    client = await wire.client()
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\n" + WORDS + b".\r")
    client.writer.write_eof()
    await client.rest()
    assert wire.taken == []


async def test_the_null_sender_is_known_as_such(wire: House) -> None:
    await wire.say(b"Subject: x\r\n\r\n.\r\n", sender=b"<>")
    assert wire.senders == [""]


@pytest.mark.parametrize(("hops", "code"), [(50, b"250"), (51, b"554"), (1000, b"554")])
async def test_a_letter_that_goes_round_in_circles_is_refused(
    wire: House, hops: int, code: bytes
) -> None:
    head = b"rEceived: from a.example\r\n\tby b.example\r\n" * hops
    below = b"Subject: x\r\n\r\n" + b"Received: in a quoted letter\r\n" * 60
    answers = await wire.say(head + below + b".\r\n")
    assert answers[0][:3] == code
    assert code == b"250" or answers[0].startswith(b"554 5.4.6")


# What is no letter.


async def test_garbage_behind_a_letter_is_answered_and_then_ended(wire: House) -> None:
    client = await wire.client()
    await client.tell(HELLO)
    garbage = b"".join(bytes([200, one]) * 20 + b"\r\n" for one in range(100, 200))
    client.writer.write(ENVELOPE + b"DATA\r\n" + WORDS + b".\r\n" + garbage + ENVELOPE)
    answers = await client.rest()
    assert codes(answers) == [b"250", b"250", b"354", b"250", *[b"500"] * 20, b"421"]
    assert wire.taken == [WORDS]


async def test_a_command_of_a_hundred_thousand_bytes_is_refused_and_the_next_heard(
    wire: House,
) -> None:
    client = await wire.client()
    assert (await client.tell(b"x" * 100_000 + b"\r\n")).startswith(b"500 5.5.2")
    client.writer.write(b"NOOP " + b"y" * 3000)
    await client.writer.drain()
    await asyncio.sleep(0.05)
    assert (await client.tell(b"y" * 3000 + b"\r\n")).startswith(b"500 5.5.2")
    assert (await client.tell(b"NOOP\r\n")).startswith(b"250")
    assert (await client.tell(b"NOOP\n")).startswith(b"500 5.5.2")
    client.writer.close()


async def test_a_command_that_never_ends_takes_up_no_memory(wire: House) -> None:
    client = await wire.client()
    piece = b"x" * 500_000
    tracemalloc.start()
    try:
        for _ in range(40):
            client.writer.write(piece)
            await client.writer.drain()
        assert (await client.tell(b"\r\n")).startswith(b"500 5.5.2")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


async def test_a_browser_that_is_made_to_post_a_letter_is_not_listened_to(wire: House) -> None:
    body = HELLO + ENVELOPE + b"DATA\r\n" + WORDS + b".\r\n"
    for request in (b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", b"FETCH / HTTP/1.1\r\nHost: x\r\n\r\n"):
        client = await wire.client()
        client.writer.write(request + body)
        assert codes(await client.rest())[-1] == b"421"
    assert wire.taken == []


async def test_ten_thousand_recipients_are_not_heard_to_their_end(wire: House) -> None:
    client = await wire.client()
    await client.tell(HELLO)
    client.writer.write(b"MAIL FROM:<>\r\n")
    for one in range(10_000):
        client.writer.write(b"RCPT TO:<enquiries+%d@llanfair.example>\r\n" % one)
    answers = await client.rest()
    assert codes(answers)[1:] == [b"250"] * 100 + [b"452"] * 20 + [b"421"]


# Who takes his time.


QUICK = Times(command=0.3, silence=0.3, letter=1.0, bytes_a_second=1000, goodbye=0.2)
IMPATIENT = Limits(MOST, times=QUICK)


async def _drips(client: Client, drop: bytes) -> list[bytes]:
    """All that is answered to somebody who says one thing again and again."""
    drips = asyncio.create_task(_drip(client.writer, drop))
    try:
        return await client.rest()
    finally:
        drips.cancel()


async def _drip(writer: asyncio.StreamWriter, drop: bytes) -> None:
    with suppress(ConnectionError):
        while True:
            writer.write(drop)
            await asyncio.sleep(0.02)


async def test_who_says_nothing_is_sent_away(house: House) -> None:
    await house.open(IMPATIENT)
    client = await house.client()
    assert await client.rest() == [b"421 4.4.2 Too slow: goodbye"]


async def test_a_command_that_drips_in_is_not_waited_for(house: House) -> None:
    await house.open(IMPATIENT)
    client = await house.client()
    assert codes(await _drips(client, b"N")) == [b"421"]


async def test_who_falls_silent_in_a_letter_is_sent_away(house: House) -> None:
    await house.open(Limits(MOST, times=replace(QUICK, letter=60)))
    client = await house.client()
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\nhalf a letter")
    assert codes(await client.rest())[-1] == b"421"
    assert house.taken == []


async def test_a_letter_that_drips_in_holds_no_place_for_ever(house: House) -> None:
    await house.open(IMPATIENT)
    client = await house.client()
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\n")
    assert codes(await _drips(client, b"x"))[-1] == b"421"
    assert house.taken == []


async def test_a_large_letter_over_a_slow_line_is_welcome(house: House) -> None:
    """It takes more than twice the time that any letter has, but it goes on."""
    times = replace(QUICK, silence=5, letter=0.3, bytes_a_second=10_000)
    await house.open(Limits(MOST, times=times))
    client = await house.client()
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\n")
    for _ in range(14):
        client.writer.write(b"x" * 998 + b"\r\n")
        await asyncio.sleep(0.05)
    client.writer.write(b".\r\nQUIT\r\n")
    assert codes(await client.rest())[-2:] == [b"250", b"221"]


async def test_who_never_reads_is_sent_away(house: House) -> None:
    """His answers are not heaped up for ever either."""
    await house.open(replace(IMPATIENT, connections=1))
    link = socket.create_connection(("127.0.0.1", house.port))
    link.setblocking(False)
    loop = asyncio.get_running_loop()
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(5):
            while True:
                await loop.sock_sendall(link, b"EHLO there\r\n" * 1000)
    link.close()
    await until(house.has_room)


async def test_who_says_more_than_is_heard_is_held_up(wire: House) -> None:
    wire.gate.clear()
    client = await wire.client()
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\n" + WORDS + b".\r\n")
    sent = 0
    with suppress(TimeoutError):
        while sent < 200_000_000:
            client.writer.write(b"NOOP\r\n" * 20_000)
            async with asyncio.timeout(1):
                await client.writer.drain()
            sent += 120_000
    assert sent < 50_000_000
    client.writer.transport.abort()


# How many at once.


async def test_connections_have_a_limit_and_places_come_back(house: House) -> None:
    await house.open(replace(PLAIN, connections=3))
    clients = [await house.client() for _ in range(4)]
    assert codes([one.greeting for one in clients]) == [b"220"] * 3 + [b"421"]
    assert await clients[3].answer() == b""
    clients[0].writer.close()
    await until(house.has_room)


async def test_who_is_far_too_many_is_not_told_why(house: House) -> None:
    """To be told takes a place for a while, and those are not without end either."""
    patient = replace(PLAIN, connections=3, times=Times(goodbye=20), last_letters=0.1)
    await house.open(patient)
    greetings = [(await house.client()).greeting for _ in range(6)]
    assert codes(greetings) == [b"220"] * 3 + [b"421"] * 3
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.transport.abort()


async def test_a_client_that_vanishes_gives_its_place_back(house: House) -> None:
    await house.open(replace(PLAIN, connections=1))
    client = await house.client()
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\nhalf")
    client.writer.transport.abort()
    await until(house.has_room)


async def test_large_letters_have_a_limit_in_all_and_small_ones_none(house: House) -> None:
    most = 2_000_000
    await house.open(Limits(most, letter_bytes=1_000_000))
    house.gate.clear()
    first, second, third = [await house.client() for _ in range(3)]
    large, small = b"z" * 1_200_000 + b"\r\n.\r\n", WORDS + b".\r\n"
    for client in (first, second, third):
        client.writer.write(HELLO + ENVELOPE + b"DATA\r\n")
        assert codes([await client.answer() for _ in range(4)])[-1] == b"354"
    first.writer.write(large)
    await first.writer.drain()
    await asyncio.sleep(0.3)
    assert (await second.tell(large)).startswith(b"452 4.3.1")
    announced = b"MAIL FROM:<a@b.example> SIZE=1200000\r\n"
    assert (await second.tell(announced)).startswith(b"452 4.3.1")
    third.writer.write(small)
    house.gate.set()
    assert (await third.answer()).startswith(b"250")
    assert (await first.answer()).startswith(b"250")
    assert (await second.tell(announced)).startswith(b"250")
    for client in (first, second, third):
        client.writer.close()


# TLS.


async def _secured(client: Client, context: ssl.SSLContext) -> None:
    assert (await client.tell(b"STARTTLS\r\n")).startswith(b"220")
    await client.writer.start_tls(context, server_hostname="mail.llanfair.example")


async def test_a_letter_comes_under_tls(
    house: House, certificate: Certificate, authority: trustme.CA
) -> None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    await house.open(replace(PLAIN, requires_tls=True), certificate)
    client = await house.client()
    assert (await client.tell(HELLO)).startswith(b"250")
    assert (await client.tell(b"MAIL FROM:<a@b.example>\r\n")).startswith(b"530")
    await _secured(client, context)
    assert (await client.tell(b"MAIL FROM:<a@b.example>\r\n")).startswith(b"503")
    assert (await client.tell(HELLO)).startswith(b"250")
    client.writer.write(ENVELOPE + b"DATA\r\n" + b"z" * 90_000 + b"\r\n.\r\nQUIT\r\n")
    assert codes(await client.rest()) == [b"250", b"250", b"354", b"250", b"221"]
    assert len(house.taken) == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_tls_of_old_is_not_spoken(
    house: House, certificate: Certificate, version: ssl.TLSVersion
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = context.maximum_version = version
    await house.open(PLAIN, certificate)
    client = await house.client()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await _secured(client, context)
    await until(house.has_room)


# The end.


async def test_when_it_closes_who_waits_is_sent_away_and_a_letter_is_heard_out(
    house: House,
) -> None:
    door = await house.open()
    idle, half, busy = [await house.client() for _ in range(3)]
    half.writer.write(HELLO + ENVELOPE)
    busy.writer.write(HELLO + ENVELOPE + b"DATA\r\n" + WORDS)
    assert codes([await busy.answer() for _ in range(4)])[-1] == b"354"
    assert codes([await half.answer() for _ in range(3)])[-1] == b"250"
    closing = asyncio.create_task(door.close())
    assert codes(await idle.rest()) == codes(await half.rest()) == [b"421"]
    assert not closing.done()
    with pytest.raises(ConnectionError):
        await house.client()
    busy.writer.write(b".\r\n")
    assert codes(await busy.rest()) == [b"250", b"421"]
    await closing
    assert house.taken == [WORDS]


async def test_a_letter_that_does_not_end_does_not_keep_it_open(house: House) -> None:
    door = await house.open(replace(PLAIN, last_letters=0.2))
    client = await house.client()
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\nhalf")
    assert codes([await client.answer() for _ in range(4)])[-1] == b"354"
    async with asyncio.timeout(10):
        await door.close()
    with suppress(ConnectionError):
        assert await client.rest() == []
    assert house.taken == []
