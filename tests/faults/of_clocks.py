"""The clock of one copy of each service jumps, with libfaketime, while it works."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, Final

from deploy.local.servers import Service
from tests.faults.house import FAKETIME, NAMES, House

HOUR: Final = 3600
DAY: Final = 24 * HOUR


def clock_jumps(seconds: int) -> Callable[[House, Random], Coroutine[Any, Any, None]]:
    """A fault: clocks jump by so many seconds, and after a while back."""

    async def jump(house: House, _: Random) -> None:
        offset = house.stage.folder / f"clock{seconds}"
        offset.write_text("+0")
        settings = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(offset),
            "FAKETIME_NO_CACHE": "1",
            # asyncio counts on a clock that never goes back.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        places = [(house.copies(name), 0) for name in NAMES]
        before = [copies[0] for copies, _ in places]
        for copies, _number in places:
            await _replace(house, copies, _with(copies[0], settings))
        offset.write_text(f"{seconds:+d}")
        await asyncio.sleep(5)
        offset.write_text("+0")
        await asyncio.sleep(1)
        for (copies, _number), one in zip(places, before, strict=True):
            await _replace(house, copies, one)

    jump.__doc__ = f"The clock of one copy of each service jumps by {seconds:+d} s, and back."
    return jump


def _with(service: Service, settings: dict[str, str]) -> Service:
    env = {**service.process.env, **settings}
    return Service(service.name, env, service.process.log)


async def _replace(house: House, copies: list[Service], other: Service) -> None:
    """The first copy, by one that is ready."""
    first = copies[0]
    copies[0] = other  # whatever is not alive here is started by the keeper
    house.kill(first)
    begun = time.monotonic()
    while not await asyncio.to_thread(getattr, other, "is_ready"):
        if time.monotonic() - begun > 60:
            raise TimeoutError(f"{other.name} was not ready in a minute")
        await asyncio.sleep(0.1)
