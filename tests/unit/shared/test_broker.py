"""The broker without RabbitMQ: it says so, loses nothing, and keeps trying. The rest needs a real
one, and is tested with it."""

import asyncio

import pytest

from shared.broker import Broker, Subscription
from shared.errors import Transient
from shared.messages import EnquiryReceived
from tests.unit.examples import NOW, REFERENCE

NOBODY = "amqp://guest:guest@127.0.0.1:9/"
EVENT = EnquiryReceived(
    message_id="m1", reference=REFERENCE, at=NOW, letter_id="letter-1", opens=True
)


async def _handle(_: object) -> None:
    raise AssertionError("nothing can come")


async def test_what_can_not_be_published_is_to_be_tried_again() -> None:
    broker = Broker(NOBODY)
    assert not broker.connected
    assert not await broker.is_there()
    with pytest.raises(Transient):
        await broker.publish(EVENT)


async def test_it_keeps_trying_until_it_is_closed() -> None:
    broker = Broker(NOBODY)
    broker.subscribe(Subscription("routing.enquiries", _handle, prefetch=1))
    running = asyncio.create_task(broker.run())
    await asyncio.sleep(0.3)
    assert not running.done()
    assert not broker.connected
    async with asyncio.timeout(5):
        await broker.stop_consuming()
        await broker.close()
        await running


async def test_ending_what_never_began_takes_no_time() -> None:
    broker = Broker(NOBODY)
    async with asyncio.timeout(1):
        await broker.stop_consuming()
        await broker.close()
        await broker.run()
