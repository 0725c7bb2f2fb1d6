"""What a patron may be promised, and what became of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.routing.promise import (
    NotRenegotiable,
    PromiseState,
    answered,
    as_ledger_row,
    at_risk,
    estimated,
    from_ledger_row,
    promised,
    published,
    renegotiated,
)
from services.routing.record import Answer, Outcome, Queue, Record
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
    assert answered(PROMISE, DUE) == replace(PROMISE, state=PromiseState.KEPT, settled_at=DUE)
    late = DUE + timedelta(microseconds=1)
    assert answered(PROMISE, late) == replace(PROMISE, state=PromiseState.BROKEN, settled_at=late)


def test_a_promise_that_has_ended_is_never_changed_again() -> None:
    for state in (PromiseState.KEPT, PromiseState.BROKEN, PromiseState.RENEGOTIATED):
        ended = replace(PROMISE, state=state)
        assert answered(ended, NOW) is ended
        assert answered(ended, DUE + timedelta(days=9)) is ended
    assert answered(None, NOW) is None


def test_the_ledger_says_when_it_was_made_and_due_and_how_it_ended() -> None:
    row = {"made_at": NOW, "due_at": DUE, "state": "made"}
    assert as_ledger_row(replace(PROMISE, queue=None)) == row


CALENDAR = CALENDARS["enquiries"]
HOUR = timedelta(hours=1)
AGREED = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_the_owner_hears_at_three_quarters_of_the_open_time_and_the_lead_at_seven_eighths() -> None:
    # Eight open hours from Monday 10:00: six are over at 16:00, seven at 17:00.
    owner, lead = at_risk(PROMISE, CALENDAR)
    assert owner == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert lead == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_a_promise_renegotiated_is_two_rows_with_the_reason() -> None:
    ended, anew = renegotiated(PROMISE, AGREED, " the book is in the stacks ", DUE, CALENDAR)
    assert (ended.state, ended.due_at) == (PromiseState.RENEGOTIATED, DUE)
    assert (anew.made_at, anew.due_at, anew.state) == (DUE, AGREED, PromiseState.MADE)
    assert not anew.is_first
    assert as_ledger_row(ended)["reason"] == "the book is in the stacks"
    assert anew.reasons == ("agreed anew: the book is in the stacks",)


def test_until_the_very_moment_of_closing_may_be_promised() -> None:
    closing = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
    assert renegotiated(PROMISE, closing, "stacks", NOW, CALENDAR)[1].due_at == closing


@pytest.mark.parametrize(
    ("due_at", "reason", "now", "fault"),
    [
        (AGREED, "stacks", DUE + HOUR, "was due before"),
        (AGREED, "  ", NOW, "for a reason"),
        (NOW, "stacks", NOW, "not in the future"),
        (AGREED + timedelta(hours=1, minutes=30), "stacks", NOW, "closed"),
        (datetime(2026, 11, 29, 12, 0, tzinfo=UTC), "stacks", NOW, "closed"),
    ],
)
def test_what_can_not_be_renegotiated_says_why(
    due_at: datetime, reason: str, now: datetime, fault: str
) -> None:
    with pytest.raises(NotRenegotiable, match=fault):
        renegotiated(PROMISE, due_at, reason, now, CALENDAR)


def test_a_promise_that_has_ended_is_not_renegotiated() -> None:
    with pytest.raises(NotRenegotiable, match="broken already"):
        renegotiated(replace(PROMISE, state=PromiseState.BROKEN), AGREED, "why", NOW, CALENDAR)


QUEUE = Queue(waiting=1, people=1)
TEN = tuple(Answer(took * HOUR, QUEUE) for took in range(1, 11))


def test_with_fewer_than_thirty_answers_the_published_standard_is_promised() -> None:
    few = Record(TEN * 2 + TEN[:9] + (Answer(99 * HOUR, QUEUE, is_open=True),))
    estimate = estimated(few, QUEUE, 8 * HOUR)
    assert (estimate.open_time, estimate.is_late) == (8 * HOUR, False)
    assert "only 29 such enquiries" in estimate.reasons[1]


def test_with_thirty_answers_what_nine_of_ten_took_is_promised() -> None:
    estimate = estimated(Record(TEN * 3), QUEUE, 8 * HOUR)
    assert estimate.open_time == 9 * HOUR
    assert estimate.reasons == (
        "nine of ten such enquiries with about as many before them were answered within"
        " 9 open hours (of the last 30)",
        "1 wait before it; usually it is 2 to a person with this one",
    )
    promise = promised(NOW, estimate, CALENDAR)
    assert promise.queue == QUEUE
    assert promise.is_late
    assert as_ledger_row(promise)["queue"] == {"waiting": 1, "people": 1}


def test_broken_promises_make_the_next_ones_longer_and_the_reasons_say_so() -> None:
    broken = tuple(Outcome(kept=False, turns=0) for _ in range(2))
    estimate = estimated(Record(TEN * 3, broken), QUEUE, 10 * HOUR)
    assert estimate.open_time > 10 * HOUR
    assert estimate.is_late
    assert estimate.reasons[2] == "24% longer, for how the last 2 promises went (0% kept)"


def test_nobody_is_promised_an_answer_in_no_time() -> None:
    quick = Record(tuple(Answer(timedelta(0), QUEUE) for _ in range(40)))
    assert estimated(quick, QUEUE, HOUR).open_time == timedelta(minutes=10)


def test_nobody_is_promised_an_answer_in_years() -> None:
    """Where hundreds wait and nobody answers, one is looked for before they are forgotten."""
    waiting = estimated(Record(TEN * 3), Queue(waiting=400, people=0), 8 * HOUR)
    assert (waiting.open_time, waiting.is_late) == (160 * HOUR, True)
    assert waiting.reasons[-1] == "for more than 160 open hours nothing is promised"


def test_a_promise_is_read_as_it_was_written_and_old_rows_still_are() -> None:
    made = promised(NOW, estimated(Record(TEN * 3), QUEUE, HOUR), CALENDAR)
    ended, anew = renegotiated(made, AGREED, "the book is in the stacks", NOW, CALENDAR)
    for one in (PROMISE, made, ended, anew, answered(made, DUE)):
        assert one is not None
        assert from_ledger_row(as_ledger_row(one) | {"reasons": list(one.reasons)}) == one
    old = {"made_at": NOW, "due_at": DUE, "state": "made"}
    assert from_ledger_row(old) == replace(PROMISE, reasons=(), queue=None)
