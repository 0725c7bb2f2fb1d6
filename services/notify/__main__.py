"""`python -m services.notify`: the library's letters, wired."""

import asyncio
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from services.notify.checking import BadTemplates, checked
from services.notify.compose import Composer
from services.notify.conversion_store import Conversions
from services.notify.converting import Workshop
from services.notify.courier import Courier
from services.notify.desk import Desk
from services.notify.handlers import on_alert_requested, on_notice_requested, sweep
from services.notify.making import Maker
from services.notify.packing import Packer
from services.notify.signing import Signer
from services.notify.store import Notices
from services.notify.wording import Wording
from shared.broker import Broker, Subscription
from shared.config import NotifySettings, load, refused
from shared.contents import Contents
from shared.dkim_key import read_key
from shared.health import Check, add_health, open_port
from shared.lifecycle import once_there, run, run_together, serve
from shared.log import start_logging
from shared.mongo import Client, Database, close, is_there, open_client
from shared.outbox import Outbox
from shared.references import Seal


def now() -> datetime:
    return datetime.now(UTC)


def subscribe(broker: Broker, desk: Desk, workshop: Workshop) -> None:
    """To letters for patrons, and for staff; and to what is to be converted."""
    on_notice = partial(on_notice_requested, desk=desk)
    on_alert = partial(on_alert_requested, desk=desk)
    broker.subscribe(Subscription("notify.notices", on_notice, prefetch=64))
    broker.subscribe(Subscription("notify.alerts", on_alert, prefetch=16))
    broker.subscribe(Subscription("notify.deliveries", workshop.on_delivery, prefetch=16))


def courier_of(settings: NotifySettings) -> Courier:
    """Who carries letters, and signs them if there is a key."""
    if not settings.dkim_key_file:
        return Courier(settings.relay)
    key = read_key(settings.dkim_key_file)
    signer = Signer(key, settings.dkim_selector, settings.dkim_domain)
    return Courier(settings.relay, signer.signed)


def packer(settings: NotifySettings, client: Client) -> Packer:
    """Who puts files into letters."""
    return Packer(Contents(client[settings.mongodb_database]))


def workshop_of(
    settings: NotifySettings, database: Database, broker: Broker
) -> tuple[Workshop, Outbox]:
    """Where files are made into patrons' formats; and what sends what routing is told of that."""
    conversions = Conversions(database)
    told = Outbox(conversions.outbox, broker.publish)
    return Workshop(conversions, Maker(conversions, settings), settings, told.send), told


def wording(settings: NotifySettings) -> Wording:
    """The words of the letters, or the end of the process (status 78, EX_CONFIG) with a line for
    each fault: better now than with a letter that somebody waits for."""
    try:
        return checked(settings.library, settings.own_templates)
    except BadTemplates as error:
        faults = (f"TEMPLATES_DIR: {line}" for line in str(error).splitlines())
        raise refused("\n".join(faults)) from error


def _told_of(needed: dict[str, Check], desk: Desk) -> web.Application:
    """What operators are told over HTTP."""

    async def takes_letters() -> bool:
        return not desk.ways.relay.is_open

    app = web.Application()
    add_health(app, needed, {"relay": takes_letters})
    return app


class Sweeper:
    """Sends what is due; what is being sent when it is stopped is ended first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stopping, self._swept = asyncio.Event(), asyncio.Event()
        self._swept.set()

    async def run(self) -> None:
        self._swept.clear()
        try:
            await sweep(self._desk, self._stopping)
        finally:
            self._swept.set()
        await asyncio.Event().wait()  # the broker still has acknowledgements to send

    async def stop(self) -> None:
        self._stopping.set()
        await self._swept.wait()


async def main(settings: NotifySettings, words: Wording) -> int:
    client = open_client(settings.mongodb_uri)
    database = client[settings.mongodb_database]
    notices = Notices(database, settings.automatic_letters_a_day)
    composer = Composer(settings.library, Seal(settings.desk_secret), words)
    courier = courier_of(settings)
    desk = Desk(notices, composer, courier, now, packed=packer(settings, client).packed)
    broker = Broker(settings.amqp_url)
    workshop, told = workshop_of(settings, database, broker)
    subscribe(broker, desk, workshop)
    # What a row has for routing is left to the outbox's sweep: only the write that ends a letter
    # knows whether it was still ours to end.
    outbox = Outbox(notices.outbox, broker.publish)
    needed: dict[str, Check] = {"mongodb": partial(is_there, client), "rabbitmq": broker.is_there}
    app = _told_of(needed, desk)
    http = await open_port(app, settings.http_host, settings.notify_http_port)
    sweeper = Sweeper(desk)

    async def work() -> None:
        loops = (sweeper.run(), outbox.run(), told.run(), workshop.run())
        await run_together(broker.run(), *loops)

    async def prepare() -> None:
        await notices.make_indexes()
        await workshop.conversions.make_indexes()

    return await serve(
        {"work": once_there(prepare, work)},
        [
            broker.stop_consuming,
            workshop.stop,
            sweeper.stop,
            http.cleanup,
            courier.close,
            outbox.flush,
            told.flush,
            broker.close,
            partial(close, client),
        ],
    )


if __name__ == "__main__":
    settings = load(NotifySettings)
    words = wording(settings)
    start_logging("notify", settings.log_level)
    run(partial(main, settings, words))
