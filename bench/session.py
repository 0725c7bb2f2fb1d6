"""One bench session: floor and product in turn, on the same servers.

Each run gets a database of its own and letters from addresses of its own, and
starts when the servers have come to rest after the run before it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from pymongo import AsyncMongoClient

from bench.ledger import Ledger
from bench.letters import Letter
from bench.load import Load
from bench.measure import Meter, used
from bench.sides import Place, Side, start_floor, start_product
from bench.sink import open_sink
from bench.stacks import recorded
from bench.trial import QUARTER, WARM_LETTERS, Figures, Trial
from deploy.local.servers import MongoServer, RabbitServer

STARTERS: Final[Mapping[str, Callable[[Place], Side]]] = {
    "floor": start_floor,
    "product": start_product,
}
REST_SECONDS: Final = 10.0
REST_CORES: Final = 0.1


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the two servers are, and their processes."""

    mongodb_uri: str
    amqp_url: str
    pids: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, mongodb: MongoServer, rabbitmq: RabbitServer) -> Self:
        """Those that run."""
        assert mongodb.pid is not None
        assert rabbitmq.pid is not None
        pids = {"mongodb": [mongodb.pid], "rabbitmq": [rabbitmq.pid]}
        return cls(mongodb.uri, rabbitmq.url, pids)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a session is to do."""

    sides: Sequence[str]
    rounds: int
    seconds: float
    letters: Sequence[Letter]
    recipient: str
    folder: Path
    profile_folder: Path | None


@contextmanager
def private_servers(folder: Path) -> Iterator[Servers]:
    """A MongoDB and a RabbitMQ of the session's own, gone when it ends."""
    with MongoServer(folder / "mongodb") as mongodb, RabbitServer(folder / "rabbitmq") as rabbitmq:
        yield Servers.of(mongodb, rabbitmq)


async def run_session(
    plan: Plan, servers: Servers, report: Callable[[Figures], None]
) -> list[Figures]:
    """Every side once a round; `report` is called after each run."""
    results = []
    for number in range(1, plan.rounds + 1):
        for name in plan.sides:
            await rest(servers)
            results.append(await run_side(name, number, plan, servers))
            report(results[-1])
    return results


async def run_side(name: str, number: int, plan: Plan, servers: Servers) -> Figures:
    """Start one side, measure it, stop it."""

    def start(sink_port: int) -> Side:
        return STARTERS[name](_place(name, number, plan, servers, sink_port))

    async with running(start, servers, plan.recipient) as trial:
        figures = await _measure(trial, name, number, plan)
    return Figures(**figures, faults=trial.faults)


@asynccontextmanager
async def running(
    start: Callable[[int], Side], servers: Servers, recipient: str
) -> AsyncIterator[Trial]:
    """A side that is tried: `start` is told the sink's port. After the block it has been stopped,
    and all that is held against it stands among the trial's faults."""
    late_faults: list[str] = []
    async with AsyncExitStack() as stack:
        ledger = Ledger(time.perf_counter)
        sink, port = await open_sink(ledger.on_mail)
        stack.callback(sink.close)
        side = start(port)
        stack.push_async_callback(stop, side, late_faults)
        await side.ready()
        load = Load(side.doors, recipient, ledger)
        stack.push_async_callback(load.close)
        trial = Trial(side, Meter({**side.pids(), **servers.pids}), ledger, load)
        yield trial
    trial.judge()
    trial.faults += late_faults


async def _measure(trial: Trial, name: str, number: int, plan: Plan) -> dict[str, Any]:
    """The three phases, each with letters of its own."""
    tag = f"{name[0]}{number}"
    await trial.warm_up([one.stamped(f"{tag}w") for one in plan.letters[:WARM_LETTERS]])
    with _profiling(trial.side, f"{name}-{number}", plan.profile_folder):
        saturation = await trial.saturate([one.stamped(f"{tag}s") for one in plan.letters])
    rate = saturation.rate * QUARTER
    count = max(1, int(rate * plan.seconds))
    quarter_letters = [one.stamped(f"{tag}q") for one in plan.letters[:count]]
    quarter = await trial.pace(quarter_letters, rate, seed=number)
    return {
        "side": name,
        "round": number,
        "saturation": saturation,
        "quarter": quarter,
        "rss_mb": trial.meter.resident_mb(),
        "other_mail": trial.ledger.other_mail,
    }


def _profiling(side: Side, prefix: str, folder: Path | None) -> AbstractContextManager[None]:
    return recorded(side.pids(), folder, prefix) if folder else nullcontext()


def _place(name: str, number: int, plan: Plan, servers: Servers, sink_port: int) -> Place:
    folder = plan.folder / f"{name}-{number}"
    folder.mkdir()
    return Place(
        mongodb_uri=servers.mongodb_uri,
        amqp_url=servers.amqp_url,
        database=f"bench_{name}_{number}",
        sink_port=sink_port,
        folder=folder,
    )


async def stop(side: Side, faults: list[str]) -> None:
    """End it; that it would not go is a fault."""
    faults += await side.stop()


async def rest(servers: Servers) -> None:
    """Have MongoDB write its checkpoint now, and wait until both servers are idle."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(servers.mongodb_uri)
    await client.admin.command("fsync")
    await client.close()
    meter, give_up_at = Meter(servers.pids), time.monotonic() + REST_SECONDS
    while time.monotonic() < give_up_at:
        before = meter.read()
        await asyncio.sleep(1.0)
        if sum(used(before, meter.read()).groups.values()) < REST_CORES:
            return
