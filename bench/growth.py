"""`python -m bench.growth`: how cost grows with what is stored, with a letter's size, with a
ticket's length, with copies of the services, and with a backlog. The product alone.

Writes a table, a picture and numbers of each into `docs/`. Exits 1 if a letter was lost, or its
acknowledgement missing or doubled: figures of a pipeline that loses mail are worth nothing.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import uvloop

from bench import backlog, copies, report, sizes, stored, threads
from bench.grown import Grown, last_line, write
from bench.letters import compose
from bench.session import Servers, private_servers
from bench.sides import ROOT, SideFailed, enquiry_address

HOUR: Final = 3600
"""Letters of an hour: one a second, far more than any library gets."""


def main() -> int:
    """Measure what is asked for, print, write; the exit status."""
    asked = _options()
    grown = []
    for name in asked.only or MEASURES:
        print(f"\n{name}:", flush=True)
        began = time.monotonic()
        try:
            grown.append(MEASURES[name](asked))
        except SideFailed as error:
            print(f"bench-growth: FAILED: {error}", file=sys.stderr)
            return 1
        print(f"{name} took {time.monotonic() - began:.0f} s", flush=True)
        if asked.to is not None:
            write(grown[-1], asked.to)
    if faults := sum(len(one.faults) for one in grown):
        print(f"bench-growth: {faults} FAULTS, listed above: these figures are worth nothing")
        print(*(f"  {fault}" for one in grown for fault in one.faults), sep="\n")
    print(last_line(grown))
    return int(bool(faults))


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    numbers = partial(str.split, sep=",")
    options.add_argument("--only", type=numbers, help=f"some of {','.join(MEASURES)}")
    options.add_argument("--rounds", type=int, default=3, help="of stored and copies")
    options.add_argument("--count", type=int, default=1000, help="letters in each run")
    options.add_argument("--sizes", type=_numbers, default=[10_000, 100_000, 1_000_000])
    options.add_argument("--bytes", type=_numbers, default=sizes.SIZES)
    options.add_argument("--lengths", type=_numbers, default=threads.LENGTHS)
    options.add_argument("--copies", type=_numbers, default=[1, 2, 4])
    options.add_argument("--backlogs", type=_numbers, default=[HOUR // 4, HOUR])
    options.add_argument("--to", type=Path, default=ROOT / "docs", help="where it is written")
    options.add_argument("--dry", dest="to", action="store_const", const=None, help="only print")
    asked = options.parse_args()
    if unknown := set(asked.only or ()) - set(MEASURES):
        options.error(f"there is no {', '.join(sorted(unknown))}")
    return asked


def _numbers(text: str) -> list[int]:
    return sorted(int(one) for one in text.split(","))


def _stored(asked: argparse.Namespace) -> Grown:
    letters = compose(asked.count, to=enquiry_address(), at=datetime.now(UTC))
    gc.freeze()  # so that collecting garbage never walks the letters during a phase
    return stored.measure(asked.sizes, asked.rounds, letters)


def _size(asked: argparse.Namespace) -> Grown:
    return _on_private_servers(
        lambda servers, folder: sizes.measure(servers, folder, asked.bytes, asked.count)
    )


def _thread(asked: argparse.Namespace) -> Grown:
    return _on_private_servers(
        lambda servers, folder: threads.measure(servers, folder, asked.lengths)
    )


def _copies(asked: argparse.Namespace) -> Grown:
    letters = compose(asked.count, to=enquiry_address(), at=datetime.now(UTC))
    gc.freeze()
    return _on_private_servers(
        lambda servers, folder: copies.measure(servers, folder, asked.copies, asked.rounds, letters)
    )


def _backlog(asked: argparse.Namespace) -> Grown:
    letters = compose(asked.backlogs[-1], to=enquiry_address(), at=datetime.now(UTC))
    gc.freeze()
    return _on_private_servers(
        lambda servers, folder: backlog.measure(servers, folder, asked.backlogs, letters)
    )


def _on_private_servers(measure: Callable[[Servers, Path], Awaitable[Grown]]) -> Grown:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        with private_servers(place) as servers:
            return uvloop.run(_described(measure(servers, place), servers))


async def _described(measuring: Awaitable[Grown], servers: Servers) -> Grown:
    setting = await report.describe(servers)
    return replace(await measuring, setting=setting)


MEASURES: Final[Mapping[str, Callable[[argparse.Namespace], Grown]]] = {
    "stored": _stored,
    "size": _size,
    "thread": _thread,
    "copies": _copies,
    "backlog": _backlog,
}


if __name__ == "__main__":
    sys.exit(main())
