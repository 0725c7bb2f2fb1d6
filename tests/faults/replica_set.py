"""A MongoDB of three members on one machine, each reached through a proxy of the tests' own. The
members speak to each other through the same ones, whose weather is the services' alone."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, PyMongoError

from deploy.local.processes import answers
from deploy.local.servers import MongoServer
from tests.faults.proxy import Proxy
from tests.stage import until

MEMBERS: Final = 3
_PATIENCE: Final = 60.0


class ReplicaSet:
    """Three mongods; whichever died is started again by `mend`."""

    def __init__(self, folder: Path, pids: Callable[[], Mapping[int, str]]) -> None:
        self.folders = [folder / f"mongodb{number}" for number in range(MEMBERS)]
        self.members = [MongoServer(one) for one in self.folders]
        self.proxies = [Proxy(one.port, pids) for one in self.members]
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.proxies)
        self.uri = f"mongodb://{hosts}/?replicaSet=rs0"

    async def start(self) -> None:
        """Until there is a primary."""
        for proxy in self.proxies:
            await proxy.open()
        for member in self.members:
            member.launch()
        for member in self.members:
            await until(partial(asyncio.to_thread, answers, member.port), _PATIENCE)
        await asyncio.to_thread(self._form)
        await self.primary()

    async def stop(self) -> None:
        """End all of it."""
        for proxy in self.proxies:
            await proxy.close()
        for member in self.members:
            member.kill()

    def _form(self) -> None:
        config = {
            "_id": "rs0",
            "members": [
                {"_id": number, "host": f"127.0.0.1:{one.port}"}
                for number, one in enumerate(self.proxies)
            ],
            "settings": {"electionTimeoutMillis": 2000},
        }
        port = self.members[0].port
        with MongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as client:
            client.admin.command("replSetInitiate", config)

    async def primary(self) -> MongoServer:
        """The member that takes writes, once there is one."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                for one in self.members:
                    if await asyncio.to_thread(_is_primary, one):
                        return one
                await asyncio.sleep(0.1)

    async def step_down(self) -> None:
        """The primary becomes a secondary, for ten seconds at least."""
        primary = await self.primary()
        with suppress(AutoReconnect, PyMongoError):
            await asyncio.to_thread(_admin, primary, {"replSetStepDown": 10, "force": True})

    async def command(self, member: MongoServer, command: Mapping[str, Any]) -> None:
        """Run it there."""
        await asyncio.to_thread(_admin, member, command)

    def signal(self, member: MongoServer, number: signal.Signals) -> None:
        """To one of them."""
        if member.pid is not None:
            os.kill(member.pid, number)

    async def mend(self) -> None:
        """Everybody is up, and there is a primary."""
        for one in self.members:
            self.signal(one, signal.SIGCONT)
            if one.pid is None:
                one.launch()
        for proxy in self.proxies:
            proxy.clears()
        await self.primary()


def _admin(member: MongoServer, command: Mapping[str, Any]) -> Any:
    with MongoClient[dict[str, Any]](
        "127.0.0.1", member.port, directConnection=True, timeoutMS=5000
    ) as client:
        return client.admin.command(dict(command))


def _is_primary(member: MongoServer) -> bool:
    if member.pid is None:
        return False
    try:
        with MongoClient[dict[str, Any]](
            "127.0.0.1", member.port, directConnection=True, timeoutMS=1500
        ) as client:
            return bool(client.admin.command("hello")["isWritablePrimary"])
    except PyMongoError:
        return False
