"""Calls that arrive together are carried out together.

While one batch is under way the next one gathers, so an idle service waits for nothing and a
busy one does in one round trip what would have been sixty. The guarantee of each call is that of
the batch that carries it: nobody is answered before the work is done.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Batch(Generic[Asked, Answer]):
    """`carry_out` gets up to `most` calls and gives an answer, or an error, for each in order."""

    def __init__(
        self,
        carry_out: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]],
        *,
        most: int = 64,
        lanes: int = 2,
        linger: float = 0,
    ) -> None:
        """`linger`: seconds that the first call waits for others, where nobody waits for it."""
        self._carry_out = carry_out
        self._most = most
        self._linger = linger
        self._free_lanes = lanes
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self, asked: Asked) -> Answer:
        """The answer to this one call.

        Raises: what the work raised.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._free_lanes:
            self._free_lanes -= 1
            lane = asyncio.create_task(self._empty_the_queue())
            self._under_way.add(lane)
            lane.add_done_callback(self._under_way.discard)
        return await answer

    async def _empty_the_queue(self) -> None:
        try:
            await asyncio.sleep(self._linger)  # with 0, the calls of this turn of the loop join
            while self._waiting:
                size = min(self._most, len(self._waiting))
                await self._one_batch([self._waiting.popleft() for _ in range(size)])
        finally:
            self._free_lanes += 1

    async def _one_batch(self, calls: Sequence[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._carry_out([asked for asked, _ in calls])
        except Exception as error:
            answers = [error] * len(calls)
        except BaseException:
            for _, future in calls:
                future.cancel()
            raise
        for (_, future), answer in zip(calls, answers, strict=True):
            _settle(future, answer)


def _settle(future: asyncio.Future[Answer], answer: Answer | Exception) -> None:
    """A caller that has gone away (cancelled) is not told; the work is done all the same."""
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
