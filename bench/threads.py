"""What the n-th letter on a ticket costs, and what it costs to look at such a ticket.

Some tickets grow side by side, through the product's own door: each patron writes again and again,
answering his own first letter, and the next goes when the one before it was kept. What is measured
is stretches of letters that end at the 20th, the 100th, … of each ticket.
"""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase

from bench.grown import Grown
from bench.ledger import Ledger
from bench.letters import DOMAIN, Letter, compose
from bench.load import Load
from bench.measure import percentile, used
from bench.million import some_words
from bench.session import Servers, running
from bench.sides import SERVICES, Place, Side, enquiry_address, start_product
from bench.trial import AFTERWORK_SECONDS, SETTLE_SECONDS, Trial
from shared.keys import Scope, digest, make_key

LENGTHS: Final = (20, 100, 300, 1000)
TICKETS: Final = 16
STRETCH: Final = 19
"""Letters of each ticket that are measured: those up to one of the lengths."""
LOOKS: Final = 3
"""At each ticket."""
PATIENCE: Final = 1800.0
NAME: Final = "bench_threads"
_LOOK: Final = 0.2
_WROTE: Final = ("opened", "patron_wrote")
Database = AsyncIOMotorDatabase[dict[str, Any]]


@dataclass(frozen=True)
class Stretch:
    """The letters up to one length, and looks at tickets that long."""

    length: int
    rate: float
    cpu_ms: Mapping[str, float]
    look_ms: float
    look_cpu_ms: float
    look_kb: float


@dataclass
class Growing:
    """The tickets that grow."""

    trial: Trial
    database: Database
    first: Sequence[Letter]
    references: Sequence[str]
    length: int = 1

    async def grow_to(self, length: int) -> float:
        """Seconds until each ticket has so many letters, or none came for long."""
        clock = self.trial.ledger.clock
        doors, spare = self.trial.side.doors, Ledger(clock)  # nobody acknowledges what is added
        loads = [Load(doors, enquiry_address(), spare, 1) for _ in self.first]
        numbers = range(self.length + 1, length + 1)
        letters = [[following(one, number) for number in numbers] for one in self.first]
        began = clock()
        sending = (
            load.saturate(some, seconds=PATIENCE) for load, some in zip(loads, letters, strict=True)
        )
        for injection in await asyncio.gather(*sending):
            self.trial.note(injection)
        for load in loads:
            await load.close()
        self.length = length
        await self._until_added()
        return clock() - began

    async def _until_added(self) -> None:
        most, moved_at = 0, time.monotonic()
        while time.monotonic() - moved_at < SETTLE_SECONDS:
            found = await self._lengths()
            if all(one == self.length for one in found):
                return
            if sum(found) > most:
                most, moved_at = sum(found), time.monotonic()
            await asyncio.sleep(_LOOK)
        self.trial.faults.append(f"tickets of {min(found)} to {max(found)}, not {self.length}")

    async def _lengths(self) -> list[int]:
        """Letters that routing has added to each ticket, the first with them."""
        wrote = {"$filter": {"input": "$timeline.event", "cond": {"$in": ["$$this", _WROTE]}}}
        steps: list[Mapping[str, Any]] = [
            {"$match": {"_id": {"$in": list(self.references)}}},
            {"$project": {"letters": {"$size": wrote}}},
        ]
        found = await self.database.tickets.aggregate(steps).to_list(None)
        return [one["letters"] for one in found]


def following(first: Letter, number: int) -> Letter:
    """The same patron's `number`-th letter, about what he wrote in the first one. Its words are of
    a whole language: a ticket is found by each that it has."""
    known = random.Random(f"{first.message_id}/{number}")
    message_id = f"<{number}.{known.getrandbits(64):016x}@{DOMAIN}>"
    lines = (
        f"From: {first.sender}",
        f"To: {enquiry_address()}",
        "Subject: And one more thing",
        f"Date: {format_datetime(datetime.now(UTC))}",
        f"Message-ID: {message_id}",
        f"In-Reply-To: {first.message_id}",
        "",
        *(" ".join(some_words(known, 12)) for _ in range(known.randint(3, 20))),
        "",
    )
    return Letter(first.sender, message_id, "\r\n".join(lines).encode("ascii"))


async def measure(servers: Servers, folder: Path, lengths: Sequence[int]) -> Grown:
    """Raises: SideFailed."""

    def start(sink_port: int) -> Side:
        place = Place(servers.mongodb_uri, servers.amqp_url, NAME, sink_port, folder)
        return start_product(place)

    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongodb_uri)
    found = []
    async with running(start, servers, enquiry_address()) as trial:
        growing = await _begun(trial, client[NAME])
        token = await _token(client[NAME])
        for length in lengths:
            await growing.grow_to(length - STRETCH)
            found.append(await _stretch(growing, length, token))
            print(_line(found[-1]), flush=True)
    client.close()
    return Grown(
        name="thread",
        columns=(
            *("letters on the ticket", "letters/s"),
            *(f"{one}, CPU ms" for one in SERVICES),
            *("MongoDB", "RabbitMQ", "all"),
            *("GET, p50 ms", "GET, routing's CPU ms", "GET, KB"),
        ),
        steps=[f"{one:,}" for one in lengths],
        rows=[_row(one) for one in found],
        drawn={
            "CPU ms a letter": {
                **{one: 1 + at for at, one in enumerate(SERVICES)},
                "MongoDB": 4,
                "all": 6,
            },
            "GET of the ticket, ms": {"p50": 7, "routing's CPU": 8},
        },
        figures={"thread_ratio": found[-1].cpu_ms["total"] / found[0].cpu_ms["total"]},
        faults=trial.faults,
        about=f"{TICKETS} tickets grow side by side; the last {STRETCH} letters of each up to that"
        " length are measured. Nobody acknowledges what is added, so notify has little to do.",
    )


async def _begun(trial: Trial, database: Database) -> Growing:
    first = compose(TICKETS, to=enquiry_address(), at=datetime.now(UTC), seed=8, returning=0.0)
    first = [one.stamped("thread") for one in first]
    await trial.warm_up(first)
    found = database.messages.find({"message_id": {"$in": [one.message_id for one in first]}})
    references = [one["reference"] for one in await found.to_list(None)]
    return Growing(trial, database, first, references)


async def _stretch(growing: Growing, length: int, token: str) -> Stretch:
    meter = growing.trial.meter
    await asyncio.sleep(AFTERWORK_SECONDS)
    before = meter.read()
    seconds = await growing.grow_to(length)
    await asyncio.sleep(AFTERWORK_SECONDS)
    letters = STRETCH * len(growing.first)
    spent = used(before, meter.read()).groups
    cpu = {name: 1000 * value / letters for name, value in spent.items()}
    looks = await _looked_at(growing, token)
    return Stretch(length, letters / seconds, {**cpu, "total": sum(cpu.values())}, *looks)


async def _looked_at(growing: Growing, token: str) -> tuple[float, float, float]:
    """GET of each ticket: p50 ms, routing's CPU ms, KB."""
    routing = next(one for one in growing.trial.side.services if one.name == "routing")
    url, headers = f"http://127.0.0.1:{routing.http_port}", {"Authorization": f"Bearer {token}"}
    times, size = [], 0
    before = growing.trial.meter.read()
    async with aiohttp.ClientSession(url, headers=headers) as session:
        for reference in [*growing.references] * LOOKS:
            began = time.perf_counter()
            async with session.get(f"/v1/tickets/{reference}") as answer:
                shown = await answer.read()
                times.append(1000 * (time.perf_counter() - began))
                size += len(shown)
                if answer.status != 200:
                    growing.trial.faults.append(f"{answer.status} of GET of a long ticket")
    spent = used(before, growing.trial.meter.read()).groups["routing"]
    return percentile(times, 0.5), 1000 * spent / len(times), size / len(times) / 1000


async def _token(database: Database) -> str:
    token = make_key()
    key = {
        "caller": "bench",
        "name": "Bench",
        "scopes": sorted(Scope),
        "expires_at": datetime.now(UTC) + timedelta(days=1),
    }
    await database["keys"].insert_one({"_id": digest(token), **key})
    return token


def _row(one: Stretch) -> tuple[float, ...]:
    cpu = (one.cpu_ms[name] for name in (*SERVICES, "mongodb", "rabbitmq", "total"))
    return (one.rate, *cpu, one.look_ms, one.look_cpu_ms, one.look_kb)


def _line(one: Stretch) -> str:
    cpu = " ".join(f"{name} {value:.1f}" for name, value in one.cpu_ms.items())
    return (
        f"{one.length:>9,} letters on a ticket: {one.rate:.1f}/s, CPU ms a letter: {cpu};"
        f" GET {one.look_ms:.1f} ms, routing's CPU {one.look_cpu_ms:.1f} ms, {one.look_kb:.0f} KB"
    )
