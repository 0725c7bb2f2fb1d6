"""RabbitMQ confirms, and loses it: the disk dies, a queue is deleted. MongoDB is the record, and
one command has all of it done that was not done, once."""

import asyncio
import json
from typing import Any

import aio_pika

from tests.accounting import Ledger
from tests.builders import mail
from tests.journeys.house import events
from tests.stage import Stage, until

PATRON = "rhian@patrons.example"
ALL = ("--older", "0", "--json")


async def _confirmed(stage: Stage, collection: str) -> None:
    """Wait until RabbitMQ has whatever was to be told."""

    async def there() -> bool:
        rows = await stage.stored(collection)
        return bool(rows) and not any(one.get("outbox") for one in rows)

    await until(there)


async def _lose(stage: Stage, queue: str, count: int) -> None:
    """So many messages are in it, and gone with it."""
    async with await aio_pika.connect(stage.servers.amqp_url) as connection:
        channel = await connection.channel()

        async def there() -> bool:
            found = await channel.declare_queue(queue, passive=True)
            return found.declaration_result.message_count == count

        await until(there)
        await channel.queue_delete(queue)


async def _end(stage: Stage, name: str) -> None:
    """In order: what one had that is killed would be in the queue again."""
    for one in stage.services[name]:
        await asyncio.to_thread(one.stop)


async def _start(stage: Stage, name: str) -> None:
    for one in stage.services[name]:
        one.start()
    await stage.ready()


async def _recovered(stage: Stage, *more: str) -> list[tuple[str, str]]:
    """The reference and the routing key of each."""
    rows: list[dict[str, Any]] = json.loads(await stage.desk("recover", *ALL, *more))
    return sorted((one["reference"], one["what"]) for one in rows)


async def test_letters_that_no_ticket_had(stage: Stage) -> None:
    await stage.open()
    await _end(stage, "routing")
    ledger = Ledger()
    await ledger.send_many(stage, range(6))
    await _confirmed(stage, "messages")
    await _lose(stage, "routing.enquiries", 6)
    await _start(stage, "routing")
    found = await _recovered(stage, "--dry-run")
    assert [what for _, what in found] == ["enquiry.received"] * 6
    assert await stage.tickets() == [], "nothing was done yet"
    assert json.loads(await stage.desk("recover", "--json")) == [], "it may still be on its way"

    assert await _recovered(stage) == found
    await ledger.settle(stage)
    assert await _recovered(stage) == []
    assert ledger.copies(stage) == 0


async def test_letters_of_ours_that_were_asked_for_and_never_written(stage: Stage) -> None:
    reference = await _answered_while_notify_is_away(stage)
    await _lose(stage, "notify.notices", 1)
    await _start(stage, "notify")
    assert await _recovered(stage) == [(reference, "notice.requested")]
    assert "It is on the shelf." in (await stage.letter(PATRON, 2)).text
    assert await _recovered(stage) == []
    assert len(stage.relay.to(PATRON)) == 2


async def test_that_a_letter_of_ours_failed(stage: Stage) -> None:
    reference = await _answered_while_notify_is_away(stage)
    await _end(stage, "routing")
    stage.relay.nobody.add(PATRON)
    for one in stage.services["notify"]:
        one.start()

    async def refused() -> bool:
        return any(one["state"] == "refused" for one in await stage.stored("notices"))

    await until(refused)
    await _confirmed(stage, "notices")
    await _lose(stage, "routing.outcomes", 1)
    await _start(stage, "routing")
    assert await _recovered(stage) == [(reference, "notice.failed")]

    async def known() -> bool:
        return "contact_lost" in events(await stage.ticket(reference))

    await until(known)
    assert await _recovered(stage) == []


async def _answered_while_notify_is_away(stage: Stage) -> str:
    await stage.open()
    await stage.mail(mail())
    reference = await stage.first_ticket()
    await stage.letter(PATRON)
    await _end(stage, "notify")
    path = f"/v1/tickets/{reference}"
    _, _, seen = await stage.api("GET", path)
    status, answer, _ = await stage.api(
        "POST", f"{path}/reply", {"text": "It is on the shelf."}, If_Match=seen["ETag"]
    )
    assert status == 200, answer
    await _confirmed(stage, "tickets")
    return reference
