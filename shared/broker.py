"""RabbitMQ as the services use it: a link that is made again, publishing that is confirmed, and
deliveries that are taken (`settling` says what becomes of them).

Only this file, `carried`, `queues`, `settling`, `overhearing` and `dead_letters` import aio-pika.
It uses a plain connection and a loop of its own that begins again when the link is lost, which is
easier to reason about than a connection that mends itself: for about a second after a reconnect
that one fails in ways that can't be told apart.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

import aio_pika
import structlog
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from pamqp.commands import Basic
from prometheus_client import Counter
from yarl import URL

from shared.carried import outgoing_of, persistent
from shared.errors import Transient
from shared.messages import Message
from shared.overhearing import Heard, overhear
from shared.queues import CALL_TIMEOUT, declare, isolated
from shared.settling import LOST, Handler, Settling, is_cancelled

log = structlog.get_logger()

_FIRST_THE_REST: Final = 0.5
"""Seconds of a new link in which nothing isolated is taken: what came along with whoever dies of
it is isolated too by then."""

_published = Counter("desk_published", "Messages confirmed by RabbitMQ", ["key"])


@dataclass(frozen=True)
class Subscription:
    """A queue, who handles what is in it, and how many at once."""

    queue: str
    handler: Handler
    prefetch: int


class Broker:
    """One service's link to RabbitMQ, made again whenever it is lost."""

    def __init__(self, url: str) -> None:
        # The client waits for three beats and a second each: a dead link is noticed in 18 s.
        self._url = str(URL(url).update_query(heartbeat="5"))
        self._subscriptions: list[Subscription] = []
        self._settling = Settling(self._move)
        self._overhearing: list[tuple[str, Heard]] = []
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self._consuming: list[tuple[AbstractQueue, str]] = []
        self._in_flight: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def subscribe(self, subscription: Subscription) -> None:
        """Consume this queue too, from the next link on."""
        self._subscriptions.append(subscription)
        self._settling.handlers[subscription.queue] = subscription.handler

    def overhear(self, key: str, heard: Heard) -> None:
        """Be told of what is said with this key while the link is there, from the next one on."""
        self._overhearing.append((key, heard))

    @property
    def connected(self) -> bool:
        """Whether messages can be published and, where subscribed, are being consumed."""
        return self._exchange is not None

    async def is_there(self) -> bool:
        """The same, for /readyz."""
        return self.connected

    async def run(self) -> None:
        """Keep the link until stopped."""
        pause = 0.2
        while not self._stopping.is_set():
            try:
                await self._one_link()
                pause = 0.2
            except LOST as error:
                log.warning("broker_lost", reason=type(error).__name__)
                pause = min(pause * 2, 3.0)
            await asyncio.sleep(pause)

    async def _one_link(self) -> None:
        lost = asyncio.Event()

        def note(*_: Any) -> None:
            lost.set()

        async with AsyncExitStack() as connections:
            async with asyncio.timeout(20):
                connection = await self._set_up(connections, note)
            if self._stopping.is_set():
                return  # `close` found no link that it could have ended
            log.info("broker_connected")
            try:
                await asyncio.wait_for(lost.wait(), _FIRST_THE_REST)
            except TimeoutError:
                await self._consume_isolated(connection, note)
            await lost.wait()
            log.warning("broker_lost", reason="closed")

    async def _connect(
        self, connections: AsyncExitStack, note: Callable[..., None]
    ) -> AbstractConnection:
        async with asyncio.timeout(10):
            connection = await aio_pika.connect(self._url, timeout=CALL_TIMEOUT)
        connections.push_async_callback(_close, connection)
        connection.close_callbacks.add(note)
        return connection

    async def _set_up(
        self, connections: AsyncExitStack, note: Callable[..., None]
    ) -> AbstractConnection:
        """Two connections: one that publishes is blocked as a whole while RabbitMQ has an alarm,
        and acknowledgements must still go out then, or nothing would ever leave the queues.
        Returns the one that consumes."""
        publishing = await self._connect(connections, note)
        connection = await self._connect(connections, note) if self._subscriptions else publishing
        connections.callback(self._forget_link)  # first of all, once the link is lost
        channel = await publishing.channel(publisher_confirms=True, on_return_raises=True)
        channel.close_callbacks.add(note)
        exchange = await declare(channel)
        # Before anything is consumed: what can't be handled is moved by this channel.
        self._channel = channel
        for subscription in self._subscriptions:
            await self._consume(connection, subscription.queue, subscription.prefetch, note)
        for key, heard in self._overhearing:
            await overhear(connection, key, heard, note)
        self._exchange = exchange
        return connection

    def _forget_link(self) -> None:
        self._channel = self._exchange = None
        self._consuming.clear()

    async def _consume_isolated(
        self, connection: AbstractConnection, note: Callable[..., None]
    ) -> None:
        async with asyncio.timeout(20):
            for name in dict.fromkeys(isolated(one.queue) for one in self._subscriptions):
                await self._consume(connection, name, 1, note)

    async def _consume(
        self, connection: AbstractConnection, name: str, most: int, note: Callable[..., None]
    ) -> None:
        channel = await connection.channel(publisher_confirms=False)
        channel.close_callbacks.add(note)
        # A queue that is deleted, or a node that goes, cancels the consumer with no other sign.
        (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(note)
        await channel.set_qos(prefetch_count=most)
        queue = await channel.get_queue(name)

        async def take(incoming: AbstractIncomingMessage) -> None:
            # A task of our own: the client cancels its tasks when the link is lost, and work that
            # was begun is better ended.
            task = asyncio.create_task(self._take(name, incoming, note))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)

        self._consuming.append((queue, await queue.consume(take, timeout=CALL_TIMEOUT)))

    async def stop_consuming(self) -> None:
        """Take nothing more, and wait until what was taken is settled."""
        self._subscriptions.clear()  # a new link must not begin again
        for queue, tag in self._consuming:
            try:
                await queue.cancel(tag, timeout=CALL_TIMEOUT)
            except LOST as error:
                log.warning("broker_lost", reason=type(error).__name__)
        self._consuming.clear()
        await asyncio.gather(*self._in_flight, return_exceptions=True)

    async def close(self) -> None:
        """End `run`; the connection is closed with it."""
        self._stopping.set()
        if self._channel is not None:
            async with asyncio.timeout(2):
                await self._channel.close()

    async def publish(self, message: Message) -> None:
        """Return once RabbitMQ holds the message in a queue.

        Raises: Transient: it may or may not be there; publish it again later.
        """
        await self._publish(self._exchange, message.routing_key, outgoing_of(message))
        _published.labels(message.routing_key).inc()

    async def mention(self, message: Message) -> None:
        """The same for whoever listens at this moment: nobody need. Raises: Transient."""
        key = message.routing_key
        await self._publish(self._exchange, key, outgoing_of(message), must_arrive=False)

    async def _publish(
        self,
        exchange: AbstractExchange | None,
        key: str,
        outgoing: aio_pika.Message,
        must_arrive: bool = True,
    ) -> None:
        if exchange is None:
            raise Transient("RabbitMQ is away")
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                confirmation = await exchange.publish(outgoing, key, mandatory=must_arrive)
        except asyncio.CancelledError:
            # A connection that dies can cancel its waiters: that is not our own cancellation.
            if is_cancelled():
                raise
            raise Transient("RabbitMQ was lost while publishing") from None
        except LOST as error:
            raise Transient(f"RabbitMQ took no message: {type(error).__name__}") from error
        if not isinstance(confirmation, Basic.Ack):
            raise Transient("RabbitMQ did not confirm a message")

    async def _take(
        self, queue: str, incoming: AbstractIncomingMessage, drop_link: Callable[[], None]
    ) -> None:
        try:
            await self._settling.settle(incoming, queue)
        except Transient as error:
            # Not settled: with the link gone RabbitMQ gives it out again, so gone it must be.
            log.warning("delivery_left", queue=queue, reason=str(error))
            drop_link()
        except Exception:
            log.exception("handler_failed", queue=queue)
            drop_link()

    async def _move(
        self,
        exchange: str,
        key: str,
        incoming: AbstractIncomingMessage,
        headers: Mapping[str, Any],
    ) -> None:
        """Publish a copy elsewhere, confirmed, before the original is acknowledged.

        A broker that takes nothing for the moment (an alarm) is waited for: the delivery stays
        ours. When the link is lost, it is RabbitMQ's again.
        """
        channel = self._channel
        while channel is not None and channel is self._channel:
            target = await channel.get_exchange(exchange, ensure=False)
            copy = persistent(incoming.body, {**headers}, incoming.type, incoming.correlation_id)
            try:
                return await self._publish(target, key, copy)
            except Transient as error:
                log.warning("publish_postponed", reason=str(error))
                await asyncio.sleep(1)
        raise Transient("RabbitMQ is away")


async def _close(connection: AbstractConnection) -> None:
    try:
        async with asyncio.timeout(2):
            await connection.close()
    except LOST as error:
        log.debug("broker_close_failed", reason=type(error).__name__)
