"""Print what a session showed: a line for each run, a table, and the one line that is compared.

Ratios are made within a round, where both sides had the same servers in the
same minutes; what is printed is their median.
"""

import importlib.metadata
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import aio_pika
from pymongo import AsyncMongoClient

from bench.measure import median
from bench.session import Servers
from bench.trial import Figures

QUIET_CORES: Final = 0.15
LIBRARIES: Final = ("aio-pika", "aiosmtpd", "aiosmtplib", "motor", "pymongo", "pydantic", "uvloop")

Figure = Callable[[Figures], float]
ROWS: Final[Mapping[str, Figure]] = {
    "tickets a second, saturated": lambda f: f.saturation.rate,
    "ack p50 ms, at a quarter of its own rate": lambda f: f.quarter.ack_p50_ms,
    "ack p99 ms, at a quarter of its own rate": lambda f: f.quarter.ack_p99_ms,
    "CPU ms a ticket, saturated: intake": lambda f: f.saturation.service_cpu_ms["intake"],
    "CPU ms a ticket, saturated: routing": lambda f: f.saturation.service_cpu_ms["routing"],
    "CPU ms a ticket, saturated: notify": lambda f: f.saturation.service_cpu_ms["notify"],
    "CPU ms a ticket, saturated: services": lambda f: f.saturation.cpu_ms["services"],
    "CPU ms a ticket, saturated: MongoDB": lambda f: f.saturation.cpu_ms["mongodb"],
    "CPU ms a ticket, saturated: RabbitMQ": lambda f: f.saturation.cpu_ms["rabbitmq"],
    "CPU ms a ticket, saturated: total": lambda f: f.saturation.cpu_ms["total"],
    "CPU ms a ticket, quarter load: total": lambda f: f.quarter.cpu_ms["total"],
    "resident MiB: intake": lambda f: f.rss_mb["intake"],
    "resident MiB: routing": lambda f: f.rss_mb["routing"],
    "resident MiB: notify": lambda f: f.rss_mb["notify"],
    "resident MiB: the largest of them": lambda f: f.largest_rss_mb,
}


async def describe(servers: Servers) -> list[str]:
    """The machine, the servers and the libraries, so that figures can be quoted."""
    libraries = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return [
        f"machine: {os.cpu_count()} cores ({_cpu_model()}), {platform.platform()}, "
        f"Python {platform.python_version()}",
        f"servers: {await _mongodb_version(servers)}, {await _rabbitmq_version(servers)}",
        f"libraries: {libraries}",
    ]


def run_line(figures: Figures) -> str:
    """One run, in one line, and a line for each fault."""
    full, quarter = figures.saturation, figures.quarter
    memory = " ".join(f"{name} {size:.0f}" for name, size in figures.rss_mb.items())
    lines = [
        f"round {figures.round} {figures.side:7}: {full.rate:6.1f}/s ({full.tickets} tickets), "
        f"CPU {full.cpu_ms['total']:.2f} ms (services {full.cpu_ms['services']:.2f} "
        f"mongodb {full.cpu_ms['mongodb']:.2f} rabbitmq {full.cpu_ms['rabbitmq']:.2f}); "
        f"quarter {quarter.rate:.1f}/s ({quarter.tickets}): p50 {quarter.ack_p50_ms:.1f} ms, "
        f"p99 {quarter.ack_p99_ms:.1f} ms; MiB {memory}"
    ]
    lines += [f"  note: {note}" for note in _notes(figures)]
    lines += [f"  FAULT: {fault}" for fault in figures.faults]
    return "\n".join(lines)


def table(results: Sequence[Figures]) -> list[str]:
    """Medians over the rounds for each side, and the median of the rounds' ratios."""
    sides = _sides(results)
    head = f"{'median of the rounds':42}" + "".join(f"{name:>10}" for name in sides)
    lines = [head + (f"{'ratio':>10}" if len(sides) == 2 else "")]
    for label, figure in ROWS.items():
        cells = [f"{median([figure(f) for f in runs]):10.2f}" for runs in sides.values()]
        cells += [f"{ratio(results, figure):10.2f}"] if len(sides) == 2 else []
        lines.append(f"{label:42}" + "".join(cells))
    return lines


def last_line(results: Sequence[Figures]) -> str:
    """The line that is compared: ratios are product over floor, the rest is the product's."""
    product = _sides(results)["product"]
    return (
        f"bench: rate_ratio={ratio(results, lambda f: f.saturation.rate):.2f}"
        f" cpu_ratio={ratio(results, lambda f: f.saturation.cpu_ms['total']):.2f}"
        f" ack_p50_ms={median([f.quarter.ack_p50_ms for f in product]):.1f}"
        f" ack_p99_ms={median([f.quarter.ack_p99_ms for f in product]):.1f}"
        f" rss_mb={median([f.largest_rss_mb for f in product]):.0f}"
    )


def ratio(results: Sequence[Figures], figure: Figure) -> float:
    """Product over floor within each round; the median of the rounds."""
    sides = _sides(results)
    pairs = zip(sides["floor"], sides["product"], strict=True)
    return median([figure(product) / figure(floor) for floor, product in pairs])


def _sides(results: Sequence[Figures]) -> dict[str, list[Figures]]:
    sides: dict[str, list[Figures]] = {}
    for figures in results:
        sides.setdefault(figures.side, []).append(figures)
    return sides


def _notes(figures: Figures) -> list[str]:
    """What makes a run less worth quoting, without being the side's fault."""
    notes = []
    foreign = max(figures.saturation.foreign_cores, figures.quarter.foreign_cores)
    if foreign > QUIET_CORES:
        notes.append(f"something else kept {foreign:.2f} cores busy")
    deferrals = figures.saturation.deferrals + figures.quarter.deferrals
    if deferrals:
        notes.append(f"the door said 'not now' {deferrals} times")
    if figures.other_mail:
        notes.append(f"{figures.other_mail} letters came that acknowledge nothing")
    return notes


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


async def _mongodb_version(servers: Servers) -> str:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(servers.mongodb_uri)
    version = (await client.server_info())["version"]
    await client.close()
    return f"MongoDB {version}"


async def _rabbitmq_version(servers: Servers) -> str:
    connection = await aio_pika.connect(servers.amqp_url)
    assert connection.transport is not None
    about: Any = connection.transport.connection.server_properties
    await connection.close()
    return f"RabbitMQ {about['version']} ({about['platform']})"
