"""What befalls the ways between the services, MongoDB, RabbitMQ and the relay; and the relay."""

import asyncio
from random import Random

from tests.faults.house import NAMES, House
from tests.faults.proxy import Proxy, Weather
from tests.faults.sink import Manner


def _ways(house: House, random: Random) -> tuple[list[Proxy], tuple[str, ...]]:
    """To one server, of one service or of all."""
    ways = [[house.broker_link], [house.relay_link]]
    if house.mongo is not None:
        ways.append(house.mongo.proxies)
    services = (NAMES, *((name,) for name in NAMES))
    return random.choice(ways), random.choice(services)


async def _under(weather: Weather, seconds: float, house: House, random: Random) -> None:
    for _ in range(2):
        ways, services = _ways(house, random)
        for one in ways:
            one.has(weather, services)
        await asyncio.sleep(seconds)
        for one in ways:
            one.clears()


async def cut(house: House, random: Random) -> None:
    """Nothing passes, and nothing says so: packets are lost, both ways."""
    await _under(Weather(sends=False, hears=False), 4, house, random)


async def unheard(house: House, random: Random) -> None:
    """What a service says arrives; it hears no answer."""
    await _under(Weather(hears=False), 4, house, random)


async def unsaid(house: House, random: Random) -> None:
    """A service hears, and nothing that it says arrives."""
    await _under(Weather(sends=False), 4, house, random)


async def late(house: House, random: Random) -> None:
    """Everything takes a second more, each way."""
    await _under(Weather(delay=1.0), 5, house, random)


async def narrow(house: House, random: Random) -> None:
    """Eight kilobytes a second."""
    await _under(Weather(rate=8000), 5, house, random)


async def reset(house: House, random: Random) -> None:
    """Connections are reset, again and again, every server's."""
    for _ in range(8):
        for link in house.links():
            link.reset(random.sample(NAMES, 2))
        await asyncio.sleep(random.uniform(0.1, 0.8))


async def broker_late_and_reset(house: House, random: Random) -> None:
    """RabbitMQ answers after a second; then what is under way is lost."""
    for _ in range(4):
        house.broker_link.has(Weather(delay=0.8), NAMES)
        await asyncio.sleep(random.uniform(1.0, 1.8))
        house.broker_link.reset(NAMES)
        house.broker_link.clears()
        await asyncio.sleep(0.6)


async def mongo_cut(house: House, random: Random) -> None:
    """No service reaches MongoDB."""
    assert house.mongo is not None
    for one in house.mongo.proxies:
        one.has(Weather(sends=False, hears=False), NAMES)
    await asyncio.sleep(5)
    for one in house.mongo.proxies:
        one.clears()


async def broker_cut(house: House, random: Random) -> None:
    """No service reaches RabbitMQ, and what was under way never arrives."""
    house.broker_link.has(Weather(sends=False, hears=False), NAMES)
    await asyncio.sleep(7)
    house.broker_link.reset(NAMES)
    house.broker_link.clears()


async def relay_refuses(house: House, _: Random) -> None:
    """The relay takes nothing for now."""
    await _manner(house, Manner.REFUSES, 5)


async def relay_hangs(house: House, _: Random) -> None:
    """The relay has the letter, and says nothing."""
    await _manner(house, Manner.HANGS, 6)


async def relay_closes(house: House, _: Random) -> None:
    """The relay hangs up in DATA."""
    await _manner(house, Manner.CLOSES, 4)


async def relay_takes_and_closes(house: House, _: Random) -> None:
    """The relay takes each letter, and hangs up before it says so."""
    await _manner(house, Manner.TAKES_AND_CLOSES, 2)


async def relay_away(house: House, _: Random) -> None:
    """Nobody is there where the relay was."""
    house.relay_link.has(Weather(refuses=True), NAMES)
    house.relay_link.reset(NAMES)
    await asyncio.sleep(5)
    house.relay_link.clears()


async def _manner(house: House, manner: Manner, seconds: float) -> None:
    house.sink.manner = manner
    await asyncio.sleep(seconds)
    house.sink.manner = Manner.GOOD
