"""Everything that can go wrong, in one place: the services, a MongoDB of three members and a
RabbitMQ on small disks, and between them and the relay a network whose weather is ours."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aio_pika
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import PyMongoError
from yarl import URL

from deploy.local.servers import RabbitServer, Service
from shared.queues import ISOLATED, QUEUES, RETRY_QUEUE
from tests.faults import disks
from tests.faults.proxy import Proxy
from tests.faults.replica_set import ReplicaSet
from tests.faults.sink import Manner, Sink
from tests.imap_server import Account, ImapServer
from tests.keeper import kept_alive
from tests.nursery import Forked, Nursery
from tests.stage import Servers, Stage

NAMES: Final = ("intake", "routing", "notify")
FAKETIME: Final = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
_OUTBOXES: Final = ("messages", "tickets", "notices", "digests")
_DISK: Final = 1400
"""Megabytes of each server's disk: MongoDB begins with 300, and a round adds eight."""


@dataclass
class House:
    """The desk and what is under it; `mongo` is None where the tests may not harm it."""

    stage: Stage
    rabbit: RabbitServer
    broker_link: Proxy
    relay_link: Proxy
    mailbox: Account | None
    mongo: ReplicaSet | None = None
    has_small_disks: bool = False
    meant: list[bytes] = field(default_factory=list)
    """Bodies that are to end as dead letters."""
    notes: list[str] = field(default_factory=list)
    """What was amiss and is no account's: that a service did not stop in time, for example."""
    kills: int = 0
    _client: Any = None

    @property
    def sink(self) -> Sink:
        """The relay."""
        assert isinstance(self.stage.relay, Sink)
        return self.stage.relay

    def pids(self) -> dict[int, str]:
        """The services' processes."""
        return pids_of(self.stage)

    def links(self) -> list[Proxy]:
        """Every way of the services to something."""
        members = self.mongo.proxies if self.mongo else []
        return [self.broker_link, self.relay_link, *members]

    def lacking(self) -> list[str]:
        """What faults need and this machine has not."""
        has = {"disks": self.has_small_disks, "faketime": FAKETIME.exists()}
        return [name for name, is_there in has.items() if not is_there]

    def copies(self, name: str) -> list[Service]:
        """Of a service."""
        return self.stage.services[name]

    def settings(self) -> dict[str, str]:
        """What each service is told besides the usual."""
        broker = str(URL(self.rabbit.url).with_port(self.broker_link.port))
        mailbox = {"IMAP_URL": self.mailbox.url(), "IMAP_SINCE": "all"} if self.mailbox else {}
        return {
            "AMQP_URL": broker,
            "SMTP_RELAY_URL": f"smtp://127.0.0.1:{self.relay_link.port}",
            "TRUSTED_PROXIES": "127.0.0.1",
            **mailbox,
        }

    async def open(self, copies: int) -> None:
        """So many copies of each service, ready."""
        await self.stage.open(copies, **self.settings())

    def kill(self, service: Service) -> None:
        """SIGKILL."""
        if service.alive:
            service.kill()
            self.kills += 1

    def signal(self, service: Service, number: signal.Signals) -> None:
        """To a service that may have ended meanwhile."""
        with suppress(ProcessLookupError):
            if service.pid is not None:
                os.kill(service.pid, number)

    async def heal(self) -> None:
        """Whatever was done is undone, and everything is up again."""
        self.sink.manner = Manner.GOOD
        for link in self.links():
            link.clears()
        for name in NAMES:
            for one in self.copies(name):
                self.signal(one, signal.SIGCONT)
        if self.has_small_disks:
            assert self.mongo is not None
            for folder in (*self.mongo.folders, self.rabbit.folder):
                disks.clear(folder)
        if self.mongo is not None:
            await self.mongo.mend()
        await self.mend_rabbit()
        await self.stage.ready()

    async def mend_rabbit(self) -> None:
        """It is up."""
        if self.rabbit.pid is None:
            self.rabbit.kill()
            self.rabbit.launch()
        await asyncio.to_thread(self.rabbit.wait_ready)

    async def ctl(self, *arguments: str) -> None:
        """An order to RabbitMQ."""
        await asyncio.to_thread(self.rabbit.ctl, *arguments)

    async def left(self) -> dict[str, int]:
        """What is still to be done, by where it stands: outboxes, queues, letters to send."""
        try:
            async with asyncio.timeout(20):
                return await self._left()
        except (*CONNECTION_EXCEPTIONS, TimeoutError, PyMongoError) as error:
            return {f"what nobody can tell ({type(error).__name__})": 1}

    async def _left(self) -> dict[str, int]:
        found: dict[str, int] = {}
        if self._client is None:
            self._client = AsyncIOMotorClient(self.stage.servers.mongodb_uri, tz_aware=True)
        database = self._client[self.stage.database]
        for name in _OUTBOXES:
            where = {"outbox.message_id": {"$exists": True}}
            found[f"outbox of {name}"] = await database[name].count_documents(where)
        waiting = {"state": {"$in": ["queued", "sending", "deferred"]}}
        found["letters to send"] = await database.notices.count_documents(waiting)
        async with await aio_pika.connect(self.rabbit.url, timeout=10) as connection:
            channel = await connection.channel()
            for queue in (*QUEUES, *ISOLATED, RETRY_QUEUE):
                there = await channel.declare_queue(queue, passive=True)
                found[queue] = there.declaration_result.message_count or 0
        return {place: count for place, count in found.items() if count}

    async def close(self) -> None:
        """Let go of the database, by a way that is in the same loop."""
        if self._client is not None:
            await asyncio.to_thread(self._client.close)

    async def dead(self) -> list[bytes]:
        """The bodies of all dead letters, which stay where they are."""
        bodies: list[bytes] = []
        async with await aio_pika.connect(self.rabbit.url, timeout=10) as connection:
            for queue in QUEUES:
                channel = await connection.channel()
                grave = await channel.get_queue(f"{queue}.dead")
                while (one := await grave.get(fail=False)) is not None:
                    bodies.append(one.body)
                await channel.close()
        return bodies


def pids_of(stage: Stage) -> dict[int, str]:
    """By process, which service it is."""
    return {
        one.pid: name
        for name, copies in stage.services.items()
        for one in copies
        if one.pid is not None
    }


def _stage_pids(stages: list[Stage]) -> dict[int, str]:
    return {pid: name for stage in stages for pid, name in pids_of(stage).items()}


@asynccontextmanager
async def whole_house(
    place: Path,
    nurseries: Mapping[str, Nursery],
    mail: ImapServer,
    copies: int = 2,
    before_start: Callable[[Service], None] = lambda _: None,
    has_small_disks: bool = True,
) -> AsyncIterator[House]:
    """All of it, with servers of its own; whatever dies of the services is started again.

    `has_small_disks`: if it may; in hours more is written than they hold.
    """
    stages: list[Stage] = []
    async with AsyncExitStack() as stack:
        mongo = ReplicaSet(place, lambda: _stage_pids(stages))
        rabbit = RabbitServer(place / "rabbitmq")
        folders = (*mongo.folders, rabbit.folder)
        small = has_small_disks and _small_disks(stack, folders)
        rabbit.launch()
        stack.callback(rabbit.kill)
        stack.push_async_callback(mongo.stop)
        await mongo.start()
        await asyncio.to_thread(rabbit.wait_ready)
        servers = Servers(mongo.uri, rabbit.url, None, rabbit)
        stage = await Stage.build(servers, place, nurseries)
        stages.append(stage)
        mailbox = await asyncio.to_thread(mail.add, "faults")
        house = await stack.enter_async_context(
            _furnished(stage, rabbit, mailbox, copies, before_start)
        )
        house.mongo, house.has_small_disks = mongo, small
        yield house


@asynccontextmanager
async def small_house(stage: Stage, copies: int = 1) -> AsyncIterator[House]:
    """A desk on the servers that all tests share: they are not harmed, the ways to them are."""
    assert stage.servers.rabbit is not None
    async with _furnished(stage, stage.servers.rabbit, None, copies) as house:
        yield house


@asynccontextmanager
async def _furnished(
    stage: Stage,
    rabbit: RabbitServer,
    mailbox: Account | None,
    copies: int,
    before_start: Callable[[Service], None] = lambda _: None,
) -> AsyncIterator[House]:
    await stage.relay.close()
    stage.relay = Sink(stage.relay.port)
    await stage.relay.open()
    links = [Proxy(port, lambda: pids_of(stage)) for port in (rabbit.port, stage.relay.port)]
    for link in links:
        await link.open()
    house = House(stage, rabbit, links[0], links[1], mailbox)
    try:
        await house.open(copies)
        async with kept_alive(stage, before_start):
            yield house
    finally:
        for services in stage.services.values():
            for one in services:
                one.kill()
        await house.close()
        for link in links:
            await link.close()


def _small_disks(stack: AsyncExitStack, folders: tuple[Path, ...]) -> bool:
    try:
        for folder in folders:
            stack.enter_context(disks.small_disk(folder, _DISK))
    except disks.NoDisk:
        return False
    return True


__all__ = ["NAMES", "Forked", "House", "pids_of", "small_house", "whole_house"]
