"""SMTP commands in an address: GHSA-v3q9-hj7j-63hq (aiosmtplib)."""

import asyncio
from typing import Final

import pytest

from services.intake.dialogue import Dialogue, Rules
from services.intake.mail import read
from services.notify.courier import Courier
from shared.addresses import is_address, is_international_address
from shared.errors import Permanent
from shared.relay import relay_of
from tests.unit.examples import OUTGOING

HOSTILE: Final = [
    "rhian@patrons.example\r\nRCPT TO:<evil@x.example>",
    "rhian@patrons.example\nRCPT TO:<evil@x.example>",
    "rhian@patrons.example\rRCPT TO:<evil@x.example>",
    "rhian@patrons.example>\r\nDATA\r\n",
    "rhian@patrons.example> SIZE=1",
    "rhian@patrons.example> NOTIFY=SUCCESS ORCPT=rfc822;evil@x.example",
    "rhian@patrons.example><evil@x.example",
    "rhian@patrons.example>, <evil@x.example",
    "rhian@patrons.example\x00evil@x.example",
    "rhian@patrons.example\x00",
    "rhian\x00@patrons.example",
    "rhian@patrons.example\x85RSET",
    "rhian@patrons.example\u2028RSET",
    "rhian@patrons.example\u2029RSET",
    "rhian@patrons.example\x0bRSET",
    "rhian@patrons.example\x0cRSET",
    "rhian@patrons.example\x1b[2J",
    "rhian@patrons.example\x7f",
    "rhian@patrons.example\t",
    "rhian@patrons.example ",
    " rhian@patrons.example",
    "rhian @patrons.example",
    "rhian@patrons .example",
    "rhian@patrons.example evil@x.example",
    "rhian@patrons.example,evil@x.example",
    "rhian@patrons.example;evil@x.example",
    "rhian@patrons.example@x.example",
    '"rhian\r\nRSET"@patrons.example',
    '"rhian>"@patrons.example',
    '"a b"@patrons.example',
    "<rhian@patrons.example>",
    "@x.example:rhian@patrons.example",
    "@x.example,@y.example:rhian@patrons.example",
    "rhian@[127.0.0.1]",
    "rhian@[IPv6:::1]",
    "rhian@localhost",
    "rhian@patrons.example.",
    "rhian@.patrons.example",
    "rhian@patrons..example",
    "rhian(comment)@patrons.example",
    "rhian@patrons.example(comment)",
    "rhian\\@patrons.example",
    f"{'a' * 65}@patrons.example",
    f"rhian@{'a.' * 130}example",
    "",
]  # fmt: skip


def test_there_are_enough() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 30


@pytest.mark.parametrize("address", HOSTILE, ids=ascii)
async def test_a_hostile_address_is_refused_and_no_piece_of_it_is_sent_to(address: str) -> None:
    assert not is_address(address)
    assert not is_international_address(address)
    heard: list[object] = []
    relay = await asyncio.start_server(lambda _, writer: heard.append(writer), "127.0.0.1", 0)
    courier = Courier(relay_of(f"smtp://127.0.0.1:{relay.sockets[0].getsockname()[1]}"))
    with pytest.raises(Permanent, match="not an address"):
        await courier.send("", address, OUTGOING.content)
    await courier.close()
    relay.close()
    assert heard == [], "it was not even spoken of"


@pytest.mark.parametrize("address", HOSTILE, ids=ascii)
def test_a_hostile_address_in_a_letter_is_none_that_is_answered(address: str) -> None:
    """Nor is what a parser leaves of it, unless the letter says so and is not believed."""
    raw = f"From: Rhian <{address}>\r\nSubject: x\r\n\r\nwords\r\n".encode()
    found = read(raw)
    is_doubted = "sender_ambiguous" in [one.code for one in found.remarks]
    assert found.address is None or is_address(found.address)
    # A line end ends From, whatever the sender meant by it: what stands in front of it counts.
    line, is_broken, _ = address.partition("\r\n")
    written = line.removesuffix(">") if is_broken else address.strip()
    assert found.address in {None, written} or is_doubted


@pytest.mark.parametrize("address", [one for one in HOSTILE if one], ids=ascii)
def test_a_hostile_address_at_the_door_is_no_recipient(address: str) -> None:
    dialogue = Dialogue(Rules(frozenset({"rhian@patrons.example"}), 1000))
    for line in (b"EHLO x", b"MAIL FROM:<a@b.example> SMTPUTF8"):
        assert not dialogue.hear(line).is_refusal
    assert dialogue.hear(f"RCPT TO:<{address}>".encode()).is_refusal
    assert dialogue.recipients == []
