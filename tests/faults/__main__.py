"""`make faults`: each fault by itself and then several at once, while mail and staff go on; fails
if an account does not add up. The seed is printed: the same one makes the same choices again."""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Final

import aiohttp
import uvloop

from tests.faults.catalogue import BY_NAME, FAULTS, Fault, mixed, plan_of
from tests.faults.house import NAMES, whole_house
from tests.faults.rounds import PATIENCE, Rounds, Row
from tests.imap_server import ImapServer
from tests.nursery import Nursery

_LEFT: Final = Path("var/faults")
"""Where what is needed to understand a fault is left."""
_LATE: Final = Path("var/faults-late")
"""And of the last round in which all was well, but late."""
_SHOWN: Final = 12


def options(description: str | None) -> argparse.ArgumentParser:
    """What all of these commands understand."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=60, help="messages in a round")
    parser.add_argument("--seconds", type=float, default=4, help="in which they are sent")
    return parser


def main() -> int:
    """The status: 1 if anything does not add up."""
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="with several faults")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these alone, as killed or a+b")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds to settle in")
    parser.add_argument("--stop", action="store_true", help="after the first round that is amiss")
    chosen = parser.parse_args()
    end_orderly()
    try:
        plans = [plan_of(one) for one in chosen.only or map(attrgetter("name"), FAULTS)]
    except KeyError as error:
        parser.error(f"no fault is called {error}: {', '.join(BY_NAME)}")
    try:
        with furnished() as (place, nurseries, mail):
            return uvloop.run(_run(place, nurseries, mail, chosen, plans))
    except KeyboardInterrupt:
        print("faults: broken off, nothing is known", file=sys.stderr)
        return 130


def end_orderly() -> None:
    """However it is told to end, nothing that it started is left."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, lambda *_: signal.raise_signal(signal.SIGINT))


@contextmanager
def furnished() -> Iterator[tuple[Path, dict[str, Nursery], ImapServer]]:
    """A folder, where services are forked from, and a mail server; they end with it."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mail = ImapServer()
        stack.callback(mail.remove)
        mail.start()
        nurseries = {}
        for name in NAMES:
            nurseries[name] = Nursery(name)
            stack.callback(nurseries[name].close)
        yield place, nurseries, mail


async def _run(
    place: Path,
    nurseries: dict[str, Nursery],
    mail: ImapServer,
    chosen: argparse.Namespace,
    singles: Sequence[list[Fault]],
) -> int:
    random, begun = Random(f"rounds/{chosen.seed}"), time.monotonic()
    print(f"faults: seed={chosen.seed}", flush=True)
    async with whole_house(place, nurseries, mail) as house, aiohttp.ClientSession() as session:
        rounds = Rounds(house, session, chosen.seed, chosen.patience)
        lacking = house.lacking()
        plans = [it for it in singles if not any(one.needs in lacking for one in it)]
        not_tried = len(singles) - len(plans)
        plans += [mixed(random, lacking) for _ in range(chosen.rounds)]
        try:
            for plan in plans:
                row = await rounds.round(plan, chosen.count, chosen.seconds)
                _tell(row)
                if row.late:
                    _keep_logs(place, _LATE)
                if chosen.stop and (row.faults or row.stuck):
                    break
            verdict, stuck = await rounds.in_the_end()
        except BaseException:
            leave(place, [])
            raise
    told = {one for row in rounds.rows for one in row.faults}
    for one in [one for one in (*verdict.faults, *stuck) if one not in told][:_SHOWN]:
        print(f"    in the end: {one}", flush=True)
    faults = [f"{row.name}: {one}" for row in rounds.rows for one in (*row.faults, *row.stuck)]
    faults += [*verdict.faults, *stuck]
    if faults:
        leave(place, faults)
    more = f" not_tried={not_tried}" if not_tried else ""
    print(
        f"faults: rounds={len(rounds.rows)} accepted={verdict.account.accepted}"
        f" lost={verdict.lost} doubled_tickets={verdict.doubled_tickets}"
        f" doubled_mails={verdict.doubled_mails}"
        f" stuck={len(stuck) + sum(len(row.stuck) for row in rounds.rows)}"
        f" amiss={len(faults)}{more} replies={sum(one.accepted for one in rounds.books.replies)}"
        f" minutes={(time.monotonic() - begun) / 60:.0f} seed={chosen.seed}"
    )
    return 1 if faults else 0


def _tell(row: Row) -> None:
    print(row.line(), flush=True)
    for one in (*row.faults[:_SHOWN], *row.stuck):
        print(f"    {one}", flush=True)


def leave(place: Path, faults: list[str]) -> None:
    """What went wrong, and what the services said meanwhile."""
    _keep_logs(place, _LEFT)
    (_LEFT / "faults.txt").write_text("".join(f"{one}\n" for one in faults))
    print(f"{len(faults)} amiss; what was said is in {_LEFT}/", file=sys.stderr)


def _keep_logs(place: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for log in (*place.glob("*.log"), *place.glob("*/*.log")):
        shutil.copy(log, folder / f"{log.parent.name}-{log.name}")


if __name__ == "__main__":
    sys.exit(main())
