"""What was put aside: looked at, put back, or thrown away by a person's word. Never lost."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.queues import CALL_TIMEOUT, QUEUES, declare

_MOST: Final = 10_000
"""Messages of one queue that are looked at in one go."""


class Verdict(Enum):
    """What is to become of a dead letter."""

    KEEP = auto()
    REPLAY = auto()
    DISCARD = auto()


@dataclass(frozen=True)
class DeadLetter:
    """A message that could not be handled."""

    id: str
    queue: str
    """The queue that it was in, and goes back to."""
    type: str
    reference: str
    reason: str
    put_aside_at: datetime | None
    body: bytes


async def go_through(url: str, decide: Callable[[DeadLetter], Verdict]) -> list[DeadLetter]:
    """Look at every dead letter and do what `decide` says. Returns those not kept, or, where all
    are kept, all of them.

    A letter that is replayed is in its queue again, confirmed, before it leaves this one.
    """
    connection = await aio_pika.connect(url, timeout=CALL_TIMEOUT)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await declare(channel)
        seen: list[tuple[DeadLetter, Verdict]] = []
        for queue in QUEUES:
            seen += await _go_through_queue(channel, queue, decide)
    touched = [letter for letter, verdict in seen if verdict is not Verdict.KEEP]
    return touched or [letter for letter, _ in seen]


async def _go_through_queue(
    channel: AbstractChannel, queue: str, decide: Callable[[DeadLetter], Verdict]
) -> list[tuple[DeadLetter, Verdict]]:
    grave = await channel.get_queue(f"{queue}.dead")
    kept: list[AbstractIncomingMessage] = []
    seen: list[tuple[DeadLetter, Verdict]] = []
    while len(seen) < _MOST:
        incoming = await grave.get(timeout=CALL_TIMEOUT, fail=False)
        if incoming is None:
            break
        letter = _letter(queue, incoming)
        verdict = decide(letter)
        seen.append((letter, verdict))
        if verdict is Verdict.KEEP:
            kept.append(incoming)
            continue
        if verdict is Verdict.REPLAY:
            await _put_back(channel, queue, incoming)
        await incoming.ack()
    for incoming in kept:
        await incoming.nack(requeue=True)
    return seen


async def _put_back(
    channel: AbstractChannel, queue: str, incoming: AbstractIncomingMessage
) -> None:
    ours = {key: value for key, value in incoming.headers.items() if key == "event_id"}
    copy = aio_pika.Message(
        incoming.body,
        headers=ours,
        message_id=uuid.uuid4().hex,
        type=incoming.type,
        correlation_id=incoming.correlation_id,
        content_type=incoming.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    await channel.default_exchange.publish(copy, queue, mandatory=True, timeout=CALL_TIMEOUT)


def _letter(queue: str, incoming: AbstractIncomingMessage) -> DeadLetter:
    headers = incoming.headers
    at = headers.get("put_aside_at")
    return DeadLetter(
        id=incoming.message_id or "",
        queue=queue,
        type=incoming.type or "",
        reference=incoming.correlation_id or "",
        reason=str(headers.get("reason") or _reason_of_rabbitmq(headers)),
        put_aside_at=datetime.fromtimestamp(at, UTC) if isinstance(at, float) else None,
        body=incoming.body,
    )


def _reason_of_rabbitmq(headers: dict[str, Any]) -> str:
    """When RabbitMQ itself put it aside: its delivery limit was reached."""
    deaths = headers.get("x-death") or [{}]
    return f"RabbitMQ: {deaths[0].get('reason', 'unknown')}"
