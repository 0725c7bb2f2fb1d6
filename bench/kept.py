"""A store of years, which is built once and kept for the next time.

It stands in `var/`, with a MongoDB of its own. Whoever measures on it adds to it, so figures of it
are for comparing, not for counting its tickets.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from motor.motor_asyncio import AsyncIOMotorClient

from bench.million import OWNERS, build, make_indexes
from bench.sides import LIBRARY_FILE, ROOT
from deploy.local.processes import free_port
from deploy.local.servers import MongoServer
from shared.library import read_library

DATABASE: Final = "bench_api"
_KEPT: Final = ROOT / "var" / "bench-api"


@contextmanager
def kept_server(tickets: int) -> Iterator[MongoServer]:
    """The MongoDB that has so many tickets, or will have them."""
    folder = _KEPT / str(tickets)
    folder.mkdir(parents=True, exist_ok=True)
    with MongoServer(folder, _lasting_port(folder)) as mongo:
        yield mongo


async def fill(uri: str, tickets: int) -> None:
    """Build what is not there: tickets, staff, and every service's indexes."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(uri, tz_aware=True)
    database = client[DATABASE]
    library = read_library(LIBRARY_FILE)
    if await database.built.find_one() is None:
        await client.drop_database(DATABASE)
        began = time.monotonic()
        await build(uri, DATABASE, library, tickets, datetime.now(UTC))
        await database.built.insert_one({"tickets": tickets})
        print(f"built {tickets} tickets in {time.monotonic() - began:.0f} s", flush=True)
    await make_indexes(uri, DATABASE, library)
    for number, one in enumerate(OWNERS):
        # Each team has somebody, or what comes for it has no owner and no near promise.
        team = library.teams[number % len(library.teams)].id
        row = {"name": one.name, "address": f"{one.id}@llanfair.example", "team": team}
        await database.staff.replace_one({"_id": one.id}, row, upsert=True)
    client.close()


def library_that_keeps(folder: Path) -> Path:
    """The library's file, but that nothing is old enough to be erased while it is measured."""
    text = LIBRARY_FILE.read_text(encoding="utf-8")
    days = re.compile(r"^(closed_days|kept_days) = \d+$", re.MULTILINE)
    file = folder / "library.toml"
    file.write_text(days.sub(r"\1 = 36500", text), encoding="utf-8")
    return file


def _lasting_port(folder: Path) -> int:
    """A replica set of one knows itself by its port."""
    known = folder / "port"
    if not known.exists():
        known.write_text(str(free_port()), encoding="ascii")
    return int(known.read_text(encoding="ascii"))
