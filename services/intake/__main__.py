"""`python -m services.intake`: the doors, wired."""

import asyncio
from datetime import UTC, datetime
from functools import partial

from services.intake.accept import Desk, accept_mail, set_aside
from services.intake.imap import Mailbox
from services.intake.imap_session import House
from services.intake.mailboxes import Positions
from services.intake.smtp import Door, open_door
from services.intake.store import Letters
from services.intake.web import Front, make_app
from shared.broker import Broker
from shared.config import IntakeSettings, load
from shared.health import add_health, open_port
from shared.lifecycle import once_there, run, serve
from shared.log import start_logging
from shared.mongo import close, is_there, open_client
from shared.outbox import Outbox
from shared.references import Seal


def now() -> datetime:
    return datetime.now(UTC)


async def main(settings: IntakeSettings) -> int:
    about = settings.library.library
    client = open_client(settings.mongodb_uri)
    letters = Letters(client[settings.mongodb_database])
    broker = Broker(settings.amqp_url)
    outbox = Outbox(letters.outbox, broker.publish)
    desk = Desk(letters, outbox, Seal(settings.desk_secret), about.enquiry_address)

    async def accept(raw: bytes, sender: str | None, recipients: tuple[str, ...]) -> str | None:
        return await accept_mail(raw, sender, recipients, now(), desk=desk)

    boxes = _mailboxes(settings, Positions(client[settings.mongodb_database]), desk)
    app = make_app(Front(desk, letters, now), settings.max_message_bytes)
    # Without RabbitMQ or a mailbox letters are kept all the same: that must take nobody out of
    # service.
    missed = {"rabbitmq": broker.is_there, **{f"mailbox {one.name}": one.is_there for one in boxes}}
    add_health(app, {"mongodb": partial(is_there, client)}, missed)
    http = await open_port(app, settings.http_host, settings.intake_http_port)
    smtp = await open_door(
        settings.intake_smtp_host,
        settings.intake_smtp_port,
        Door(about.enquiry_address, accept),
        settings.max_message_bytes,
    )

    async def close_doors() -> None:
        smtp.close()
        await asyncio.gather(http.cleanup(), *(one.close() for one in boxes))

    return await serve(
        {
            "broker": broker.run(),
            "outbox": once_there(letters.make_indexes, outbox.run),
            **{f"mailbox {one.name}": one.run() for one in boxes},
        },
        [close_doors, outbox.flush, broker.close, partial(close, client)],
    )


def _mailboxes(settings: IntakeSettings, positions: Positions, desk: Desk) -> list[Mailbox]:
    """The IMAP door: one for each mailbox that is to be read."""

    async def accept(raw: bytes, sender: str | None, recipients: tuple[str, ...]) -> None:
        await accept_mail(raw, sender, recipients, now(), desk=desk, door="imap")

    async def aside(head: bytes, reason: str, recipients: tuple[str, ...]) -> None:
        await set_aside(head, reason, recipients, now(), desk=desk, door="imap")

    house = House(accept, aside, desk.enquiry_address, settings.max_message_bytes)
    return [
        Mailbox(place, url, settings.imap_since, positions, house)
        for place, url in enumerate(settings.mailboxes, start=1)
    ]


if __name__ == "__main__":
    settings = load(IntakeSettings)
    start_logging("intake", settings.log_level)
    run(partial(main, settings))
