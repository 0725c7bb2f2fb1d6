"""`make listening`: a thousand listeners of one process, one of whom takes nothing, while twenty
thousand changes go by."""

import asyncio
import sys
import tempfile
from pathlib import Path

from deploy.local.servers import MongoServer, RabbitServer
from tests.listening import Figures, crowd
from tests.stage import Servers, Stage


async def _measured(servers: Servers, folder: Path, count: int) -> Figures:
    stage = await Stage.build(servers, folder)
    try:
        await stage.open()
        return await crowd(stage, count, 20_000)
    finally:
        await stage.clear()


def main() -> int:
    """Its argument: how many; 1,000 if there is none."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mongo, rabbit = MongoServer(folder / "mongodb"), RabbitServer(folder / "rabbitmq")
        try:
            for one in (mongo, rabbit):
                one.launch()
            for one in (mongo, rabbit):
                one.wait_ready()
            servers = Servers(mongo.uri, rabbit.url, mongo, rabbit)
            found = asyncio.run(_measured(servers, folder, count))
        finally:
            mongo.stop()
            rabbit.stop()
    print(
        f"listening: listeners={found.listeners} joined_s={found.joined_s:.2f}"
        f" flooded_ms={found.flooded_s * 1000:.0f} quiet_ms={found.quiet_s * 1000:.0f}"
        f" rss_mb={found.rss_mb:.0f} (before: {found.rss_before_mb:.0f})"
        f" slow_cut={'yes' if found.is_slow_cut else 'no'}"
    )
    return 0 if found.is_slow_cut else 1


if __name__ == "__main__":
    sys.exit(main())
