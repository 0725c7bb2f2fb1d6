"""The loops that take away what nobody names, over a store that is only a list."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from services.intake.sweep import sweep_chunks
from shared.errors import Transient
from tests.fakes import Clock
from tests.stage import until


@dataclass
class Letters:
    """Pages of pieces."""

    ends: list[str | Exception | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def sweep_files(self, now: datetime) -> int:
        return 0

    async def sweep_chunks(self, after: str, now: datetime) -> str | None:
        self.asked.append(after)
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


async def test_pieces_are_looked_through_to_the_end_and_no_failure_ends_the_loop() -> None:
    letters = Letters(["a", "b", None])
    failing = Letters([Transient("MongoDB is away")])
    loops = [asyncio.create_task(sweep_chunks(one, Clock())) for one in (letters, failing)]

    async def looked() -> bool:
        return not letters.ends and not failing.ends

    await until(looked)
    assert letters.asked == ["", "a", "b"]
    assert not any(one.done() for one in loops)
    for one in loops:
        one.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
