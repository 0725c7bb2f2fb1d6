"""`make accounts`: over five thousand mixed messages through every door, with intake killed at
random moments and places; then every account is checked from outside, and the command fails if one
does not add up."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from deploy.local.servers import MongoServer, RabbitServer
from tests.accounts.run import keep_accounts
from tests.imap_server import ImapServer
from tests.nursery import Nursery
from tests.stage import Servers, Stage

_SHOWN: Final = 40
"""Faults that are told one by one."""
_LOGS: Final = Path("var/accounts")


def main() -> int:
    """The status: 1 if anything does not add up."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=5000)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--kills", type=int, default=60)
    chosen = options.parse_args()
    server = ImapServer()
    nurseries = {name: Nursery(name) for name in ("intake", "routing", "notify")}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with MongoServer(place / "mongodb") as mongo, RabbitServer(place / "rabbitmq") as rabbit:
            servers = Servers(mongo.uri, rabbit.url, mongo, rabbit)
            try:
                server.start()
                return asyncio.run(_run(servers, place, nurseries, server, chosen))
            finally:
                server.remove()
                for one in nurseries.values():
                    one.close()


async def _run(
    servers: Servers,
    place: Path,
    nurseries: dict[str, Nursery],
    server: ImapServer,
    chosen: argparse.Namespace,
) -> int:
    stage = await Stage.build(servers, place, nurseries)
    try:
        balance, kills = await keep_accounts(
            stage,
            server,
            count=chosen.count,
            seed=chosen.seed,
            kills=chosen.kills,
            patience=300,
        )
    finally:
        await stage.clear()
    for fault in balance.faults[:_SHOWN]:
        print(fault, file=sys.stderr)
    if balance.faults:
        _LOGS.mkdir(parents=True, exist_ok=True)
        for log in place.glob("*.log"):
            shutil.copy(log, _LOGS)
        print(f"the services' logs are in {_LOGS}/", file=sys.stderr)
    print(f"accounts: {balance.line()} kills={kills} resent={balance.copies} seed={chosen.seed}")
    return 1 if balance.faults or balance.lost or balance.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
