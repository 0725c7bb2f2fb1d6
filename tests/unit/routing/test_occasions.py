"""Which letters a patron gets besides answers, and which not: one at most for one thing that
happens."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from services.routing.actions import ask, reopen, reply, resolve
from services.routing.arrival import add_letter
from services.routing.occasions import IN_CONVERSATION, JUST_ACKNOWLEDGED, QUIET
from services.routing.status import Status
from services.routing.ticket import Change, Letter, LostContact, Patron, Ticket
from shared.messages import Notice, NoticeRequested
from tests.unit.examples import LETTER, MAIR, NOW, OWNER, opened
from tests.unit.examples import ticket as example
from tests.unit.routing.people import EVERYBODY, at, away, notices, told

LATER: Final = NOW + timedelta(hours=1)
MORE: Final = replace(LETTER, id="letter-2", door="smtp", message_id="<2@patrons.example>")


def ticket(**fields: Any) -> Ticket:
    """Mair's, with an open promise."""
    return example(**fields)


def answered(**fields: Any) -> Ticket:
    return ticket(is_unanswered=False, answered_at=NOW, heard_at=NOW, **fields)


def adds(it: Ticket, letter: Letter = MORE, now: datetime = LATER) -> list[str]:
    return notices(add_letter(it, letter, at(now)))


def test_what_a_patron_adds_by_mail_is_confirmed() -> None:
    change = add_letter(ticket(), MORE, at(LATER))
    assert notices(change) == ["added"]
    [letter] = change.messages
    assert isinstance(letter, NoticeRequested)
    assert (letter.about, letter.letter_id) == ("letter-2", None)
    assert change.ticket.confirmed_at == LATER


@pytest.mark.parametrize("status", [Status.WAITING_PATRON, Status.WAITING_THIRD_PARTY])
def test_it_is_too_while_the_enquiry_waits(status: Status) -> None:
    assert adds(answered(status=status)) == ["added"]


def test_who_was_acknowledged_just_before_is_not_written_to_again() -> None:
    assert adds(ticket(), now=NOW + JUST_ACKNOWLEDGED - timedelta(seconds=1)) == []
    assert adds(ticket(), now=NOW + JUST_ACKNOWLEDGED) == ["added"]


def test_it_is_confirmed_once_in_some_hours() -> None:
    it = add_letter(ticket(), MORE, at(LATER)).ticket
    third = replace(MORE, id="letter-3")
    assert adds(it, third, LATER + QUIET - timedelta(seconds=1)) == []
    assert adds(it, third, LATER + QUIET) == ["added"]


def test_who_has_just_heard_from_a_person_is_not_written_to_by_a_machine() -> None:
    it = reply(ticket(), OWNER, "words-1", at(LATER)).ticket
    assert adds(it, now=LATER + IN_CONVERSATION - timedelta(seconds=1)) == []
    assert adds(it, now=LATER + IN_CONVERSATION) == ["added"]


@pytest.mark.parametrize(
    "letter",
    [
        replace(MORE, automatic=True),
        replace(MORE, is_bare_thanks=True),
        replace(MORE, door="form"),
        replace(MORE, patron=Patron("Gwen Example", "gwen@patrons.example")),
        replace(MORE, patron=Patron("Rhian Example", None)),
    ],
    ids=["automatic", "thanks", "the form says so itself", "who was sent a copy", "no address"],
)
def test_nothing_else_that_comes_in_is(letter: Letter) -> None:
    assert adds(ticket(), letter) == []


def test_a_patrons_tagged_address_is_the_patrons() -> None:
    tagged = replace(MORE, patron=Patron("Rhian", "Rhian+library@patrons.example"))
    assert adds(ticket(), tagged) == ["added"]


def test_who_hears_that_a_colleague_has_it_now_is_not_told_besides_what_was_added() -> None:
    absent = [away(MAIR), *(one for one in EVERYBODY if one is not MAIR)]
    change = add_letter(ticket(), MORE, at(LATER, staff=absent))
    assert notices(change) == ["handed_over"]
    assert change.ticket.confirmed_at is None


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
@pytest.mark.parametrize("door", ["smtp", "imap", "form", "http"])
def test_a_letter_that_opens_it_again_is_answered_with_who_has_it(
    status: Status, door: str
) -> None:
    it = answered(status=status, confirmed_at=NOW, asked_solved_at=NOW)
    change = add_letter(it, replace(MORE, door=door), at(LATER))
    assert notices(change) == ["reopened"], "in place of `added`, however lately that went"
    assert change.ticket.asked_solved_at is None


def test_it_names_the_colleague_who_has_it_now_and_is_the_only_letter() -> None:
    absent = [away(MAIR), *(one for one in EVERYBODY if one is not MAIR)]
    change = add_letter(answered(status=Status.RESOLVED), MORE, at(LATER, staff=absent))
    assert notices(change) == ["reopened"]
    assert change.ticket.owner != OWNER
    assert change.ticket.promise is not None
    assert change.ticket.promise.is_open


def test_a_colleague_who_opens_it_again_tells_the_patron_nothing() -> None:
    assert notices(reopen(answered(status=Status.RESOLVED), "mair", at(LATER))) == []


# Whether it was solved.


def test_who_was_answered_is_asked_whether_it_was_solved() -> None:
    change = resolve(answered(), "mair", None, at(LATER))
    assert notices(change) == ["resolved"]
    assert change.ticket.asked_solved_at == LATER


@pytest.mark.parametrize(
    ("it", "because"),
    [
        (ticket(), "spam"),
        (answered(), "a duplicate"),
        (answered(patron=Patron("", None)), None),
        (answered(lost=LostContact(NOW, "mail", NOW)), None),
        (answered(is_thanks=True), None),
        (answered(asked_solved_at=NOW), None),
        (ticket(is_unanswered=False), None),
    ],
    ids=["unanswered", "a reason", "no address", "lost", "thanks", "asked before", "heard nobody"],
)
def test_nobody_else_is(it: Ticket, because: str | None) -> None:
    assert notices(resolve(it, "mair", because, at(LATER))) == []


def test_who_is_resolved_twice_is_asked_again_only_when_more_was_said() -> None:
    it = resolve(answered(), "mair", None, at(LATER)).ticket
    again = reopen(it, "mair", at(LATER)).ticket
    silent = replace(again, is_unanswered=False)
    assert notices(resolve(silent, "mair", None, at(LATER))) == []
    again = reply(again, OWNER, "words-2", at(LATER)).ticket
    assert notices(resolve(again, "mair", None, at(LATER))) == ["resolved"]


def test_a_first_letter_of_thanks_alone_is_no_occasion_to_ask_how_it_was() -> None:
    it = opened(letter=replace(LETTER, is_bare_thanks=True)).ticket
    it = reply(it, OWNER, "words-1", at(LATER)).ticket
    assert notices(resolve(it, "mair", None, at(LATER))) == []
    asked = add_letter(it, MORE, at(LATER)).ticket
    assert not asked.is_thanks


# A question of staff's.


def test_a_question_goes_as_a_letter_of_its_own_and_is_waited_for() -> None:
    change = ask(ticket(), OWNER, "words-1", at(LATER))
    assert notices(change) == ["need_more"]
    assert told(change) == ["replied", "promise_kept", "wait_for_patron"]
    assert change.entries[0]["asks"]
    assert change.ticket.status is Status.WAITING_PATRON
    assert change.ticket.remind_at == LATER + timedelta(days=14)
    [letter] = change.messages
    assert isinstance(letter, NoticeRequested)
    assert (letter.notice, letter.letter_id) == (Notice.NEED_MORE, "words-1")


def test_every_letter_bears_the_name_of_what_it_follows_from() -> None:
    def ids(change: Change) -> list[str]:
        return [one.message_id for one in change.messages]

    first = add_letter(ticket(), MORE, at(LATER, cause="letter-2"))
    assert ids(first) == ids(add_letter(ticket(), MORE, at(LATER + QUIET, cause="letter-2")))
    assert ids(first) != ids(add_letter(ticket(), MORE, at(LATER, cause="letter-3")))
