"""`make soak`: two hours at half of what the desk can do, with a fault a minute. Memory,
descriptors, tasks, connections, latency and what waits are drawn (`docs/soak.svg`); fails if an
account does not add up."""

import asyncio
import re
import sys
import time
from argparse import Namespace
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Final

import aiohttp
import uvloop

from bench.plots import Panel, picture
from tests.accounts.doors import Doors
from tests.accounts.load import Load, plain
from tests.faults.__main__ import end_orderly, furnished, leave, options
from tests.faults.catalogue import FAULTS
from tests.faults.house import House, whole_house
from tests.faults.rounds import Rounds
from tests.imap_server import ImapServer
from tests.nursery import Nursery
from tests.stage import until

_PICTURE: Final = Path("docs/soak.svg")
_SHOWN: Final = 20
_BURST: Final = 200
_LOOK: Final = 5.0
_MEGABYTE: Final = 1024 * 1024
_LATENCY: Final = "acknowledged after, seconds"
_FLAT: Final = {
    "memory, MB": "memory",
    "descriptors": "descriptors",
    "connections": "connections",
    "tasks": "tasks",
    _LATENCY: "latency",
}
"""What must not grow, and its name in the last line."""
_TASKS: Final = re.compile(r"^desk_tasks ([0-9.]+)$", re.MULTILINE)


def main() -> int:
    """The status: 1 if anything does not add up."""
    parser = options(__doc__)
    parser.add_argument("--minutes", type=int, default=120)
    parser.add_argument("--rate", type=float, help="letters a second; half the saturation if not")
    parser.add_argument("--picture", type=Path, default=_PICTURE)
    chosen = parser.parse_args()
    end_orderly()
    with furnished() as (place, nurseries, mail):
        return uvloop.run(_run(place, nurseries, mail, chosen))


class Sampler:
    """Looks at every copy, and at what waits, every few seconds."""

    def __init__(self, house: House, session: aiohttp.ClientSession) -> None:
        self._house, self._session = house, session
        self._begun = time.monotonic()
        self.curves: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self.marks: list[float] = []
        """Minutes at which a round began."""

    @property
    def minute(self) -> float:
        """Since the beginning."""
        return (time.monotonic() - self._begun) / 60

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._look()
            await asyncio.sleep(_LOOK)

    async def _look(self) -> None:
        for name, copies in self._house.stage.services.items():
            for number, one in enumerate(copies):
                if (pid := one.pid) is not None:
                    self._look_at(f"{name} {number}", pid)
                    port = int(one.process.env[f"{name.upper()}_HTTP_PORT"])
                    await self._ask(f"{name} {number}", port)
        left = await self._house.left()
        self._note("waiting in outboxes, in queues and as letters", "", sum(left.values()))

    def _look_at(self, name: str, pid: int) -> None:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            ends = [one.readlink().name for one in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            return
        self._note("memory, MB", name, pages * 4096 / _MEGABYTE)
        self._note("descriptors", name, len(ends))
        self._note("connections", name, sum(one.startswith("socket:") for one in ends))

    async def _ask(self, name: str, port: int) -> None:
        patience = aiohttp.ClientTimeout(total=2)
        try:
            url = f"http://127.0.0.1:{port}/metrics"
            async with self._session.get(url, timeout=patience) as answer:
                found = _TASKS.search(await answer.text())
        except (OSError, TimeoutError, aiohttp.ClientError):
            return
        if found:
            self._note("tasks", name, float(found[1]))

    def _note(self, figure: str, name: str, value: float) -> None:
        self.curves[figure][name].append((self.minute, value))

    def latency(self, kept: dict[str, float]) -> None:
        """From when a door said yes to when the acknowledgement was at the relay; of patrons who
        have had no letter of ours before."""
        for address, at in kept.items():
            came = self._house.sink.came.get(address)
            if came is not None and came >= at:
                minute = (came - self._begun) / 60
                self.curves[_LATENCY][""].append((minute, came - at))

    def draw(self, file: Path) -> None:
        """All curves so far."""
        panels = [Panel(one, curves, self.marks) for one, curves in self.curves.items()]
        file.write_text(picture(panels), encoding="utf-8")


async def _saturation(house: House, session: aiohttp.ClientSession, rounds: Rounds) -> float:
    """Letters a second, from the first that is sent to the last that is acknowledged."""
    doors = Doors(house.stage, session, None, Random(0))
    load = Load(doors, 0)
    begun = time.monotonic()
    await load.do([plain] * _BURST)

    async def all_told() -> bool:
        return {one.patron for one in load.entries} <= set(house.sink.came)

    await until(all_told, 300)
    rounds.books.entries += load.entries
    await rounds.pass_over()
    return _BURST / (time.monotonic() - begun)


async def _run(
    place: Path, nurseries: dict[str, Nursery], mail: ImapServer, chosen: Namespace
) -> int:
    random = Random(f"soak/{chosen.seed}")
    async with (
        whole_house(place, nurseries, mail, has_small_disks=False) as house,
        aiohttp.ClientSession() as session,
    ):
        able = [[one] for one in FAULTS if one.mixes and one.needs not in house.lacking()]
        rounds = Rounds(house, session, chosen.seed, patience=240)
        rate = chosen.rate or await _saturation(house, session, rounds) / 2
        print(f"soak: seed={chosen.seed} rate={rate:.1f} a second", flush=True)
        sampler = Sampler(house, session)
        sampling = asyncio.create_task(sampler.run())
        try:
            while sampler.minute < chosen.minutes:
                sampler.marks.append(sampler.minute)
                row = await rounds.round(random.choice(able), max(1, int(rate * 55)), 55)
                sampler.latency(rounds.kept)
                sampler.draw(chosen.picture)
                print(row.line(), flush=True)
                for one in (*row.faults, *row.stuck):
                    print(f"    {one}", flush=True)
            sampling.cancel()
            [ended] = await asyncio.gather(sampling, return_exceptions=True)
            verdict, stuck = await rounds.in_the_end()
        except BaseException:
            leave(place, [])
            raise
        faults = [*verdict.faults, *stuck, *(one for row in rounds.rows for one in row.faults)]
        if not isinstance(ended, asyncio.CancelledError):
            faults.append(f"whoever looked at the services ended: {ended!r}")
        if faults:
            leave(place, faults)
    for one in faults[:_SHOWN]:
        print(f"    {one}", flush=True)
    print(
        f"soak: minutes={sampler.minute:.0f} rate={rate:.1f} accepted={verdict.account.accepted}"
        f" lost={verdict.lost} doubled_tickets={verdict.doubled_tickets}"
        f" doubled_mails={verdict.doubled_mails} stuck={len(stuck)} amiss={len(faults)}"
        f" {_slopes(sampler)} seed={chosen.seed} picture={chosen.picture}"
    )
    return 1 if faults else 0


def _slopes(sampler: Sampler) -> str:
    """The middle of each figure in the second quarter of the time and in the last, of all."""
    told = []
    for figure, word in _FLAT.items():
        points = sorted(it for one in sampler.curves[figure].values() for it in one)
        quarter = max(1, len(points) // 4)
        early, late = points[quarter : 2 * quarter] or points, points[-quarter:]
        told.append(f"{word}={_middle(early):.3g}->{_middle(late):.3g}")
    return " ".join(told)


def _middle(points: list[tuple[float, float]]) -> float:
    return sorted(value for _, value in points)[len(points) // 2] if points else 0.0


if __name__ == "__main__":
    sys.exit(main())
