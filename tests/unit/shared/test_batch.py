"""Calls that arrive together are carried out together, and each is told its own answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from shared.batch import Batch


@dataclass
class Work:
    """Doubles numbers, refuses odd ones over a hundred, and remembers what came together."""

    batches: list[list[int]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    fails_with: BaseException | None = None

    def __post_init__(self) -> None:
        self.open.set()

    async def __call__(self, asked: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(asked))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
            await asyncio.sleep(0)
            if self.fails_with is not None:
                raise self.fails_with
        finally:
            self.at_once -= 1
        return [ValueError(one) if one > 100 and one % 2 else one * 2 for one in asked]


async def test_calls_of_the_same_moment_are_one_batch_and_each_has_its_own_answer() -> None:
    work = Work()
    batch = Batch(work)
    assert await asyncio.gather(*(batch(one) for one in range(10))) == [2 * n for n in range(10)]
    assert work.batches == [list(range(10))]


async def test_a_call_alone_waits_for_nobody() -> None:
    work = Work()
    assert await Batch(work)(4) == 8
    assert work.batches == [[4]]


async def test_no_batch_is_larger_than_allowed_and_the_order_is_kept() -> None:
    work = Work()
    batch = Batch(work, most=8)
    assert await asyncio.gather(*(batch(one) for one in range(50))) == [2 * n for n in range(50)]
    assert max(map(len, work.batches)) == 8
    assert sorted(one for together in work.batches for one in together) == list(range(50))


async def test_what_arrives_while_a_batch_is_under_way_is_gathered() -> None:
    work = Work()
    work.open.clear()
    batch = Batch(work, lanes=1)
    first = asyncio.create_task(batch(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(batch(one)) for one in (2, 3, 4)]
    await asyncio.sleep(0.01)
    assert work.batches == [[1]]
    work.open.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8]
    assert work.batches == [[1], [2, 3, 4]]


async def test_no_more_batches_are_under_way_than_there_are_lanes() -> None:
    work = Work()
    batch = Batch(work, most=1, lanes=3)
    calls = []
    for one in range(9):
        calls.append(asyncio.create_task(batch(one)))
        await asyncio.sleep(0)
    await asyncio.gather(*calls)
    assert work.most_at_once <= 3
    assert len(work.batches) == 9


async def test_an_error_that_is_one_calls_own_is_told_to_that_one_alone() -> None:
    batch = Batch(Work())
    answers = await asyncio.gather(batch(2), batch(101), batch(3), return_exceptions=True)
    assert answers[0] == 4
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 6


async def test_an_error_of_the_whole_batch_is_told_to_all_and_the_next_batch_is_fine() -> None:
    work = Work(fails_with=ConnectionError("gone"))
    batch = Batch(work)
    answers = await asyncio.gather(*(batch(one) for one in range(3)), return_exceptions=True)
    assert [type(one) for one in answers] == [ConnectionError] * 3
    work.fails_with = None
    assert await batch(5) == 10


async def test_a_caller_that_goes_away_takes_nobody_with_it() -> None:
    work = Work()
    work.open.clear()
    batch = Batch(work)
    calls = [asyncio.create_task(batch(one)) for one in range(3)]
    await asyncio.sleep(0.01)
    calls[1].cancel()
    await asyncio.sleep(0.01)
    work.open.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [answers[0], answers[2]] == [0, 4]
    assert isinstance(answers[1], asyncio.CancelledError)
    assert await batch(5) == 10


async def test_when_the_work_itself_is_cancelled_nobody_waits_for_ever() -> None:
    work = Work(fails_with=asyncio.CancelledError())
    batch = Batch(work)
    async with asyncio.timeout(2):
        with pytest.raises(asyncio.CancelledError):
            await asyncio.create_task(batch(1))
        work.fails_with = None
        assert await batch(2) == 4
