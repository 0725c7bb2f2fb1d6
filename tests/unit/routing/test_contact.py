"""Contact that was lost is made again by the library: a task, in minutes, until it is made."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.routing.actions import reply
from services.routing.arrival import add_letter, open_ticket
from services.routing.contact import call_overdue, lose_contact, miss, reach
from services.routing.due import Kind, next_due
from services.routing.promise import PromiseState
from services.routing.status import Refused, Status
from services.routing.ticket import Letter, Ticket
from tests.unit.examples import LETTER, NOW, OWNER, PROMISE, REFERENCE, ticket
from tests.unit.routing.people import LATER, alerted, at, told

CALL = replace(LETTER, id="call-1", lost_by="phone", automatic=False)
RETURNED = replace(
    LETTER,
    id="bounce-1",
    automatic=True,
    is_returned=True,
    is_proven=True,
    returned_from=("rhian@patrons.example",),
)


def cut_off(**fields: object) -> Ticket:
    """A call about this ticket was cut off."""
    return lose_contact(ticket(**fields), "phone", "call-1", at(NOW)).ticket


def test_a_call_that_was_cut_off_is_its_owners_task_within_two_open_minutes() -> None:
    change = lose_contact(ticket(), "phone", "call-1", at(NOW))
    assert change.ticket.lost is not None
    assert change.ticket.lost.due_at == NOW + timedelta(minutes=2)
    assert alerted(change) == [("mair", "contact_lost")]
    assert change.alerts[0].due_at == NOW, "at once"
    due = next_due(change.ticket)
    assert due is not None
    assert (due.kind, due.at) == (Kind.CALL_BACK, NOW + timedelta(minutes=2))


def test_while_the_library_is_closed_the_two_minutes_count_from_its_opening() -> None:
    sunday = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    lost = lose_contact(ticket(), "phone", "call-1", at(sunday)).ticket.lost
    assert lost is not None
    assert lost.due_at == datetime(2026, 11, 23, 9, 2, tzinfo=UTC)


def test_nobodys_ticket_alerts_the_lead() -> None:
    change = lose_contact(ticket(owner=None, status=Status.NEW), "phone", "call-1", at(NOW))
    assert alerted(change) == [("lowri", "contact_lost")]


def test_a_call_about_no_ticket_opens_one_with_the_task() -> None:
    change = open_ticket(REFERENCE, CALL, at(NOW))
    assert change.ticket.version == 1
    assert change.ticket.lost is not None
    assert told(change) == ["opened", "assigned", "promised", "contact_lost"]


def test_the_call_back_makes_contact_keeps_the_promise_and_says_after_how_long() -> None:
    change = reach(cut_off(), OWNER, "phone", "note-1", at(NOW + timedelta(seconds=90)))
    assert change.ticket.lost is None
    assert not change.ticket.is_unanswered
    assert told(change) == ["contact_tried", "contact_made", "promise_kept"]
    assert change.entries[1]["after_seconds"] == 90
    assert change.ticket.answered_at == NOW + timedelta(seconds=90)


def test_each_try_is_recorded_and_after_the_last_it_rests_and_says_so() -> None:
    it = cut_off()
    for number in (1, 2):
        change = miss(it, OWNER, "phone", f"note-{number}", at(LATER, f"try-{number}"))
        it = change.ticket
        assert it.lost is not None
        assert it.lost.due_at == LATER + timedelta(hours=4)
        assert told(change) == ["contact_tried"]
    last = miss(it, OWNER, "mail", "note-3", at(LATER, "try-3"))
    assert last.ticket.lost is not None
    assert (last.ticket.lost.due_at, len(last.ticket.lost.attempts)) == (None, 3)
    assert [one.how for one in last.ticket.lost.attempts] == ["phone", "phone", "mail"]
    assert told(last) == ["contact_tried", "contact_rests"]


def test_a_call_back_that_nobody_makes_is_told_above_at_once_and_stays_due() -> None:
    change = call_overdue(cut_off(), at(NOW + timedelta(minutes=3)))
    assert alerted(change) == [("lowri", "call_back_overdue")]
    assert change.ticket.lost is not None
    assert change.ticket.lost.due_at == NOW + timedelta(hours=4, minutes=3)
    with pytest.raises(Refused):
        call_overdue(ticket(), at())


def test_a_call_of_no_lost_contact_is_recorded_and_answers_the_patron() -> None:
    spoken = reach(ticket(), OWNER, "phone", "note-1", at())
    assert told(spoken) == ["contact_tried", "promise_kept"]
    tried = miss(ticket(), OWNER, "phone", "note-1", at())
    assert (told(tried), tried.ticket.promise, tried.ticket.lost) == (
        ["contact_tried"],
        PROMISE,
        None,
    )


def test_a_patron_who_writes_has_made_contact_himself() -> None:
    change = add_letter(cut_off(), replace(LETTER, id="letter-2"), at(LATER))
    assert change.ticket.lost is None
    assert told(change) == ["patron_wrote", "contact_made"]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_a_ticket_whose_final_answer_came_back_is_not_resolved(status: Status) -> None:
    kept = replace(PROMISE, state=PromiseState.KEPT)
    ended = ticket(status=status, promise=kept, is_unanswered=False)
    change = add_letter(ended, RETURNED, at(LATER))
    it = change.ticket
    assert (it.status, it.is_unanswered) == (Status.ASSIGNED, True)
    assert it.lost is not None
    assert it.lost.channel == "mail"
    assert it.promise is not None
    assert it.promise.is_open
    assert told(change) == ["automatic_mail_noted", "contact_lost", "reopened", "promised"]
    assert change.messages == (), "there is nowhere to write to"


@pytest.mark.parametrize(
    "letter",
    [
        replace(RETURNED, is_returned=False),
        replace(RETURNED, is_proven=False),
        replace(RETURNED, returned_from=("somebody@elsewhere.example",)),
    ],
    ids=["only late", "of a letter that was not ours", "of somebody else's address"],
)
def test_other_automatic_mail_loses_no_contact(letter: Letter) -> None:
    ended = ticket(status=Status.RESOLVED)
    change = add_letter(ended, letter, at(LATER))
    assert (change.ticket.status, change.ticket.lost) == (Status.RESOLVED, None)
    assert told(change) == ["automatic_mail_noted"]


def test_a_bounce_that_names_nobody_counts() -> None:
    assert add_letter(ticket(), replace(RETURNED, returned_from=()), at(LATER)).ticket.lost


def test_a_second_loss_keeps_the_first_moment_and_the_tries() -> None:
    tried = miss(cut_off(), OWNER, "phone", "note-1", at(LATER)).ticket
    again = lose_contact(tried, "chat", "call-2", at(LATER + timedelta(hours=1))).ticket
    assert again.lost is not None
    assert (again.lost.since, len(again.lost.attempts)) == (NOW, 1)


def test_a_reply_to_an_address_that_is_lost_does_not_make_contact() -> None:
    lost = add_letter(ticket(), RETURNED, at(NOW)).ticket
    assert reply(lost, OWNER, "words-1", at()).ticket.lost is not None


def test_who_reaches_the_patron_of_nobodys_ticket_has_it() -> None:
    nobodys = ticket(owner=None, status=Status.NEW)
    change = reach(nobodys, OWNER, "phone", "note-1", at())
    assert (change.ticket.owner, change.ticket.status) == (OWNER, Status.ASSIGNED)
