"""Two tickets that are one enquiry: nothing of either is lost, and no patron is left in silence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from services.routing.due import is_silent, next_due
from services.routing.merging import MOST, absorb, is_same_patron, merge, unmerge
from services.routing.promise import PromiseState
from services.routing.status import Refused, Status
from services.routing.ticket import Change, Link, LostContact, Owner, Patron, Thread, Ticket
from services.routing.urgency import Urgency
from shared.messages import Notice, NoticeRequested, PairChanged
from tests.unit.examples import DUE, LETTER, NOW, OWNER, PROMISE, REFERENCE, ticket
from tests.unit.routing.people import LATER, at, notices, told

OTHER: Final = "ENQ-0000-0000"
SIAN: Final = Owner("lowri", "Lowri")
STRANGER: Final = Patron("Gwen Invented", "gwen@patrons.example")
SETTLED: Final = replace(PROMISE, state=PromiseState.KEPT)


def standing(**fields: Any) -> Ticket:
    """The ticket that another is merged into."""
    known = {"thread": (Thread("letter-9", "<ninth@patrons.example>"),), **fields}
    return replace(ticket(), reference=OTHER, **known)


def row_of(change: Change) -> Mapping[str, Any]:
    [row] = [one for one in change.entries if one["event"] == "merged"]
    return row


def both(merged: Ticket, into: Ticket) -> tuple[Change, Change]:
    """What the one decides, and what becomes of the other."""
    first = merge(merged, into, "mair", at(cause="c1"))
    second = absorb(into, first.ticket, row_of(first), at(cause="c2"))
    assert second is not None
    assert not is_silent(second.ticket)
    assert second.ticket.version == into.version + 1
    return first, second


def test_the_merged_one_ends_and_says_where_it_went() -> None:
    first, second = both(ticket(), standing())
    assert (first.ticket.status, first.ticket.merged_into) == (Status.CLOSED, OTHER)
    assert next_due(first.ticket) is None
    assert told(first)[0] == "merged"
    [follows] = first.messages
    assert isinstance(follows, PairChanged)
    assert (follows.reference, follows.other, follows.what) == (OTHER, REFERENCE, "merged")
    assert Link("merged_from", REFERENCE) in second.ticket.links
    assert told(second)[0] == "merged_here"


def test_who_sees_the_one_sees_the_other() -> None:
    away = {"confidential": True, "team": "local-history"}
    first, second = both(ticket(**away), standing())
    assert (first.ticket.confidential, first.ticket.team) == (True, "local-history")
    assert (second.ticket.confidential, second.ticket.team) == (True, ticket().team)
    first, second = both(ticket(), standing(**away))
    assert (first.ticket.confidential, first.ticket.team) == (True, "local-history")
    assert (second.ticket.confidential, second.ticket.team) == (True, "local-history")
    first, second = both(ticket(), standing())
    assert not first.ticket.confidential
    assert not second.ticket.confidential


def test_it_is_absorbed_once() -> None:
    first, second = both(ticket(), standing())
    assert absorb(second.ticket, first.ticket, row_of(first), at()) is None


def test_the_patron_is_told_nothing_for_nothing_changes_for_him() -> None:
    first, second = both(ticket(), standing(owner=SIAN))
    assert (notices(first), notices(second)) == ([""], [])
    assert second.ticket.owner == SIAN


def test_the_earlier_promise_stands_here() -> None:
    first, second = both(ticket(), standing(promise=replace(PROMISE, due_at=NOW)))
    assert second.ticket.promise is not None
    assert (second.ticket.promise.due_at, second.promises) == (NOW, ())
    [ended] = first.promises
    assert (ended.state, ended.due_at) == (PromiseState.WITHDRAWN, DUE)
    assert ended.settled_because == "merged into another ticket, where it stands"


def test_the_earlier_promise_comes_along() -> None:
    later = replace(PROMISE, due_at=DUE + timedelta(hours=1))
    _, second = both(ticket(), standing(promise=later))
    ended, made = second.promises
    assert (ended.state, ended.due_at) == (PromiseState.WITHDRAWN, later.due_at)
    assert (made.state, made.due_at, made.made_at) == (PromiseState.MADE, DUE, NOW)
    assert not made.is_first, "it was counted where it was made"
    assert second.ticket.promise == made
    assert second.ticket.risk_at


def test_a_promise_that_is_past_due_is_still_broken_and_told() -> None:
    past = replace(PROMISE, due_at=NOW)
    _, second = both(ticket(promise=past), standing())
    assert second.ticket.promise is not None
    assert second.ticket.promise.due_at == NOW
    due = next_due(second.ticket)
    assert due is not None
    assert due.at <= LATER


def test_what_was_answered_here_is_owed_again() -> None:
    done = standing(status=Status.RESOLVED, is_unanswered=False, promise=SETTLED, close_at=NOW)
    _, second = both(ticket(), done)
    assert (second.ticket.status, second.ticket.close_at) == (Status.ASSIGNED, None)
    assert (second.ticket.is_unanswered, second.ticket.unread) == (True, True)
    assert "reopened" in told(second)
    assert second.ticket.promise is not None
    assert second.ticket.promise.is_open


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_what_was_answered_there_wakes_nobody(status: Status) -> None:
    merged = ticket(status=status, is_unanswered=False, promise=SETTLED)
    done = standing(status=Status.RESOLVED, is_unanswered=False, promise=SETTLED, unread=False)
    first, second = both(merged, done)
    assert second.ticket.status is Status.RESOLVED
    assert (second.ticket.unread, second.promises, first.promises) == (False, (), ())


def test_one_that_nobody_had_is_theirs_who_had_the_other() -> None:
    mine = ticket(owner=OWNER)
    _, second = both(mine, standing(owner=None, status=Status.NEW, seek_at=NOW, owner_by=NOW))
    assert (second.ticket.owner, second.ticket.status) == (OWNER, Status.ASSIGNED)
    assert second.ticket.seek_at is None


def test_one_that_nobody_had_is_looked_after_if_who_had_the_other_is_not_there() -> None:
    mine = ticket(owner=Owner("gone", "Gone"))
    _, second = both(mine, standing(owner=None, status=Status.NEW))
    assert (second.ticket.owner, second.ticket.status) == (None, Status.NEW)
    assert second.ticket.seek_at is not None


def test_all_that_staff_know_of_it_comes_along() -> None:
    lost = LostContact(NOW, "phone", NOW)
    mine = ticket(
        created_at=NOW - timedelta(minutes=1),
        tags=("map", "loan"),
        urgency=Urgency.URGENT,
        needed_by=date(2026, 11, 30),
        praise=2,
        trouble="Page wrong",
        lost=lost,
        links=(Link("named", "ENQ-1"), Link("related", OTHER), Link("merged_from", "ENQ-2")),
    )
    _, second = both(mine, standing(tags=("atlas", "map"), praise=1))
    it = second.ticket
    assert it.tags == ("atlas", "loan", "map")
    assert (it.urgency, it.needed_by, it.praise) == (Urgency.URGENT, date(2026, 11, 30), 3)
    assert (it.trouble, it.lost) == ("Page wrong", lost)
    assert set(it.links) == {
        Link("named", "ENQ-1"),
        Link("merged_from", "ENQ-2"),
        Link("merged_from", REFERENCE),
    }
    assert [one.letter_id for one in it.thread] == ["letter-1", "letter-9"]


def test_either_way_round_gives_the_same_patron_the_same() -> None:
    late = standing(created_at=NOW + timedelta(minutes=5))
    _, one = both(ticket(), late)
    _, other = both(late, ticket())
    assert one.ticket.thread == other.ticket.thread
    assert one.ticket.promise is not None
    assert other.ticket.promise is not None
    assert one.ticket.promise.due_at == other.ticket.promise.due_at


def test_another_patron_is_told_who_has_it_and_his_words_stay_his() -> None:
    theirs = ticket(patron=STRANGER, owner=OWNER)
    first, second = both(theirs, standing(owner=SIAN))
    assert notices(first) == ["", Notice.HANDED_OVER]
    letter = first.messages[1]
    assert isinstance(letter, NoticeRequested)
    assert (letter.reference, first.ticket.owner) == (REFERENCE, SIAN)
    assert second.ticket.thread == standing().thread, "no reply quotes the other's letter"
    assert second.ticket.patron == LETTER.patron


def test_another_patron_who_was_answered_is_told_nothing() -> None:
    done = ticket(patron=STRANGER, status=Status.RESOLVED, is_unanswered=False, promise=SETTLED)
    first, _ = both(done, standing())
    assert notices(first) == [""]


def test_a_patron_without_an_address_gets_the_one_that_is_known() -> None:
    by_phone = standing(patron=Patron("rhian EXAMPLE", None))
    _, second = both(ticket(), by_phone)
    assert second.ticket.patron == Patron("rhian EXAMPLE", LETTER.patron.address)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (Patron("A", "a@patrons.example"), Patron("B", "A+books@patrons.example"), True),
        (Patron("A", "a@patrons.example"), Patron("A", "b@patrons.example"), False),
        (Patron("A", None), Patron("a ", "b@patrons.example"), True),
        (Patron("A", None), Patron("B", None), False),
        (Patron("", None), Patron("", None), False),
        (Patron("", "a@patrons.example"), Patron("", None), False),
    ],
)
def test_who_is_the_same_patron(one: Patron, other: Patron, is_same: bool) -> None:
    assert is_same_patron(one, other) is is_same
    assert is_same_patron(other, one) is is_same


def test_what_can_not_be_merged() -> None:
    with pytest.raises(Refused, match="itself"):
        merge(ticket(), ticket(), "mair", at())
    with pytest.raises(Refused, match="merged itself"):
        merge(ticket(), standing(merged_into="ENQ-3"), "mair", at())
    many = tuple(Link("merged_from", f"ENQ-{one}") for one in range(MOST))
    with pytest.raises(Refused, match=str(MOST)):
        merge(ticket(), standing(links=many), "mair", at())
    with pytest.raises(Refused, match=str(MOST)):
        merge(ticket(links=many[:10]), standing(links=many[10:]), "mair", at())
    assert merge(ticket(links=many[:10]), standing(links=many[11:]), "mair", at())


def test_one_that_stands_again_is_owed_an_answer() -> None:
    first, _ = both(ticket(), standing())
    change = unmerge(first.ticket, at(cause="c3"))
    it = change.ticket
    assert (it.merged_into, it.status, it.is_unanswered) == (None, Status.ASSIGNED, True)
    assert it.promise is not None
    assert it.promise.is_open
    assert next_due(it) is not None
