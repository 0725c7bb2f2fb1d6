"""The link to a real RabbitMQ: what is settled, how, and what happens when it is lost."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import HeadersType

from shared import queues
from shared.broker import Broker, Subscription
from shared.dead_letters import Verdict, go_through
from shared.errors import Permanent, Transient
from shared.messages import EnquiryReceived, Message
from shared.queues import EXCHANGE, RETRY_DELAY
from shared.settling import FEWEST_TRIES, PATIENCE
from tests.stage import Servers, Stage, until

QUEUE = "routing.enquiries"


def _event(number: int = 1) -> EnquiryReceived:
    return EnquiryReceived(
        message_id=f"event{number}",
        reference="ENQ-7K3M-92Q2",
        at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        letter_id="letter",
        opens=True,
    )


class Handler:
    """Remembers what came, and fails as told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.came: list[Message] = []
        self._failures = list(failures)

    async def __call__(self, message: Message) -> None:
        self.came.append(message)
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure


@asynccontextmanager
async def _linked(servers: Servers, handler: Handler | None = None) -> AsyncIterator[Broker]:
    broker = Broker(servers.amqp_url)
    if handler is not None:
        broker.subscribe(Subscription(QUEUE, handler, prefetch=10))
    running = asyncio.create_task(broker.run())
    try:
        await until(broker.is_there)
        yield broker
        await broker.stop_consuming()
        await broker.close()
        await asyncio.wait_for(running, 10)
    finally:
        running.cancel()


async def _reasons(servers: Servers) -> list[str]:
    return [one.reason for one in await go_through(servers.amqp_url, lambda _: Verdict.KEEP)]


def _count(handler: Handler, wanted: int) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return len(handler.came) >= wanted

    return enough


@pytest.fixture
def amqp(stage: Stage) -> Servers:
    """Empty queues."""
    return stage.servers


async def test_what_is_published_is_handled_once(amqp: Servers) -> None:
    handler = Handler()
    async with _linked(amqp, handler) as broker:
        await asyncio.gather(*(broker.publish(_event(number)) for number in range(100)))
        await until(_count(handler, 100))
    assert {one.message_id for one in handler.came} == {f"event{number}" for number in range(100)}
    assert len(handler.came) == 100


async def test_a_failure_for_the_moment_comes_again_after_the_delay(amqp: Servers) -> None:
    handler = Handler(Transient("not now"), Transient("not now"))
    async with _linked(amqp, handler) as broker:
        began = asyncio.get_running_loop().time()
        await broker.publish(_event())
        await until(_count(handler, 3), 3 * RETRY_DELAY)
        took = asyncio.get_running_loop().time() - began
    assert took >= 2 * RETRY_DELAY
    assert await _reasons(amqp) == []


async def test_a_failure_for_good_and_a_fault_of_ours_are_put_aside(amqp: Servers) -> None:
    handler = Handler(Permanent("never"), ZeroDivisionError("secret words"))
    async with _linked(amqp, handler) as broker:
        await broker.publish(_event(1))
        await broker.publish(_event(2))
        await broker.publish(_event(3))
        await until(_count(handler, 3))
    assert sorted(await _reasons(amqp)) == ["a fault: ZeroDivisionError", "never"]


async def test_a_clock_that_jumps_a_day_puts_nothing_aside(amqp: Servers) -> None:
    handler = Handler(Transient("not now"))
    async with _linked(amqp, handler):
        await _publish_failed(amqp, tries=2)
        await until(_count(handler, 2), 3 * RETRY_DELAY)
    assert await _reasons(amqp) == []


async def test_what_fails_for_a_day_is_put_aside(amqp: Servers) -> None:
    handler = Handler(Transient("not now"))
    async with _linked(amqp, handler):
        await _publish_failed(amqp, tries=FEWEST_TRIES)

        async def is_dead() -> bool:
            return await _reasons(amqp) == ["still failing after a day: not now"]

        await until(is_dead, 5)


async def _publish_failed(servers: Servers, tries: int) -> None:
    """What failed for the first time two days ago, by the clock of whoever tried it."""
    headers: HeadersType = {"first_failed": time.time() - 2 * PATIENCE, "attempt": tries}
    body = _event().model_dump_json().encode()
    message = aio_pika.Message(body, headers=headers, type="enquiry.received")
    async with await aio_pika.connect(servers.amqp_url) as connection:
        await (await connection.channel()).default_exchange.publish(message, QUEUE)


async def test_a_bad_message_that_was_waiting_is_put_aside_at_once(amqp: Servers) -> None:
    async with _linked(amqp, Handler()) as broker:
        pass
    async with await aio_pika.connect(amqp.amqp_url) as connection:
        exchange = await (await connection.channel()).get_exchange(EXCHANGE)
        for _ in range(20):
            await exchange.publish(aio_pika.Message(b"?", type="?"), "enquiry.received")
    handler = Handler()
    async with _linked(amqp, handler) as broker:
        await broker.publish(_event())
        await until(_count(handler, 1), 5)

        async def all_dead() -> bool:
            return len(await _reasons(amqp)) == 20

        await until(all_dead, 5)


async def test_whoever_dies_of_a_message_takes_no_other_along(
    amqp: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that a process held when it died counts as having been given out in vain."""
    monkeypatch.setattr(queues, "DELIVERY_LIMIT", 8)  # fifty take a minute and a half
    done = tmp_path / "done"
    done.touch()
    async with _linked(amqp) as broker:
        for number in range(30):
            await broker.publish(_event(number))
    arguments = (amqp.amqp_url, QUEUE, "event10", str(done), "8")
    module = "tests.integration.mortal_worker"
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, start_new_session=True
    )
    try:

        async def all_ended() -> bool:
            dead = await go_through(amqp.amqp_url, lambda _: Verdict.KEEP)
            return len(dead) + len(set(done.read_text().split())) >= 30

        await until(all_ended, 60, 0.5)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        await worker.wait()
    [dead] = await go_through(amqp.amqp_url, lambda _: Verdict.KEEP)
    assert (json.loads(dead.body)["message_id"], dead.queue) == ("event10", QUEUE)
    assert dead.reason == "RabbitMQ: delivery_limit"


async def test_work_in_hand_when_the_broker_stops_consuming_is_finished(amqp: Servers) -> None:
    handler = Handler()

    async def slow(message: Message) -> None:
        await asyncio.sleep(0.3)
        await Handler.__call__(handler, message)

    broker = Broker(amqp.amqp_url)
    broker.subscribe(Subscription(QUEUE, slow, prefetch=10))
    running = asyncio.create_task(broker.run())
    await until(broker.is_there)
    await broker.publish(_event())
    await asyncio.sleep(0.1)
    await broker.stop_consuming()
    assert len(handler.came) == 1
    await broker.close()
    await asyncio.wait_for(running, 10)


async def test_a_message_that_reaches_no_queue_is_no_success(amqp: Servers) -> None:
    """With RabbitMQ's defaults, such a publish looks like one."""
    async with _linked(amqp) as broker:
        async with await aio_pika.connect(amqp.amqp_url) as connection:
            await (await connection.channel()).queue_delete(QUEUE)
        outcomes = await asyncio.gather(
            *(broker.publish(_event(number)) for number in range(5)), return_exceptions=True
        )
    assert [type(one) for one in outcomes] == [Transient] * 5


async def test_a_queue_that_is_deleted_under_a_consumer_is_made_and_consumed_again(
    amqp: Servers,
) -> None:
    handler = Handler()
    async with _linked(amqp, handler) as broker:
        async with await aio_pika.connect(amqp.amqp_url) as connection:
            await (await connection.channel()).queue_delete(QUEUE)

        async def published() -> bool:
            try:
                await broker.publish(_event())
            except Transient:
                return False
            return True

        await until(published, 20)
        await until(_count(handler, 1), 20)


async def test_while_rabbitmq_takes_nothing_publishing_fails_in_time(amqp: Servers) -> None:
    """Its memory alarm blocks publishers without a word."""
    if amqp.rabbit is None:
        pytest.skip("AMQP_URL names a server that is not ours to alarm")
    async with _linked(amqp) as broker:
        await asyncio.to_thread(amqp.rabbit.ctl, "set_vm_memory_high_watermark", "0.00001")
        try:
            # The alarm may let a first message through.
            outcomes = await asyncio.wait_for(
                asyncio.gather(
                    *(broker.publish(_event()) for _ in range(3)), return_exceptions=True
                ),
                8,
            )
            assert isinstance(outcomes[-1], Transient)
        finally:
            await asyncio.to_thread(amqp.rabbit.ctl, "set_vm_memory_high_watermark", "0.4")

        async def published() -> bool:
            try:
                await broker.publish(_event())
            except Transient:
                return False
            return True

        await until(published, 20)


async def test_a_link_that_is_being_made_when_the_service_stops_is_let_go(amqp: Servers) -> None:
    broker = Broker(amqp.amqp_url)
    running = asyncio.create_task(broker.run())
    await asyncio.sleep(0)
    await broker.close()
    async with asyncio.timeout(20):
        await running
    assert not broker.connected
