"""A whole desk to try things on: the three services as processes, real servers, and a relay that
remembers every letter. What tests know of the desk they know from outside: SMTP in, SMTP out, HTTP.
"""

import asyncio
import email
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import aio_pika
import aiohttp
import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.processes import free_port
from deploy.local.servers import ROOT, MongoServer, RabbitServer, Service
from services.desk.store import Office
from shared.keys import SCOPES, Caller, Scope, make_key
from shared.mongo import open_client
from shared.queues import ISOLATED, QUEUES, RETRY_QUEUE
from shared.staff import StaffMember
from tests.nursery import Forked, Nursery

ENQUIRIES: Final = "enquiries@llanfair.example"
SECRET: Final = "a-secret-that-only-the-tests-know-of-0123456789"


@dataclass
class Servers:
    """Where the servers are; `mongo` and `rabbit` only if they are ours to stop."""

    mongodb_uri: str
    amqp_url: str
    mongo: MongoServer | None
    rabbit: RabbitServer | None


@dataclass(frozen=True)
class Delivered:
    """A letter that the relay took."""

    envelope_from: str
    to: str
    message: Message

    @property
    def text(self) -> str:
        """The plain part, decoded."""
        for part in self.message.walk():
            if part.get_content_type() == "text/plain":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                return payload.decode()
        raise AssertionError("a letter without plain text")


@dataclass
class Relay:
    """The library's mail relay, as far as notify can tell."""

    port: int
    delivered: list[Delivered] = field(default_factory=list)
    answer: str = "250 2.0.0 Taken"
    """What it says to DATA; change it to have it refuse."""
    nobody: set[str] = field(default_factory=set)
    """Who is not known there."""
    refusal: str = "550 5.1.1 Nobody here of that name"
    """What it says of them; change it to have it wait."""
    _conversations: list[SMTP] = field(default_factory=list)
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._talk, "127.0.0.1", self.port)

    def _talk(self) -> SMTP:
        made = SMTP(self, enable_SMTPUTF8=True, loop=asyncio.get_running_loop())
        self._conversations.append(made)
        return made

    @property
    def is_left_alone(self) -> bool:
        """Whether nobody talks to it, so that nothing more arrives from whoever has died."""
        self._conversations = [one for one in self._conversations if one.transport is not None]
        return not self._conversations

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def handle_RCPT(  # noqa: N802  the library calls it so
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address in self.nobody:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            sender = (envelope.mail_from or "").strip("<>")
            message = email.message_from_bytes(envelope.content)
            self.delivered += [Delivered(sender, to, message) for to in envelope.rcpt_tos]
        return self.answer

    def to(self, address: str) -> list[Delivered]:
        """What was sent to someone."""
        return [one for one in self.delivered if one.to == address]


GROWING: Final = (
    *("tickets", "messages", "notices", "changes", "requests", "causes", "audit", "digests"),
    *("documents.files", "documents.chunks", "conversions", "patrons"),
)
"""Collections that grow with every enquiry: none is ever read from end to end."""


@dataclass
class Stage:
    """One desk with a database and queues of its own."""

    servers: Servers
    folder: Path
    database: str
    relay: Relay
    services: dict[str, list[Service]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    """SMTP (`smtp`) and HTTP (`intake`, `routing`, `notify`) of the first copy of each."""
    token: str = ""
    key: str = ""
    nurseries: Mapping[str, Nursery] = field(default_factory=dict)
    """Where services are forked from, by name; what is not here is started as a program."""

    @classmethod
    async def build(
        cls, servers: Servers, folder: Path, nurseries: Mapping[str, Nursery] | None = None
    ) -> Self:
        stage = cls(servers, folder, f"test_{secrets.token_hex(6)}", Relay(free_port()))
        stage.nurseries = nurseries or {}
        await stage._watch_for_scans()
        await stage._empty_queues()
        await stage.relay.open()
        return stage

    async def clear(self) -> None:
        """Stop everything and leave nothing behind."""
        for copies in self.services.values():
            for one in copies:
                one.kill()
        await self.relay.close()
        client: Any = AsyncIOMotorClient(self.servers.mongodb_uri)
        where = {
            "ns": {"$in": [f"{self.database}.{one}" for one in GROWING]},
            "appName": "enquiry-desk",  # not what the tests ask
            "command.limit": {"$ne": 1},  # GridFS looks whether anything is there
        }
        scans = await client[self.database]["system.profile"].find(where).to_list(None)
        await client.drop_database(self.database)
        await asyncio.to_thread(client.close)
        await self._empty_queues()
        # Each service makes the indexes of what it writes.
        scans = scans if {"intake", "routing", "notify"} <= self.services.keys() else []
        assert not scans, "\n".join(sorted({f"{one['ns']}: {one['command']}" for one in scans}))

    async def _watch_for_scans(self) -> None:
        """What reads a whole collection takes seconds once ten years of enquiries stand in it."""
        client: Any = AsyncIOMotorClient(self.servers.mongodb_uri)
        scans = {"planSummary": "COLLSCAN", "op": {"$ne": "getmore"}}
        await client[self.database].command("profile", 1, filter=scans)
        await asyncio.to_thread(client.close)

    async def _empty_queues(self) -> None:
        async with await aio_pika.connect(self.servers.amqp_url, timeout=20) as connection:
            for queue in (*QUEUES, *(f"{one}.dead" for one in QUEUES), *ISOLATED, RETRY_QUEUE):
                channel = await connection.channel()
                await channel.queue_delete(queue)

    @property
    def env(self) -> dict[str, str]:
        """The settings of every process of this desk."""
        return {
            "MONGODB_URI": self.servers.mongodb_uri,
            "MONGODB_DATABASE": self.database,
            "AMQP_URL": self.servers.amqp_url,
            "DESK_SECRET": SECRET,
            "LIBRARY_FILE": str(ROOT / "deploy/library.toml"),
            "SMTP_RELAY_URL": f"smtp://127.0.0.1:{self.relay.port}",
            # What tests ask in a minute, nobody does.
            "MOST_READS_A_MINUTE": "1000000",
            "MOST_CHANGES_A_MINUTE": "1000000",
        }

    def add(self, name: str, **more: str) -> Service:
        """One more copy of a service, on ports of its own; not started yet."""
        http, smtp = free_port(), free_port()
        ports = {f"{name.upper()}_HTTP_PORT": str(http), "INTAKE_SMTP_PORT": str(smtp)}
        copies = self.services.setdefault(name, [])
        log = self.folder / f"{name}-{len(copies)}.log"
        settings = self.env | ports | more
        if nursery := self.nurseries.get(name):
            copies.append(Forked(name, settings, log, nursery))
        else:
            copies.append(Service(name, settings, log))
        self.ports.setdefault(name, http)
        if name == "intake":
            self.ports.setdefault("smtp", smtp)
        return copies[-1]

    async def open(self, copies: int = 1, **settings: str) -> None:
        """Staff, keys, and so many copies of each service with these settings, ready."""
        await self._staff()
        for name in ("intake", "routing", "notify"):
            for _ in range(copies):
                self.add(name, **settings).start()
        await self.ready()

    async def _staff(self) -> None:
        """One librarian with a token, and the catalogue with a key."""
        client = open_client(self.servers.mongodb_uri)
        office = Office(client[self.database])
        mair = StaffMember(
            "mair", "Mair Pretend", "mair@llanfair.example", "enquiries", frozenset({"en"})
        )
        await office.add_staff(mair)
        now = datetime.now(UTC)
        scopes = frozenset({Scope.TICKETS_READ, Scope.TICKETS_WRITE})
        self.token, self.key = make_key(), make_key()
        callers = {
            self.token: Caller(mair.id, mair.name, scopes),
            self.key: Caller("catalogue", "catalogue", frozenset({Scope.ENQUIRIES_WRITE})),
        }
        for key, caller in callers.items():
            await office.add_key(key, caller, now, now + timedelta(days=30))
        await asyncio.to_thread(client.close)

    async def add_staff(self, member: StaffMember) -> str:
        """One more of the staff; their token. Routing knows of them within two seconds."""
        client = open_client(self.servers.mongodb_uri)
        office = Office(client[self.database])
        await office.add_staff(member)
        now, token = datetime.now(UTC), make_key()
        caller = Caller(member.id, member.name, SCOPES[member.role])
        await office.add_key(token, caller, now, now + timedelta(days=1))
        await asyncio.to_thread(client.close)
        return token

    async def ticket(self, reference: str) -> dict[str, Any]:
        """The whole ticket, as staff see it."""
        status, found, _ = await self.api("GET", f"/v1/tickets/{reference}")
        assert status == 200, found
        return dict(found)

    async def first_ticket(self) -> str:
        """The reference of the only ticket, once it is there."""

        async def there() -> bool:
            return len(await self.tickets()) == 1

        await until(there)
        return str((await self.tickets())[0]["reference"])

    async def ready(self) -> None:
        """Wait until every copy says that it is."""
        for copies in self.services.values():
            for one in copies:
                await until(partial(asyncio.to_thread, getattr, one, "is_ready"), 60)

    async def desk(self, *arguments: str, status: int = 0) -> str:
        """What `desk` prints."""
        return (await run("services.desk", *arguments, env=self.env, status=status)).strip()

    async def mail(
        self, raw: bytes, sender: str = "rhian@patrons.example", *, to: str = ENQUIRIES
    ) -> str:
        """Send a mail to the SMTP door; its answer."""
        async with aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self.ports["smtp"], start_tls=False
        ) as door:
            _, answer = await door.sendmail(sender, [to], raw)
        return answer

    async def letter(self, address: str, count: int = 1, seconds: float = 30) -> Delivered:
        """The `count`th letter to an address, once it is there."""

        async def there() -> bool:
            return len(self.relay.to(address)) >= count

        await until(there, seconds)
        return self.relay.to(address)[count - 1]

    async def api(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Routing's answer to a staff member: status, JSON, headers."""
        return await self._request("routing", method, path, body, self.token, headers)

    async def catalogue(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Intake's answer to an integration: status, JSON, headers."""
        return await self._request("intake", method, path, body, self.key, headers)

    async def _request(
        self, service: str, method: str, path: str, body: Any, key: str, headers: dict[str, str]
    ) -> tuple[int, Any, Mapping[str, str]]:
        url = f"http://127.0.0.1:{self.ports[service]}{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Authorization", f"Bearer {key}")
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, json=body, headers=sent) as answer,
        ):
            return answer.status, await answer.json(content_type=None), answer.headers

    async def stored(self, collection: str) -> list[dict[str, Any]]:
        """Every document of a collection, for what no door shows."""
        async with self._collection(collection) as found:
            return list(await found.find().to_list(None))

    async def hide(self, collection: str, document_id: str) -> None:
        """Take a document away, as a fault would."""
        async with self._collection(collection) as found:
            await found.delete_one({"_id": document_id})

    async def show(self, collection: str, document: dict[str, Any]) -> None:
        """Put a document back."""
        async with self._collection(collection) as found:
            await found.insert_one(document)

    async def delete(self, collection: str) -> None:
        """Empty a collection."""
        async with self._collection(collection) as found:
            await found.delete_many({})

    @asynccontextmanager
    async def _collection(self, name: str) -> AsyncIterator[Any]:
        client: Any = AsyncIOMotorClient(self.servers.mongodb_uri)
        try:
            yield client[self.database][name]
        finally:
            await asyncio.to_thread(client.close)

    async def tickets(self) -> list[dict[str, Any]]:
        """The whole queue, page by page."""
        items: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = f"&cursor={cursor}" if cursor else ""
            status, answer, _ = await self.api("GET", f"/v1/tickets?limit=200{page}")
            assert status == 200, answer
            items += answer["items"]
            cursor = answer["next"]
        return items


async def until(
    condition: Callable[[], Awaitable[object]], seconds: float = 30, every: float = 0.05
) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(every)


async def run(module: str, *arguments: str, env: Mapping[str, str], status: int = 0) -> str:
    """What `python -m module` prints; it must end with that status."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *arguments),
        env={**os.environ, **env},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == status, output.decode()
    return output.decode()
