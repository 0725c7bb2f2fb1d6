"""The floor: the same steps as the product, and nothing else.

Three processes: intake (SMTP DATA, durable insert, confirmed publish, `250`),
route (consume, durable insert, confirmed publish, ack), notify (consume, SMTP
send, ack). Ordinary libraries used in their ordinary way. It parses two header
fields with a regular expression each, validates nothing, retries nothing, and
remembers nothing about what it sent. It is neither slowed down nor tuned.

    python -m bench.floor intake|route|notify
"""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import aio_pika
import aiosmtplib
import uvloop
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aiosmtpd.smtp import SMTP, Envelope, Session
from bson import ObjectId
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo import WriteConcern

RECEIVED: Final = "floor.received"
NOTICES: Final = "floor.notices"
PREFETCH: Final = 32
SENDING_AT_ONCE: Final = 8
LIBRARY: Final = "library@floor.example.org"
SUBJECT: Final = re.compile(rb"^Subject: *([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
MESSAGE_ID: Final = re.compile(rb"^Message-ID: *([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
LETTER: Final = (
    "From: {library}\r\nTo: {sender}\r\nSubject: [{ticket}] Re: {subject}\r\n"
    "Message-ID: <{ticket}@floor.example.org>\r\nIn-Reply-To: {message_id}\r\n"
    "Auto-Submitted: auto-replied\r\n\r\n"
) + "Your enquiry is with us, and you will hear from us in two working days.\r\n" * 10

Body = dict[str, str]
Take = Callable[[Body], Awaitable[None]]


def durable(database: AsyncIOMotorDatabase[Any], name: str) -> Any:
    """A collection whose writes are answered once a majority has journaled them."""
    return database.get_collection(name, write_concern=WriteConcern(w="majority", j=True))


async def publish(channel: AbstractChannel, queue: str, body: Body) -> None:
    """Publish one persistent message and wait for its confirm."""
    message = aio_pika.Message(
        json.dumps(body).encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT
    )
    await channel.default_exchange.publish(message, routing_key=queue)


async def consume(connection: AbstractConnection, queue: str, take: Take) -> None:
    """Take up to `PREFETCH` messages at a time, acknowledging each when it is done."""
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=PREFETCH)

    async def on_message(message: AbstractIncomingMessage) -> None:
        await take(json.loads(message.body))
        await message.ack()

    await (await channel.get_queue(queue)).consume(on_message)


class Intake:
    """The door: keeps the raw mail, tells the router, answers `250`."""

    def __init__(self, database: AsyncIOMotorDatabase[Any], channel: AbstractChannel) -> None:
        self._raw = durable(database, "raw")
        self._channel = channel

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Called by aiosmtpd with one whole mail."""
        data, sender = envelope.content, envelope.mail_from
        assert isinstance(data, bytes)
        assert sender is not None
        key = ObjectId()
        await self._raw.insert_one(
            {"_id": key, "at": time.time(), "from": sender, "to": envelope.rcpt_tos, "raw": data}
        )
        await publish(self._channel, RECEIVED, {"raw": str(key), "sender": sender, **_read(data)})
        return "250 OK"


def _read(data: bytes) -> Body:
    header, _, text = data.partition(b"\r\n\r\n")
    subject, message_id = SUBJECT.search(header), MESSAGE_ID.search(header)
    return {
        "subject": subject[1].decode() if subject else "",
        "message_id": message_id[1].decode() if message_id else "",
        "preview": text[:600].decode("latin-1"),
    }


async def intake(database: AsyncIOMotorDatabase[Any], connection: AbstractConnection) -> None:
    """Open the SMTP door."""
    handler = Intake(database, await connection.channel(publisher_confirms=True))
    loop = asyncio.get_running_loop()
    await loop.create_server(
        lambda: SMTP(handler, loop=loop, hostname="floor", enable_SMTPUTF8=True),
        "127.0.0.1",
        int(os.environ["INTAKE_SMTP_PORT"]),
        backlog=1024,
    )


async def route(database: AsyncIOMotorDatabase[Any], connection: AbstractConnection) -> None:
    """Make a ticket of each mail and ask for its acknowledgement."""
    tickets = durable(database, "tickets")
    channel = await connection.channel(publisher_confirms=True)

    async def open_ticket(body: Body) -> None:
        ticket = ObjectId()
        history = [{"at": time.time(), "event": "opened"}]
        await tickets.insert_one({"_id": ticket, "status": "new", "history": history, **body})
        letter = {name: body[name] for name in ("sender", "subject", "message_id")}
        await publish(channel, NOTICES, {"ticket": str(ticket), **letter})

    await consume(connection, RECEIVED, open_ticket)


async def notify(database: AsyncIOMotorDatabase[Any], connection: AbstractConnection) -> None:
    """Send each acknowledgement over a connection of its own."""
    relay = urlsplit(os.environ["SMTP_RELAY_URL"])
    turn = asyncio.Semaphore(SENDING_AT_ONCE)

    async def send(body: Body) -> None:
        async with turn:
            await aiosmtplib.send(
                LETTER.format(library=LIBRARY, **body).encode(),
                sender=LIBRARY,
                recipients=[body["sender"]],
                hostname=relay.hostname,
                port=relay.port,
                start_tls=False,
            )

    await consume(connection, NOTICES, send)


async def declare_queues(connection: AbstractConnection) -> None:
    """Make the two quorum queues, unless they are there."""
    channel = await connection.channel()
    for name in (RECEIVED, NOTICES):
        await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
    await channel.close()


async def main(role: str) -> None:
    """Connect, start one role, say "ready", and work until killed."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(os.environ["MONGODB_URI"])
    connection = await aio_pika.connect(os.environ["AMQP_URL"])
    await declare_queues(connection)
    roles = {"intake": intake, "route": route, "notify": notify}
    await roles[role](client[os.environ["MONGODB_DATABASE"]], connection)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
