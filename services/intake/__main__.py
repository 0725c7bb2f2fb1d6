"""`python -m services.intake`: the doors, wired."""

from datetime import UTC, datetime
from functools import partial

from services.intake.accept import Desk, accept_mail
from services.intake.dkim_check import dns_lookup
from services.intake.held import Held
from services.intake.reader import Reader
from services.intake.scanner import Scanner
from services.intake.scanning import Scans
from services.intake.smtp import Door, Limits
from services.intake.store import Letters
from services.intake.sweep import sweep_files
from services.intake.understand import Clerk, Trust
from services.intake.web import Front, make_app
from shared.allowances import Allowances
from shared.broker import Broker
from shared.config import IntakeSettings, load
from shared.health import add_health, open_port
from shared.lifecycle import once_there, run, serve
from shared.log import start_logging
from shared.mongo import close, is_there, open_client
from shared.outbox import Outbox
from shared.peer import networks
from shared.references import Seal


def now() -> datetime:
    return datetime.now(UTC)


def limits(settings: IntakeSettings) -> Limits:
    """Of the SMTP door."""
    return Limits(
        settings.max_message_bytes,
        settings.intake_smtp_connections,
        settings.intake_smtp_connections_per_address,
        settings.intake_smtp_letter_bytes,
        networks(settings.intake_smtp_trusted),
        settings.intake_smtp_require_tls,
    )


async def main(settings: IntakeSettings) -> int:
    library = settings.library
    client = open_client(settings.mongodb_uri)
    database = client[settings.mongodb_database]
    letters = Letters(database)
    broker = Broker(settings.amqp_url)
    outbox = Outbox(letters.outbox, broker.publish)
    reader = Reader()
    seal = Seal(settings.desk_secret)
    scans = None
    if settings.clamd_url:
        scans = Scans(Held(database), Scanner(settings.clamd_url), now)
    trust = Trust(settings.authserv_id or None, dns_lookup if settings.verify_dkim else None)
    clerk = Clerk(reader, seal, library.addresses, settings.max_message_bytes, trust)
    desk = Desk(letters, outbox, clerk, seal, scans, settings.most_enquiries_an_hour)

    async def accept(raw: bytes, sender: str | None, recipients: tuple[str, ...]) -> str | None:
        return await accept_mail(raw, sender, recipients, now(), desk=desk)

    allowances = Allowances(database)
    front = Front(
        desk,
        letters,
        allowances,
        frozenset(one.id for one in settings.library.topics),
        now,
        settings.proxies,
    )
    app = make_app(front, settings.max_message_bytes)
    # Without RabbitMQ letters are kept all the same: that must take nobody out of service.
    add_health(app, {"mongodb": partial(is_there, client)}, {"rabbitmq": broker.is_there})
    http = await open_port(app, settings.http_host, settings.intake_http_port)
    smtp = Door(library.addresses, accept, limits(settings), settings.certificate)
    await smtp.open(settings.intake_smtp_host, settings.intake_smtp_port)

    async def prepare() -> None:
        await letters.make_indexes()
        await allowances.make_indexes()

    async def close_doors() -> None:
        await smtp.close()
        await http.cleanup()

    loops = {
        "broker": broker.run(),
        "outbox": once_there(prepare, outbox.run),
        "files": sweep_files(letters, now),
    }
    if scans is not None:
        loops["scans"] = scans.run()
    return await serve(
        loops,
        [close_doors, outbox.flush, reader.close, broker.close, partial(close, client)],
    )


if __name__ == "__main__":
    settings = load(IntakeSettings)
    start_logging("intake", settings.log_level)
    run(partial(main, settings))
