"""What has been achieved: how long first answers took, and whether promises were kept. Pure.

From it `promise.estimated` makes the next promise. It is a value that somebody else fills (what the
ledger must give is said beside each field), at most a few hundred rows long, and it knows nothing
of what comes after the moment at which it was read.
"""

import math
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import islice
from statistics import median
from typing import Final

AIM: Final = 0.9
"""The part of the promises that shall be kept."""
FEWEST: Final = 30
"""With fewer answers than these the published standard is promised."""
MOST_ANSWERS: Final = 400
MOST_OUTCOMES: Final = 300
_ALIKE: Final = 200
"""So many answers are looked at: those that had about as many before them as there are now."""
_STEP: Final = 0.12
"""By so much (in the logarithm) a broken promise makes the next ones longer, were nobody waiting;
nine kept ones take it back."""
_CROWD: Final = 40.0
"""With so many waiting a step is half as long: what it does will only be seen after them."""
_TOGETHER: Final = 0.7
_ROUNDING: Final = 1e-9
_MEMORY: Final = 0.99
_MARGINS: Final = (math.log(0.5), math.log(2.5))


@dataclass(frozen=True)
class Queue:
    """Who is before an enquiry, and how many there are to answer."""

    waiting: int
    """Tickets of the team that wait for their first answer."""
    people: float
    """People of the team who are here."""

    turns: float = field(init=False, compare=False)
    """How many answers each of the people has to write until this one is written."""
    spread: float = field(init=False, compare=False)
    """How much further apart answers are than after one turn. It would be the root if turns had
    nothing to do with each other; but one slow week makes them all slow."""

    def __post_init__(self) -> None:
        turns = (self.waiting + 1) / max(self.people, 1.0)
        object.__setattr__(self, "turns", turns)
        object.__setattr__(self, "spread", math.pow(turns, _TOGETHER))


@dataclass(frozen=True)
class Answer:
    """An enquiry that had its first answer; or (`is_open`) still waits for it."""

    took: timedelta
    """Open time since the promise was made, to the answer or to the moment of reading."""
    queue: Queue
    """As it was when the promise was made (`Promise.queue`)."""
    is_open: bool = False

    seconds: float = field(init=False, compare=False)
    """`took` as a number."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", self.took.total_seconds())

    def over(self, a_turn: float) -> float:
        """How much longer it took than its turns (of so many seconds) let expect, as after one."""
        return (self.seconds - a_turn * self.queue.turns) / self.queue.spread


@dataclass(frozen=True)
class Outcome:
    """What became of a promise that is due."""

    kept: bool
    """That promise, as first made: one that was renegotiated was not kept."""
    turns: float
    """As it was when the promise was made (`Promise.queue`)."""
    push: float = field(init=False, compare=False)
    """What it does to the margin."""

    def __post_init__(self) -> None:
        push = (AIM - 1 if self.kept else AIM) * _STEP / (1 + self.turns / _CROWD)
        object.__setattr__(self, "push", push)


@dataclass(frozen=True)
class Record:
    """What one team has achieved with one topic, and what became of its promises."""

    answers: tuple[Answer, ...] = ()
    """Of this topic and team: the last 400 answered, and all that still wait."""
    outcomes: tuple[Outcome, ...] = ()
    """Of this team, whatever the topic: the last 300 first promises by when it was decided (by the
    answer, or by being due without one), the oldest first. Each counts once."""

    @cached_property
    def answered(self) -> int:
        """How many had their answer."""
        return len([one for one in self.answers if not one.is_open])

    @cached_property
    def usual_turns(self) -> float:
        """What is in the middle of the `turns` of such enquiries."""
        return median([one.queue.turns for one in self.answers])

    @cached_property
    def margin(self) -> float:
        """By how much promises are longer (or shorter) than the answers alone say, because more
        (or fewer) than one in ten were broken."""
        # Gibbs and Candès, Adaptive conformal inference under distribution shift (2021): whatever
        # the answers do, the share that is kept in the long run is the one that is aimed at.
        # Held within its bounds at every step: what is beyond them would have to be taken back,
        # step by step, before the first promise could be any shorter (or longer).
        least, most = _MARGINS
        drift = 0.0
        for one in self.outcomes:
            drift = min(max(drift * _MEMORY + one.push, least), most)
        return math.exp(drift)

    def nine_of_ten(self, queue: Queue) -> timedelta:
        """The open time within which nine of ten such enquiries were answered, those that still
        wait counted with what they have waited."""
        near = self._alike(queue.turns)
        done = [one for one in near if not one.is_open]
        a_turn = sum([one.seconds for one in done]) / sum([one.queue.turns for one in done])
        over = [(one.over(a_turn), one.is_open) for one in near]
        within = a_turn * queue.turns + _percentile(over) * queue.spread
        return timedelta(seconds=max(within, 0.0))

    def _alike(self, turns: float) -> list[Answer]:
        """Those with about as many turns; some of them are answered."""
        by_likeness = sorted(self.answers, key=lambda one: _unlike(one.queue.turns, turns))
        near = by_likeness[:_ALIKE]
        lacking = FEWEST - sum(not one.is_open for one in near)
        further = (one for one in by_likeness[_ALIKE:] if not one.is_open)
        return [*near, *islice(further, max(lacking, 0))]


def _unlike(one: float, other: float) -> float:
    return one / other if one > other else other / one


def _percentile(values: list[tuple[float, bool]]) -> float:
    """The aimed-at percentile of values, some of which (True) are only known to be no less.

    Kaplan and Meier, Nonparametric estimation from incomplete observations (1958).
    """
    values.sort()
    left, among = 1.0, len(values)
    for value, is_least in values:
        if not is_least:
            left *= 1 - 1 / among
        if left <= 1 - AIM + _ROUNDING:
            return value
        among -= 1
    return values[-1][0]
