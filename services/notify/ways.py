"""Whether a letter may go out now: to a relay that answers, to a domain that takes letters, and no
more at once than is good for the others. Pure, but for waiting a moment for room.

What it knows is this process's own, and is learnt anew after a start. It never loses a letter: one
that may not go now stays in the database, and is due.
"""

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

AT_ONCE: Final = 8
"""Letters to one domain at one moment, of the sixteen that there are connections for."""
PATIENCE: Final = 2.0
"""Seconds that a letter waits for room. In a domain where that was too short none waits for a
while: what waits holds up what comes behind it, whoever that is for."""
_STANDSTILL: Final = 0.5
"""Seconds in which a domain that takes letters has taken one; in one that has not, none waits."""
_SLOW_FOR: Final = 10.0
_MOST_LANES: Final = 5000
_FULL: Final = "enough letters to its domain are under way"


class Outcome(Enum):
    """What an attempt tells of the relay and of the recipient's domain."""

    ANSWERED = auto()
    """Taken or refused for good: both are there."""
    DOMAIN_WAITS = auto()
    """The relay is there, and can't hand letters to this domain now."""
    RELAY_FAILED = auto()
    """The relay is away, or in no state to take letters."""
    NOTHING = auto()
    """Nothing was sent."""


@dataclass
class Breaker:
    """Lets somebody be who failed with several letters in a row, and asks again by itself: with one
    letter, after a pause that doubles each time that this fails too."""

    clock: Callable[[], float]
    letters: int
    """Different ones, so that one that nobody can take closes no way for the others."""
    first: float
    longest: float
    chance: Callable[[], float] = random.random
    is_probing: bool = False
    open_since: float | None = None
    """None: letters go."""
    _failing: set[str] = field(default_factory=set)
    _until: float = 0.0
    _pause: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether no letter goes, but for a probe."""
        return self.open_since is not None

    @property
    def is_sound(self) -> bool:
        """Whether nothing is held against it."""
        return not self.is_open and not self._failing

    def lets(self) -> bool:
        """Whether one more letter may go now; in an open one, as its probe."""
        return not self.is_open or (not self.is_probing and self.clock() >= self._until)

    def enter(self) -> None:
        """One goes."""
        self.is_probing = self.is_open

    def left(self) -> float:
        """Seconds until it is asked again; 0 where letters go."""
        return max(0.0, self._until - self.clock()) if self.is_open else 0.0

    def worked(self) -> None:
        """A letter met an answer."""
        self._failing.clear()
        self.open_since, self.is_probing = None, False

    def failed(self, letter: str) -> None:
        """A letter met none."""
        if self.is_probing:
            self._rest(min(self._pause * 2, self.longest))
        elif not self.is_open:
            self._failing.add(letter)
            if len(self._failing) >= self.letters:
                self.open_since = self.clock()
                self._rest(self.first)

    def unknown(self) -> None:
        """Nothing was learnt: the next may be the probe."""
        self.is_probing = False

    def _rest(self, pause: float) -> None:
        self._pause, self.is_probing = pause, False
        self._until = self.clock() + jittered(pause, self.chance)


def jittered(pause: float, chance: Callable[[], float]) -> float:
    """A pause made a fifth shorter or longer, so that what failed together does not come back
    together."""
    return pause * (0.8 + 0.4 * chance())


@dataclass
class _Lane:
    """One domain."""

    breaker: Breaker
    under_way: int = 0
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    moved_at: float = -math.inf
    """When a letter last left, by the loop's clock."""
    slow_until: float = 0.0

    @property
    def is_full(self) -> bool:
        return self.under_way >= AT_ONCE

    def left(self) -> None:
        """One has left: the first of those who wait may look."""
        self.under_way -= 1
        self.moved_at = asyncio.get_running_loop().time()
        self.call()

    def call(self) -> None:
        """Let the first of those who wait look again."""
        while self.waiting:
            turn = self.waiting.pop(0)
            if not turn.done():
                turn.set_result(None)
                return

    async def turn(self, ends: float) -> bool:
        """Until there may be room; False: there was none until then, or the lane stands still."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        begun = loop.time()
        self.waiting.append(turn)
        try:
            while not turn.done():
                moved_at = max(self.moved_at, begun)
                left = min(ends, moved_at + _STANDSTILL) - loop.time()
                if left <= 0:
                    turn.cancel()
                    return False
                await asyncio.wait([turn], timeout=left)
        except asyncio.CancelledError:
            if not turn.cancel():
                self.call()  # it was called, and goes: the next one may
            raise
        return True


class Ways:
    """The ways that letters go: one relay, many domains."""

    def __init__(
        self, clock: Callable[[], float], chance: Callable[[], float] = random.random
    ) -> None:
        self._clock = clock
        self._chance = chance
        self.relay = Breaker(clock, letters=5, first=2.0, longest=60.0, chance=chance)
        self._lanes: dict[str, _Lane] = {}

    async def enter(self, domain: str, *, patience: float = PATIENCE) -> str | None:
        """None: go, and `leave` after; else why the letter has to wait."""
        lane = self._lane(domain)
        if not await self._room(lane, patience):
            return _FULL
        reason = self._closed(lane)
        if reason is not None:
            return reason
        lane.under_way += 1
        lane.breaker.enter()
        self.relay.enter()
        return None

    def closed(self, domain: str) -> str | None:
        """Why a letter to this domain need not wait for room; None: with some it may go."""
        lane = self._lane(domain)
        return _FULL if self._is_slow(lane) else self._closed(lane)

    def _closed(self, lane: _Lane) -> str | None:
        if not lane.breaker.lets():
            return "its domain takes no letters at the moment"
        return None if self.relay.lets() else "the relay is away"

    def _is_slow(self, lane: _Lane) -> bool:
        return lane.is_full and self._clock() < lane.slow_until

    def leave(self, domain: str, letter: str, outcome: Outcome) -> None:
        """What became of a letter that had entered."""
        lane = self._lane(domain)
        match outcome:
            case Outcome.ANSWERED:
                lane.breaker.worked()
                self.relay.worked()
            case Outcome.DOMAIN_WAITS:
                lane.breaker.failed(letter)
                self.relay.worked()
            case Outcome.RELAY_FAILED:
                lane.breaker.unknown()
                self.relay.failed(letter)
            case Outcome.NOTHING:
                lane.breaker.unknown()
                self.relay.unknown()
        lane.left()

    def shut(self) -> list[str]:
        """The domains to which nothing may go now."""
        return [
            domain
            for domain, lane in self._lanes.items()
            if lane.is_full or not lane.breaker.lets()
        ]

    def resting(self) -> int:
        """How many domains are let be."""
        return sum(lane.breaker.is_open for lane in self._lanes.values())

    def lanes(self) -> int:
        """Of how many domains something is known."""
        return len(self._lanes)

    def away_for(self) -> float:
        """Seconds for which the relay has been away; 0: it is there."""
        since = self.relay.open_since
        return 0.0 if since is None else self._clock() - since

    def _lane(self, domain: str) -> _Lane:
        if domain not in self._lanes:
            if len(self._lanes) >= _MOST_LANES:
                self._forget()
            breaker = Breaker(self._clock, letters=3, first=5.0, longest=300.0, chance=self._chance)
            self._lanes[domain] = _Lane(breaker)
        return self._lanes[domain]

    def _forget(self) -> None:
        """Domains of which nothing is known, or not for long: anybody can make many of them."""
        for domain, lane in list(self._lanes.items()):
            if not lane.under_way and not lane.waiting and lane.breaker.lets():
                del self._lanes[domain]

    async def _room(self, lane: _Lane, patience: float) -> bool:
        """Whether there is room for one more, after a moment if need be."""
        if self._is_slow(lane) or (lane.is_full and not patience):
            return False
        ends = asyncio.get_running_loop().time() + patience
        while lane.is_full:
            if not await lane.turn(ends):
                lane.slow_until = self._clock() + _SLOW_FOR
                return False
        return True
