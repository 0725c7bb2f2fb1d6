"""A message of the contract as RabbitMQ carries it, there and back. It opens nothing."""

import uuid
from typing import Any, Final

import aio_pika
import orjson
from aio_pika.abc import AbstractIncomingMessage
from pydantic import ValidationError

from shared.errors import Permanent
from shared.messages import CONTRACT, Message

_TYPES: Final = {one.routing_key: one for one in CONTRACT}


def outgoing_of(message: Message) -> aio_pika.Message:
    """As it is published."""
    return persistent(
        message.model_dump_json().encode(),
        {"event_id": message.message_id},
        message.routing_key,
        message.reference,
    )


def persistent(
    body: bytes, headers: dict[str, Any], kind: str | None, reference: str | None
) -> aio_pika.Message:
    """A fresh message id for each attempt: the client matches returned messages by it."""
    return aio_pika.Message(
        body,
        headers=headers,
        message_id=uuid.uuid4().hex,
        type=kind,
        correlation_id=reference,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


def message_of(incoming: AbstractIncomingMessage) -> Message:
    """Raises: Permanent: the body is no message of the contract."""
    kind = _TYPES.get(incoming.type or "")
    if kind is None:
        raise Permanent(f"unreadable: no message of type {incoming.type!r}")
    try:
        return kind.model_validate(orjson.loads(incoming.body))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise Permanent(f"unreadable: {type(error).__name__}") from error
