"""Two copies of routing are killed again and again while promises fall due: each breaks once, and
is told once."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

from tests.builders import mail
from tests.journeys.house import library_file
from tests.keeper import kept_alive
from tests.stage import Stage, until

PATRONS = [f"patron-{number}@patrons.example" for number in range(12)]


async def test_each_moment_fires_once_though_its_sweepers_are_killed(
    stage: Stage, tmp_path: Path
) -> None:
    chance = random.Random(7)
    await stage.open(copies=2, LIBRARY_FILE=library_file(tmp_path, standard=12 / 3600))
    async with kept_alive(stage):
        for one in PATRONS:
            await stage.mail(mail(sender=one, Message_ID=f"<{one}>"), one)
        for _ in range(25):
            await asyncio.sleep(chance.uniform(0.2, 1.0))
            chance.choice(stage.services["routing"]).kill()
    await stage.ready()

    async def everybody_was_told_what_broke() -> bool:
        broken = {one["patron"]["address"]: _broken(one) for one in await stage.stored("tickets")}
        told = {one: len(_missed(stage, one)) for one in PATRONS}
        return broken == told and min(told.values()) >= 1

    await until(everybody_was_told_what_broke, 60)
    for ticket in await stage.stored("tickets"):
        rows = Counter((row["made_at"], row["state"]) for row in ticket["promises"])
        assert set(rows.values()) == {1}, "nothing is made or broken twice"


def _broken(ticket: dict[str, Any]) -> int:
    return sum(row["state"] == "broken" for row in ticket["promises"])


def _missed(stage: Stage, address: str) -> set[str]:
    """The Message-IDs of what the patron was told after the acknowledgement."""
    return {one.message["Message-ID"] for one in stage.relay.to(address)[1:]} - {
        stage.relay.to(address)[0].message["Message-ID"]
    }
