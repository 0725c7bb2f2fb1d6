"""What a patron may be promised, and what became of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from services.routing.hours import Calendar
from services.routing.record import FEWEST, Queue, Record

_FOR_OWNER: Final = 3 / 4
_FOR_LEAD: Final = 7 / 8
_SHORTEST: Final = timedelta(minutes=10)
"""Less is promised to nobody, however quick the record is."""
_LONGEST: Final = 20
"""Published standards: nobody foresees more, and by then who waits hears again how it stands."""
_MOMENT: Final = timedelta(microseconds=1)
_NEXT_MOMENT: Final = timedelta(milliseconds=1)
"""The database keeps no less."""
_WORTH_SAYING: Final = 0.05


class PromiseState(StrEnum):
    """A promise is open until it is one of the others."""

    MADE = "made"
    KEPT = "kept"
    RENEGOTIATED = "renegotiated"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"
    """No answer was owed after all: the ledger says why."""


@dataclass(frozen=True)
class Promise:
    """That the patron will hear by `due_at`."""

    made_at: datetime
    due_at: datetime
    state: PromiseState
    reasons: tuple[str, ...]
    queue: Queue | None = None
    """Who was before it; None: it was not made of an estimate."""
    settled_at: datetime | None = None
    """When it was kept, broken, renegotiated or withdrawn."""
    settled_because: str | None = None
    """Why it was renegotiated or withdrawn."""
    is_first: bool = True
    """False: it stands for one that was renegotiated."""
    is_late: bool = False
    """Whether it is later than the published standard would have it: the patron is told so."""

    @property
    def is_open(self) -> bool:
        return self.state is PromiseState.MADE

    @property
    def broken_at(self) -> datetime:
        """When it is broken if nobody has answered; an answer at the moment itself is in time."""
        return self.due_at + _NEXT_MOMENT


class NotRenegotiable(Exception):
    """A promise can't be changed so; the text says why."""


@dataclass(frozen=True)
class Estimate:
    """How long an answer takes, in open time, and why we think so."""

    open_time: timedelta
    reasons: tuple[str, ...]
    queue: Queue | None = None
    is_late: bool = False
    """Whether it is longer than the published standard."""


def published(standard: timedelta) -> Estimate:
    """What the library has said that it does."""
    return Estimate(standard, (f"the published standard of {_hours(standard)} open hours",))


def estimated(record: Record, queue: Queue, standard: timedelta) -> Estimate:
    """What nine of ten such enquiries keep to, as things are now, within bounds; the published
    standard while there are too few of them."""
    count = record.answered
    if count < FEWEST:
        first = published(standard)
        few = f"only {count} such enquiries were answered so far, too few to go by"
        return replace(first, reasons=(*first.reasons, few), queue=queue)
    within = record.nine_of_ten(queue)
    longest = standard * _LONGEST
    open_time = min(max(within * record.margin, _SHORTEST), longest)
    reasons = _why(record, queue, within)
    if open_time == longest:
        reasons += (f"for more than {_hours(longest)} open hours nothing is promised",)
    return Estimate(open_time, reasons, queue, open_time > standard)


def _why(record: Record, queue: Queue, within: timedelta) -> tuple[str, ...]:
    """The promise in figures that staff can check."""
    each = "" if queue.people == 1 else f" for {queue.people:g} people"
    found = [
        f"nine of ten such enquiries with about as many before them were answered within"
        f" {_hours(within)} open hours (of the last {record.answered})",
        f"{queue.waiting} wait before it{each}; usually it is {record.usual_turns:.2g} to a person"
        " with this one",
    ]
    by = record.margin - 1
    if abs(by) >= _WORTH_SAYING:
        part = sum(one.kept for one in record.outcomes) / len(record.outcomes)
        longer = "longer" if by > 0 else "shorter"
        found.append(
            f"{abs(by):.0%} {longer}, for how the last {len(record.outcomes)} promises went"
            f" ({part:.0%} kept)"
        )
    return tuple(found)


def promised(now: datetime, estimate: Estimate, calendar: Calendar) -> Promise:
    """An answer within that open time, counted from now."""
    reasons = [*estimate.reasons]
    if not calendar.is_open(now):
        reasons.append("the library is closed now, so the time counts from its opening")
    due_at = calendar.add_open_time(now, estimate.open_time)
    return Promise(
        now,
        due_at,
        PromiseState.MADE,
        tuple(reasons),
        queue=estimate.queue,
        is_late=estimate.is_late,
    )


def answered(promise: Promise | None, now: datetime) -> Promise | None:
    """The promise after an answer: kept if it is in time, else broken, and never changed again."""
    if promise is None or not promise.is_open:
        return promise
    state = PromiseState.KEPT if now <= promise.due_at else PromiseState.BROKEN
    return replace(promise, state=state, settled_at=now)


def at_risk(promise: Promise, calendar: Calendar) -> tuple[datetime, datetime]:
    """When the owner, and when the team's lead, is told that it may be broken: three quarters and
    seven eighths of its open time are gone."""
    whole = calendar.open_time_between(promise.made_at, promise.due_at)
    return (
        calendar.add_open_time(promise.made_at, whole * _FOR_OWNER),
        calendar.add_open_time(promise.made_at, whole * _FOR_LEAD),
    )


def renegotiated(
    promise: Promise, due_at: datetime, reason: str, now: datetime, calendar: Calendar
) -> tuple[Promise, Promise]:
    """The promise as it ended, and the one in its place; the patron is told of it by the caller.

    Raises: NotRenegotiable.
    """
    fault = _fault(promise, due_at, reason, now, calendar)
    if fault is not None:
        raise NotRenegotiable(fault)
    ended = replace(
        promise, state=PromiseState.RENEGOTIATED, settled_at=now, settled_because=reason.strip()
    )
    reasons = (f"agreed anew: {reason.strip()}",)
    anew = Promise(now, due_at, PromiseState.MADE, reasons, is_first=False)
    return ended, anew


def made_in_words(due_at: datetime, by: str, now: datetime, calendar: Calendar) -> Promise:
    """What somebody of the staff has promised in a reply. Raises: NotRenegotiable."""
    fault = _fault_of_time(due_at, now, calendar)
    if fault is not None:
        raise NotRenegotiable(fault)
    return Promise(now, due_at, PromiseState.MADE, (f"promised in words by {by}",), is_first=False)


def _fault(
    promise: Promise, due_at: datetime, reason: str, now: datetime, calendar: Calendar
) -> str | None:
    """Why it can't be renegotiated so."""
    if not promise.is_open:
        return f"this promise is {promise.state} already"
    if now > promise.due_at:
        return "this promise was due before: it is broken, and can't be renegotiated"
    if not reason.strip():
        return "a promise is renegotiated for a reason: none is given"
    return _fault_of_time(due_at, now, calendar)


def _fault_of_time(due_at: datetime, now: datetime, calendar: Calendar) -> str | None:
    """Why nothing can be promised for that moment."""
    if due_at <= now:
        return "the new moment is not in the future"
    if not _is_there(due_at, calendar):
        return "the team is closed at the new moment"
    return None


def _is_there(at: datetime, calendar: Calendar) -> bool:
    """Whether the team is there at this moment, or was until then."""
    return calendar.is_open(at) or calendar.is_open(at - _MOMENT)


def as_ledger_row(promise: Promise) -> dict[str, Any]:
    """A promise as the ticket's ledger keeps it; what is not known is left out."""
    queue = promise.queue
    known = {
        "made_at": promise.made_at,
        "due_at": promise.due_at,
        "state": promise.state.value,
        "reason": promise.settled_because,
        "settled_at": promise.settled_at,
        "is_late": promise.is_late or None,
        "is_first": None if promise.is_first else False,
        "queue": {"waiting": queue.waiting, "people": queue.people} if queue else None,
    }
    return {key: value for key, value in known.items() if value is not None}


def from_ledger_row(document: Mapping[str, Any]) -> Promise:
    """A promise from its ledger row with its reasons, of whatever version of the desk."""
    queue = document.get("queue")
    return Promise(
        document["made_at"],
        document["due_at"],
        PromiseState(document["state"]),
        tuple(document.get("reasons", ())),
        queue=Queue(queue["waiting"], queue["people"]) if queue else None,
        settled_at=document.get("settled_at"),
        settled_because=document.get("reason"),
        is_first=document.get("is_first", True),
        is_late=document.get("is_late", False),
    )


def _hours(time: timedelta) -> str:
    return f"{time.total_seconds() / 3600:.3g}"
