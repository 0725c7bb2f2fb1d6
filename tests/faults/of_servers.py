"""What befalls MongoDB and RabbitMQ."""

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from random import Random
from typing import Final

import aio_pika
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from tests.faults import disks
from tests.faults.house import House
from tests.faults.proxy import Weather
from tests.faults.replica_set import ReplicaSet

_THE_MEMBERS: Final = ("",)
"""Whose connections are no service's."""
_IDLE: Final = "routing.pairs"
"""Nobody merges or splits tickets here."""


def _mongo(house: House) -> ReplicaSet:
    assert house.mongo is not None
    return house.mongo


async def rabbit_killed(house: House, _: Random) -> None:
    """RabbitMQ is killed, and comes back after two seconds."""
    house.rabbit.kill()
    await asyncio.sleep(2)
    await house.mend_rabbit()


async def rabbit_lost(house: House, _: Random) -> None:
    """RabbitMQ's disk dies with two seconds' messages, and whoever was to handle them: it comes
    back with nothing, and an operator has what was lost done."""
    hands = [*house.copies("routing"), *house.copies("notify")]
    for one in hands:
        house.signal(one, signal.SIGSTOP)
    await asyncio.sleep(2)
    house.rabbit.kill()
    for one in hands:
        house.kill(one)
    await asyncio.to_thread(shutil.rmtree, house.rabbit.data)
    house.meant.clear()  # dead letters are gone too
    await asyncio.sleep(2)
    await house.mend_rabbit()
    await house.stage.ready()
    await house.stage.desk("recover", "--older", "0")


async def rabbit_restarted(house: House, _: Random) -> None:
    """RabbitMQ stops in order, and comes back."""
    await asyncio.to_thread(house.rabbit.stop)
    await house.mend_rabbit()


async def rabbit_stopped(house: House, _: Random) -> None:
    """SIGSTOP of RabbitMQ for six seconds: it neither answers nor goes."""
    pid = house.rabbit.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(6)
    os.kill(pid, signal.SIGCONT)


async def memory_alarm(house: House, _: Random) -> None:
    """RabbitMQ raises its memory alarm: whoever publishes is blocked."""
    await house.ctl("set_vm_memory_high_watermark", "0.000001")
    await asyncio.sleep(6)
    await house.ctl("set_vm_memory_high_watermark", "0.4")


async def disk_alarm(house: House, _: Random) -> None:
    """RabbitMQ raises its disk alarm."""
    await house.ctl("set_disk_free_limit", "5000GB")
    await asyncio.sleep(6)
    await house.ctl("set_disk_free_limit", "50MB")


async def connections_closed(house: House, _: Random) -> None:
    """RabbitMQ closes every connection, twice."""
    for _number in range(2):
        await house.ctl("close_all_connections", "for a test")
        await asyncio.sleep(1)


async def consumers_cancelled(house: House, _: Random) -> None:
    """A queue is deleted, as when it moves between nodes: RabbitMQ cancels its consumers. It is one
    in which nothing is now, as what is deleted with it would be lost."""
    for _number in range(2):
        with suppress(*CONNECTION_EXCEPTIONS):
            async with await aio_pika.connect(house.rabbit.url, timeout=10) as connection:
                channel = await connection.channel()
                await channel.queue_delete(_IDLE)
        await asyncio.sleep(2)


async def primary_killed(house: House, _: Random) -> None:
    """The primary is killed, and comes back after four seconds."""
    mongo = _mongo(house)
    (await mongo.primary()).kill()
    await asyncio.sleep(4)
    await mongo.mend()


async def all_members_killed(house: House, _: Random) -> None:
    """All of MongoDB is killed, and comes back after two seconds."""
    mongo = _mongo(house)
    for one in mongo.members:
        one.kill()
    await asyncio.sleep(2)
    await mongo.mend()


async def mongo_restarted(house: House, _: Random) -> None:
    """Each member stops in order and comes back, one after the other."""
    mongo = _mongo(house)
    for one in mongo.members:
        await asyncio.to_thread(one.stop)
        await mongo.mend()


async def stepped_down(house: House, _: Random) -> None:
    """The primary steps down, twice."""
    for _number in range(2):
        await _mongo(house).step_down()
        await asyncio.sleep(3)


async def primary_alone(house: House, _: Random) -> None:
    """The primary is cut off from its secondaries, is written to all the same, and dies: what only
    it had is taken back."""
    mongo = _mongo(house)
    primary = await mongo.primary()
    way = mongo.proxies[mongo.members.index(primary)]
    way.has(Weather(sends=False, hears=False), _THE_MEMBERS)
    await asyncio.sleep(1.5)
    primary.kill()
    way.reset(_THE_MEMBERS)
    way.clears()
    await mongo.primary()
    await mongo.mend()


async def mongo_slow(house: House, _: Random) -> None:
    """The primary stops for moments, again and again."""
    mongo = _mongo(house)
    for _number in range(6):
        primary = await mongo.primary()
        mongo.signal(primary, signal.SIGSTOP)
        await asyncio.sleep(0.6)
        mongo.signal(primary, signal.SIGCONT)
        await asyncio.sleep(0.3)


async def mongo_full_of_connections(house: House, _: Random) -> None:
    """MongoDB takes no connection more, and those that are there are cut."""
    mongo = _mongo(house)
    services = ("intake", "routing", "notify")
    for proxy in mongo.proxies:
        proxy.has(Weather(refuses=True), services)
        proxy.reset(services)
    await asyncio.sleep(4)
    for proxy in mongo.proxies:
        proxy.clears()


async def mongo_disk_full(house: House, _: Random) -> None:
    """The disks of all of MongoDB are full for eight seconds."""
    mongo = _mongo(house)
    for folder in mongo.folders:
        disks.fill(folder)
    await asyncio.sleep(8)
    for folder in mongo.folders:
        disks.clear(folder)
    await mongo.mend()


async def rabbit_disk_full(house: House, _: Random) -> None:
    """RabbitMQ's disk is full for eight seconds; then it is started again, as it must be."""
    disks.fill(house.rabbit.folder)
    await asyncio.sleep(8)
    disks.clear(house.rabbit.folder)
    house.rabbit.kill()
    await house.mend_rabbit()
