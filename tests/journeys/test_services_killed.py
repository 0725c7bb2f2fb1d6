"""Any process can be killed at any point, and any number of copies can run."""

import asyncio
import os
import signal

import pytest

from deploy.local.servers import Service
from tests.accounting import Ledger
from tests.keeper import kept_alive
from tests.stage import Stage, until


@pytest.mark.parametrize("name", ["intake", "routing", "notify"])
async def test_a_service_is_killed_in_the_middle(stage: Stage, name: str) -> None:
    await stage.open()
    ledger = Ledger()
    async with kept_alive(stage):
        sending = asyncio.create_task(ledger.send_many(stage, range(60)))
        for _ in range(3):
            await asyncio.sleep(0.4)
            for one in stage.services[name]:
                one.kill()
        await sending

    await ledger.settle(stage)
    assert ledger.copies(stage) <= 3 * 32, "at most what was in flight is sent again"


async def test_two_copies_of_each_service(stage: Stage) -> None:
    await stage.open(copies=2)
    ledger = Ledger()
    await ledger.send_many(stage, range(100))
    stage.ports["smtp"] = int(stage.services["intake"][1].process.env["INTAKE_SMTP_PORT"])
    await ledger.send_many(stage, range(100, 200))

    await ledger.settle(stage)
    assert len(ledger.accepted) == 200
    assert ledger.copies(stage) == 0, "without faults nothing is sent twice"


async def test_sigterm_drains_within_twenty_seconds(plain_stage: Stage) -> None:
    stage = plain_stage
    await stage.open()
    ledger = Ledger()
    sending = asyncio.create_task(ledger.send_many(stage, range(60)))
    await asyncio.sleep(0.5)
    for name in ("notify", "routing"):
        [one] = stage.services[name]
        assert await _stopped(one) == 0, name
        one.start()
    await sending
    await stage.ready()
    assert await _stopped(stage.services["intake"][0]) == 0
    await ledger.settle(stage)
    assert ledger.copies(stage) == 0, "an orderly stop sends nothing twice"


async def _stopped(service: Service) -> int | None:
    assert service.pid is not None
    os.kill(service.pid, signal.SIGTERM)

    async def ended() -> bool:
        return not service.alive

    await until(ended, 20)
    return service.process.status
