"""What befalls messages on RabbitMQ: they come again, or are none."""

import asyncio
import json
from contextlib import suppress
from random import Random
from typing import Final

import aio_pika
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from shared.queues import EXCHANGE, QUEUES
from tests.faults.house import House

_HEARD_FOR: Final = 5.0


async def redelivered(house: House, random: Random) -> None:
    """Every message of some seconds comes three times more, in another order."""
    with suppress(*CONNECTION_EXCEPTIONS):
        async with await aio_pika.connect(house.rabbit.url, timeout=10) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(exclusive=True)
            exchange = await channel.get_exchange(EXCHANGE)
            await queue.bind(exchange, "#")
            await asyncio.sleep(_HEARD_FOR)
            await queue.unbind(exchange, "#")
            heard = []
            while (one := await queue.get(fail=False, no_ack=True)) is not None:
                heard.append(one)
            storm = heard * 3
            random.shuffle(storm)
            for one in storm:
                again = aio_pika.Message(
                    one.body,
                    headers=one.headers,
                    type=one.type,
                    correlation_id=one.correlation_id,
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                )
                await exchange.publish(again, one.routing_key or "", mandatory=False)


async def poison(house: House, random: Random) -> None:
    """Messages that nobody can read, in every queue, before and between good ones."""
    with suppress(*CONNECTION_EXCEPTIONS):
        async with await aio_pika.connect(house.rabbit.url, timeout=10) as connection:
            channel = await connection.channel()
            for queue in QUEUES:
                for number in range(3):
                    mark = f"{random.randrange(10**12)}"
                    body = (
                        mark.encode(),
                        json.dumps({"mark": mark}).encode(),
                        b"\xff\xfe" + mark.encode(),
                    )[number]
                    message = aio_pika.Message(
                        body, type="enquiry.received", delivery_mode=2, headers={"id": mark}
                    )
                    await channel.default_exchange.publish(message, queue)
                    house.meant.append(body)
                    await asyncio.sleep(0.2)
