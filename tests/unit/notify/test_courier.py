"""The courier against a small real relay: what it says, and when it hangs up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notify.courier import Courier
from shared.errors import Permanent, Transient
from shared.relay import relay_of
from tests.unit.examples import OUTGOING

TO = "rhian@patrons.example"


@dataclass
class Relay:
    """A relay that counts connections, and answers as it is told to."""

    data: list[str] = field(default_factory=list)
    """What it says to the next letters; `hang up` and `be silent` are not said but done."""
    rcpt: list[str] = field(default_factory=list)
    mail: list[str] = field(default_factory=list)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    conversations: list[SMTP] = field(default_factory=list)
    port: int = 0
    knows_utf8: bool = True

    @property
    def connections(self) -> int:
        """How many there have been."""
        return len(self.conversations)

    def talk(self) -> asyncio.Protocol:
        made: Any = SMTP(self, enable_SMTPUTF8=self.knows_utf8, loop=asyncio.get_running_loop())
        self.conversations.append(made)
        return made  # type: ignore[no-any-return]

    def hang_up(self) -> None:
        """Drop every connection."""
        for one in self.conversations:
            if one.transport is not None:
                one.transport.close()

    async def handle_MAIL(  # noqa: N802  the library calls it so
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        answer = self.mail.pop(0) if self.mail else "250 2.1.0 OK"
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802  the library calls it so
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 2.1.5 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802  the library calls it so
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        answer = self.data.pop(0) if self.data else "250 2.0.0 Taken"
        if answer == "be silent":
            await asyncio.Event().wait()
        if answer == "hang up":
            assert server.transport is not None
            server.transport.close()
        if answer.startswith("250"):
            content = envelope.original_content or b""
            self.taken.append((envelope.mail_from or "", list(envelope.rcpt_tos), content))
        return answer


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = Relay()
    server = await asyncio.get_running_loop().create_server(relay.talk, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    yield relay
    server.close()
    relay.hang_up()
    await asyncio.sleep(0.01)


@pytest.fixture
async def courier(relay: Relay) -> AsyncIterator[Courier]:
    courier = Courier(relay_of(f"smtp://127.0.0.1:{relay.port}"))
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
    relay.data = ["hang up"]
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
