"""What happens when nobody does anything: each moment once, in its order, and nobody at night."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from services.routing.actions import reply, resolve, wait
from services.routing.arrival import add_letter, open_ticket
from services.routing.due import Due, Kind, fire, is_silent, next_due
from services.routing.promise import PromiseState, answered
from services.routing.status import Event, Status
from services.routing.ticket import Change, Ticket
from tests.unit.examples import DUE, LETTER, MAIR, NOW, OWNER, REFERENCE, ticket
from tests.unit.routing.people import (
    EVERYBODY,
    HEAD,
    alerted,
    as_owner,
    at,
    away,
    notices,
    told,
)

FRESH: Final = open_ticket(REFERENCE, LETTER, at(NOW, staff=(MAIR,))).ticket
"""Promised for Tuesday 09:30: eight open hours from Monday ten o'clock."""
OWNERS_MOMENT: Final = NOW + timedelta(hours=6)
LEADS_MOMENT: Final = NOW + timedelta(hours=7)


def due_of(it: Ticket) -> Due:
    due = next_due(it)
    assert due is not None
    return due


def fired(it: Ticket, now: datetime | None = None) -> Change:
    """What its next moment makes of it, in time unless another moment is given."""
    due = due_of(it)
    return fire(it, due, at(now or due.at))


def test_the_owner_then_the_lead_hear_of_a_promise_at_risk_before_it_breaks() -> None:
    assert due_of(FRESH) == Due(OWNERS_MOMENT, Kind.AT_RISK)
    first = fired(FRESH)
    assert alerted(first) == [("mair", "at_risk")]
    assert first.alerts[0].due_at == OWNERS_MOMENT, "while the library is open: at once"
    assert due_of(first.ticket) == Due(LEADS_MOMENT, Kind.AT_RISK)
    second = fired(first.ticket)
    assert alerted(second) == [("lowri", "at_risk")]
    assert due_of(second.ticket) == Due(DUE + timedelta(milliseconds=1), Kind.MISSED)
    assert told(second) == ["promise_at_risk"]


def test_a_promise_that_breaks_stays_broken_and_the_patron_is_told_what_counts_now() -> None:
    it = replace(FRESH, risk_at=())
    change = fired(it, DUE + timedelta(seconds=2))
    assert [one.state for one in change.promises] == [PromiseState.BROKEN, PromiseState.MADE]
    assert change.ticket.promise is not None
    assert change.ticket.promise.due_at > DUE
    assert notices(change) == ["promise_missed"]
    assert told(change) == ["promise_broken", "promised"]
    assert change.ticket.escalation is not None
    assert change.ticket.escalation.level == 3
    assert alerted(change) == [("mair", "missed"), ("head", "missed")]
    assert due_of(change.ticket).kind is Kind.AT_RISK, "the next promise has its own moments"


def test_at_the_moment_that_was_promised_an_answer_is_in_time_and_nothing_is_broken() -> None:
    it = replace(FRESH, risk_at=())
    assert it.promise is not None
    assert due_of(it).at == it.promise.broken_at > DUE
    settled = answered(it.promise, DUE)
    assert settled is not None
    assert settled.state is PromiseState.KEPT
    [broken, _] = fired(it, it.promise.broken_at).promises
    assert broken.state is PromiseState.BROKEN


def test_a_promise_found_broken_is_told_as_that_and_not_as_at_risk() -> None:
    late = DUE + timedelta(minutes=10)
    first = fired(FRESH, late)
    assert (first.entries, first.alerts, first.messages) == ((), (), ())
    assert due_of(first.ticket) == Due(DUE + timedelta(milliseconds=1), Kind.MISSED)
    assert notices(fired(first.ticket, late)) == ["promise_missed"]


def test_what_was_due_last_week_waits_for_the_morning() -> None:
    it = replace(FRESH, risk_at=())
    night = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    held = fired(it, night)
    assert (held.entries, held.messages, held.alerts) == ((), (), ())
    morning = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    assert due_of(held.ticket) == Due(morning, Kind.MISSED)
    change = fired(held.ticket, morning)
    assert notices(change) == ["promise_missed"]
    assert change.ticket.held_until is None


def test_what_somebody_asked_for_at_night_does_not_wait_for_what_is_held() -> None:
    night = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    soon = night + timedelta(minutes=5)
    held = fired(replace(FRESH, risk_at=(), remind_at=soon), night).ticket
    assert due_of(held) == Due(soon, Kind.REMINDER)
    reminded = fired(held, soon)
    assert alerted(reminded) == [("mair", "reminder")]
    again = fired(reminded.ticket, soon)
    morning = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    assert (again.messages, due_of(again.ticket)) == ((), Due(morning, Kind.MISSED))


def test_of_what_is_held_the_earliest_comes_first() -> None:
    week = timedelta(days=7)
    it = replace(FRESH, risk_at=(), close_at=NOW + 3 * week, remind_at=NOW + 2 * week)
    held = fired(it, datetime(2027, 1, 5, 3, 0, tzinfo=UTC)).ticket
    assert held.held_until is not None
    assert due_of(held) == Due(held.held_until, Kind.MISSED)


def test_a_promise_due_when_the_library_closes_is_told_at_that_moment() -> None:
    closing = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    promise = replace(ticket().promise, due_at=closing)  # type: ignore[type-var]
    it = replace(FRESH, promise=promise, risk_at=())
    assert notices(fired(it, closing + timedelta(seconds=3))) == ["promise_missed"]


def test_the_promise_of_who_is_away_goes_to_somebody_else_when_it_is_at_risk() -> None:
    people = tuple(away(one) if one is MAIR else one for one in EVERYBODY)
    change = fire(FRESH, due_of(FRESH), at(OWNERS_MOMENT, staff=people))
    assert change.ticket.owner is not None
    assert change.ticket.owner != OWNER
    assert change.ticket.promise == FRESH.promise
    assert told(change) == ["promise_at_risk", "handed_over"]
    assert notices(change) == ["handed_over"]


def test_the_letter_of_a_patron_whose_owner_is_away_goes_to_somebody_else() -> None:
    people = tuple(away(one) if one is MAIR else one for one in EVERYBODY)
    change = add_letter(ticket(), replace(LETTER, id="letter-2"), at(staff=people))
    assert told(change) == ["patron_wrote", "handed_over"]
    assert change.ticket.owner != OWNER


def test_what_waits_is_brought_back_to_its_owner() -> None:
    answered = reply(FRESH, OWNER, "words-1", at()).ticket
    waiting = wait(answered, Event.WAIT_FOR_THIRD_PARTY, "mair", NOW, None).ticket
    assert due_of(waiting) == Due(NOW + timedelta(days=7), Kind.REMINDER)
    change = fired(waiting)
    assert alerted(change) == [("mair", "reminder")]
    assert due_of(change.ticket).at == NOW + timedelta(days=14)
    people = tuple(away(one) if one is MAIR else one for one in EVERYBODY)
    assert alerted(fire(waiting, due_of(waiting), at(staff=people))) == [("lowri", "reminder")]


def test_a_resolved_ticket_is_closed_after_its_days_even_at_night() -> None:
    resolved = resolve(FRESH, "mair", "told at the desk", at(NOW)).ticket
    due = due_of(resolved)
    assert (due.kind, due.at) == (Kind.CLOSING, NOW + timedelta(days=30))
    change = fire(resolved, due, at(datetime(2027, 1, 3, 3, 0, tzinfo=UTC)))
    assert (change.ticket.status, told(change)) == (Status.CLOSED, ["closed"])
    assert next_due(change.ticket) is None


def test_an_ended_or_merged_ticket_has_no_other_moments() -> None:
    assert next_due(replace(FRESH, status=Status.CLOSED)) is None
    assert next_due(replace(FRESH, merged_into="ENQ-2")) is None


def test_the_earliest_moment_comes_first() -> None:
    it = replace(FRESH, remind_at=NOW + timedelta(minutes=1))
    assert due_of(it).kind is Kind.REMINDER
    assert due_of(replace(it, held_until=NOW + timedelta(hours=1))).at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("kind", [Kind.MISSED, Kind.AT_RISK])
def test_what_is_no_longer_so_is_told_to_nobody(kind: Kind) -> None:
    answered = reply(FRESH, OWNER, "words-1", at()).ticket
    assert kind not in {one.kind for one in [next_due(answered)] if one}


def test_silence_is_told_from_all_that_is_no_silence() -> None:
    silent = replace(FRESH, promise=None, risk_at=())
    assert is_silent(silent)
    assert not is_silent(FRESH)
    assert not is_silent(replace(silent, is_unanswered=False))
    assert not is_silent(replace(silent, status=Status.RESOLVED))
    assert not is_silent(replace(silent, merged_into="ENQ-2"))
    assert not is_silent(replace(silent, remind_at=NOW))


def test_who_owns_it_and_is_above_is_told_once_of_a_missed_promise() -> None:
    it = replace(FRESH, owner=as_owner(HEAD), risk_at=())
    assert alerted(fired(it)) == [("head", "missed")]
