"""What a letter costs by its size, and how much memory each service takes for it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.grown import Grown, Run
from bench.letters import of_size
from bench.load import CONNECTIONS
from bench.session import Servers, rest, running
from bench.sides import SERVICES, Place, Side, enquiry_address, start_product
from bench.trial import WARM_LETTERS, Trial

SIZES: Final = (2_000, 20_000, 200_000, 2_000_000, 20_000_000)
BYTES: Final = 160_000_000
"""Of all letters of one size, at most; but some letters in any case."""
FEWEST: Final = 8
LARGE: Final = 64 * 1024
FEW: Final = 4
"""Connections by which large letters come: two are read at a time, and a sender waits for seconds
only."""


async def measure(servers: Servers, folder: Path, sizes: Sequence[int], count: int) -> Grown:
    """Raises: SideFailed."""

    def start(sink_port: int) -> Side:
        place = Place(servers.mongodb_uri, servers.amqp_url, "bench_sizes", sink_port, folder)
        return start_product(place)

    runs, peaks = [], []
    async with running(start, servers, enquiry_address()) as trial:
        for size in sizes:
            many = max(FEWEST, min(count, BYTES // size))
            runs.append(await _of_size(size, many, trial))
            peaks.append(trial.meter.peak_mb())
            memory = " ".join(f"{name} {peaks[-1][name]:.0f}" for name in SERVICES)
            print(f"{runs[-1].line('bytes')}; peak MiB: {memory}", flush=True)
            await rest(servers)
    return Grown(
        name="size",
        columns=(
            *("size", "letters", "letters/s"),
            *(f"{one}, CPU ms" for one in SERVICES),
            *("MongoDB", "RabbitMQ", "all"),
            *(f"{one}, peak MiB" for one in SERVICES),
        ),
        steps=[size_in_words(one) for one in sizes],
        rows=[_row(run, peak) for run, peak in zip(runs, peaks, strict=True)],
        drawn={
            "CPU ms a letter": {**{one: 2 + at for at, one in enumerate(SERVICES)}, "MongoDB": 5},
            "peak MiB": {one: 8 + at for at, one in enumerate(SERVICES)},
        },
        figures={"size_rss_mb": max(peak[name] for peak in peaks for name in SERVICES)},
        faults=trial.faults,
        about="A letter of so many bytes as it is sent: text, and for the rest a PDF in base64."
        " A service's peak is that of its processes together, the readers of large letters too.",
    )


async def _of_size(size: int, many: int, trial: Trial) -> Run:
    letter = of_size(size, to=enquiry_address(), at=datetime.now(UTC))
    warm = min(many, WARM_LETTERS) // 4
    connections = FEW if size > LARGE else CONNECTIONS
    warm_letters = [letter.stamped(f"w{size}n{one}") for one in range(warm)]
    await trial.warm_up(warm_letters, connections)
    letters = [letter.stamped(f"s{size}n{one}") for one in range(many)]
    trial.meter.forget_peaks()
    return Run(size, await trial.saturate(letters, connections=connections), ())


def _row(run: Run, peak: dict[str, float]) -> tuple[float, ...]:
    phase = run.phase
    return (
        *(phase.tickets, phase.rate),
        *(phase.service_cpu_ms[one] for one in SERVICES),
        *(phase.cpu_ms[one] for one in ("mongodb", "rabbitmq", "total")),
        *(peak[one] for one in SERVICES),
    )


def size_in_words(size: int) -> str:
    """In KB or MB, of a thousand and a million bytes."""
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1_000} KB"
