"""Two rounds of `make faults`: processes are killed while RabbitMQ is late and connections break;
the relay takes letters and does not say so while everything that is said comes again."""

import aiohttp
import pytest

from tests.faults.catalogue import plan_of
from tests.faults.house import small_house
from tests.faults.rounds import Rounds
from tests.stage import Stage

SEED = 11


@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled_under_faults(stage: Stage) -> None:
    async with small_house(stage) as house, aiohttp.ClientSession() as session:
        rounds = Rounds(house, session, SEED)
        for names in ("killed+broker_late_and_reset", "relay_takes_and_closes+redelivered"):
            row = await rounds.round(plan_of(names), 26, 3)
            assert not row.faults + row.stuck, "\n".join([row.line(), *row.faults, *row.stuck])
        verdict, stuck = await rounds.in_the_end()
    assert not verdict.faults + stuck, "\n".join(verdict.faults + stuck)
    assert (verdict.account.lost, verdict.doubled_tickets) == (0, 0)
    assert verdict.account.accepted > 40
    assert house.kills
    print(f"\nfaults: accepted={verdict.account.accepted} doubled_mails={verdict.doubled_mails}")
