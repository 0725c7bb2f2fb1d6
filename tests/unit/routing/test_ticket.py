"""A ticket and what may happen to it: the whole table, and what each event changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from services.routing.actions import assign, close, note, reopen, reply, resolve, wait
from services.routing.arrival import add_letter
from services.routing.contact import lose_contact, reach
from services.routing.merging import merge
from services.routing.ownership import escalate, left_to_team
from services.routing.promise import PromiseState
from services.routing.situation import Situation
from services.routing.status import ENDED, TRANSITIONS, Event, NotAllowed, Status
from services.routing.ticket import Change, Letter, Owner, Patron, Thread, Ticket
from shared.messages import Notice, NoticeRequested
from tests.unit.examples import (
    DUE,
    LETTER,
    MAIR,
    NOW,
    OWNER,
    PROMISE,
    REFERENCE,
    opened,
    situation,
    ticket,
)

LATER: Final = NOW + timedelta(hours=1)
TOO_LATE: Final = DUE + timedelta(seconds=1)


def at(now: datetime, cause: str = "cause-1") -> Situation:
    """The example library with Mair and Siân in it, at this moment."""
    return situation(now, cause, (MAIR, SIAN_OF_STAFF))


SECOND: Final = replace(
    LETTER, id="letter-2", at=LATER, message_id="<second@patrons.example>", subject="Re: hours"
)
SIAN_OF_STAFF: Final = replace(
    MAIR,
    id="sian",
    name="Siân Example",
    address="sian@llanfair.example",
    skills=frozenset({"general"}),
)
SIAN: Final = Owner("sian", "Siân Example")

HAPPENS: Final[dict[Event, Callable[[Ticket], Change]]] = {
    Event.ASSIGN: lambda it: assign(it, SIAN, "mair", at(LATER)),
    Event.PATRON_WRITES: lambda it: add_letter(it, SECOND, at(LATER)),
    Event.REPLY: lambda it: reply(it, OWNER, "words-1", at(LATER, "cause-1")),
    Event.WAIT_FOR_PATRON: lambda it: wait(it, Event.WAIT_FOR_PATRON, "mair", LATER, None),
    Event.WAIT_FOR_THIRD_PARTY: lambda it: wait(
        it, Event.WAIT_FOR_THIRD_PARTY, "mair", LATER, None
    ),
    Event.RESOLVE: lambda it: resolve(it, "mair", "told by phone", at(LATER)),
    Event.REOPEN: lambda it: reopen(it, "mair", at(LATER)),
    Event.HAND_OVER: lambda it: escalate(it, OWNER, "I can't", at(LATER)),
    Event.LEAVE: lambda it: left_to_team(it, ("nobody is free",), at(LATER)),
    Event.LOSE_CONTACT: lambda it: lose_contact(it, "phone", "letter-2", at(LATER)),
    Event.MAKE_CONTACT: lambda it: reach(it, OWNER, "phone", "note-1", at(LATER)),
    Event.CLOSE: lambda it: close(it, at(LATER)),
    Event.MERGE: lambda it: merge(it, ticket(reference="ENQ-0000-0000"), "mair", at(LATER)),
}


def told(change: Change) -> list[str]:
    """The events that the timeline gains."""
    return [str(one["event"]) for one in change.entries]


# The table.


def test_every_status_has_a_row_and_every_event_happens_somewhere() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert {event for row in TRANSITIONS.values() for event in row} == set(Event) == set(HAPPENS)


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("status", list(Status))
def test_every_event_in_every_status_does_what_the_table_says(status: Status, event: Event) -> None:
    before = ticket(status=status)
    after = TRANSITIONS[status].get(event)
    if after is None:
        with pytest.raises(NotAllowed) as error:
            HAPPENS[event](before)
        assert (error.value.status, error.value.event) == (status, event)
        assert str(error.value) == f"a ticket that is {status} can't {event}"
    else:
        change = HAPPENS[event](before)
        assert change.ticket.status is after
        assert change.ticket.version == before.version + 1
        assert change.ticket.updated_at == LATER
        assert change.entries
        assert all(one["at"] == LATER and one["by"] for one in change.entries)


def test_every_status_can_be_reached_and_left() -> None:
    reached = {Status.NEW, Status.ASSIGNED}
    for _ in Status:
        reached |= {to for one in reached for to in TRANSITIONS[one].values()}
    assert reached == set(Status)
    assert all(set(row.values()) - {status} for status, row in TRANSITIONS.items())


def test_a_patrons_letter_is_never_refused() -> None:
    assert all(Event.PATRON_WRITES in row for row in TRANSITIONS.values())


# Opening.


def test_a_first_letter_opens_a_ticket_with_an_owner_a_promise_and_an_acknowledgement() -> None:
    change = opened()
    it = change.ticket
    assert (it.reference, it.version, it.status) == (REFERENCE, 1, Status.ASSIGNED)
    assert (it.owner, it.promise, it.unread) == (OWNER, PROMISE, True)
    assert it.thread == (Thread("letter-1", "<first@patrons.example>"),)
    assert told(change) == ["opened", "assigned", "promised"]
    [notice] = change.messages
    assert isinstance(notice, NoticeRequested)
    assert (notice.notice, notice.about) == (Notice.ACKNOWLEDGEMENT, "letter-1")
    assert notice.reference == REFERENCE


def test_without_an_owner_the_ticket_is_new_and_its_team_has_it() -> None:
    change = opened(owned=False)
    assert (change.ticket.status, change.ticket.owner) == (Status.NEW, None)
    assert change.ticket.team == "enquiries"
    assert told(change) == ["opened", "left_to_team", "promised"]
    assert len(change.messages) == 1


def test_a_patron_without_an_address_has_a_ticket_and_no_acknowledgement() -> None:
    nowhere = replace(LETTER, patron=Patron("Rhian Example", None))
    change = opened(letter=nowhere)
    assert change.messages == ()
    assert told(change) == ["opened", "assigned", "promised"]


def test_the_same_letter_always_asks_for_the_same_acknowledgement() -> None:
    first, second = opened().messages[0], opened().messages[0]
    assert first.message_id == second.message_id
    other = opened(letter=replace(LETTER, id="letter-9")).messages[0]
    assert other.message_id != first.message_id


# A further letter.


def test_a_further_letter_is_unread_and_in_the_thread() -> None:
    change = add_letter(ticket(unread=False), SECOND, at(LATER))
    assert change.ticket.unread
    assert [one.letter_id for one in change.ticket.thread] == ["letter-1", "letter-2"]
    assert told(change) == ["patron_wrote"]
    assert change.messages == ()


def test_a_promise_that_is_open_is_kept_when_the_patron_writes_again() -> None:
    assert add_letter(ticket(), SECOND, at(LATER)).ticket.promise == PROMISE


@pytest.mark.parametrize("state", [PromiseState.KEPT, PromiseState.BROKEN])
def test_a_promise_that_has_ended_is_made_anew_when_the_patron_writes(state: PromiseState) -> None:
    ended = ticket(promise=replace(PROMISE, state=state))
    change = add_letter(ended, SECOND, at(LATER))
    assert change.ticket.promise is not None
    assert change.ticket.promise.made_at == LATER
    assert told(change) == ["patron_wrote", "promised"]


def test_a_letter_to_a_resolved_ticket_reopens_it() -> None:
    answered = ticket(
        status=Status.RESOLVED,
        unread=False,
        promise=replace(PROMISE, state=PromiseState.KEPT),
    )
    change = add_letter(answered, SECOND, at(LATER))
    assert (change.ticket.status, change.ticket.unread) == (Status.ASSIGNED, True)
    assert change.ticket.promise is not None
    assert change.ticket.promise.made_at == LATER
    assert told(change) == ["patron_wrote", "reopened", "promised"]


def test_a_ticket_resolved_without_an_answer_owes_one_in_time_when_the_patron_writes() -> None:
    resolved = resolve(ticket(), "mair", "told by phone", at(LATER)).ticket
    week_later = LATER + timedelta(days=7)
    change = add_letter(resolved, replace(SECOND, at=week_later), at(week_later))
    assert change.ticket.promise is not None
    assert change.ticket.promise.due_at > week_later


def test_a_ticket_that_waits_for_the_patron_is_at_work_again() -> None:
    waiting = ticket(status=Status.WAITING_PATRON)
    assert add_letter(waiting, SECOND, at(LATER)).ticket.status is Status.ASSIGNED


@pytest.mark.parametrize("status", list(Status))
def test_automatic_mail_is_noted_and_changes_nothing_else(status: Status) -> None:
    before = ticket(status=status, unread=False, promise=replace(PROMISE, state=PromiseState.KEPT))
    change = add_letter(before, replace(SECOND, automatic=True), at(LATER))
    assert change.ticket == replace(before, version=before.version + 1)
    assert told(change) == ["automatic_mail_noted"]
    assert change.messages == ()


def test_a_long_thread_keeps_its_last_thirty_letters() -> None:
    it = ticket()
    for number in range(50):
        it = add_letter(it, replace(SECOND, id=f"more-{number}"), at(LATER)).ticket
    assert len(it.thread) == 30
    assert it.thread[-1].letter_id == "more-49"


def test_a_letter_that_was_on_its_way_when_its_ticket_was_closed_reopens_it() -> None:
    closed = ticket(status=Status.CLOSED, promise=replace(PROMISE, state=PromiseState.KEPT))
    change = add_letter(closed, SECOND, at(LATER))
    assert change.ticket.status is Status.ASSIGNED
    assert told(change) == ["patron_wrote", "reopened", "promised"]


def test_a_letter_of_an_unknown_sender_is_told_apart_and_changes_no_patron() -> None:
    forwarded = replace(
        SECOND,
        patron=Patron("Mallory Example", "mallory@elsewhere.example"),
        is_proven=True,
        sender_is_known=False,
    )
    change = add_letter(ticket(), forwarded, at(LATER))
    assert change.ticket.patron == ticket().patron
    assert change.entries[0]["sender_is_known"] is False
    assert "sender_is_known" not in add_letter(ticket(), SECOND, at(LATER)).entries[0]


NOWHERE: Final = Patron("Rhian Example", None)


def test_a_patron_without_an_address_has_that_of_a_letter_that_proves_the_ticket() -> None:
    change = add_letter(ticket(patron=NOWHERE), replace(SECOND, is_proven=True), at(LATER))
    assert change.ticket.patron == Patron("Rhian Example", "rhian@patrons.example")
    assert "address_learned" in told(change)
    nameless = add_letter(
        ticket(patron=Patron("", None)), replace(SECOND, is_proven=True), at(LATER)
    )
    assert nameless.ticket.patron.name == "Rhian Example"


@pytest.mark.parametrize(
    "letter",
    [
        SECOND,
        replace(SECOND, is_proven=True, patron=NOWHERE),
        replace(SECOND, is_proven=True, automatic=True),
    ],
    ids=["by a claim", "without one", "by a machine"],
)
def test_no_other_letter_tells_a_patrons_address(letter: Letter) -> None:
    change = add_letter(ticket(patron=NOWHERE), letter, at(LATER))
    assert change.ticket.patron == NOWHERE
    assert "address_learned" not in told(change)


def test_a_letter_that_staff_released_says_who_did() -> None:
    change = opened(letter=replace(LETTER, released_by="sian"))
    assert (change.entries[0]["event"], change.entries[0]["by"]) == ("opened", "sian")


# Staff.


def test_a_reply_in_time_keeps_the_promise() -> None:
    change = reply(ticket(), OWNER, "words-1", at(DUE, "cause-1"))
    assert change.ticket.promise == replace(PROMISE, state=PromiseState.KEPT, settled_at=DUE)
    assert told(change) == ["replied", "promise_kept"]
    assert not change.ticket.unread


def test_a_reply_that_is_late_breaks_the_promise() -> None:
    change = reply(ticket(), OWNER, "words-1", at(TOO_LATE, "cause-1"))
    assert change.ticket.promise == replace(PROMISE, state=PromiseState.BROKEN, settled_at=TOO_LATE)
    assert told(change) == ["replied", "promise_broken"]


def test_a_second_reply_changes_no_promise_that_has_ended() -> None:
    kept = reply(ticket(), OWNER, "words-1", at(LATER, "cause-1")).ticket
    again = reply(kept, OWNER, "words-2", at(TOO_LATE, "cause-2"))
    assert again.ticket.promise == kept.promise
    assert told(again) == ["replied"]


def test_a_reply_without_a_promise_makes_none() -> None:
    assert (
        reply(ticket(promise=None), OWNER, "words-1", at(LATER, "cause-1")).ticket.promise is None
    )


def test_a_reply_asks_for_a_letter_about_the_patrons_last_one() -> None:
    answered = add_letter(ticket(), SECOND, at(LATER)).ticket
    [notice] = reply(answered, OWNER, "words-1", at(LATER, "cause-1")).messages
    assert isinstance(notice, NoticeRequested)
    assert (notice.notice, notice.about, notice.letter_id) == (Notice.REPLY, "letter-2", "words-1")


def test_the_same_request_always_asks_for_the_same_letter_and_another_for_another() -> None:
    ids = [
        reply(ticket(), OWNER, "words", at(LATER, cause)).messages[0].message_id
        for cause in ("one", "one", "two")
    ]
    assert ids[0] == ids[1] != ids[2]


def test_a_ticket_that_nobody_owns_is_that_of_who_answers_it() -> None:
    nobodys = ticket(status=Status.NEW, owner=None)
    change = reply(nobodys, SIAN, "words-1", at(LATER, "cause-1"))
    assert (change.ticket.owner, change.ticket.status) == (SIAN, Status.ASSIGNED)
    assert reply(ticket(), SIAN, "words-1", at(LATER, "cause-1")).ticket.owner == OWNER


def test_a_ticket_is_claimed_or_given_away() -> None:
    claimed = assign(ticket(), SIAN, "sian", at(LATER))
    given = assign(ticket(), SIAN, "mair", at(LATER))
    assert (claimed.ticket.owner, told(claimed)) == (SIAN, ["claimed"])
    assert (given.ticket.owner, told(given)) == (SIAN, ["assigned"])


@pytest.mark.parametrize("status", list(Status))
def test_a_note_is_possible_in_every_status_and_tells_the_patron_nothing(status: Status) -> None:
    before = ticket(status=status)
    change = note(before, "mair", "words-1", LATER)
    assert change.ticket == replace(before, version=before.version + 1, updated_at=LATER)
    assert (told(change), change.messages) == (["noted"], ())


def test_a_ticket_that_is_reopened_is_owed_an_answer_again() -> None:
    resolved = resolve(ticket(), "mair", "told by phone", at(LATER))
    assert resolved.ticket.status is Status.RESOLVED
    assert told(resolved) == ["resolved", "promise_withdrawn"]
    change = reopen(resolved.ticket, "mair", at(LATER))
    assert change.ticket.status is Status.ASSIGNED
    assert change.ticket.promise is not None
    assert change.ticket.promise.is_open
    assert told(change) == ["reopened", "promised"]


TELLS: Final = {Event.REPLY, Event.ASSIGN, Event.LEAVE}
"""An answer, and another name than the one that the patron knows."""


def test_nothing_but_an_answer_or_another_owner_tells_the_patron_anything() -> None:
    for event, happens in HAPPENS.items():
        statuses = [one for one in Status if event in TRANSITIONS[one]]
        for one in statuses:
            change = happens(ticket(status=one))
            if event is Event.HAND_OVER:
                continue  # whom it finds is another test's
            letters = [sent for sent in change.messages if isinstance(sent, NoticeRequested)]
            reopens = event is Event.PATRON_WRITES and one in ENDED
            assert len(letters) == (event in TELLS or reopens), (event, one)


def test_a_contact_that_was_lost_is_in_the_timeline_and_told_as_that() -> None:
    change = opened(letter=replace(LETTER, lost_by="chat", names=REFERENCE))
    assert told(change) == ["opened", "assigned", "promised", "contact_lost"]
    assert "names" not in change.entries[-1], "it is this very ticket"
    [notice] = change.messages
    assert isinstance(notice, NoticeRequested)
    assert notice.notice is Notice.CONTACT_LOST
    unreachable = replace(LETTER, lost_by="phone", patron=Patron("", None))
    assert opened(letter=unreachable).messages == ()


def test_a_letter_that_was_on_its_way_makes_an_erased_ticket_its_senders() -> None:
    blank = {"patron": Patron("", None), "subject": "", "erased_at": NOW, "thread": ()}
    erased = ticket(status=Status.CLOSED, **blank)
    it = add_letter(erased, SECOND, at(LATER)).ticket
    assert (it.status, it.erased_at) == (Status.ASSIGNED, None)
    assert (it.patron, it.subject) == (SECOND.patron, SECOND.subject)
    noted = add_letter(erased, replace(SECOND, automatic=True), at(LATER)).ticket
    assert (noted.status, noted.erased_at, noted.patron.address) == (Status.CLOSED, None, None)
