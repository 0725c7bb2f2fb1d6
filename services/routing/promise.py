"""What a patron may be promised, and what became of it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.routing.hours import Calendar


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
    reason: str | None = None
    """Why it was renegotiated or withdrawn."""

    @property
    def is_open(self) -> bool:
        return self.state is PromiseState.MADE


@dataclass(frozen=True)
class Estimate:
    """How long an answer takes, in open time, and why we think so."""

    open_time: timedelta
    reasons: tuple[str, ...]


def published(standard: timedelta) -> Estimate:
    """What the library has said that it does."""
    hours = standard.total_seconds() / 3600
    return Estimate(standard, (f"the published standard of {hours:g} open hours",))


def promised(now: datetime, estimate: Estimate, calendar: Calendar) -> Promise:
    """An answer within that open time, counted from now."""
    reasons = [*estimate.reasons]
    if not calendar.is_open(now):
        reasons.append("the library is closed now, so the time counts from its opening")
    due_at = calendar.add_open_time(now, estimate.open_time)
    return Promise(now, due_at, PromiseState.MADE, tuple(reasons))


def answered(promise: Promise | None, now: datetime) -> Promise | None:
    """The promise after an answer: kept if it is in time, else broken, and never changed again."""
    if promise is None or not promise.is_open:
        return promise
    state = PromiseState.KEPT if now <= promise.due_at else PromiseState.BROKEN
    return replace(promise, state=state)


class Impossible(Exception):
    """This can't be promised; the text says why."""


def renegotiated(
    promise: Promise, due_at: datetime, reason: str, now: datetime, calendar: Calendar
) -> tuple[Promise, Promise]:
    """The promise as it ended, and the one in its place. Raises: Impossible."""
    if now >= promise.due_at:
        raise Impossible("it was due already: what is broken can't be renegotiated")
    if due_at <= now:
        raise Impossible("that moment has passed")
    if not reason.strip():
        raise Impossible("a reason is needed, for the patron is told it")
    if not calendar.is_open(due_at) and not calendar.is_open(due_at - timedelta(microseconds=1)):
        raise Impossible("the library is closed then")
    new = Promise(now, due_at, PromiseState.MADE, (f"renegotiated: {reason}",))
    return replace(promise, state=PromiseState.RENEGOTIATED, reason=reason), new


def at_risk(promise: Promise, calendar: Calendar) -> tuple[datetime, datetime]:
    """When three quarters of its open time are gone (the owner is told), and seven eighths (the
    lead)."""
    whole = calendar.open_time_between(promise.made_at, promise.due_at)
    owner, lead = (calendar.add_open_time(promise.made_at, whole * part) for part in (0.75, 0.875))
    return owner, lead


def as_ledger_row(promise: Promise) -> dict[str, Any]:
    """A promise as the ticket's ledger keeps it."""
    row = {"made_at": promise.made_at, "due_at": promise.due_at, "state": promise.state.value}
    return row | ({"reason": promise.reason} if promise.reason else {})
