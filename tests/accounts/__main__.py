"""`make accounts`: over five thousand mixed messages through every door, with intake killed at
random moments and places; then every account is checked from outside, and the command fails if one
does not add up. However it ends, no process that it started is left."""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from deploy.local.servers import MongoServer, RabbitServer
from tests.accounts.run import keep_accounts
from tests.imap_server import ImapServer
from tests.nursery import Nursery
from tests.stage import Servers, Stage

_COUNT: Final = 5200
"""Of which some two in a hundred are to be refused, so that over five thousand are accepted."""
_SHOWN: Final = 40
"""Faults that are told one by one; all are in the folder beside the logs."""
_LEFT: Final = Path("var/accounts")
"""Where what is needed to understand a fault is left."""


def main() -> int:
    """The status: 1 if anything does not add up."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=_COUNT)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--kills", type=int, default=60)
    chosen = options.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts with & has none
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with _house() as (place, servers, nurseries, mail):
            return asyncio.run(_run(servers, place, nurseries, mail, chosen))
    except KeyboardInterrupt:
        print("accounts: broken off, nothing is known", file=sys.stderr)
        return 130


@contextmanager
def _house() -> Iterator[tuple[Path, Servers, dict[str, Nursery], ImapServer]]:
    """A folder, and all servers that a desk needs; they end with it, the last first."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongo = stack.enter_context(MongoServer(place / "mongodb"))
        rabbit = stack.enter_context(RabbitServer(place / "rabbitmq"))
        mail = ImapServer()
        stack.callback(mail.remove)
        mail.start()
        nurseries = {}
        for name in ("intake", "routing", "notify"):
            nurseries[name] = Nursery(name)
            stack.callback(nurseries[name].close)
        yield place, Servers(mongo.uri, rabbit.url, mongo, rabbit), nurseries, mail


async def _run(
    servers: Servers,
    place: Path,
    nurseries: dict[str, Nursery],
    mail: ImapServer,
    chosen: argparse.Namespace,
) -> int:
    stage = await Stage.build(servers, place, nurseries)
    try:
        balance, kills = await keep_accounts(
            stage,
            mail,
            count=chosen.count,
            seed=chosen.seed,
            kills=chosen.kills,
            patience=300,
        )
    except BaseException:
        _leave(place, [])
        raise
    finally:
        await stage.clear()
    if balance.faults:
        _leave(place, balance.faults)
    more = f"kills={kills} resent={balance.copies} sent={chosen.count} seed={chosen.seed}"
    print(f"accounts: {balance.line()} {more}")
    return 1 if balance.faults or balance.lost or balance.doubled else 0


def _leave(place: Path, faults: list[str]) -> None:
    """What went wrong with which message, and what the services said meanwhile."""
    shutil.rmtree(_LEFT, ignore_errors=True)
    _LEFT.mkdir(parents=True)
    for log in place.glob("*.log"):
        shutil.copy(log, _LEFT)
    (_LEFT / "faults.txt").write_text("".join(f"{one}\n" for one in faults))
    for fault in faults[:_SHOWN]:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} faults found; the services' logs are in {_LEFT}/", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
