"""Whether a ticket costs more when many are stored already: stores of years, taken in turn in every
round. Each is built once, and kept; a round adds to it."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import uvloop

from bench.grown import Grown, Run, middle
from bench.kept import DATABASE, fill, kept_server, library_that_keeps
from bench.letters import Letter
from bench.report import describe
from bench.session import Servers, rest, running
from bench.sides import Place, Side, enquiry_address, start_product
from bench.trial import WARM_LETTERS
from deploy.local.servers import RabbitServer


def measure(sizes: Sequence[int], rounds: int, letters: Sequence[Letter]) -> Grown:
    """Raises: SideFailed."""
    runs: list[Run] = []
    setting: list[str] = []
    for number in range(1, rounds + 1):
        for tickets in sizes:
            run, setting = _on_a_store_of(tickets, letters)
            runs.append(run)
            print(f"round {number}: {runs[-1].line('stored')}", flush=True)
    rows = [middle(runs, one) for one in sizes]
    return Grown(
        name="stored",
        columns=("tickets stored", "letters/s", "services, CPU ms", "MongoDB", "RabbitMQ", "all"),
        steps=[f"{one:,}" for one in sizes],
        rows=rows,
        drawn={
            "letters a second, saturated": {"": 0},
            "CPU ms a letter": {"services": 1, "MongoDB": 2, "RabbitMQ": 3, "all": 4},
        },
        figures={
            "rate_ratio": rows[-1][0] / rows[0][0],
            "cpu_ratio": rows[-1][-1] / rows[0][-1],
        },
        faults=[one for run in runs for one in run.faults],
        about=f"{len(letters):,} letters as fast as they are taken, the middle of {rounds} rounds.",
        setting=setting,
    )


def _on_a_store_of(tickets: int, letters: Sequence[Letter]) -> tuple[Run, list[str]]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as passing,
        kept_server(tickets) as mongo,
        RabbitServer(Path(passing) / "rabbitmq") as rabbit,
    ):
        servers = Servers.of(mongo, rabbit)
        start = _starter(servers, Path(passing))
        return uvloop.run(_measured(servers, start, tickets, letters))


def _starter(servers: Servers, folder: Path) -> Callable[[int], Side]:
    def start(sink_port: int) -> Side:
        its_library = library_that_keeps(folder)
        uris = servers.mongodb_uri, servers.amqp_url
        return start_product(Place(*uris, DATABASE, sink_port, folder, its_library, True))

    return start


async def _measured(
    servers: Servers, start: Callable[[int], Side], tickets: int, letters: Sequence[Letter]
) -> tuple[Run, list[str]]:
    await fill(servers.mongodb_uri, tickets)
    await rest(servers)
    setting = await describe(servers)
    async with running(start, servers, enquiry_address()) as trial:
        tag = f"g{time.time_ns()}"  # no address and no Message-ID is in the store already
        await trial.warm_up([one.stamped(f"{tag}w") for one in letters[:WARM_LETTERS]])
        await asyncio.sleep(2)
        phase = await trial.saturate([one.stamped(f"{tag}s") for one in letters])
    return Run(tickets, phase, trial.faults), setting
