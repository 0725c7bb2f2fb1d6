"""The exchanges and queues of this desk: durable quorum queues, each with its dead-letter queue,
one retry queue with a delay, and a queue of each service for what is handled by itself."""

from collections.abc import Mapping
from typing import Any, Final

import aio_pika
from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractQueue
from aio_pika.exceptions import AMQPException, ChannelNotFoundEntity

from shared.errors import Transient

EXCHANGE: Final = "enquiries"
DEAD_EXCHANGE: Final = "enquiries.dead"
RETRY_QUEUE: Final = "enquiries.retry"
ISOLATION: Final = "enquiries.isolated"
"""The exchange by which a message goes to its service's isolated queue."""
QUEUES: Final[Mapping[str, tuple[str, ...]]] = {
    "routing.enquiries": ("enquiry.received",),
    "routing.outcomes": ("contact.lost", "notice.failed", "survey.answered", "delivery.finished"),
    "routing.pairs": ("pair.changed",),
    "routing.patrons": ("patron.changed",),
    "notify.notices": ("notice.requested",),
    "notify.alerts": ("alert.requested",),
    "notify.deliveries": ("delivery.requested", "delivery.cancelled"),
}
"""Each queue, and the routing keys that fill it."""

DELIVERY_LIMIT: Final = 50
"""Deliveries that ended without a word (the process died) before RabbitMQ puts a message aside.
The count rises for every message that a dying process held, so those that come again and again
are isolated long before."""
ISOLATED_AFTER: Final = 5
"""Such deliveries, after which a message is moved to where one is handled at a time: then whoever
dies of it takes no other message along."""
RETRY_DELAY: Final = 5.0
"""Seconds before a message whose handling failed for the moment comes again."""
CALL_TIMEOUT: Final = 5.0
"""Seconds that any one call to RabbitMQ may take: none has a limit of its own."""
_NO_LIMIT: Final = 1_000_000
"""For queues whose messages are only looked at: RabbitMQ 4 would drop them after twenty looks."""


async def declare(channel: AbstractChannel) -> AbstractExchange:
    """Make what is missing of the exchanges and queues; returns the exchange of the services."""
    exchange = await channel.declare_exchange(
        EXCHANGE, ExchangeType.TOPIC, durable=True, timeout=CALL_TIMEOUT
    )
    dead = await channel.declare_exchange(
        DEAD_EXCHANGE, ExchangeType.DIRECT, durable=True, timeout=CALL_TIMEOUT
    )
    for name, keys in QUEUES.items():
        grave = await _declare_queue(channel, f"{name}.dead", {"x-delivery-limit": _NO_LIMIT})
        await grave.bind(dead, name, timeout=CALL_TIMEOUT)
        queue = await _declare_queue(
            channel, name, {**_deadly(), "x-dead-letter-routing-key": name}
        )
        for key in keys:
            await queue.bind(exchange, key, timeout=CALL_TIMEOUT)
    await _declare_isolated_queues(channel)
    await _declare_retry_queue(channel)
    return exchange


def isolated(queue: str) -> str:
    """The queue of the same service whose messages are handled one at a time."""
    return f"{queue.partition('.')[0]}.isolated"


ISOLATED: Final = tuple(dict.fromkeys(isolated(one) for one in QUEUES))
"""One for each service that consumes."""


def _deadly() -> dict[str, Any]:
    return {
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        # The move to the dead-letter queue is itself confirmed.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


async def _declare_isolated_queues(channel: AbstractChannel) -> None:
    """What is in them has the name of its own queue as routing key, and dies by that."""
    exchange = await channel.declare_exchange(
        ISOLATION, ExchangeType.DIRECT, durable=True, timeout=CALL_TIMEOUT
    )
    queues = {one: await _declare_queue(channel, one, _deadly()) for one in ISOLATED}
    for name in QUEUES:
        await queues[isolated(name)].bind(exchange, name, timeout=CALL_TIMEOUT)


async def _declare_retry_queue(channel: AbstractChannel) -> None:
    """What waits here goes, after the delay, back to the queue whose name is its routing key.

    One delay for all: RabbitMQ lets messages expire only at the head of a queue.
    """
    exchange = await channel.declare_exchange(
        RETRY_QUEUE, ExchangeType.FANOUT, durable=True, timeout=CALL_TIMEOUT
    )
    queue = await _declare_queue(
        channel,
        RETRY_QUEUE,
        {
            "x-delivery-limit": _NO_LIMIT,
            "x-message-ttl": int(RETRY_DELAY * 1000),
            "x-dead-letter-exchange": "",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )
    await queue.bind(exchange, timeout=CALL_TIMEOUT)


async def _declare_queue(
    channel: AbstractChannel, name: str, arguments: Mapping[str, Any] | None = None
) -> AbstractQueue:
    return await channel.declare_queue(
        name,
        durable=True,
        arguments={"x-queue-type": "quorum", **(arguments or {})},
        timeout=CALL_TIMEOUT,
    )


async def missing_queues(url: str) -> list[str]:
    """The queues that are not there; makes none. Raises: OSError, TimeoutError, Transient."""
    wanted = [*QUEUES, *(f"{name}.dead" for name in QUEUES), *ISOLATED, RETRY_QUEUE]
    try:
        connection = await aio_pika.connect(url, timeout=CALL_TIMEOUT)
        async with connection:
            return [name for name in wanted if not await _is_there(connection, name)]
    except AMQPException as error:
        raise Transient(f"RabbitMQ refused: {type(error).__name__}") from error


async def _is_there(connection: AbstractConnection, name: str) -> bool:
    channel = await connection.channel()
    try:
        await channel.declare_queue(name, passive=True, timeout=CALL_TIMEOUT)
    except ChannelNotFoundEntity:
        return False  # and the channel is closed with that
    await channel.close()
    return True
