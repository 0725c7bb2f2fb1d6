"""Whether a letter may go: breakers that ask again by themselves, and room by domain."""

import asyncio
from dataclasses import dataclass, field

import pytest

from services.notify import courier, packing, ways
from services.notify.rows import LEASE
from services.notify.ways import AT_ONCE, Breaker, Outcome, Ways, jittered

DOMAIN = "patrons.example"
OTHER = "elsewhere.example"
AWAY = "the relay is away"
RESTS = "its domain takes no letters at the moment"
FULL = "enough letters to its domain are under way"


@dataclass
class House:
    """Ways, and their time."""

    now: float = 1000.0
    ways: Ways = field(init=False)

    def __post_init__(self) -> None:
        self.ways = Ways(lambda: self.now, lambda: 0.5)

    async def send(self, letter: str, outcome: Outcome, domain: str = DOMAIN) -> str | None:
        """Why it may not go; None: it went."""
        reason = await self.ways.enter(domain, patience=0)
        if reason is None:
            self.ways.leave(domain, letter, outcome)
        return reason


@pytest.fixture
def house() -> House:
    return House()


async def test_a_relay_that_fails_with_five_letters_is_let_be(house: House) -> None:
    for number in range(5):
        assert await house.send(str(number), Outcome.RELAY_FAILED, f"{number}.example") is None
    assert await house.send("6", Outcome.ANSWERED) == AWAY
    house.now += 10
    assert house.ways.away_for() == 10


async def test_one_letter_that_nobody_can_take_closes_no_way(house: House) -> None:
    for _ in range(50):
        assert await house.send("1", Outcome.RELAY_FAILED) is None
        assert await house.send("2", Outcome.DOMAIN_WAITS) is None
    assert house.ways.resting() == 0


async def test_failures_with_answers_between_them_close_no_way(house: House) -> None:
    for number in range(50):
        outcome = Outcome.ANSWERED if number % 3 == 2 else Outcome.RELAY_FAILED
        assert await house.send(str(number), outcome) is None
        outcome = Outcome.ANSWERED if number % 3 == 2 else Outcome.DOMAIN_WAITS
        assert await house.send(str(number), outcome, OTHER) is None


async def test_after_the_pause_one_letter_is_the_probe_and_the_others_wait_for_its_end(
    house: House,
) -> None:
    for number in range(5):
        await house.send(str(number), Outcome.RELAY_FAILED)
    house.now += 1.9
    assert await house.ways.enter(DOMAIN, patience=0) == AWAY
    house.now += 0.2
    assert await house.ways.enter(DOMAIN, patience=0) is None
    assert await house.ways.enter(OTHER, patience=0) == AWAY
    house.ways.leave(DOMAIN, "probe", Outcome.ANSWERED)
    for number in range(8):
        assert await house.send(str(number), Outcome.ANSWERED) is None
    assert house.ways.away_for() == 0


async def test_a_probe_that_fails_doubles_the_pause_up_to_a_minute(house: House) -> None:
    for number in range(5):
        await house.send(str(number), Outcome.RELAY_FAILED)
    pauses = []
    for number in range(8):
        pauses.append(house.ways.relay.left())
        house.now += pauses[-1]
        assert await house.send(f"probe {number}", Outcome.RELAY_FAILED) is None
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    house.now += 60
    assert await house.send("probe", Outcome.ANSWERED) is None
    for number in range(5):
        await house.send(str(number), Outcome.RELAY_FAILED)
    assert house.ways.relay.left() == 2, "it begins anew"


async def test_a_probe_that_sends_nothing_leaves_its_place_to_the_next(house: House) -> None:
    for number in range(5):
        await house.send(str(number), Outcome.RELAY_FAILED)
    house.now += 3
    assert await house.send("not its turn", Outcome.NOTHING) is None
    assert await house.send("probe", Outcome.ANSWERED) is None


async def test_a_domain_that_defers_three_letters_rests_and_no_other_with_it(house: House) -> None:
    for number in range(3):
        assert await house.send(str(number), Outcome.DOMAIN_WAITS) is None
    assert await house.send("4", Outcome.ANSWERED) == RESTS
    assert house.ways.shut() == [DOMAIN]
    assert house.ways.resting() == 1
    for number in range(100):
        assert await house.send(str(number), Outcome.ANSWERED, OTHER) is None
    house.now += 5
    assert house.ways.shut() == []
    assert await house.send("probe", Outcome.DOMAIN_WAITS) is None
    assert await house.send("5", Outcome.ANSWERED) == RESTS
    house.now += 10
    assert await house.send("probe", Outcome.ANSWERED) is None
    assert await house.send("6", Outcome.ANSWERED) is None


async def test_a_relay_that_fails_is_not_laid_to_the_domain(house: House) -> None:
    for number in range(4):
        await house.send(str(number), Outcome.RELAY_FAILED)
    assert house.ways.shut() == []


async def test_so_many_letters_to_one_domain_go_at_once_and_no_more(house: House) -> None:
    for _ in range(AT_ONCE):
        assert await house.ways.enter(DOMAIN, patience=0) is None
    assert await house.ways.enter(DOMAIN, patience=0) == FULL
    assert house.ways.shut() == [DOMAIN]
    assert await house.ways.enter(OTHER, patience=0) is None
    house.ways.leave(DOMAIN, "1", Outcome.ANSWERED)
    assert await house.ways.enter(DOMAIN, patience=0) is None


async def test_who_waits_for_room_goes_as_soon_as_there_is_some(house: House) -> None:
    for _ in range(AT_ONCE):
        await house.ways.enter(DOMAIN)
    waiting = [asyncio.create_task(house.ways.enter(DOMAIN, patience=20)) for _ in range(3)]
    await asyncio.sleep(0)
    for number in range(3):
        house.ways.leave(DOMAIN, str(number), Outcome.ANSWERED)
    assert await asyncio.wait_for(asyncio.gather(*waiting), 5) == [None] * 3
    assert await house.ways.enter(DOMAIN, patience=0) == FULL


async def test_in_a_domain_that_is_slow_nobody_waits_for_a_while(house: House) -> None:
    for _ in range(AT_ONCE):
        await house.ways.enter(DOMAIN)
    assert await house.ways.enter(DOMAIN, patience=0.01) == FULL
    assert house.ways.closed(DOMAIN) == FULL
    async with asyncio.timeout(5):
        assert await house.ways.enter(DOMAIN, patience=100) == FULL
    house.now += 11
    assert house.ways.closed(DOMAIN) is None
    waiting = asyncio.create_task(house.ways.enter(DOMAIN, patience=100))
    await asyncio.sleep(0)
    assert not waiting.done()
    house.ways.leave(DOMAIN, "1", Outcome.ANSWERED)
    assert await asyncio.wait_for(waiting, 5) is None


async def test_a_lane_that_is_full_and_moves_is_not_closed(house: House) -> None:
    for _ in range(AT_ONCE):
        await house.ways.enter(DOMAIN)
    assert house.ways.closed(DOMAIN) is None


def test_a_lease_is_longer_than_all_that_a_letter_waits_for() -> None:
    waits = ways.PATIENCE + packing.PATIENCE + courier.PATIENCE
    assert waits + 2 <= LEASE / 1000  # and for the database


async def test_nobody_waits_in_a_domain_that_stands_still_but_for_one_that_moves(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "_STANDSTILL", 0.2)
    for _ in range(AT_ONCE):
        await house.ways.enter(DOMAIN)
    waiting = [asyncio.create_task(house.ways.enter(DOMAIN, patience=20)) for _ in range(4)]
    for number in range(4):
        await asyncio.sleep(0.1)
        house.ways.leave(DOMAIN, str(number), Outcome.ANSWERED)
    assert await asyncio.wait_for(asyncio.gather(*waiting), 5) == [None] * 4
    async with asyncio.timeout(5):
        assert await house.ways.enter(DOMAIN, patience=20) == FULL


async def test_who_was_called_and_gives_up_lets_the_next_go(house: House) -> None:
    for _ in range(AT_ONCE):
        await house.ways.enter(DOMAIN)
    first, second = (asyncio.create_task(house.ways.enter(DOMAIN, patience=20)) for _ in range(2))
    await asyncio.sleep(0)
    house.ways.leave(DOMAIN, "1", Outcome.ANSWERED)
    first.cancel()
    assert await asyncio.wait_for(second, 5) is None


async def test_domains_of_which_nothing_is_known_are_forgotten(house: House) -> None:
    for number in range(3):
        await house.send(str(number), Outcome.DOMAIN_WAITS)
    for number in range(6000):
        await house.send(str(number), Outcome.ANSWERED, f"{number}.example")
    assert house.ways.lanes() < 5001
    assert await house.send("4", Outcome.ANSWERED) == RESTS, "but not one that rests"


def test_pauses_are_spread() -> None:
    shares = iter((0, 0.5, 1))
    assert [round(jittered(10, lambda: next(shares))) for _ in range(3)] == [8, 10, 12]
    breakers = [Breaker(lambda: 0.0, 1, 10, 60) for _ in range(50)]
    for one in breakers:
        one.failed("x")
    assert len({one.left() for one in breakers}) > 40
