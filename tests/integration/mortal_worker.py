"""A worker that dies of one message, and that somebody starts again each time."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from shared import queues
from shared.broker import Broker, Subscription
from shared.messages import Message


async def work(url: str, queue: str, deadly: str, done: Path) -> None:
    """Until killed. `deadly`: the id of the message; `done`: a file for the ids of the others."""

    async def handle(message: Message) -> None:
        if message.message_id == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(0.05)  # so that no neighbour is done before
        with done.open("a") as file:
            file.write(f"{message.message_id}\n")

    broker = Broker(url)
    broker.subscribe(Subscription(queue, handle, prefetch=64))
    await broker.run()


def main() -> None:
    """One after the other, forked from a process that has imported all of it."""
    url, queue, deadly, done, limit = sys.argv[1:]
    queues.DELIVERY_LIMIT = int(limit)  # type: ignore[misc]
    while True:
        child = os.fork()
        if child == 0:
            asyncio.run(work(url, queue, deadly, Path(done)))
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
