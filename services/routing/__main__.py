"""`python -m services.routing`: tickets and the staff's API, wired."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from aiohttp import web

from services.routing import (
    audit,
    bulk,
    canned_answers,
    conversion_routes,
    delivery_routes,
    drafts,
    events,
    patron_routes,
    people,
    publisher_routes,
    queue,
    reports,
    taken_down,
    together,
    withdrawing,
)
from services.routing.api import Api, make_app
from services.routing.changes import Counter
from services.routing.converted import on_any_outcome
from services.routing.digests import Digests
from services.routing.digests import run as run_digests
from services.routing.finding import Finder
from services.routing.following import on_pair_changed
from services.routing.handlers import Desk, on_enquiry_received
from services.routing.handlers import Outbox as Sends
from services.routing.heeding import on_patron_changed
from services.routing.hours import calendars
from services.routing.journal import Journal
from services.routing.limits import Limit, limits, unlimited
from services.routing.listeners import MOST, Listeners
from services.routing.member_store import Members
from services.routing.openapi import describe
from services.routing.quarantine import routes
from services.routing.reporting import Reports
from services.routing.retention import Keeping
from services.routing.roster import Roster
from services.routing.store import Tickets
from services.routing.taken_down_store import TakenDown
from services.routing.timers import Timers
from shared.absences import Absences
from shared.audit_log import AuditLog
from shared.broker import Broker, Subscription
from shared.config import RoutingSettings, load
from shared.health import MOST_CONNECTIONS, add_health, open_port
from shared.keyring import Watched
from shared.lifecycle import once_there, run, run_together, serve
from shared.log import start_logging
from shared.messages import TicketsChanged
from shared.mongo import Database, close, is_there, open_client
from shared.outbox import Outbox
from shared.quarantine import Quarantine
from shared.scanner import Scanner, scanner_at


class Store(Protocol):
    """What has indexes."""

    async def make_indexes(self) -> None: ...


@dataclass(frozen=True)
class Beside:
    """What else the routes need."""

    reporting: Reports
    listeners: Listeners
    patrons: Sends
    """That of what is noted of patrons."""
    limit: Limit = unlimited
    scanner: Scanner | None = None


def now() -> datetime:
    return datetime.now(UTC)


def staff_app(
    desk: Desk,
    tickets: Tickets,
    finder: Finder,
    database: Database,
    beside: Beside,
) -> web.Application:
    """Every route of the staff's API."""
    audit_log = AuditLog(database)
    counter = Counter(desk, tickets, audit_log, limit=beside.limit)
    app = make_app(Api(counter))
    app.add_routes(queue.routes(queue.Queue(counter, finder)))
    app.add_routes(together.routes(counter))
    app.add_routes(bulk.routes(counter))
    app.add_routes(drafts.routes(drafts.Drafting(counter, beside.scanner)))
    app.add_routes(withdrawing.routes(counter))
    app.add_routes(canned_answers.routes(counter))
    app.add_routes(delivery_routes.routes(counter))
    app.add_routes(conversion_routes.routes(counter))
    app.add_routes(publisher_routes.routes(counter))
    app.add_routes(patron_routes.routes(counter, beside.patrons))
    app.add_routes(taken_down.routes(taken_down.Desk(counter, TakenDown(database))))
    app.add_routes(routes(Quarantine(database), counter))
    staff = people.People(counter, Absences(database), Members(database))
    app.add_routes(people.routes(staff))
    app.add_routes(reports.routes(reports.ReportRoutes(counter, beside.reporting)))
    app.add_routes(audit.routes(audit_log, counter))
    app.add_routes(events.routes(events.Events(counter, beside.listeners)))
    describe(app)
    return app


def _subscriptions(desk: Desk, tickets: Tickets) -> tuple[Subscription, ...]:
    """What routing hears."""
    on_outcome = partial(on_any_outcome, desk=desk, conversions=tickets.conversions)
    return (
        Subscription("routing.enquiries", partial(on_enquiry_received, desk=desk), prefetch=64),
        Subscription("routing.outcomes", on_outcome, prefetch=16),
        Subscription("routing.patrons", partial(on_patron_changed, desk=desk), prefetch=8),
        Subscription("routing.pairs", partial(on_pair_changed, desk=desk), prefetch=8),
    )


def _telling(database: Database, broker: Broker, tickets: Tickets) -> tuple[Outbox, Listeners]:
    """What sends what tickets say, changes by way of their journal; and who listens to these."""
    journal = Journal(database, broker.mention)
    listeners = Listeners(journal, Watched(database), now)
    journal.heard = listeners.hear
    broker.overhear(TicketsChanged.routing_key, listeners.overhear)
    return Outbox(tickets.outbox, journal.instead_of(broker.publish)), listeners


async def _prepare(stores: Iterable[Store], finder: Finder, roster: Roster) -> None:
    for store in stores:
        await store.make_indexes()
    await finder.file_what_is_not()
    await roster.read_all()


async def tidy(keeping: Keeping, tickets: Tickets, scanner: Scanner | None) -> None:
    """Throw away what has been kept long enough, and what was not used."""
    await run_together(keeping.run(), drafts.run_drafts(tickets.drafts, scanner, now))


async def main(settings: RoutingSettings) -> int:
    library = settings.library
    client = open_client(settings.mongodb_uri)
    database = client[settings.mongodb_database]
    tickets = Tickets(database, library)
    roster = Roster(tickets, now)
    # The broker's handlers need the outbox, and the outbox the broker: the link is made last.
    broker = Broker(settings.amqp_url)
    outbox, listeners = _telling(database, broker, tickets)
    desk = Desk(tickets, outbox, roster, library, calendars(library), now)
    for one in _subscriptions(desk, tickets):
        broker.subscribe(one)
    reporting, finder = Reports(database, library), Finder(database, library.library.languages)
    limit, scanner = limits(settings, database), scanner_at(settings.clamd_url)
    patrons_outbox = Outbox(tickets.known_patrons.outbox, broker.publish)
    beside = Beside(reporting, listeners, patrons_outbox, limit, scanner)
    app = staff_app(desk, tickets, finder, database, beside)
    digests = Digests(database)
    digest_outbox = Outbox(digests.outbox, broker.publish)
    outboxes = (outbox, digest_outbox, patrons_outbox)
    timers, keeping = Timers(tickets, desk), Keeping(database, library)
    add_health(app, {"mongodb": partial(is_there, client), "rabbitmq": broker.is_there})
    place = settings.http_host, settings.routing_http_port
    http = await open_port(app, *place, most=MOST + MOST_CONNECTIONS)

    stores = (tickets, finder, digests, reporting, keeping, AuditLog(database), limit)

    async def work() -> None:
        """Nothing is consumed before it is known who is here."""
        await run_together(
            broker.run(),
            *(one.run() for one in outboxes),
            roster.run(),
            timers.run(),
            run_digests(digests, digest_outbox, now),
            tidy(keeping, tickets, scanner),
            listeners.run(),
        )

    return await serve(
        {"work": once_there(partial(_prepare, stores, finder, roster), work)},
        [
            listeners.close,
            broker.stop_consuming,
            http.cleanup,
            *(one.flush for one in outboxes),
            broker.close,
            partial(close, client),
        ],
    )


if __name__ == "__main__":
    settings = load(RoutingSettings)
    start_logging("routing", settings.log_level)
    run(partial(main, settings))
