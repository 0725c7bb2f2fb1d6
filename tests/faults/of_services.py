"""What befalls the services' own processes."""

import asyncio
import signal
import time
from random import Random
from typing import Final

from deploy.local.servers import Service
from tests.faults.house import NAMES, House

_STOPS_WITHIN: Final = 25.0
"""Seconds: the 20 that are promised, on a machine that is busy."""
_FEW: Final = 2
_MANY: Final = 20
_MANY_ARE_READY: Final = 240.0
"""Seconds."""


async def killed(house: House, random: Random) -> None:
    """SIGKILL: five of any service, one after the other."""
    for _ in range(5):
        house.kill(random.choice(house.copies(random.choice(NAMES))))
        await asyncio.sleep(random.uniform(0.1, 1.2))


async def intake_killed(house: House, random: Random) -> None:
    """SIGKILL of each copy of intake, three times."""
    await _each_killed(house, random, "intake")


async def routing_killed(house: House, random: Random) -> None:
    """SIGKILL of each copy of routing, three times."""
    await _each_killed(house, random, "routing")


async def notify_killed(house: House, random: Random) -> None:
    """SIGKILL of each copy of notify, three times."""
    await _each_killed(house, random, "notify")


async def _each_killed(house: House, random: Random, name: str) -> None:
    for _ in range(3):
        for one in house.copies(name):
            await asyncio.sleep(random.uniform(0.1, 0.8))
            house.kill(one)


async def stopped(house: House, random: Random) -> None:
    """SIGSTOP of one copy of each service for some seconds, then SIGCONT."""
    victims = [random.choice(house.copies(name)) for name in NAMES]
    for one in victims:
        house.signal(one, signal.SIGSTOP)
    await asyncio.sleep(random.uniform(3, 5))
    for one in victims:
        house.signal(one, signal.SIGCONT)


async def notify_stopped(house: House, random: Random) -> None:
    """SIGSTOP of a copy of notify for longer than its leases last: others take over its letters."""
    victim = random.choice(house.copies("notify"))
    house.signal(victim, signal.SIGSTOP)
    await asyncio.sleep(18)
    house.signal(victim, signal.SIGCONT)


async def terminated(house: House, random: Random) -> None:
    """SIGTERM of one copy of each, at the same moment."""
    victims = [random.choice(house.copies(name)) for name in NAMES]
    await asyncio.gather(*(_terminate(house, one) for one in victims))


async def rolled(house: House, _: Random) -> None:
    """A rolling restart of every copy, notify first and intake last."""
    for name in reversed(NAMES):
        for one in house.copies(name):
            await _terminate(house, one)
            await _is_ready(one)


async def _terminate(house: House, service: Service) -> None:
    """It must end by itself; the keeper starts it again."""
    pid = service.pid
    house.signal(service, signal.SIGTERM)
    begun = time.monotonic()
    while service.pid == pid and pid is not None:
        if time.monotonic() - begun > _STOPS_WITHIN:
            house.notes.append(f"{service.name} did not stop within {_STOPS_WITHIN:.0f} s")
            house.kill(service)
            return
        await asyncio.sleep(0.02)


async def _is_ready(service: Service) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(getattr, service, "is_ready"):
            await asyncio.sleep(0.1)


async def add_copies(house: House, _: Random) -> None:
    """So many that there are twenty of each service."""
    added: list[Service] = []
    for name in NAMES:
        missing = _MANY - len(house.copies(name))
        added += [house.stage.add(name, **house.settings()) for _number in range(missing)]
    async with asyncio.timeout(_MANY_ARE_READY):
        for one in added:
            while not await asyncio.to_thread(getattr, one, "is_ready"):
                await asyncio.sleep(0.2)


async def many_copies(house: House, _: Random) -> None:
    """Twenty copies of each service work, and go."""
    await asyncio.sleep(8)
    for name in NAMES:
        added = house.copies(name)[_FEW:]
        del house.copies(name)[_FEW:]
        for one in added:
            house.kill(one)
