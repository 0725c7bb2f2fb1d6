"""What copies of each service give and cost, on the same servers and the same cores."""

from collections.abc import Sequence
from pathlib import Path

from bench.grown import Grown, Run, middle
from bench.letters import Letter
from bench.measure import median
from bench.session import Servers, rest, running
from bench.sides import SERVICES, Place, Side, enquiry_address, start_product
from bench.trial import WARM_LETTERS


async def measure(
    servers: Servers, folder: Path, counts: Sequence[int], rounds: int, letters: Sequence[Letter]
) -> Grown:
    """Raises: SideFailed."""
    runs = []
    for number in range(1, rounds + 1):
        for copies in counts:
            await rest(servers)
            its_folder = folder / f"copies-{number}-{copies}"
            its_folder.mkdir()
            runs.append(await _run(servers, its_folder, copies, letters))
            print(f"round {number}: {runs[-1].line('copies of each')}", flush=True)
    rows = [
        (*middle(runs, one), median([run.rss_mb for run in runs if run.step == one]))
        for one in counts
    ]
    return Grown(
        name="copies",
        columns=(
            *("copies of each", "letters/s", "services, CPU ms", "MongoDB", "RabbitMQ", "all"),
            "all services, MiB",
        ),
        steps=[str(one) for one in counts],
        rows=rows,
        drawn={
            "letters a second, saturated": {"": 0},
            "CPU ms a letter": {"services": 1, "MongoDB": 2, "RabbitMQ": 3, "all": 4},
        },
        figures={"copies_ratio": rows[-1][0] / rows[0][0]},
        faults=[one for run in runs for one in run.faults],
        about=f"{len(letters):,} letters as fast as they are taken, the middle of {rounds} rounds."
        " All copies, both servers and the sender share this machine's cores.",
    )


async def _run(servers: Servers, folder: Path, copies: int, letters: Sequence[Letter]) -> Run:
    database = f"bench_{folder.name.replace('-', '_')}"

    def start(sink_port: int) -> Side:
        place = Place(servers.mongodb_uri, servers.amqp_url, database, sink_port, folder)
        return start_product(place, copies=copies)

    async with running(start, servers, enquiry_address()) as trial:
        tag = f"c{folder.name.replace('-', '')}"
        warming = letters[: WARM_LETTERS * copies]  # each copy has code to load and caches to fill
        await trial.warm_up([one.stamped(f"{tag}w") for one in warming])
        phase = await trial.saturate([one.stamped(f"{tag}s") for one in letters])
        memory = trial.meter.resident_mb()
    return Run(copies, phase, trial.faults, sum(memory[name] for name in SERVICES))
