"""What a patron may be promised, and what became of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.routing.promise import PromiseState, answered, as_ledger_row, promised, published
from tests.unit.examples import CALENDARS, DUE, NOW, PROMISE

STANDARD = published(timedelta(hours=8))


def test_a_first_answer_is_promised_within_the_published_open_time() -> None:
    promise = promised(NOW, STANDARD, CALENDARS["enquiries"])
    # Monday 10:00 to 17:30 are seven and a half hours; the last half hour is Tuesday's.
    assert promise.due_at == DUE
    assert (promise.made_at, promise.state) == (NOW, PromiseState.MADE)
    assert promise.reasons == ("the published standard of 8 open hours",)


def test_while_the_library_is_closed_the_reasons_say_so() -> None:
    sunday = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    promise = promised(sunday, STANDARD, CALENDARS["enquiries"])
    assert promise.due_at == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert promise.reasons[1] == "the library is closed now, so the time counts from its opening"


def test_an_answer_in_time_keeps_it_and_a_late_one_breaks_it() -> None:
    assert answered(PROMISE, DUE) == replace(PROMISE, state=PromiseState.KEPT)
    late = DUE + timedelta(microseconds=1)
    assert answered(PROMISE, late) == replace(PROMISE, state=PromiseState.BROKEN)


def test_a_promise_that_has_ended_is_never_changed_again() -> None:
    for state in (PromiseState.KEPT, PromiseState.BROKEN):
        ended = replace(PROMISE, state=state)
        assert answered(ended, NOW) is ended
        assert answered(ended, DUE + timedelta(days=9)) is ended
    assert answered(None, NOW) is None


def test_the_ledger_says_when_it_was_made_and_due_and_how_it_ended() -> None:
    row = {"made_at": NOW, "due_at": DUE, "state": "made"}
    assert as_ledger_row(PROMISE) == row
