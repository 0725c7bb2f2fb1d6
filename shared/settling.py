"""What becomes of a delivery: the one place where it is settled."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from prometheus_client import Counter

from shared.carried import message_of
from shared.crash import crash_point
from shared.errors import Permanent, Transient
from shared.queues import DEAD_EXCHANGE, ISOLATED_AFTER, ISOLATION, RETRY_QUEUE

log = structlog.get_logger()

PATIENCE: Final = 24 * 3600.0
"""Seconds that a message is tried for before it is put aside."""
FEWEST_TRIES: Final = 700
"""But no fewer, some hour's worth: a clock may jump, and clocks of copies differ."""
LOST: Final = (*CONNECTION_EXCEPTIONS, TimeoutError)
_UNENDED: Final = "x-delivery-count"
"""The header in which RabbitMQ counts deliveries of a message that ended without a word."""

Handler = Callable[[Any], Awaitable[None]]
Move = Callable[[str, str, AbstractIncomingMessage, Mapping[str, Any]], Awaitable[None]]
"""Publishes a copy to an exchange, by a key and with these headers, and returns when it is
confirmed. Raises: Transient."""

_settled = Counter("desk_deliveries", "Deliveries settled", ["queue", "outcome"])


@dataclass(frozen=True)
class Settling:
    """Who handles the messages of which queue, and how what they were in is told what came of it.

    Done: acknowledged. Transient: the retry queue, counted. Permanent, unreadable or a fault of
    ours: the dead-letter queue, with the reason. Cancelled: left alone, so that RabbitMQ gives it
    to another worker. Nothing is put back at the head of its queue. What comes again and again
    without an end to it: where it is handled by itself.
    """

    move: Move
    handlers: dict[str, Handler] = field(default_factory=dict)
    """By queue."""

    async def settle(self, incoming: AbstractIncomingMessage, source: str) -> None:
        """Handle it, and say so. `source`: the queue that it came from.

        Raises: Transient: RabbitMQ was lost, and gives it out again.
        """
        queue = self._home_of(incoming, source)
        if source == queue and _unended(incoming) >= ISOLATED_AFTER:
            outcome = await self._isolate(queue, incoming)
        else:
            outcome = await self._handle(queue, incoming)
        crash_point("consume.before_ack")
        await _acknowledge(incoming)
        _settled.labels(queue, outcome).inc()
        crash_point("consume.after_ack")

    def _home_of(self, incoming: AbstractIncomingMessage, source: str) -> str:
        """What is isolated says by its key which queue it is of."""
        if source in self.handlers:
            return source
        key = incoming.routing_key or ""
        # Nothing of ours is isolated without one; what somebody else put there is looked at too.
        return key if key in self.handlers else next(iter(self.handlers))

    async def _handle(self, queue: str, incoming: AbstractIncomingMessage) -> str:
        try:
            crash_point("consume.before_handle")
            await self.handlers[queue](message_of(incoming))
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            return await self._try_later(queue, incoming, "cancelled by something it waited for")
        except Transient as error:
            return await self._try_later(queue, incoming, str(error))
        except Permanent as error:
            return await self._put_aside(queue, incoming, str(error))
        except Exception as error:
            log.exception("handler_failed", queue=queue)
            return await self._put_aside(queue, incoming, f"a fault: {type(error).__name__}")
        return "done"

    async def _isolate(self, queue: str, incoming: AbstractIncomingMessage) -> str:
        log.warning("delivery_isolated", queue=queue, attempt=_unended(incoming))
        await self.move(ISOLATION, queue, incoming, _ours(incoming))
        return "isolated"

    async def _try_later(self, queue: str, incoming: AbstractIncomingMessage, why: str) -> str:
        now = time.time()
        headers = _ours(incoming)
        first_failed = float(str(headers.setdefault("first_failed", now)))
        attempt = int(str(headers.get("attempt", 0))) + 1
        headers["attempt"] = attempt
        # A clock that was set back makes the age negative: then it is simply tried again.
        if now - first_failed > PATIENCE and attempt > FEWEST_TRIES:
            return await self._put_aside(queue, incoming, f"still failing after a day: {why}")
        headers["reason"] = why
        log.info("delivery_postponed", queue=queue, reason=why, attempt=attempt)
        await self.move(RETRY_QUEUE, queue, incoming, headers)
        return "postponed"

    async def _put_aside(self, queue: str, incoming: AbstractIncomingMessage, why: str) -> str:
        headers = _ours(incoming) | {"reason": why, "put_aside_at": time.time()}
        log.error("message_put_aside", queue=queue, reason=why)
        await self.move(DEAD_EXCHANGE, queue, incoming, headers)
        return "put_aside"


def is_cancelled() -> bool:
    """Whether somebody cancelled this very task: a connection that dies can cancel its waiters."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _unended(incoming: AbstractIncomingMessage) -> int:
    return int(str(incoming.headers.get(_UNENDED, 0)))


def _ours(incoming: AbstractIncomingMessage) -> dict[str, Any]:
    """The headers that a copy has too: RabbitMQ begins to count anew with it."""
    return {name: value for name, value in incoming.headers.items() if name != _UNENDED}


async def _acknowledge(incoming: AbstractIncomingMessage) -> None:
    """An acknowledgement on a lost link means only that the delivery comes again."""
    try:
        await incoming.ack()
    except LOST as error:
        raise Transient(f"not acknowledged: {type(error).__name__}") from error
