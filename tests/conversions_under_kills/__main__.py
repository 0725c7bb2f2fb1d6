"""`make conversions-under-kills`: a hundred conversions while the two copies of notify are killed
sixty times; fails if a copy is lost, made another's, or there twice."""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from deploy.local.servers import MongoServer, RabbitServer
from tests.conversions_under_kills.run import Run
from tests.nursery import Nursery
from tests.stage import Servers, Stage


def main() -> int:
    """The status: 1 if anything does not add up."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--conversions", type=int, default=100)
    options.add_argument("--kills", type=int, default=60)
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongo = stack.enter_context(MongoServer(place / "mongodb"))
        rabbit = stack.enter_context(RabbitServer(place / "rabbitmq"))
        nurseries = {name: Nursery(name) for name in ("notify", "routing")}
        for one in nurseries.values():
            stack.callback(one.close)
        servers = Servers(mongo.uri, rabbit.url, mongo, rabbit)
        return asyncio.run(_run(servers, place, nurseries, chosen))


async def _run(
    servers: Servers, place: Path, nurseries: dict[str, Nursery], chosen: argparse.Namespace
) -> int:
    stage = await Stage.build(servers, place, nurseries)
    begun = time.monotonic()
    try:
        figures = await Run(stage, chosen.seed, chosen.conversions, chosen.kills).figures()
    finally:
        await stage.clear()
    for fault in figures.faults:
        print(fault, file=sys.stderr)
    seconds = time.monotonic() - begun
    print(f"conversions-under-kills: {figures.line()} seconds={seconds:.0f} seed={chosen.seed}")
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
