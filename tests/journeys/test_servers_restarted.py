"""RabbitMQ or MongoDB goes away in the middle and comes back: no service is restarted for it."""

import asyncio

import aiosmtplib
import pytest

from tests.accounting import Ledger
from tests.builders import mail
from tests.stage import Stage


async def test_rabbitmq_restarted_in_the_middle(stage: Stage) -> None:
    if stage.servers.rabbit is None:
        pytest.skip("AMQP_URL names a server that is not ours to stop")
    await stage.open()
    ledger = Ledger()
    await ledger.send_many(stage, range(10))
    before = _pids(stage)

    stage.servers.rabbit.stop()
    await ledger.send_many(stage, range(10, 20))
    assert len(ledger.accepted) == 20, "intake keeps mail while RabbitMQ is away"
    status, health, _ = await stage.catalogue("GET", "/readyz")
    assert (status, health["missing"]) == (200, ["rabbitmq"]), "intake works without it"
    status, health, _ = await stage.api("GET", "/readyz")
    assert (status, health["missing"]) == (503, ["rabbitmq"])
    stage.servers.rabbit.launch()
    await asyncio.to_thread(stage.servers.rabbit.wait_ready)
    await ledger.send_many(stage, range(20, 30))

    await ledger.settle(stage)
    assert _pids(stage) == before, "no service was restarted"


async def test_mongodb_restarted_in_the_middle(stage: Stage) -> None:
    if stage.servers.mongo is None:
        pytest.skip("MONGODB_URI names a server that is not ours to stop")
    await stage.open()
    ledger = Ledger()
    await ledger.send_many(stage, range(10))
    before = _pids(stage)

    stage.servers.mongo.stop()
    with pytest.raises(aiosmtplib.SMTPDataError) as refusal:
        async with asyncio.timeout(6):
            await stage.mail(mail(sender="early@patrons.example"))
    assert refusal.value.code == 451
    sending = asyncio.create_task(ledger.send_many(stage, range(10, 20)))
    await asyncio.sleep(1)
    stage.servers.mongo.launch()
    await asyncio.to_thread(stage.servers.mongo.wait_ready)
    await sending
    await ledger.send_many(stage, range(20, 30))

    await ledger.settle(stage)
    assert _pids(stage) == before, "no service was restarted"


async def test_rabbitmq_killed_with_work_in_its_queues(stage: Stage) -> None:
    """What RabbitMQ confirmed is on its disk."""
    if stage.servers.rabbit is None:
        pytest.skip("AMQP_URL names a server that is not ours to stop")
    await stage.open()
    for one in stage.services["routing"]:
        one.kill()
    ledger = Ledger()
    await ledger.send_many(stage, range(20))
    await asyncio.sleep(1)

    stage.servers.rabbit.kill()
    stage.servers.rabbit.launch()
    await asyncio.to_thread(stage.servers.rabbit.wait_ready)
    for one in stage.services["routing"]:
        one.start()

    await ledger.settle(stage)


def _pids(stage: Stage) -> dict[str, list[int | None]]:
    return {name: [one.pid for one in copies] for name, copies in stage.services.items()}
