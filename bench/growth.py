"""`python -m bench.growth`: whether a ticket costs more when many are stored already.

The product alone, on stores of ten thousand, a hundred thousand and a million tickets with three
letters each, taken in turn in every round. Each store is built once, and kept; a round adds to it.
Exits 1 if an acknowledgement was missing or doubled.
"""

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bench.kept import DATABASE, fill, kept_server, library_that_keeps
from bench.ledger import Ledger
from bench.letters import Letter, compose
from bench.load import Load
from bench.measure import Meter, median
from bench.session import Servers, rest
from bench.sides import Place, SideFailed, library, start_product
from bench.sink import open_sink
from bench.trial import WARM_LETTERS, Phase, Trial
from deploy.local.servers import RabbitServer


@dataclass(frozen=True)
class Row:
    """What one run on one store showed."""

    tickets: int
    phase: Phase
    faults: Sequence[str]


def main() -> int:
    """Build what is not there, measure, print; the exit status."""
    options = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    options.add_argument("--sizes", default="10000,100000,1000000", help="tickets, by commas")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--count", type=int, default=1000, help="letters in each run")
    asked = options.parse_args()
    sizes = [int(one) for one in asked.sizes.split(",")]
    address = str(library()["library"]["enquiry_address"])
    letters = compose(asked.count, to=address, at=datetime.now(UTC))
    gc.freeze()
    rows = []
    for number in range(1, asked.rounds + 1):
        for tickets in sizes:
            try:
                rows.append(_on_a_store_of(tickets, letters, address))
            except SideFailed as error:
                print(f"bench-growth: FAILED: {error}", file=sys.stderr)
                return 1
            print(f"round {number}: {_line(rows[-1])}", flush=True)
            print(*(f"  FAULT: {one}" for one in rows[-1].faults), sep="\n", end="", flush=True)
    return _conclude(rows, sizes)


def _on_a_store_of(tickets: int, letters: Sequence[Letter], address: str) -> Row:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as passing,
        kept_server(tickets) as mongo,
        RabbitServer(Path(passing) / "rabbitmq") as rabbit,
    ):
        assert mongo.pid is not None
        assert rabbit.pid is not None
        pids = {"mongodb": [mongo.pid], "rabbitmq": [rabbit.pid]}
        servers = Servers(mongo.uri, rabbit.url, pids)
        return uvloop.run(_measured(servers, tickets, letters, address, Path(passing)))


async def _measured(
    servers: Servers, tickets: int, letters: Sequence[Letter], address: str, folder: Path
) -> Row:
    await fill(servers.mongodb_uri, tickets)
    await rest(servers)
    async with AsyncExitStack() as stack:
        ledger = Ledger(time.perf_counter)
        sink, port = await open_sink(ledger.on_mail)
        stack.callback(sink.close)
        its_library = library_that_keeps(folder)
        place = Place(
            servers.mongodb_uri, servers.amqp_url, DATABASE, port, folder, its_library, True
        )
        side = start_product(place)
        stack.push_async_callback(side.stop)
        await side.ready()
        load = Load(side.door_port, address, ledger)
        stack.push_async_callback(load.close)
        trial = Trial(side, Meter({**side.pids(), **servers.pids}), ledger, load)
        tag = f"g{time.time_ns()}"  # no address and no Message-ID is in the store already
        await trial.warm_up([one.stamped(f"{tag}w") for one in letters[:WARM_LETTERS]])
        await asyncio.sleep(2)
        phase = await trial.saturate([one.stamped(f"{tag}s") for one in letters])
    trial.judge()
    return Row(tickets, phase, trial.faults)


def _line(row: Row) -> str:
    cpu = " ".join(f"{name} {value:.1f}" for name, value in row.phase.cpu_ms.items())
    return f"{row.tickets:>9} stored: {row.phase.rate:6.1f}/s, CPU ms a ticket: {cpu}"


def _conclude(rows: Sequence[Row], sizes: Sequence[int]) -> int:
    faults = sum(len(one.faults) for one in rows)
    rate = {it: median([one.phase.rate for one in rows if one.tickets == it]) for it in sizes}
    cpu = {
        it: median([one.phase.cpu_ms["total"] for one in rows if one.tickets == it]) for it in sizes
    }
    for it in sizes:
        print(f"{it:>9} stored: {rate[it]:6.1f} tickets a second, {cpu[it]:.1f} ms of CPU each")
    least, most = min(sizes), max(sizes)
    if faults:
        print(f"bench-growth: {faults} FAULTS, listed above: these figures are worth nothing")
    print(
        f"bench-growth: rate_ratio={rate[most] / rate[least]:.2f}"
        f" cpu_ratio={cpu[most] / cpu[least]:.2f} faults={faults}"
    )
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
