"""A service lets go in time, whoever says nothing meanwhile."""

import asyncio
import os
import time

from shared.mongo import close, is_there, open_client
from tests.faults.proxy import Proxy, Weather
from tests.stage import Servers

UNHEARD = Weather(sends=False, hears=False)


async def test_a_database_that_says_nothing_is_left_in_time(servers: Servers) -> None:
    port = int(servers.mongodb_uri.split(":")[2].split("/")[0])
    way = Proxy(port, lambda: {os.getpid(): "we"})
    await way.open()
    client = open_client(f"mongodb://127.0.0.1:{way.port}/?directConnection=true")
    try:
        assert await is_there(client)
        way.has(UNHEARD, ["we"])
        begun = time.monotonic()
        leaving = asyncio.create_task(close(client))
        await asyncio.sleep(0.2)
        assert time.monotonic() - begun < 1, "the loop goes on"
        await leaving
        assert time.monotonic() - begun < 5
    finally:
        await way.close()
