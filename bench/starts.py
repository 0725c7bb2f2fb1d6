"""`make bench-starts`: how long each service takes to start, on servers that are there.

Importing it: processor time of a process that does nothing else. Ready: from the start of the
process until `/readyz` says so; the first start makes the indexes. The middle of some tries.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.measure import median
from bench.session import Servers, private_servers
from bench.sides import SERVICES, Place, start_product

_TRIES: Final = 7
_LOOK: Final = 0.01
"""Seconds between two questions whether it is ready."""
_IMPORT: Final = "import time, services.{}.__main__; print(time.process_time())"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        with private_servers(place) as servers:
            rows = {name: _row(name, servers, place) for name in SERVICES}
    print("| service | import, CPU s | ready after, s: first start | later starts |")
    print("|---|---|---|---|")
    for name, (imported, first, later) in rows.items():
        print(f"| {name} | {imported:.2f} | {first:.2f} | {later:.2f} |")
    slowest = [max(column) for column in zip(*rows.values(), strict=True)]
    print(f"bench-starts: import_s={slowest[0]:.2f} ready_s={max(slowest[1:]):.2f}")


def _row(name: str, servers: Servers, folder: Path) -> tuple[float, float, float]:
    imported = median([_imported(name) for _ in range(_TRIES)])
    first, *later = [asyncio.run(_started(name, servers, folder)) for _ in range(_TRIES + 1)]
    return imported, first, median(later)


def _imported(name: str) -> float:
    program = [sys.executable, "-c", _IMPORT.format(name)]
    return float(subprocess.run(program, stdout=subprocess.PIPE, check=True).stdout)


async def _started(name: str, servers: Servers, folder: Path) -> float:
    """Seconds. Raises: SideFailed: it ended."""
    # Nothing is sent: no letter is there.
    place = Place(
        servers.mongodb_uri, servers.amqp_url, f"starts_{name}", 9, folder, has_staff=True
    )
    began = time.monotonic()
    side = start_product(place, names=[name])
    [service] = side.services
    while not await asyncio.to_thread(service.is_ready):
        service.check()
        await asyncio.sleep(_LOOK)
    seconds = time.monotonic() - began
    await side.stop()
    return seconds


if __name__ == "__main__":
    main()
