"""A patron calls; staff take it down, and are cut off at the worst moment. There is one ticket, and
one letter that says so."""

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.nursery import Forked
from tests.stage import Stage, until

GWEN = "gwen@patrons.example"
BODY: dict[str, Any] = {
    "patron": {"name": "Gwen Invented", "address": GWEN, "phone": "01234 567890"},
    "channel": "phone",
    "subject": "The harbour in 1840",
    "text": "Is there a map of the harbour?",
}


async def test_a_call_is_taken_down_though_routing_dies_before_the_ticket(stage: Stage) -> None:
    await stage.open()
    [routing] = stage.services["routing"]
    assert isinstance(routing, Forked)
    routing.kill()
    routing.process.env["CRASH_AT"] = "routing.before_effect:1"
    routing.start()
    await stage.ready()
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await stage.api("POST", "/v1/tickets", BODY, Idempotency_Key="call-1")
    [letter] = await stage.stored("messages")
    assert await stage.stored("tickets") == []
    routing.kill()
    routing.process.env["CRASH_AT"] = ""
    routing.start()
    await stage.ready()

    reference = await stage.first_ticket()
    assert reference == letter["reference"]
    status, said, _ = await stage.api("POST", "/v1/tickets", BODY, Idempotency_Key="call-1")
    assert (status, said["reference"], said["owner"]["id"]) == (201, reference, "mair")
    first = await stage.letter(GWEN)
    assert reference in first.text
    assert "Mair Pretend" in first.text
    await asyncio.sleep(3)
    assert len(stage.relay.delivered) == len(await stage.tickets()) == 1


async def test_who_left_no_address_or_was_told_already_gets_no_letter(stage: Stage) -> None:
    await stage.open()
    quiet = BODY | {"acknowledge": False}
    nowhere = BODY | {"patron": {"name": "Gwen Invented"}}
    for one in (quiet, nowhere):
        status, said, headers = await stage.api("POST", "/v1/tickets", one)
        assert (status, said["status"], headers["ETag"]) == (201, "assigned", '"1"')
    answered = await stage.api("POST", "/v1/tickets", BODY)
    await stage.letter(GWEN)

    async def nothing_is_left() -> bool:
        return not any(one["outbox"] for one in await stage.stored("messages"))

    await until(nothing_is_left)
    await asyncio.sleep(1)
    [letter] = stage.relay.delivered
    assert answered[1]["reference"] in letter.text
