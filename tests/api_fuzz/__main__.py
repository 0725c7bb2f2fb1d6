"""`make api-fuzz`: both whole documents, all phases, all checks, with a token and without; at least
5,000 cases, and no failure."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from deploy.local.servers import MongoServer, RabbitServer
from tests.api_fuzz import fuzz, seed
from tests.stage import Servers, Stage

_LEAST: Final = 5000


async def _both(servers: Servers, folder: Path, examples: int) -> int:
    stage = await Stage.build(servers, folder)
    try:
        await stage.open()
        seeds = await seed(stage)
        cases, scenarios, is_good = 0, 0, True
        for service, own in seeds.tokens.items():
            for name, token in (("with a token", own), ("without", None)):
                count = ("-n", str(examples))
                run = await fuzz(stage, folder, seeds, *count, service=service, token=token)
                print(f"--- {service}, {name}\n{run.output}")
                cases, scenarios = cases + run.cases, scenarios + run.scenarios
                is_good = is_good and run.status == 0
    finally:
        await stage.clear()
    print(f"api-fuzz: cases={cases} scenarios={scenarios} failures={'none' if is_good else 'some'}")
    return 0 if is_good and cases >= _LEAST and scenarios else 1


def main() -> int:
    """Its argument: how many examples for each route; 60 if there is none."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mongo, rabbit = MongoServer(folder / "mongodb"), RabbitServer(folder / "rabbitmq")
        try:
            for one in (mongo, rabbit):
                one.launch()
            for one in (mongo, rabbit):
                one.wait_ready()
            servers = Servers(mongo.uri, rabbit.url, mongo, rabbit)
            return asyncio.run(_both(servers, folder, examples))
        finally:
            mongo.stop()
            rabbit.stop()


if __name__ == "__main__":
    sys.exit(main())
