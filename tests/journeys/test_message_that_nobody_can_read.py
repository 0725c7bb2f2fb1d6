"""A message that no handler can read is put aside with its reason, and holds nobody up."""

import aio_pika
import orjson

from shared.queues import EXCHANGE
from tests.accounting import Ledger
from tests.stage import Stage, until

QUEUE = "routing.enquiries"


async def _publish(stage: Stage, body: bytes, kind: str = "enquiry.received") -> None:
    async with await aio_pika.connect(stage.servers.amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(EXCHANGE)
        message = aio_pika.Message(body, type=kind, message_id="strange", correlation_id="ENQ-X")
        await exchange.publish(message, "enquiry.received")


async def _dead(stage: Stage) -> list[list[str]]:
    listed = await stage.desk("dead", "list")
    return [line.split("\t") for line in listed.splitlines()]


async def test_it_is_listed_shown_replayed_and_discarded(stage: Stage) -> None:
    await stage.open()
    await _publish(stage, b"\x00 not json")
    await _publish(stage, b"{}", kind="something.else")
    ledger = Ledger()
    await ledger.send_many(stage, range(3))
    await ledger.settle(stage)  # those behind it were handled

    async def two_are_dead() -> bool:
        return len(await _dead(stage)) == 2

    await until(two_are_dead, every=0.5)
    first, second = sorted(await _dead(stage), key=lambda row: row[2])
    assert first[1:4] == [QUEUE, "enquiry.received", "ENQ-X"]
    assert first[5] == "unreadable: JSONDecodeError"
    assert second[5] == "unreadable: no message of type 'something.else'"
    assert "not json" in await stage.desk("dead", "show", first[0])

    assert await stage.desk("dead", "replay", first[0]) == "1 put back"
    await until(two_are_dead, every=0.5)  # it is no better than before
    for row in await _dead(stage):
        assert await stage.desk("dead", "discard", row[0]) == "1 thrown away"
    assert await _dead(stage) == []
    assert "no dead letter" in await stage.desk("dead", "show", "nothing", status=1)


async def test_what_is_replayed_after_the_cause_is_mended_is_done(stage: Stage) -> None:
    """A fault of ours put an enquiry aside; it is handled once it is replayed."""
    await stage.open()
    ledger = Ledger()
    await ledger.send_many(stage, range(1))
    await ledger.settle(stage)
    letter = (await stage.stored("messages"))[0]
    event = letter["_id"]
    await stage.delete("tickets")
    await stage.hide("messages", event)
    body = {
        "message_id": event,
        "reference": letter["reference"],
        "at": "2026-11-22T10:00:00Z",
        "letter_id": event,
        "opens": True,
    }
    await _publish(stage, orjson.dumps(body))

    async def one_is_dead() -> bool:
        return len(await _dead(stage)) == 1

    await until(one_is_dead, every=0.5)
    [row] = await _dead(stage)
    assert row[5] == f"the letter {event} is not there"
    await stage.show("messages", letter)
    assert await stage.desk("dead", "replay", "--all") == "1 put back"

    async def ticket_is_there() -> bool:
        return len(await stage.tickets()) == 1

    await until(ticket_is_there)
    assert await _dead(stage) == []
