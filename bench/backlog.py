"""An hour's mail that waits when the services start: how fast it is worked off, and how long new
mail waits behind it.

The mail is kept by intake alone, so that it waits in routing's queue; then routing and notify are
started, and new letters keep coming.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.grown import Grown
from bench.letters import Letter
from bench.measure import Meter, used
from bench.session import Servers, rest, running, stop
from bench.sides import Place, Side, enquiry_address, start_product
from bench.trial import AFTERWORK_SECONDS, SETTLE_SECONDS, Trial

NEW_A_SECOND: Final = 5
"""Letters that come while the backlog is worked off: many times what a library gets."""
PATIENCE: Final = 1800.0
BEHIND: Final = ("routing", "notify")


@dataclass(frozen=True)
class Drained:
    """How one backlog went: letters a second, CPU ms of all a letter, seconds waited."""

    letters: int
    rate: float
    full_rate: float
    cpu_ms: float
    oldest: float
    newest: float
    faults: Sequence[str]

    @property
    def bound(self) -> float:
        """What nobody may wait longer than: the backlog at the full rate, half as long again, and
        ten seconds to start."""
        return 1.5 * self.letters / self.full_rate + 10


async def measure(
    servers: Servers, folder: Path, backlogs: Sequence[int], letters: Sequence[Letter]
) -> Grown:
    """`letters`: as many as the largest backlog. Raises: SideFailed."""
    found = []
    for many in backlogs:
        await rest(servers)
        its_folder = folder / f"backlog-{many}"
        its_folder.mkdir()
        found.append(await _drained(servers, its_folder, letters[:many]))
        print(_line(found[-1]), flush=True)
    return Grown(
        name="backlog",
        columns=(
            *(
                "letters waiting",
                "worked off, letters/s",
                "full rate, letters/s",
                "CPU ms a letter",
            ),
            *("longest wait of the old, s", "longest wait of the new, s", "bound, s"),
        ),
        steps=[f"{one:,}" for one in backlogs],
        rows=[
            (one.rate, one.full_rate, one.cpu_ms, one.oldest, one.newest, one.bound)
            for one in found
        ],
        drawn={
            "letters a second": {"worked off": 0, "full rate": 1},
            "longest wait, seconds": {"the old": 3, "the new": 4, "bound": 5},
        },
        figures={"oldest_s": found[-1].oldest, "newest_s": found[-1].newest},
        faults=[one for it in found for one in it.faults],
        about=f"Waits count from when routing and notify are started, or from when the letter came;"
        f" {NEW_A_SECOND} new letters come a second meanwhile. The bound is the backlog at the full"
        " rate, half as long again, and ten seconds.",
    )


def _line(one: Drained) -> str:
    told = (
        f"{one.letters:>9,} waiting: {one.rate:6.1f}/s (full rate {one.full_rate:.1f}),"
        f" {one.cpu_ms:.1f} ms of CPU a letter; longest wait: old {one.oldest:.1f} s,"
        f" new {one.newest:.1f} s, bound {one.bound:.1f} s"
    )
    return "\n".join([told, *(f"  FAULT: {fault}" for fault in one.faults)])


async def _drained(servers: Servers, folder: Path, letters: Sequence[Letter]) -> Drained:
    places: list[Place] = []

    def start(sink_port: int) -> Side:
        uris = servers.mongodb_uri, servers.amqp_url
        places.append(Place(*uris, f"bench_backlog_{len(letters)}", sink_port, folder))
        return start_product(places[0], names=("intake",))

    async with running(start, servers, enquiry_address()) as trial, AsyncExitStack() as stack:
        clock = trial.ledger.clock
        waiting = [one.stamped(f"b{len(letters)}w") for one in letters]
        trial.note(await trial.load.saturate(waiting, seconds=PATIENCE))
        began = clock()
        behind = start_product(replace(places[0], has_staff=True), names=BEHIND)
        stack.push_async_callback(stop, behind, trial.faults)
        await behind.ready()
        ready_at = clock()
        trial.meter = Meter({**trial.side.pids(), **behind.pids(), **servers.pids})
        before = trial.meter.read()
        new = await _meanwhile(trial, waiting, letters)
        await asyncio.sleep(AFTERWORK_SECONDS)
        spent = sum(used(before, trial.meter.read()).groups.values())
        last = trial.ledger.last_acknowledgement(waiting) or ready_at
        oldest = last - began
        newest = max(trial.ledger.latencies(new), default=0.0)
        full = await trial.saturate([one.stamped(f"b{len(letters)}f") for one in letters])
    many = len(waiting) + len(new)
    rate = len(trial.ledger.latencies(waiting)) / max(last - ready_at, 1e-9)
    return Drained(len(letters), rate, full.rate, 1000 * spent / many, oldest, newest, trial.faults)


async def _meanwhile(
    trial: Trial, waiting: Sequence[Letter], letters: Sequence[Letter]
) -> list[Letter]:
    """New letters, second by second, until the backlog has gone or nothing moves any more."""
    sent: list[Letter] = []
    left, moved_at = len(waiting), trial.ledger.clock()
    while left and trial.ledger.clock() - moved_at < SETTLE_SECONDS:
        # Addresses of their own each second: nobody writes too often.
        start = len(sent) % (len(letters) - NEW_A_SECOND)
        tag = f"b{len(letters)}n{len(sent)}"
        some = [one.stamped(tag) for one in letters[start : start + NEW_A_SECOND]]
        trial.note(await trial.load.pace(some, rate=NEW_A_SECOND, seed=len(sent)))
        sent += some
        now_left = len(waiting) - len(trial.ledger.latencies(waiting))
        if now_left < left:
            left, moved_at = now_left, trial.ledger.clock()
    await trial.ledger.settle(SETTLE_SECONDS)
    return sent
