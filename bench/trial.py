"""One run of one side: warm up, saturate, then a quarter of that rate.

It returns figures and faults. It judges no speed, but an acknowledgement that
is missing, doubled or refused at the door is a fault, whatever the speed was.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.ledger import Ledger
from bench.letters import Letter
from bench.load import CONNECTIONS, Injection, Load
from bench.measure import Meter, Reading, Usage, percentile, used
from bench.sides import Side

WARM_LETTERS: Final = 200
SATURATION_SECONDS: Final = 15.0
SETTLE_SECONDS: Final = 30.0
# Work that a side leaves for after the acknowledgement is charged to it as well.
AFTERWORK_SECONDS: Final = 0.5
QUARTER: Final = 0.25
SERVERS: Final = ("mongodb", "rabbitmq")


@dataclass(frozen=True, slots=True)
class Phase:
    """Figures of one phase. `cpu_ms` is for one ticket: services, mongodb, rabbitmq, total."""

    tickets: int
    rate: float
    ack_p50_ms: float
    ack_p99_ms: float
    cpu_ms: Mapping[str, float]
    service_cpu_ms: Mapping[str, float]
    foreign_cores: float
    deferrals: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run of one side showed."""

    side: str
    round: int
    saturation: Phase
    quarter: Phase
    rss_mb: Mapping[str, float]
    other_mail: int
    faults: Sequence[str]

    @property
    def largest_rss_mb(self) -> float:
        """Resident memory of the service that needs most."""
        return max(size for name, size in self.rss_mb.items() if name not in SERVERS)


@dataclass(slots=True)
class Trial:
    """What a run works with, and the faults it has met."""

    side: Side
    meter: Meter
    ledger: Ledger
    load: Load
    faults: list[str] = field(default_factory=list)

    async def warm_up(self, letters: Sequence[Letter], connections: int = CONNECTIONS) -> None:
        """Open connections, load code, fill caches; nothing is measured."""
        self.note(
            await self.load.saturate(letters, seconds=SATURATION_SECONDS, connections=connections)
        )
        await self._settle(letters)

    async def saturate(
        self,
        letters: Sequence[Letter],
        *,
        seconds: float = SATURATION_SECONDS,
        connections: int = CONNECTIONS,
    ) -> Phase:
        """As fast as the door takes them."""
        before = self.meter.read()
        injection = await self.load.saturate(letters, seconds=seconds, connections=connections)
        return await self._finish(letters, injection, before)

    async def pace(self, letters: Sequence[Letter], rate: float, seed: int) -> Phase:
        """At a given rate, at random moments."""
        before = self.meter.read()
        injection = await self.load.pace(letters, rate=rate, seed=seed)
        return await self._finish(letters, injection, before)

    async def _finish(
        self, letters: Sequence[Letter], injection: Injection, before: Reading
    ) -> Phase:
        await self._settle(letters)
        await asyncio.sleep(AFTERWORK_SECONDS)
        usage = used(before, self.meter.read())
        self.note(injection)
        last = self.ledger.last_acknowledgement(letters) or before.at
        seconds = max(last - before.at, 1e-9)
        return _phase(self.ledger.latencies(letters), seconds, usage, injection.deferrals)

    async def _settle(self, letters: Sequence[Letter]) -> None:
        await self.ledger.settle(SETTLE_SECONDS)
        self.side.check()

    def note(self, injection: Injection) -> None:
        """Letters that the door refused are a fault."""
        if injection.refusals:
            self.faults.append(
                f"{len(injection.refusals)} letters not taken at the door: {injection.refusals[0]}"
            )

    def judge(self) -> None:
        """Add what the ledger holds against the side."""
        for name, keys in (("missing", self.ledger.missing()), ("doubled", self.ledger.doubled())):
            if keys:
                self.faults.append(f"{len(keys)} acknowledgements {name}, such as {keys[0]}")


def _phase(latencies: Sequence[float], seconds: float, usage: Usage, deferrals: int) -> Phase:
    tickets = len(latencies)
    each = {name: 1000 * cpu / max(1, tickets) for name, cpu in usage.groups.items()}
    services = {name: cpu for name, cpu in each.items() if name not in SERVERS}
    servers = {name: each[name] for name in SERVERS}
    return Phase(
        tickets=tickets,
        rate=tickets / seconds,
        ack_p50_ms=1000 * percentile(latencies, 0.50),
        ack_p99_ms=1000 * percentile(latencies, 0.99),
        cpu_ms={"services": sum(services.values()), **servers, "total": sum(each.values())},
        service_cpu_ms=services,
        foreign_cores=usage.foreign_cores,
        deferrals=deferrals,
    )
