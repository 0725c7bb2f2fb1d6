"""`python -m services.intake`: the doors, wired."""

from datetime import UTC, datetime
from functools import partial

from services.intake.accept import Desk, accept_mail
from services.intake.ask import Ask, add_ask
from services.intake.page import Pages
from services.intake.posted import Limits
from services.intake.smtp import Door, open_door
from services.intake.store import Letters
from services.intake.web import Front, make_app
from shared.allowances import Allowances
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

    most_bytes = settings.max_message_bytes
    allowances = Allowances(client[settings.mongodb_database])
    app = make_app(Front(desk, letters, now), most_bytes)
    pages, limits = Pages(settings.library, most_bytes), Limits(most_bytes)
    ask = Ask(desk, allowances, settings.library, pages, now, limits, settings.proxies)
    add_ask(app, ask)
    # Without RabbitMQ letters are kept all the same: that must take nobody out of service.
    add_health(app, {"mongodb": partial(is_there, client)}, {"rabbitmq": broker.is_there})
    http = await open_port(app, settings.http_host, settings.intake_http_port)
    smtp = await open_door(
        settings.intake_smtp_host,
        settings.intake_smtp_port,
        Door(about.enquiry_address, accept),
        most_bytes,
    )

    async def make_indexes() -> None:
        await letters.make_indexes()
        await allowances.make_indexes()

    async def close_doors() -> None:
        smtp.close()
        await http.cleanup()

    return await serve(
        {"broker": broker.run(), "outbox": once_there(make_indexes, outbox.run)},
        [close_doors, outbox.flush, broker.close, partial(close, client)],
    )


if __name__ == "__main__":
    settings = load(IntakeSettings)
    start_logging("intake", settings.log_level)
    run(partial(main, settings))
