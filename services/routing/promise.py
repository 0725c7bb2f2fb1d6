"""What a patron may be promised, and what became of it. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.routing.hours import add_open_time, is_open
from shared.library import Library


class PromiseState(StrEnum):
    """A promise is open until it is one of the others."""

    MADE = "made"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True)
class Promise:
    """That the patron will hear by `due_at`."""

    made_at: datetime
    due_at: datetime
    state: PromiseState
    reasons: tuple[str, ...]


def first_answer(now: datetime, library: Library) -> Promise:
    """A first answer within the open time that the library has published."""
    hours, zone = library.hours, library.library.zone
    standard = library.promise.first_answer_open_hours
    reasons = [f"the published standard of {standard:g} open hours"]
    if not is_open(now, hours, zone):
        reasons.append("the library is closed now, so the time counts from its opening")
    due_at = add_open_time(now, library.promise.first_answer, hours, zone)
    return Promise(now, due_at, PromiseState.MADE, tuple(reasons))


def answered(promise: Promise | None, now: datetime) -> Promise | None:
    """The promise after an answer: kept if it is in time, else broken, and never changed again."""
    if promise is None or promise.state is not PromiseState.MADE:
        return promise
    state = PromiseState.KEPT if now <= promise.due_at else PromiseState.BROKEN
    return replace(promise, state=state)


def as_ledger_row(promise: Promise) -> dict[str, Any]:
    """A promise as the ticket's ledger keeps it."""
    return {"made_at": promise.made_at, "due_at": promise.due_at, "state": promise.state.value}
