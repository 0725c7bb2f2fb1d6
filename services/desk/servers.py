"""What `desk doctor` finds of the servers: it asks each, and changes nothing."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Final

import aiosmtplib

from services.desk.findings import Finding
from shared.errors import Transient
from shared.mongo import Client, translated
from shared.queues import missing_queues
from shared.relay import Relay

_CLOCKS: Final = 2.0
"""Seconds that two clocks may differ by."""
_PATIENCE: Final = 5.0


async def of_mongodb(client: Client, now: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """Whether it answers, as what, and what its clock says. Raises: Transient: it doesn't."""
    before = now()
    with translated():
        hello = await client.admin.command("hello")
    after = now()
    name = hello.get("setName")
    if name or hello.get("msg") == "isdbgrid":
        yield Finding("ok", f"MongoDB: answers, {f'replica set {name}' if name else 'mongos'}")
    else:
        what = "MongoDB: answers, but is a single server"
        yield Finding("fault", what, "Make it a replica set, of one if need be: rs.initiate()")
    # The driver gives what a command answers without a zone: it is UTC.
    yield clocks(before, hello["localTime"].replace(tzinfo=UTC), after)


def clocks(before: datetime, theirs: datetime, after: datetime) -> Finding:
    """Theirs should be between ours before and after the question."""
    apart = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    if apart <= _CLOCKS:
        return Finding("ok", f"clock: within {_CLOCKS:g} s of MongoDB's")
    what = f"clock: {apart:.0f} s apart from MongoDB's"
    return Finding("warning", what, "Promises and alarms go by both: run NTP on both machines")


async def of_rabbitmq(url: str) -> Finding:
    """Whether it answers and has the queues."""
    try:
        missing = await missing_queues(url)
    except (OSError, TimeoutError, Transient) as error:
        return Finding(
            "fault",
            f"RabbitMQ: no answer ({type(error).__name__})",
            "Is AMQP_URL right, and RabbitMQ running?",
        )
    if missing:
        what = f"RabbitMQ: answers, without {', '.join(missing)}"
        return Finding("fault", what, "Start the services: they make what is missing")
    return Finding("ok", "RabbitMQ: answers, and has every queue")


async def of_relay(settings: Relay) -> Finding:
    """Whether the mail relay greets us (EHLO) as notify would find it, under TLS where that is
    wanted; nothing is sent, and no password is shown to it."""
    relay = aiosmtplib.SMTP(**settings.link(_PATIENCE))
    try:
        await relay.connect()
        await relay.ehlo()
        await relay.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        relay.close()
        what = f"relay: no greeting ({type(error).__name__})"
        return Finding("fault", what, "Is SMTP_RELAY_URL right? Letters wait until it answers")
    return Finding("ok", "relay: answers EHLO")
