"""What becomes of a promise: kept, broken, renegotiated or withdrawn, and told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.routing.actions import correct, name_trouble, reopen, reply, resolve
from services.routing.arrival import add_letter
from services.routing.ledger import renegotiate
from services.routing.promise import NotRenegotiable, PromiseState
from services.routing.status import Refused, Status
from services.routing.ticket import Patron
from tests.unit.examples import DUE, LETTER, NOW, OWNER, PROMISE, ticket
from tests.unit.routing.people import LATER, at, notices, told

FRIDAY = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def test_a_promise_is_renegotiated_before_it_is_due_with_a_reason_and_told() -> None:
    change = renegotiate(ticket(), FRIDAY, "The map is with the binder.", "mair", at())
    old, new = change.promises
    assert (old.state, old.settled_because) == (
        PromiseState.RENEGOTIATED,
        "The map is with the binder.",
    )
    assert (new.state, new.due_at, change.ticket.promise) == (PromiseState.MADE, FRIDAY, new)
    assert notices(change) == ["promise_changed"]
    assert told(change) == ["promise_renegotiated", "promised"]
    assert len(change.ticket.risk_at) == 2


@pytest.mark.parametrize(
    ("due_at", "reason", "now"),
    [
        (FRIDAY, "late", DUE + timedelta(seconds=1)),
        (NOW, "past", LATER),
        (FRIDAY, " ", LATER),
        (datetime(2026, 11, 29, 12, 0, tzinfo=UTC), "Sunday", LATER),
    ],
    ids=["after it was due", "into the past", "without a reason", "when it is closed"],
)
def test_what_cant_be_promised_is_refused(due_at: datetime, reason: str, now: datetime) -> None:
    with pytest.raises(NotRenegotiable):
        renegotiate(ticket(), due_at, reason, "mair", at(now))


def test_closing_time_can_be_promised() -> None:
    closing = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
    assert renegotiate(ticket(), closing, "so", "mair", at()).ticket.promise


def test_without_an_open_promise_there_is_nothing_to_renegotiate() -> None:
    kept = replace(PROMISE, state=PromiseState.KEPT)
    for promise in (None, kept):
        with pytest.raises(Refused):
            renegotiate(ticket(promise=promise), FRIDAY, "so", "mair", at())


def test_a_patron_without_an_address_is_written_nothing() -> None:
    nowhere = ticket(patron=Patron("Rhian Example", None))
    assert renegotiate(nowhere, FRIDAY, "so", "mair", at()).messages == ()


def test_a_ticket_is_not_resolved_behind_the_back_of_a_patron_who_waits() -> None:
    with pytest.raises(Refused, match="no answer"):
        resolve(ticket(), "mair", None, at())
    change = resolve(ticket(), "mair", "the same as ENQ-2", at())
    [ended] = change.promises
    assert (ended.state, ended.settled_because) == (PromiseState.WITHDRAWN, "the same as ENQ-2")
    assert told(change) == ["resolved", "promise_withdrawn"]


def test_an_answered_ticket_is_resolved_without_a_word() -> None:
    answered = reply(ticket(), OWNER, "words-1", at()).ticket
    assert told(resolve(answered, "mair", None, at())) == ["resolved"]
    again = add_letter(answered, replace(LETTER, id="letter-2"), at()).ticket
    with pytest.raises(Refused):
        resolve(again, "mair", None, at())


def test_the_first_answer_is_kept_with_its_open_time_and_never_changed() -> None:
    first = reply(ticket(), OWNER, "words-1", at(LATER)).ticket
    assert (first.answered_at, first.answered_in) == (LATER, 3600.0)
    second = reply(first, OWNER, "words-2", at(DUE, "cause-2")).ticket
    assert (second.answered_at, second.answered_in) == (LATER, 3600.0)


def test_what_is_reopened_is_owed_an_answer() -> None:
    answered = reply(ticket(), OWNER, "words-1", at()).ticket
    resolved = resolve(answered, "mair", None, at()).ticket
    assert resolved.close_at == LATER + timedelta(days=30)
    change = reopen(resolved, "mair", at(FRIDAY))
    assert (change.ticket.is_unanswered, change.ticket.close_at) == (True, None)
    assert change.ticket.promise is not None
    assert change.ticket.promise.made_at == FRIDAY


@pytest.mark.parametrize("status", [Status.ASSIGNED, Status.RESOLVED, Status.WAITING_PATRON])
def test_thanks_are_kept_as_praise_and_move_no_clock(status: Status) -> None:
    before = ticket(status=status, unread=False, is_unanswered=False)
    thanks = replace(LETTER, id="thanks-1", is_bare_thanks=True)
    change = add_letter(before, thanks, at())
    it = change.ticket
    assert (it.status, it.promise, it.unread) == (before.status, before.promise, False)
    assert (it.praise, it.updated_at, it.close_at) == (1, before.updated_at, before.close_at)
    assert it.thread[-1].letter_id == "thanks-1", "a reply would go to it"
    [said] = change.entries
    assert (said["event"], said["owner"], said["team"]) == ("praised", "mair", "enquiries")
    assert change.messages == ()


def test_what_staff_correct_is_kept_with_what_it_was() -> None:
    change = correct(ticket(), "mair", LATER, topic="local-history", language="en")
    assert change.ticket.topic == "local-history"
    assert change.ticket.why["topic"] == ("corrected by mair",)
    [said] = change.entries
    assert (said["now"], said["before"]) == ({"topic": "local-history"}, {"topic": "general"})


def test_a_cause_is_named_and_taken_back() -> None:
    named = name_trouble(ticket(), "opening hours page wrong", "mair", LATER)
    assert named.ticket.trouble == "opening hours page wrong"
    assert name_trouble(named.ticket, None, "mair", LATER).ticket.trouble is None
