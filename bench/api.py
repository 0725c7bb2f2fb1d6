"""`python -m bench.api`: the staff's API on a million tickets, beside the same queries made bare.

In one run, on one store: fifty clients who read and change at a librarian's pace (think times are
drawn from a seed), then as many who ask MongoDB itself for the same through motor. Exits 1 if an
answer was not what it should be: figures of an API that fails are worth nothing.
"""

import argparse
import asyncio
import gc
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import psutil
import uvloop
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase

from bench.kept import DATABASE, fill, kept_server, library_that_keeps
from bench.measure import percentile
from bench.million import OWNERS, PATRONS, TEAMS, some_words
from bench.sides import Place, Side, start_product
from deploy.local.processes import free_port
from deploy.local.servers import RabbitServer
from services.routing.documents import FIELDS
from services.routing.finding import index_of
from services.routing.listing import Listing
from services.routing.questions import QueueQuery
from services.routing.search_words import Query
from shared.keys import Caller, Scope, digest, make_key

CLIENTS: Final = 50
THINKS: Final = 0.5
"""Seconds on average between a client's requests."""
TOKEN: Final = make_key()
ME: Final = Caller(OWNERS[0].id, OWNERS[0].name, frozenset(Scope))
ROUTES: Final = ("list", "get", "search", "change")
SHARES: Final = (45, 25, 10, 20)
"""In a hundred requests."""
_BARE: Final = "bench-"
"""Begins the ids of the words that only the bare side writes down, and that no ticket names."""
Database = AsyncIOMotorDatabase[dict[str, Any]]
Ask = Callable[[random.Random], Awaitable[str]]
"""Makes one request; the route that it was."""


@dataclass
class Times:
    """Milliseconds, by route."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def p(self, route: str, share: float) -> float:
        return percentile(self.taken[route], share)


def main() -> int:
    """Build what is not there, measure, print; the exit status."""
    options = argparse.ArgumentParser(prog="python -m bench.api", description=__doc__)
    options.add_argument("--tickets", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=60)
    asked = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as passing,
        kept_server(asked.tickets) as mongo,
        RabbitServer(Path(passing) / "rabbitmq") as rabbit,
    ):
        folder = Path(passing)
        library = library_that_keeps(folder)
        place = Place(mongo.uri, rabbit.url, DATABASE, free_port(), folder, library, True)
        return uvloop.run(_run(place, asked.tickets, asked.seconds))


async def _run(place: Place, tickets: int, seconds: float) -> int:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        place.mongodb_uri, tz_aware=True
    )
    database = client[place.database]
    await fill(place.mongodb_uri, tickets)
    await _let_in(database)
    gc.freeze()  # the clients' own pauses are nobody's: those of 50 stand in one process
    sample = [one["_id"] async for one in database.tickets.aggregate([{"$sample": {"size": 3000}}])]
    side = start_product(place, names=("routing",))
    try:
        await side.ready()
        await _until_nothing_is_due(database)
        api, cpu, memory, failures = await _through_the_api(side, sample, seconds)
    finally:
        await side.stop()
    bare = await _measured(_Bare(database, sample).ask, seconds / 2)
    await database.messages.delete_many({"_id": {"$regex": f"^{_BARE}"}})
    return _conclude(api, bare, cpu, memory, failures)


async def _until_nothing_is_due(database: Database) -> None:
    """Routing deals first with the moments that came while nobody ran it."""
    is_due = {"next_at": {"$lte": datetime.now(UTC), "$type": "date"}}
    for _ in range(600):
        if await database.tickets.find_one(is_due, {"_id": 1}) is None:
            return
        await asyncio.sleep(1)


async def _let_in(database: Database) -> None:
    key = {
        "caller": ME.id,
        "name": ME.name,
        "scopes": sorted(ME.scopes),
        "expires_at": datetime.now(UTC) + timedelta(days=1),
    }
    await database["keys"].replace_one({"_id": digest(TOKEN)}, key, upsert=True)


async def _through_the_api(
    side: Side, sample: Sequence[str], seconds: float
) -> tuple[Times, float, float, list[str]]:
    routing = psutil.Process(side.services[0].process.pid)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"http://127.0.0.1:{side.services[0].http_port}"
    connector = aiohttp.TCPConnector(limit=CLIENTS)
    async with aiohttp.ClientSession(url, headers=headers, connector=connector) as session:
        asking = _Api(session, sample)
        await _measured(asking.ask, 5)  # until all is warm
        before = sum(routing.cpu_times()[:2])
        times = await _measured(asking.ask, seconds)
        spent = sum(routing.cpu_times()[:2]) - before
    count = sum(map(len, times.taken.values()))
    return times, 1000 * spent / count, routing.memory_info().rss / 2**20, asking.failures


async def _measured(ask: Ask, seconds: float) -> Times:
    times = Times()
    ends = time.monotonic() + seconds

    async def client(seed: int) -> None:
        known = random.Random(seed)
        await asyncio.sleep(known.random() * THINKS)
        while time.monotonic() < ends:
            began = time.perf_counter()
            route = await ask(known)
            times.taken[route].append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(known.expovariate(1 / THINKS))

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return times


def _question(known: random.Random) -> dict[str, str]:
    """What a librarian lists."""
    team, topic = known.choice(TEAMS)
    return known.choice(
        (
            {},
            {"owner": "me", "status": "open"},
            {"owner": "none"},
            {"team": team, "status": "open"},
            {"team": team, "topic": topic, "sort": "updated"},
            {"status": "new"},
            {"patron": f"reader{known.randrange(PATRONS)}@patrons.example", "sort": "created"},
            {"at_risk": "true"},
        )
    )


@dataclass
class _Api:
    """Through routing."""

    session: aiohttp.ClientSession
    sample: Sequence[str]
    failures: list[str] = field(default_factory=list)

    async def ask(self, known: random.Random) -> str:
        route = known.choices(ROUTES, SHARES)[0]
        one = f"/v1/tickets/{known.choice(self.sample)}"
        if route == "list":
            await self._get("/v1/tickets", _question(known))
        elif route == "get":
            await self._get(one, {})
        elif route == "search":
            await self._get("/v1/tickets", {"q": " ".join(some_words(known, known.randint(1, 3)))})
        else:
            await self._change(one)
        return route

    async def _get(self, path: str, query: Mapping[str, str]) -> None:
        async with self.session.get(path, params=query) as answer:
            await answer.read()
            if answer.status != 200:
                self.failures.append(f"{answer.status} {path} {query}")

    async def _change(self, one: str) -> None:
        """A note on the version that it has; reading that is a part of it."""
        async with self.session.get(one) as answer:
            tag = answer.headers["ETag"]
            await answer.read()
        note = {"text": "The patron has called about this."}
        async with self.session.post(f"{one}/note", json=note, headers={"If-Match": tag}) as answer:
            await answer.read()
            if answer.status not in {200, 412}:
                self.failures.append(f"{answer.status} note")


@dataclass
class _Bare:
    """The same of MongoDB, with nothing around it."""

    database: Database
    sample: Sequence[str]

    async def ask(self, known: random.Random) -> str:
        route = known.choices(ROUTES, SHARES)[0]
        one = known.choice(self.sample)
        if route == "list":
            await self._list(QueueQuery.model_validate(_question(known)))
        elif route == "get":
            await self._get(one)
        elif route == "search":
            await self._search(" ".join(some_words(known, known.randint(1, 3))))
        else:
            await self._get(one)
            await self._change(one)
        return route

    async def _list(self, asked: QueueQuery) -> None:
        wanted = Listing.of(asked, ME, datetime.now(UTC))
        index = index_of(wanted.sort)
        found = self.database.tickets.find(wanted.where, dict.fromkeys(FIELDS, 1), hint=index)
        await found.sort(index[1:]).to_list(wanted.limit + 1)

    async def _get(self, reference: str) -> None:
        shown = dict.fromkeys((*FIELDS, "timeline", "promises"), 1)
        await self.database.tickets.find_one({"_id": reference}, shown)
        await self.database.messages.find({"reference": reference}).sort("at", 1).to_list(None)
        await self.database.notices.find({"reference": reference}).to_list(None)

    async def _search(self, text: str) -> None:
        words = list(Query.of(text).terms)
        found = self.database.tickets.find({"words": {"$all": words}}, dict.fromkeys(FIELDS, 1))
        await found.sort([("created_at", -1), ("_id", -1)]).to_list(51)

    async def _change(self, reference: str) -> None:
        said = {"at": datetime.now(UTC), "event": "noted", "by": "bench", "version": 0}
        words = {
            "_id": f"{_BARE}{random.getrandbits(100)}",
            "reference": reference,
            "direction": "note",
            "text": "A note",
        }
        await self.database.messages.insert_one(words)
        await self.database.tickets.update_one(
            {"_id": reference}, {"$inc": {"version": 1}, "$push": {"timeline": said}}
        )


def _conclude(api: Times, bare: Times, cpu: float, memory: float, failures: Sequence[str]) -> int:
    print(f"{'':8}{'requests':>10}{'p50 ms':>10}{'p99 ms':>10}{'bare p50':>10}{'bare p99':>10}")
    for route in ROUTES:
        values = (api.p(route, 0.5), api.p(route, 0.99), bare.p(route, 0.5), bare.p(route, 0.99))
        print(f"{route:8}{len(api.taken[route]):>10}" + "".join(f"{one:>10.1f}" for one in values))
    print(f"routing used {cpu:.1f} ms of CPU a request")
    ratio = {route: api.p(route, 0.5) / bare.p(route, 0.5) for route in ROUTES}
    print(
        f"bench-api: list_p99_ms={api.p('list', 0.99):.1f} list_ratio={ratio['list']:.2f}"
        f" get_ratio={ratio['get']:.2f} search_p99_ms={api.p('search', 0.99):.1f}"
        f" change_ratio={ratio['change']:.2f} rss_mb={memory:.0f}"
    )
    for one in sorted(set(failures))[:10]:
        print(f"bench-api: FAILED: {one}", file=sys.stderr)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
