"""Starts services again when they die, as systemd or a container platform would."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from deploy.local.servers import Service
from tests.stage import Stage


@asynccontextmanager
async def kept_alive(
    stage: Stage, before_start: Callable[[Service], None] = lambda _: None
) -> AsyncIterator[None]:
    """While this lasts, whatever died is started again; `before_start` may change its settings."""
    task = asyncio.create_task(_keep(stage, before_start))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    for copies in stage.services.values():
        for one in copies:
            if not one.alive:
                one.start()


async def _keep(stage: Stage, before_start: Callable[[Service], None]) -> None:
    while True:
        for copies in stage.services.values():
            for one in copies:
                if not one.alive:
                    before_start(one)
                    one.start()
        await asyncio.sleep(0.05)
