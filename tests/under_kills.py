"""What the commands have in common that kill services while they work: the servers and the stage,
who is killed, how often and where, and who starts them again."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final, Protocol

from deploy.local.servers import MongoServer, RabbitServer, Service
from shared.crash import POINTS
from tests.nursery import Nursery
from tests.stage import Servers, Stage

_ARMED: Final = 0.5
"""How often who starts anew has a place at which it kills itself."""


class Figures(Protocol):
    """What came of it."""

    faults: list[str]

    def line(self) -> str: ...


class Killings:
    """So many, by us at any moment, or by a service itself at a place in `shared/crash.py`."""

    def __init__(
        self, stage: Stage, chance: Random, wanted: int, places: tuple[str, ...], odds: float
    ) -> None:
        self._chance = chance
        self._places = tuple(one for one in POINTS if one.startswith(places))
        self._odds = odds
        self._hits = stage.folder / "hits"
        self._hits.touch()
        self._own = 0
        self.wanted = wanted

    @property
    def count(self) -> int:
        """How often anything was killed so far."""
        return self._own + len(self._hits.read_text().split())

    @property
    def left(self) -> int:
        """How many are still to be."""
        return max(0, self.wanted - self.count)

    async def kill(self, service: Service) -> None:
        """It, if it lives and there are any left."""
        if service.alive and self.left:
            await asyncio.to_thread(service.kill)
            self._own += 1

    def arm(self, service: Service) -> None:
        """Before it starts anew."""
        place = self._chance.choice(self._places) if self._chance.random() < _ARMED else ""
        if not self.left:
            place = ""
        service.process.env["CRASH_LOG"] = str(self._hits)
        service.process.env["CRASH_AT"] = f"{place}:{self._odds}" if place else ""

    def disarm(self, service: Service) -> None:
        """What starts from now on lives."""
        service.process.env["CRASH_AT"] = ""

    @asynccontextmanager
    async def revived(
        self, services: Sequence[Service], look: Callable[[], Awaitable[None]] | None = None
    ) -> AsyncIterator[None]:
        """While this lasts who has died is started again, after a `look` at what they left."""

        async def keep() -> None:
            while True:
                for one in services:
                    if not one.alive:
                        if look is not None:
                            await look()
                        self.arm(one)
                        one.start()
                await asyncio.sleep(0.02)

        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(keep())
            yield
            keeping.cancel()


def main(
    name: str,
    description: str | None,
    what: tuple[str, int],
    kills: int,
    services: Sequence[str],
    begin: Callable[[Stage, int, int, int], Awaitable[Figures]],
) -> int:
    """The command: its options, its servers, its last line. The status: 1 if anything does not add
    up. `what` is counted, and how many there are; `begin` is given stage, seed, how many, kills."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument(f"--{what[0]}", dest="count", type=int, default=what[1])
    options.add_argument("--kills", type=int, default=kills)
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()

    async def run(servers: Servers, place: Path, nurseries: dict[str, Nursery]) -> int:
        stage = await Stage.build(servers, place, nurseries)
        begun = time.monotonic()
        try:
            figures = await begin(stage, chosen.seed, chosen.count, chosen.kills)
        finally:
            await stage.clear()
        for fault in figures.faults:
            print(fault, file=sys.stderr)
        seconds = time.monotonic() - begun
        print(f"{name}: {figures.line()} seconds={seconds:.0f} seed={chosen.seed}")
        return 1 if figures.faults else 0

    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongo = stack.enter_context(MongoServer(place / "mongodb"))
        rabbit = stack.enter_context(RabbitServer(place / "rabbitmq"))
        nurseries = {one: Nursery(one) for one in services}
        for one in nurseries.values():
            stack.callback(one.close)
        servers = Servers(mongo.uri, rabbit.url, mongo, rabbit)
        return asyncio.run(run(servers, place, nurseries))
