"""What is said over RabbitMQ to whoever listens at that moment: a queue of one's own, that is gone
with the link, and holds little. What comes by it may be lost, so that it decides nothing."""

from collections.abc import Callable
from typing import Any, Final

from aio_pika.abc import AbstractConnection, AbstractIncomingMessage

from shared.queues import CALL_TIMEOUT, EXCHANGE

Heard = Callable[[bytes], None]
"""What is done with a body; it must not fail, nor take long."""
_MOST: Final = 100
"""Of what nobody has heard yet; the oldest goes first."""


async def overhear(
    connection: AbstractConnection, key: str, heard: Heard, note: Callable[..., None]
) -> None:
    """Hear all that is published with this key from now on. `note` is called when that ends."""
    channel = await connection.channel(publisher_confirms=False)
    channel.close_callbacks.add(note)
    (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(note)
    limit: dict[str, Any] = {"x-max-length": _MOST, "x-overflow": "drop-head"}
    queue = await channel.declare_queue(
        exclusive=True, auto_delete=True, arguments=limit, timeout=CALL_TIMEOUT
    )
    await queue.bind(EXCHANGE, key, timeout=CALL_TIMEOUT)

    async def take(incoming: AbstractIncomingMessage) -> None:
        heard(incoming.body)

    await queue.consume(take, no_ack=True, timeout=CALL_TIMEOUT)
