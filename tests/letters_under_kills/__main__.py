"""`make letters-under-kills`: two thousand notices while notify is killed two hundred times; fails
if one is lost, or one is sent again that was not in flight at a kill."""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from deploy.local.servers import MongoServer, RabbitServer
from tests.letters_under_kills.run import Run
from tests.nursery import Nursery
from tests.stage import Servers, Stage


def main() -> int:
    """The status: 1 if anything does not add up."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--notices", type=int, default=2000)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongo = stack.enter_context(MongoServer(place / "mongodb"))
        rabbit = stack.enter_context(RabbitServer(place / "rabbitmq"))
        nursery = Nursery("notify")
        stack.callback(nursery.close)
        servers = Servers(mongo.uri, rabbit.url, mongo, rabbit)
        return asyncio.run(_run(servers, place, nursery, chosen))


async def _run(servers: Servers, place: Path, nursery: Nursery, chosen: argparse.Namespace) -> int:
    stage = await Stage.build(servers, place, {"notify": nursery})
    begun = time.monotonic()
    try:
        figures = await Run(stage, chosen.seed, chosen.notices, chosen.kills).figures()
    finally:
        await stage.clear()
    for fault in figures.faults:
        print(fault, file=sys.stderr)
    seconds = time.monotonic() - begun
    print(f"letters-under-kills: {figures.line()} seconds={seconds:.0f} seed={chosen.seed}")
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
