"""How much memory those who read a file slowly take, measured from outside in a process of its own:
`python -m tests.slow_readers 40` says it for forty of them."""

import asyncio
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from deploy.local.processes import free_port
from deploy.local.servers import ROOT, MongoServer
from shared.contents import Contents
from shared.handing_out import hand_out
from shared.health import open_port
from shared.mongo import Database, Files, open_client

SIZE: Final = 20 * 1024 * 1024
_ROW: Final = {"filename": "map.pdf", "content_type": "application/pdf"}
_AT_ONCE: Final = 32 * 1024
_PAUSE: Final = 0.1
"""Seconds between two such pieces: 320 KB a second."""


@dataclass(frozen=True)
class Growth:
    """What the process that hands it out had in memory, in bytes."""

    before: int
    most: int
    taken: int
    """Bytes that the readers had by the end."""

    @property
    def grown(self) -> int:
        return self.most - self.before


async def growth(uri: str, database: Database, readers: int, seconds: float) -> Growth:
    """Of so many who read for so long, each at 320 KB a second at most."""
    file_id = await Files(database).store(b"x" * SIZE, "a letter")
    async with _serving(uri, database.name, file_id) as (pid, port):
        await _read(port, seconds=60, is_slow=False)  # whatever is made once is there then
        before = most = _rss(pid)
        reading = [asyncio.create_task(_read(port, seconds)) for _ in range(readers)]
        while not all(one.done() for one in reading):
            most = max(most, _rss(pid))
            await asyncio.sleep(0.02)
        return Growth(before, most, sum([await one for one in reading]))


@asynccontextmanager
async def _serving(uri: str, database: str, file_id: str) -> AsyncIterator[tuple[int, int]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.slow_readers", "serve", uri, database, file_id),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        yield process.pid, int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


async def _read(port: int, seconds: float, *, is_slow: bool = True) -> int:
    """How many bytes came in that time."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _AT_ONCE)
    link.setblocking(False)
    loop, taken = asyncio.get_running_loop(), 0
    await loop.sock_connect(link, ("127.0.0.1", port))
    await loop.sock_sendall(link, b"GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    with suppress(TimeoutError), link:
        async with asyncio.timeout(seconds):
            while some := await loop.sock_recv(link, _AT_ONCE):
                taken += len(some)
                await asyncio.sleep(_PAUSE if is_slow else 0)
    return taken


def _rss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise LookupError("this system does not say")


async def _serve(uri: str, database: str, file_id: str) -> None:
    contents = Contents(open_client(uri)[database])

    async def file(request: web.Request) -> web.StreamResponse:
        return await hand_out(request, {**_ROW, "file": file_id}, contents)

    app = web.Application()
    app.router.add_get("/file", file)
    port = free_port()
    await open_port(app, "127.0.0.1", port)
    print(port, flush=True)
    await asyncio.Event().wait()


async def _measured(uri: str, readers: int) -> Growth:
    client = open_client(uri)
    try:
        return await growth(uri, client["slow_readers"], readers, 15)
    finally:
        client.close()


def main() -> None:
    """Its argument: how many readers."""
    with tempfile.TemporaryDirectory() as folder, MongoServer(Path(folder)) as mongo:
        readers = int(sys.argv[1]) if len(sys.argv) > 1 else 40
        found = asyncio.run(_measured(mongo.uri, readers))
    mega = 1024 * 1024
    print(
        f"slow-readers: readers={readers} before_mb={found.before / mega:.0f}"
        f" grown_mb={found.grown / mega:.0f} taken_mb={found.taken / mega:.0f}"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(_serve(*sys.argv[2:]))
    else:
        main()
