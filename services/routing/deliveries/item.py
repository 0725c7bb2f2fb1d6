"""One work that a patron needs a copy of, and what may happen to it. Pure.

An item has a moment at which the desk does something about it, or its state is an end. There is no
third thing: `Item` can't be made otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class State(StrEnum):
    """Where an item is."""

    WANTED = "wanted"
    FOUND = "found"
    ASKED = "asked"
    CHASING = "chasing"
    RECEIVED = "received"
    CONVERTING = "converting"
    CHECKING = "checking"
    READY = "ready"
    DELIVERED = "delivered"
    CANNOT = "cannot_be_had"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What is done about an item."""

    FIND = "find"
    ASK = "ask"
    CHASE = "chase"
    RECEIVE = "receive"
    SEND_BACK = "send_back"
    CONVERT = "convert"
    CONVERTED = "converted"
    FAIL = "fail"
    MAKE_READY = "make_ready"
    DELIVER = "deliver"
    GIVE_UP = "give_up"
    WITHDRAW = "withdraw"
    COMPLAIN = "complain"
    """The patron says that this one doesn't work."""
    RESUME = "resume"


class Plan(StrEnum):
    """How it is to be had."""

    OWN_COPY = "own_copy"
    OPEN_ACCESS = "open_access"
    PUBLISHER = "publisher"
    LIBRARY = "library"
    SCAN = "scan"


_AT_WORK: Final[dict[Act, State]] = {
    Act.FIND: State.FOUND,
    Act.ASK: State.ASKED,
    Act.RECEIVE: State.RECEIVED,
    Act.MAKE_READY: State.READY,
    Act.GIVE_UP: State.CANNOT,
    Act.WITHDRAW: State.WITHDRAWN,
}
_HAVE_COPY: Final = _AT_WORK | {Act.SEND_BACK: State.ASKED, Act.CONVERT: State.CONVERTING}
# Every state has a row, even an empty one.
TRANSITIONS: Final[Mapping[State, Mapping[Act, State]]] = {
    State.WANTED: _AT_WORK,
    State.FOUND: _AT_WORK,
    State.ASKED: _AT_WORK | {Act.CHASE: State.CHASING},
    State.CHASING: _AT_WORK | {Act.CHASE: State.CHASING},
    State.RECEIVED: _HAVE_COPY,
    State.CONVERTING: {
        Act.CONVERTED: State.CHECKING,
        Act.FAIL: State.RECEIVED,
        Act.GIVE_UP: State.CANNOT,
        Act.WITHDRAW: State.WITHDRAWN,
    },
    State.CHECKING: _HAVE_COPY,
    State.READY: _HAVE_COPY | {Act.DELIVER: State.DELIVERED},
    # What was done before was the wrong copy, or a bad one: it is had, and not good yet.
    State.DELIVERED: {Act.COMPLAIN: State.RECEIVED},
    State.CANNOT: {Act.RESUME: State.WANTED},
    State.WITHDRAWN: {Act.RESUME: State.WANTED},
}
ENDS: Final = frozenset({State.DELIVERED, State.CANNOT, State.WITHDRAWN})
AT_PUBLISHER: Final = frozenset({State.ASKED, State.CHASING})


class NotPossible(Exception):
    """This can't be done to an item as it stands; the text says why."""


@dataclass(frozen=True)
class File:
    """A copy that staff have uploaded: which file of which letter of ours."""

    letter_id: str
    number: int = 0


class Outcome(StrEnum):
    """How a conversion ended."""

    MADE = "made"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Conversion:
    """That a file of an item is made into the patron's format, and what came of it. How far it is,
    and what its checks found, stands in its own row."""

    id: str
    source: File
    wishes: Mapping[str, Any]
    """The format, and how it shall be."""
    by: str
    began_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    """None: it is not over."""
    result: File | None = None
    failures: int = 0
    """What its checks found that must not go to the patron without somebody's word."""

    @property
    def is_made(self) -> bool:
        return self.outcome is Outcome.MADE


@dataclass(frozen=True)
class Try:
    """That a publisher was asked for it, and how that went."""

    publisher: str
    since: datetime
    asks: int = 1
    """How often they were asked, chasers among them."""
    last_at: datetime | None = None
    """When they were asked last."""
    chased: int = 0
    """How often by ourselves, since they were last asked anew."""
    heard_at: datetime | None = None
    """When they wrote first; what they wrote, somebody has to read."""
    ended_at: datetime | None = None
    had: bool | None = None
    """Whether it was had from them; None: not decided, or it was had in another way."""

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True)
class Work:
    """What is wanted, as far as it is known."""

    title: str
    authors: str = ""
    year: str = ""
    isbn: str = ""
    doi: str = ""
    url: str = ""
    written: str = ""
    """The line that it was taken from."""


@dataclass(frozen=True)
class Item:
    """One work of a delivery."""

    number: int
    """What it is called in its delivery; never another's."""
    work: Work
    state: State
    since: datetime
    """When it came into this state."""
    next_at: datetime | None
    """When the desk does something about it; None: its state is an end."""
    plan: Plan | None = None
    needed_by: datetime | None = None
    press_at: datetime | None = None
    """When it is put first, for its date is near."""
    is_first: bool = False
    needs_somebody: bool = False
    """Whether it waits for a person: nothing more happens by itself but reminding."""
    tries: tuple[Try, ...] = ()
    expected_at: datetime | None = None
    """When it may be there, from how long such things took; None: that is not known."""
    reason: str = ""
    """Why it can't be had, was withdrawn, or came back."""
    alternative: str = ""
    """What is offered instead."""
    file: File | None = None
    faults: int = 0
    """How often a copy was no good."""
    conversion: Conversion | None = None
    """The last that was begun of it."""

    def __post_init__(self) -> None:
        if (self.next_at is None) is not (self.state in ENDS):
            raise ValueError(f"an item that is {self.state} and has no next step, or one too many")

    @property
    def is_ended(self) -> bool:
        return self.state in ENDS

    @property
    def open_try(self) -> Try | None:
        """The publisher who has it now."""
        return self.tries[-1] if self.tries and self.tries[-1].is_open else None

    @property
    def asks(self) -> int:
        """How often any publisher was asked for it."""
        return sum(one.asks for one in self.tries)


def moved(item: Item, act: Act, now: datetime, next_at: datetime | None, **changes: Any) -> Item:
    """The item after this; `next_at` is for a state that is no end. Raises: NotPossible."""
    state = TRANSITIONS[item.state].get(act)
    if state is None:
        raise NotPossible(f"item {item.number} is {item.state}: it can't {act}".replace("_", " "))
    step: dict[str, Any] = {"needs_somebody": False} | changes
    if state in ENDS:
        step |= {"next_at": None, "press_at": None, "is_first": False, "expected_at": None}
    else:
        step["next_at"] = next_at
    if state not in AT_PUBLISHER:
        step = {"expected_at": None} | step
    since = now if state is not item.state else item.since
    return replace(item, state=state, since=since, **step)


def tried(item: Item, now: datetime, *, had: bool | None) -> tuple[Try, ...]:
    """Its tries, the open one ended."""
    last = item.open_try
    if last is None:
        return item.tries
    return (*item.tries[:-1], replace(last, ended_at=now, had=had))
