"""`python -m services.intake`: the doors, wired."""

import asyncio
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from services.intake.accept import Desk, accept_mail, set_aside
from services.intake.ask import Ask, add_ask
from services.intake.dkim_check import Verifier, dns_lookup
from services.intake.fetching import Fetching, add_fetching
from services.intake.held import Held
from services.intake.imap import Mailbox
from services.intake.imap_session import House
from services.intake.mailboxes import Positions
from services.intake.openapi import describe
from services.intake.page import Pages
from services.intake.patron_pages import PatronPages
from services.intake.patron_tickets import PatronTickets
from services.intake.posted import Limits as FormLimits
from services.intake.reader import Reader
from services.intake.scanning import Scans, let_go
from services.intake.sent_files import SentFiles
from services.intake.smtp import Door, Limits
from services.intake.status_page import add_status
from services.intake.store import Letters
from services.intake.survey import Survey, add_survey
from services.intake.sweep import sweep_chunks, sweep_files
from services.intake.understand import Clerk, Trust
from services.intake.web import Front, make_app
from shared.allowances import Allowances
from shared.broker import Broker
from shared.config import IntakeSettings, load
from shared.health import add_health, open_port
from shared.lifecycle import once_there, run, run_together, serve
from shared.log import start_logging
from shared.mongo import Database, close, is_there, open_client
from shared.outbox import Outbox
from shared.peer import networks
from shared.references import Seal
from shared.scanner import scanner_at


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
    letters, allowances, reader = Letters(database), Allowances(database), Reader()
    broker = Broker(settings.amqp_url)
    outbox = Outbox(letters.outbox, broker.publish)
    scanner = scanner_at(settings.clamd_url)
    held = Held(database)
    scans = Scans(held, scanner, now) if scanner else None
    seal = Seal(settings.desk_secret)
    clerk = _clerk(settings, reader, seal)
    desk = Desk(letters, outbox, clerk, seal, scans, settings.most_enquiries_an_hour)

    async def accept(raw: bytes, sender: str | None, recipients: tuple[str, ...]) -> str | None:
        return await accept_mail(raw, sender, recipients, now(), desk=desk)

    boxes = _mailboxes(settings, Positions(database), desk)
    app = _app(settings, desk, letters, allowances, SentFiles(database))
    _add_patron_pages(app, settings, desk, database)
    # Without RabbitMQ or a mailbox letters are kept all the same: that must take nobody out of
    # service.
    missed = {"rabbitmq": broker.is_there, **{f"mailbox {one.name}": one.is_there for one in boxes}}
    add_health(app, {"mongodb": partial(is_there, client)}, missed)
    http = await open_port(app, settings.http_host, settings.intake_http_port)
    smtp = Door(library.addresses, accept, limits(settings), settings.certificate)
    await smtp.open(settings.intake_smtp_host, settings.intake_smtp_port)
    prepared = asyncio.Event()

    async def prepare() -> None:
        await letters.make_indexes()
        await allowances.make_indexes()
        prepared.set()

    async def close_doors() -> None:
        await smtp.close()
        await asyncio.gather(http.cleanup(), *(one.close() for one in boxes))

    async def work() -> None:
        sweeps = (sweep_files(letters, now), sweep_chunks(letters, now))
        await run_together(outbox.run(), *sweeps, scans.run() if scans else let_go(held, now))

    loops = {
        "broker": broker.run(),
        "work": once_there(prepare, work),
        **{f"mailbox {one.name}": _read(one, prepared) for one in boxes},
    }
    return await serve(
        loops, [close_doors, outbox.flush, reader.close, broker.close, partial(close, client)]
    )


async def _read(box: Mailbox, prepared: asyncio.Event) -> None:
    """A mailbox, once indexes are there: no sender waits at that door, and without them every
    letter would have all the others looked through."""
    await prepared.wait()
    await box.run()


def _clerk(settings: IntakeSettings, reader: Reader, seal: Seal) -> Clerk:
    """Who understands mail, and whom he believes."""
    signatures = Verifier(dns_lookup) if settings.verify_dkim else None
    trust = Trust(settings.authserv_id or None, signatures)
    return Clerk(reader, seal, settings.library.addresses, settings.max_message_bytes, trust)


def _app(
    settings: IntakeSettings,
    desk: Desk,
    letters: Letters,
    allowances: Allowances,
    sent: SentFiles,
) -> web.Application:
    """The HTTP door: for integrations, for who follows a link in a letter, and the ask page."""
    library, most, proxies = settings.library, settings.max_message_bytes, settings.proxies
    topics = frozenset(one.id for one in library.topics)
    app = make_app(Front(desk, letters, allowances, topics, now, proxies), most)
    pages = Pages(library, most)
    add_fetching(app, Fetching(sent, pages, desk.seal, now))
    describe(app)
    form = FormLimits(most)
    add_ask(app, Ask(desk, allowances, library, pages, now, form, proxies))
    return app


def _add_patron_pages(
    app: web.Application, settings: IntakeSettings, desk: Desk, database: Database
) -> None:
    """A patron's own pages, which links in our letters lead to."""
    pages = Pages(settings.library, settings.max_message_bytes)
    own = PatronPages(PatronTickets(database), pages, desk.seal, now)
    add_status(app, own)
    use = Allowances(database)
    add_survey(app, Survey(own, desk.letters, desk.outbox, use, settings.proxies))


def _mailboxes(settings: IntakeSettings, positions: Positions, desk: Desk) -> list[Mailbox]:
    """The IMAP door: one for each mailbox that is to be read."""

    async def accept(raw: bytes, sender: str | None, recipients: tuple[str, ...]) -> None:
        await accept_mail(raw, sender, recipients, now(), desk=desk, door="imap")

    async def aside(head: bytes, reason: str, recipients: tuple[str, ...], place: str) -> None:
        await set_aside(head, reason, recipients, now(), place=place, desk=desk, door="imap")

    desk_address = settings.library.library.enquiry_address
    own = (desk_address, *sorted(settings.library.addresses - {desk_address}))
    house = House(accept, aside, own, settings.max_message_bytes)
    return [
        Mailbox(place, url, settings.imap_since, positions, house)
        for place, url in enumerate(settings.mailboxes, start=1)
    ]


if __name__ == "__main__":
    settings = load(IntakeSettings)
    start_logging("intake", settings.log_level)
    run(partial(main, settings))
