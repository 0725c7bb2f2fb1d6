"""Kills processes of a desk while it works: at any moment, and at the places in `shared/crash.py`
where the last step is taken and the next is not."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from deploy.local.servers import Service
from shared.crash import POINTS
from tests.stage import Stage

_VICTIMS: Final = {"intake": 8, "routing": 1, "notify": 1}
_PASSED_BY: Final = {
    "intake": ("intake.", "imap.", "outbox."),
    "routing": ("routing.", "outbox.", "consume."),
    "notify": ("notify.", "consume."),
}
"""Which points each service comes past."""


class Killer:
    """So many deaths at least, in an order that the seed decides, spread over the work."""

    def __init__(self, stage: Stage, seed: int, kills: int) -> None:
        self._stage = stage
        self._random = Random(f"kills/{seed}")
        self._wanted = kills
        self._signals = 0
        self._armed: dict[int, str] = {}
        self._hits: Path = stage.folder / "hits"
        self._hits.touch()

    @property
    def kills(self) -> int:
        """How often a process died so far."""
        return self._signals + len(self._hits.read_text().splitlines())

    def before_start(self, service: Service) -> None:
        """What is started anew kills itself somewhere, if that was planned."""
        point = self._armed.pop(id(service), "")
        service.process.env["CRASH_LOG"] = str(self._hits)
        service.process.env["CRASH_AT"] = f"{point}:0.3" if point else ""

    async def work(self, done: Callable[[], int], count: int) -> None:
        """Kill while the work goes on; `done` says how far it is."""
        random = self._random
        for moment in sorted(random.uniform(0.01, 0.95) for _ in range(self._wanted)):
            while done() < moment * count:
                await asyncio.sleep(0.02)
            await asyncio.sleep(random.random() / 5)
            await self._kill()

    async def _kill(self) -> None:
        random = self._random
        [name] = random.choices(list(_VICTIMS), list(_VICTIMS.values()))
        victim = random.choice(self._stage.services[name])
        while not victim.alive:
            await asyncio.sleep(0.02)
        if random.random() < 0.4:
            points = [one for one in POINTS if one.startswith(_PASSED_BY[name])]
            self._armed[id(victim)] = random.choice(points)
        victim.kill()
        self._signals += 1

    async def disarm(self) -> None:
        """End everything once more; what comes back lives."""
        self._armed.clear()
        for copies in self._stage.services.values():
            for one in copies:
                while not one.alive:
                    await asyncio.sleep(0.02)
                one.kill()
                self._signals += 1
        await asyncio.sleep(0.5)
        await self._stage.ready()
