"""How requests are counted for all copies without asking for each."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from typing import Final

import pytest
from structlog.testing import capture_logs

from shared.allowances import Drawn, Use
from shared.errors import Transient
from shared.rates import Policy, Rates
from tests import fakes

FEW: Final = Policy("reads", 40)


@dataclass
class Counted(fakes.Allowances):
    """Allowances that know how often they were asked, and may be away."""

    asked: int = 0
    is_away: bool = False
    copies: list[Rates] = field(default_factory=list)

    async def draw(self, key: str, most: int, window: timedelta, wanted: int) -> Drawn:
        self.asked += 1
        if self.is_away:
            raise Transient("MongoDB: away")
        return await super().draw(key, most, window, wanted)

    def copy(self) -> Rates:
        """One more copy of the service, on the same clock."""
        return Rates(self, lambda: self.now)


async def served(rates: Rates, count: int, whose: str = "mair") -> int:
    """How many of so many were let in."""
    return sum([(await rates.use(whose, FEW)).allowed for _ in range(count)])


async def test_so_many_are_let_in_and_no_more() -> None:
    rates = Counted().copy()
    assert await served(rates, 100) == 40
    assert await served(rates, 100, "sian") == 40
    assert (await rates.use("mair", Policy("changes", 40))).allowed


async def test_of_the_same_moment_no_more_are_let_in() -> None:
    rates = Counted().copy()
    found = await asyncio.gather(*(rates.use("mair", FEW) for _ in range(100)))
    assert sum(one.allowed for one in found) == 40


async def test_most_requests_ask_nobody() -> None:
    allowances = Counted()
    rates, many = allowances.copy(), Policy("reads", 600)
    for _ in range(450):
        assert (await rates.use("mair", many)).allowed
    assert allowances.asked == 15
    for _ in range(1000):
        await rates.use("mair", many)
    asked = allowances.asked
    assert asked < 60
    for _ in range(1000):
        assert not (await rates.use("mair", many)).allowed
    assert allowances.asked == asked, "what is refused is known"


async def test_what_is_left_counts_down_and_when_there_is_more_is_told() -> None:
    rates = Counted(now=3.0).copy()
    found = [await rates.use("mair", FEW) for _ in range(42)]
    assert [one.left for one in found[:40]] == [*range(39, -1, -1)]
    assert found[41] == Use(False, 0, 62)


async def test_there_is_more_once_so_long_has_passed_and_not_before() -> None:
    allowances = Counted()
    rates = allowances.copy()
    assert await served(rates, 10) == 10
    allowances.now = 30
    assert await served(rates, 100) == 30
    allowances.now = 64
    assert await served(rates, 100) == 0
    allowances.now = 65
    assert await served(rates, 100) == 10
    allowances.now = 95
    assert await served(rates, 100) == 30


@pytest.mark.parametrize("copies", [1, 2, 3])
async def test_copies_let_in_no_more_than_one_but_for_a_portion_each(copies: int) -> None:
    allowances, policy = Counted(), Policy("reads", 200)
    turns = cycle([allowances.copy() for _ in range(copies)])
    moments: list[float] = []
    for step in range(4000):
        allowances.now = step / 10
        if (await next(turns).use("mair", policy)).allowed:
            moments.append(allowances.now)
    most = max(sum(at - 60 < other <= at for other in moments) for at in moments)
    beyond = copies * (policy.portion - 1)
    assert policy.most - beyond <= most <= policy.most + beyond
    assert len(moments) >= 6 * (policy.most - beyond), "and not much fewer"


async def test_a_portion_that_nobody_uses_is_withheld_from_others_for_a_window_only() -> None:
    allowances = Counted()
    first, second = allowances.copy(), allowances.copy()
    assert await served(first, 1) == 1
    assert await served(second, 100) == 40 - FEW.portion
    allowances.now = 66
    assert await served(second, 100) == 40


async def test_what_was_drawn_long_ago_is_not_used_up_later() -> None:
    allowances = Counted()
    rates = allowances.copy()
    await rates.use("mair", Policy("reads", 400))
    allowances.now = 61
    await rates.use("mair", Policy("reads", 400))
    assert allowances.asked == 2


async def test_while_nobody_can_count_everybody_is_let_in_and_few_wait_for_it() -> None:
    allowances = Counted(is_away=True)
    rates = allowances.copy()
    with capture_logs() as lines:
        assert await served(rates, 100) == 100
    assert allowances.asked == 50
    assert {one["event"] for one in lines} == {"rate_uncounted"}
    allowances.is_away, allowances.now = False, 6.0
    assert await served(rates, 100) == 40


@pytest.mark.parametrize(("most", "portion"), [(1, 1), (19, 1), (40, 2), (600, 30)])
async def test_a_portion_is_a_twentieth(most: int, portion: int) -> None:
    policy = Policy("reads", most)
    assert policy.portion == portion
    rates = Counted().copy()
    assert sum([(await rates.use("mair", policy)).allowed for _ in range(most + 5)]) == most
