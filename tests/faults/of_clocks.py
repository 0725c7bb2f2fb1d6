"""The clock of one copy of each service jumps, with libfaketime, while it works."""

import asyncio
import time
from random import Random
from typing import Final

from deploy.local.servers import Service
from tests.faults.house import FAKETIME, NAMES, House

HOUR: Final = 3600
DAY: Final = 24 * HOUR
_PATIENCE: Final = 90.0


class Jump:
    """Of so many seconds, and back."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._before: dict[str, Service] = {}

    async def prepare(self, house: House, _: Random) -> None:
        """One copy of each service starts anew, under a clock of its own, which is right yet."""
        self._set(house, 0)
        settings = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(house.stage.folder / "clock"),
            "FAKETIME_NO_CACHE": "1",
            # asyncio counts on a clock that never goes back.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self._before = {name: house.copies(name)[0] for name in NAMES}
        others = {
            name: Service(name, {**one.process.env, **settings}, one.process.log)
            for name, one in self._before.items()
        }
        await _replace(house, others)

    async def harm(self, house: House, _: Random) -> None:
        """The clock of one copy of each service jumps, and after a while back."""
        self._set(house, self._seconds)
        await asyncio.sleep(5)
        self._set(house, 0)
        await asyncio.sleep(1)
        await _replace(house, self._before)

    def _set(self, house: House, seconds: int) -> None:
        (house.stage.folder / "clock").write_text(f"{seconds:+d}")


async def _replace(house: House, others: dict[str, Service]) -> None:
    """The first copy of each, by one that is ready."""
    for name, other in others.items():
        first = house.copies(name)[0]
        house.copies(name)[0] = other  # whatever is not alive here is started by the keeper
        house.kill(first)
    begun = time.monotonic()
    for other in others.values():
        while not await asyncio.to_thread(getattr, other, "is_ready"):
            if time.monotonic() - begun > _PATIENCE:
                raise TimeoutError(f"{other.name} was not ready in {_PATIENCE:.0f} s")
            await asyncio.sleep(0.1)
