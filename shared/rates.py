"""How many requests each caller may make in a time, whatever number of copies serve them.

A write for each request would cost more than many a request: so a copy draws requests in portions
(`Allowances.draw`), serves from its portion, and asks again when that is used up. A portion is a
twentieth of all at most, and ever less towards the end.

What follows from it: no more than the limit is *drawn* in any such time. More are *served* by what
was drawn before and is used up now, so by less than a portion for each copy; and at most so many
are withheld from a caller, while they lie with copies that he does not ask. What was refused is
refused without asking again until there can be more.

Where the database is away everybody is let in: whatever a request does needs the database too, and
nobody's work must wait because it could not be counted.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Final, Protocol

import structlog

from shared.allowances import Drawn, Use
from shared.errors import Permanent, Transient

log = structlog.get_logger()

MINUTE: Final = timedelta(minutes=1)
_PORTIONS: Final = 20
"""Of the whole limit."""
_UNCOUNTED: Final = 5.0
"""Seconds for which a portion is good that nobody could count."""


@dataclass(frozen=True)
class Policy:
    """At most so many in any such time."""

    name: str
    most: int
    window: timedelta = MINUTE

    @property
    def portion(self) -> int:
        """How many a copy draws at once."""
        return max(1, self.most // _PORTIONS)


class Allowances(Protocol):
    """What counts for all copies."""

    async def make_indexes(self) -> None: ...
    async def draw(self, key: str, most: int, window: timedelta, wanted: int) -> Drawn: ...


@dataclass
class _Share:
    """What this copy has of a caller's requests, and what it was told of the rest."""

    held: int = 0
    left: int = 0
    more_at: float = 0.0
    """When some may be drawn again that were drawn before."""
    ends_at: float = 0.0
    """Until when this counts; then it is asked for anew."""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_known(self, now: float) -> bool:
        """Whether the next request can be let in, or refused, without asking."""
        return now < self.ends_at and (self.held > 0 or (self.left == 0 and now < self.more_at))

    def use(self, now: float) -> Use:
        """One more."""
        seconds = max(1, ceil(self.more_at - now))
        if self.held == 0:
            return Use(False, 0, seconds)
        self.held -= 1
        return Use(True, self.held + self.left, seconds)


class Rates:
    """The limits of one copy. It keeps some numbers for every caller that it has served."""

    def __init__(self, allowances: Allowances, seconds: Callable[[], float] | None = None) -> None:
        """`seconds`: a clock that only goes forward; the event loop's unless a test has one."""
        self._allowances = allowances
        self._seconds = seconds or (lambda: asyncio.get_running_loop().time())
        self._shares: dict[tuple[str, str], _Share] = {}

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        await self._allowances.make_indexes()

    async def use(self, whose: str, policy: Policy) -> Use:
        """One request more; what is left is as this copy was told last."""
        share = self._shares.setdefault((policy.name, whose), _Share())
        if not share.is_known(self._seconds()):
            async with share.asking:
                if not share.is_known(self._seconds()):
                    await self._ask(share, whose, policy)
        return share.use(self._seconds())

    async def _ask(self, share: _Share, whose: str, policy: Policy) -> None:
        key = f"requests {policy.name} {whose}"
        try:
            drawn = await self._allowances.draw(key, policy.most, policy.window, policy.portion)
            lasts = policy.window.total_seconds() if drawn.count else drawn.seconds
        except (Transient, Permanent) as error:
            log.warning("rate_uncounted", reason=str(error))
            drawn, lasts = Drawn(policy.portion, 0, 0.0), _UNCOUNTED
        if not drawn.count:
            log.info("rate_reached", part=policy.name)
        now = self._seconds()
        share.held, share.left = drawn.count, drawn.left
        share.more_at, share.ends_at = now + drawn.seconds, now + lasts
