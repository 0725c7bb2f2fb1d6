"""The courier against a small real relay: what it says, and when it hangs up."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from services.notify.courier import Courier, RelayFailed, Unanswered
from shared.errors import Permanent, Transient
from shared.relay import relay_of
from tests.relay import HANG_UP, TAKE_AND_BE_SILENT, TAKE_AND_HANG_UP, Relay, open_relay
from tests.unit.examples import OUTGOING

TO = "rhian@patrons.example"


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with open_relay() as relay:
        yield relay


@pytest.fixture
async def courier(relay: Relay) -> AsyncIterator[Courier]:
    courier = Courier(relay.settings)
    yield courier
    await courier.close()


async def send(courier: Courier, content: bytes = OUTGOING.content, sender: str = "") -> str:
    return await courier.send(sender, TO, content)


async def test_a_letter_is_carried_as_it_stands_and_the_relays_words_come_back(
    relay: Relay, courier: Courier
) -> None:
    content = b"Subject: x\r\n\r\n.\r\n..\r\nFrom here\r\n"
    assert await send(courier, content, "enquiries@llanfair.example") == "2.0.0 Taken"
    [(sender, to, taken)] = relay.taken
    assert (sender, to) == ("enquiries@llanfair.example", [TO])
    assert taken == content


async def test_an_automatic_letter_is_sent_by_nobody(relay: Relay, courier: Courier) -> None:
    await send(courier)
    assert relay.taken[0][0] in {"", "<>"}


async def test_an_address_beyond_ascii_is_sent_to_where_the_relay_knows_them(
    relay: Relay, courier: Courier
) -> None:
    content = "To: <siân@dŵr.example>\r\n\r\nWords.\r\n".encode()
    assert await courier.send("", "siân@dŵr.example", content) == "2.0.0 Taken"
    [(_, to, taken)] = relay.taken
    assert (to, taken) == (["siân@dŵr.example"], content)


async def test_a_relay_that_knows_none_gets_no_address_beyond_ascii(
    relay: Relay, courier: Courier
) -> None:
    relay.knows_utf8 = False
    with pytest.raises(Permanent, match="beyond ASCII"):
        await courier.send("", "siân@dŵr.example", OUTGOING.content)
    assert relay.taken == []
    await send(courier)
    assert (len(relay.taken), relay.connections) == (1, 1)


@pytest.mark.parametrize(
    "to", ["siân\u202e@dŵr.example", "siân@dŵr.example\r\nRCPT TO:<a@b.example>"]
)
async def test_an_address_that_hides_something_is_never_sent_to(
    relay: Relay, courier: Courier, to: str
) -> None:
    with pytest.raises(Permanent):
        await courier.send("", to, OUTGOING.content)
    assert relay.connections == 0


async def test_one_connection_carries_many_letters(relay: Relay, courier: Courier) -> None:
    for _ in range(5):
        await send(courier)
    assert (len(relay.taken), relay.connections) == (5, 1)


async def test_letters_of_the_same_moment_have_at_most_sixteen_connections(
    relay: Relay, courier: Courier
) -> None:
    await asyncio.gather(*(send(courier) for _ in range(30)))
    assert len(relay.taken) == 30
    assert 1 < relay.connections <= 16


async def test_a_connection_dropped_between_letters_is_survived(
    relay: Relay, courier: Courier
) -> None:
    await send(courier)
    relay.hang_up()
    assert await send(courier) == "2.0.0 Taken"
    await asyncio.sleep(0.02)
    relay.hang_up()
    await asyncio.sleep(0.02)
    assert await send(courier) == "2.0.0 Taken"
    assert len(relay.taken) == relay.connections == 3


@pytest.mark.parametrize("code", [421, 450, 451, 452])
@pytest.mark.parametrize("where", ["mail", "rcpt", "data"])
async def test_what_the_relay_can_not_take_now_is_to_be_sent_again(
    relay: Relay, courier: Courier, where: str, code: int
) -> None:
    getattr(relay, where).append(f"{code} 4.3.0 Not now")
    with pytest.raises(Transient, match=str(code)):
        await send(courier)
    assert relay.taken == []
    assert await send(courier) == "2.0.0 Taken"


@pytest.mark.parametrize("code", [530, 550, 554])
async def test_a_relay_that_wants_no_sender_of_ours_has_refused_no_letter(
    relay: Relay, courier: Courier, code: int
) -> None:
    relay.mail.append(f"{code} 5.7.1 Not from you")
    with pytest.raises(Transient, match=str(code)):
        await send(courier)


@pytest.mark.parametrize(
    ("where", "code"),
    [("mail", 552), *((where, code) for where in ("rcpt", "data") for code in (550, 552, 554))],
)
async def test_what_the_relay_will_never_take_is_not_sent_again(
    relay: Relay, courier: Courier, where: str, code: int
) -> None:
    getattr(relay, where).append(f"{code} 5.1.1 Never: rhian@patrons.example")
    with pytest.raises(Permanent, match=str(code)) as error:
        await send(courier)
    assert "patrons" not in str(error.value)
    assert relay.taken == []
    assert await send(courier) == "2.0.0 Taken"


async def test_a_relay_that_hangs_up_in_the_middle_may_or_may_not_have_taken_it(
    relay: Relay, courier: Courier
) -> None:
    relay.data = [HANG_UP]
    with pytest.raises(Transient):
        await send(courier)
    assert await send(courier) == "2.0.0 Taken"


async def test_a_relay_that_is_away_is_tried_again_later(relay: Relay) -> None:
    courier = Courier(relay_of("smtp://127.0.0.1:9"))
    with pytest.raises(Transient) as error:
        await send(courier)
    assert "127.0.0.1" not in str(error.value)
    await courier.close()


async def test_a_host_that_is_not_there_is_tried_again_later() -> None:
    courier = Courier(relay_of("smtp://relay.invalid:25"))
    with pytest.raises(Transient):
        await send(courier)
    await courier.close()


async def test_a_port_where_nobody_speaks_smtp_is_tried_again_later() -> None:
    async def other(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    courier = Courier(relay_of(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    with pytest.raises(Transient):
        await send(courier)
    await courier.close()
    server.close()


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [(b"421 4.3.2 Closing\r\n", Transient), (b"554 5.3.2 No mail service here\r\n", Transient)],
)
async def test_a_relay_that_does_not_let_anybody_in_refuses_no_letter_for_good(
    greeting: bytes, kind: type[Exception]
) -> None:
    async def shut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(shut, "127.0.0.1", 0)
    courier = Courier(relay_of(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    with pytest.raises(kind):
        await send(courier)
    await courier.close()
    server.close()


async def test_closing_hangs_up_and_a_later_letter_begins_anew(
    relay: Relay, courier: Courier
) -> None:
    await send(courier)
    await courier.close()
    assert await send(courier) == "2.0.0 Taken"
    assert relay.connections == 2


@pytest.mark.parametrize(
    "to", ["rhian@patrons.example>\r\nRCPT TO:<evil@x.example", "a\r\nb@patrons.example"]
)
async def test_an_address_that_is_none_is_never_sent_to_part_of_it(
    relay: Relay, courier: Courier, to: str
) -> None:
    with pytest.raises((Permanent, Transient)):
        await courier.send("", to, OUTGOING.content)
    assert relay.taken == []


# Whose fault it was.


@pytest.mark.parametrize(
    ("where", "answer", "is_relays"),
    [
        ("mail", "451 4.7.1 Not from you now", True),
        ("rcpt", "450 4.2.0 Greylisted", False),
        ("rcpt", "451 4.4.1 No answer from host", False),
        ("rcpt", "452 4.3.1 Insufficient system storage", True),
        ("rcpt", "421 4.7.0 Closing", True),
        ("rcpt", HANG_UP, False),
        ("data", "451 4.7.1 Greylisted", False),
        ("data", "452 4.3.1 Insufficient system storage", True),
        ("data", HANG_UP, True),
        ("data", TAKE_AND_HANG_UP, True),
    ],
)
async def test_what_is_not_taken_now_is_laid_to_the_relay_or_to_the_recipients_domain(
    relay: Relay, courier: Courier, where: str, answer: str, is_relays: bool
) -> None:
    getattr(relay, where).append(answer)
    with pytest.raises(Transient) as error:
        await send(courier)
    assert isinstance(error.value, RelayFailed) is is_relays
    assert await send(courier) == "2.0.0 Taken", "the next one goes"


async def test_a_letter_that_is_taken_without_an_answer_is_not_sent_again_at_once(
    relay: Relay, courier: Courier
) -> None:
    await send(courier)
    relay.data = [TAKE_AND_HANG_UP]
    with pytest.raises(Transient):
        await send(courier)
    assert len(relay.taken) == 2


async def test_a_relay_that_is_slow_to_answer_is_told_from_one_that_is_away(
    relay: Relay, courier: Courier
) -> None:
    relay.data = [TAKE_AND_BE_SILENT]
    with pytest.raises(Unanswered, match="did not answer in time"):
        await courier.send("", TO, OUTGOING.content, 0.2)
    relay.rcpt = ["be silent"]
    with pytest.raises(Transient) as error:
        await courier.send("", TO, OUTGOING.content, 0.2)
    assert not isinstance(error.value, RelayFailed)


async def test_one_recipient_that_is_refused_takes_nothing_from_the_others(
    relay: Relay, courier: Courier
) -> None:
    relay.rejects = {"gwen@patrons.example": "550 5.1.1 Nobody here"}
    addresses = [f"{name}@patrons.example" for name in ("rhian", "gwen", "sian")]
    answers = await asyncio.gather(
        *(courier.send("", one, OUTGOING.content) for one in addresses), return_exceptions=True
    )
    assert [isinstance(one, Permanent) for one in answers] == [False, True, False]
    assert {one for _, to, _ in relay.taken for one in to} == {addresses[0], addresses[2]}


# What the relay offers.


async def test_a_letter_beyond_the_relays_size_is_never_said_to_it() -> None:
    async with open_relay(most_bytes=500) as relay:
        courier = Courier(relay.settings)
        assert courier.most_bytes is None
        with pytest.raises(Permanent, match="has 501 bytes, and the relay takes 500"):
            await send(courier, b"x" * 501)
        assert courier.most_bytes == 500
        await send(courier)
        assert relay.options[0] == [f"SIZE={len(OUTGOING.content)}"]
        assert (len(relay.taken), relay.connections) == (1, 1)
        await courier.close()


async def test_eight_bits_are_said_only_of_letters_that_have_them(
    relay: Relay, courier: Courier
) -> None:
    await send(courier)
    await courier.send("", "siân@dŵr.example", "To: <siân@dŵr.example>\r\n\r\n.".encode())
    assert [[one for one in options if "SIZE" not in one] for options in relay.options] == [
        [],
        ["SMTPUTF8", "BODY=8BITMIME"],
    ]


async def test_a_relay_that_knows_no_ehlo_is_greeted_as_of_old() -> None:
    said: list[bytes] = []

    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 old\r\n")
        is_letter = False
        while line := await reader.readline():
            said.append(line)
            if line.startswith(b"EHLO"):
                writer.write(b"502 5.5.2 What?\r\n")
            elif line.startswith(b"DATA") and not is_letter:
                is_letter = True
                writer.write(b"354 Go on\r\n")
            elif not is_letter or line == b".\r\n":
                is_letter = False
                writer.write(b"250 OK\r\n")
        writer.close()

    server = await asyncio.start_server(old, "127.0.0.1", 0)
    courier = Courier(relay_of(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    assert await send(courier) == "OK"
    with pytest.raises(Permanent, match="seven bits"):
        await courier.send("", TO, "Wörds".encode())
    assert b"MAIL FROM:<>\r\n" in said
    await courier.close()
    server.close()


# TLS, and logging in.


@asynccontextmanager
async def _relay_with_tls(name: str, folder: Path) -> AsyncIterator[tuple[Relay, str]]:
    """A relay with a certificate for this name, and the file of who issued it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    async with open_relay(tls=context, password="right") as relay:
        yield relay, str(file)


def _used_tls(relay: Relay) -> bool:
    session = relay.conversations[-1].session
    return session is not None and session.ssl is not None


async def test_required_tls_wants_a_certificate_that_is_good_for_the_relays_name(
    tmp_path: Path,
) -> None:
    async with _relay_with_tls("localhost", tmp_path) as (relay, authority):
        url = f"smtp://localhost:{relay.port}"
        good = Courier(relay_of(url, "required", authority))
        await send(good)
        assert _used_tls(relay)
        unknown = Courier(relay_of(url, "required"))
        with pytest.raises(RelayFailed, match="certificate is not good"):
            await send(unknown)
        other_name = Courier(relay_of(f"smtp://127.0.0.1:{relay.port}", "required", authority))
        with pytest.raises(RelayFailed, match="certificate is not good"):
            await send(other_name)
        assert len(relay.taken) == 1
        for one in (good, unknown, other_name):
            await one.close()


async def test_required_tls_says_nothing_to_a_relay_that_offers_none(relay: Relay) -> None:
    courier = Courier(relay_of(f"smtp://127.0.0.1:{relay.port}", "required"))
    with pytest.raises(RelayFailed, match="it offers no TLS"):
        await send(courier)
    assert relay.taken == []


async def test_opportunistic_tls_takes_what_is_offered_and_off_takes_none(tmp_path: Path) -> None:
    async with _relay_with_tls("elsewhere.example", tmp_path) as (relay, _):
        courier = Courier(relay.settings)
        await send(courier)
        assert _used_tls(relay)
        plain = Courier(relay_of(f"smtp://127.0.0.1:{relay.port}", "off"))
        await send(plain)
        assert not _used_tls(relay)
        for one in (courier, plain):
            await one.close()


async def test_a_login_is_used_and_one_that_is_refused_refuses_no_letter(tmp_path: Path) -> None:
    async with _relay_with_tls("localhost", tmp_path) as (relay, authority):
        settings = relay_of(f"smtp://desk:right@localhost:{relay.port}", "required", authority)
        courier, wrong = Courier(settings), Courier(replace(settings, password="wrong"))
        await send(courier)
        session = relay.conversations[-1].session
        assert session is not None
        assert session.authenticated
        with pytest.raises(RelayFailed, match="refused to talk: 535"):
            await send(wrong)
        await courier.close()
        assert "right" not in repr(settings)


@pytest.mark.parametrize(("size", "is_beside"), [(1000, False), (1_000_000, True)])
async def test_a_large_letter_is_signed_while_other_work_goes_on(
    relay: Relay, size: int, is_beside: bool
) -> None:
    loop, went_on, where = asyncio.get_running_loop(), threading.Event(), []

    def signed(content: bytes) -> bytes:
        loop.call_soon_threadsafe(went_on.set)
        where.append(went_on.wait(5 if is_beside else 0))
        return b"Signed: yes\r\n" + content

    courier = Courier(relay.settings, signed)
    content = b"Subject: x\r\n\r\n" + b"words\r\n" * (size // 7)
    await courier.send("", TO, content)
    assert where == [is_beside]
    assert relay.taken[0][2] == b"Signed: yes\r\n" + content
    await courier.close()


async def test_who_waits_no_longer_for_a_signature_leaves_no_connection_open(relay: Relay) -> None:
    done = threading.Event()

    def signed(content: bytes) -> bytes:
        done.wait(5)
        return content

    courier = Courier(relay.settings, signed)
    with pytest.raises(RelayFailed):
        await courier.send("", TO, b"Subject: x\r\n\r\n" + b"words\r\n" * 100_000, 0.5)
    done.set()
    async with asyncio.timeout(5):
        while any(one.transport is not None for one in relay.conversations):
            await asyncio.sleep(0.01)
    assert relay.taken == []
    await courier.close()
