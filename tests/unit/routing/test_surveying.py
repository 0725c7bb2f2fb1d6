"""What a ticket becomes when its patron says how it was."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from services.routing.documents import fields_of, ticket_of
from services.routing.handlers import Desk, on_outcome
from services.routing.roster import Roster
from services.routing.status import Status
from services.routing.surveying import SAID, take_opinion
from services.routing.ticket import Change, Letter, Opinion, Patron, Ticket
from services.routing.understanding import letter_of
from shared.errors import Permanent
from shared.messages import SurveyAnswered
from tests.fakes import Clock, Outbox, Tickets
from tests.unit.examples import CALENDARS, LETTER, LIBRARY, MAIR, NOW, REFERENCE
from tests.unit.examples import ticket as example
from tests.unit.routing.people import alerted, at, notices, told

LATER: Final = NOW + timedelta(days=1)
NO: Final = Opinion(1, False, 2, LATER)
YES: Final = Opinion(1, True, 9, LATER)


def said(opinion: Opinion, **more: Any) -> Letter:
    """The letter that an answer is."""
    known: dict[str, Any] = {"id": "said-1", "door": "survey", "opinion": opinion}
    return replace(LETTER, patron=Patron("Rhian Example", None), **(known | more))


def resolved(**fields: Any) -> Ticket:
    known: dict[str, Any] = {"status": Status.RESOLVED, "is_unanswered": False, "answered_at": NOW}
    return example(promise=None, unread=False, **(known | fields))


def taken(it: Ticket, opinion: Opinion, now: datetime = LATER, **more: Any) -> Change:
    change = take_opinion(it, said(opinion, **more), opinion, at(now))
    assert change is not None
    return change


def test_what_was_not_solved_goes_back_to_whoever_had_it() -> None:
    change = taken(resolved(), NO)
    it = change.ticket
    assert told(change) == ["survey_answered", "reopened", "promised"]
    assert change.entries[0]["letter"] == "said-1"
    assert (change.entries[0]["solved"], change.entries[0]["recommend"]) == (False, 2)
    assert (it.status, it.owner, it.unread) == (Status.ASSIGNED, example().owner, True)
    assert it.is_unanswered
    assert it.promise is not None
    assert it.promise.is_open
    assert it.opinion == NO
    assert notices(change) == ["reopened"]
    assert it.patron == example().patron, "who answers on a page has no other address"


def test_said_of_one_that_is_open_already_it_is_one_more_letter_and_tells_nobody() -> None:
    change = taken(resolved(status=Status.ASSIGNED), NO)
    assert told(change) == ["survey_answered", "promised"]
    assert notices(change) == []
    assert change.ticket.unread


def test_what_was_solved_moves_nothing() -> None:
    change = taken(resolved(), YES, has_text=False)
    assert told(change) == ["survey_answered"]
    assert (notices(change), alerted(change)) == ([], [])
    assert change.ticket == replace(resolved(), version=resolved().version + 1, opinion=YES)


def test_thanks_beside_it_are_praise() -> None:
    change = taken(resolved(), YES, is_bare_thanks=True)
    assert told(change) == ["survey_answered", "praised"]
    assert (change.ticket.praise, change.ticket.unread) == (1, False)
    assert change.ticket.version == resolved().version + 1
    assert change.ticket.opinion == YES


def test_other_words_beside_it_are_read_by_whoever_answered() -> None:
    change = taken(resolved(), YES)
    assert told(change) == ["survey_answered"]
    assert (change.ticket.status, change.ticket.unread) == (Status.RESOLVED, True)
    assert alerted(change) == [("mair", SAID)]
    assert notices(change) == []


def test_thanks_beside_not_solved_open_it_all_the_same() -> None:
    assert taken(resolved(), NO, is_bare_thanks=True).ticket.status is Status.ASSIGNED


def test_an_answer_that_was_changed_since_is_noted_and_does_nothing() -> None:
    newer = replace(YES, revision=2, at=LATER + timedelta(minutes=1))
    change = taken(resolved(opinion=newer), NO)
    assert told(change) == ["survey_answered"]
    assert (change.ticket.status, change.ticket.opinion) == (Status.RESOLVED, newer)


def test_nothing_is_kept_of_whoever_was_erased() -> None:
    assert take_opinion(resolved(erased_at=NOW), said(NO), NO, at(LATER)) is None


def test_a_ticket_is_read_as_it_was_written() -> None:
    it = taken(resolved(), NO).ticket
    read = ticket_of({"_id": REFERENCE, **fields_of(it)})
    assert read.opinion == NO
    before = {name: one for name, one in fields_of(it).items() if name not in {"opinion"}}
    assert ticket_of({"_id": REFERENCE, **before}).opinion is None, "one of before"


def kept(text: str, **said: Any) -> dict[str, Any]:
    """The letter's document, as intake writes it."""
    known = {"solved": True, "recommend": None, "revision": 1} | said
    return {
        "_id": "said-1",
        "at": LATER,
        "door": "survey",
        "name": "Rhian Example",
        "recipients": [],
        "subject": "",
        "text": text,
        "new_text": text,
        "automatic": None,
        "asked": {"survey": known},
    }


@pytest.mark.parametrize(
    ("text", "is_thanks", "has_text"),
    [
        ("Thank you so much, that was very helpful!", True, True),
        ("Diolch yn fawr!", True, True),
        ("Thank you, but where is the map?", False, True),
        ("", False, False),
        (" \n", False, False),
    ],
)
def test_the_words_are_judged_as_a_letters(text: str, is_thanks: bool, has_text: bool) -> None:
    letter = letter_of(kept(text), LIBRARY)
    assert (letter.is_bare_thanks, letter.has_text) == (is_thanks, has_text)
    assert letter.opinion == Opinion(1, True, None, LATER)
    assert letter.patron == Patron("Rhian Example", None)


async def _heard(tickets: Tickets, letter_id: str = "said-1") -> None:
    roster = Roster(tickets, Clock())
    await roster.read()
    desk = Desk(tickets, Outbox(), roster, LIBRARY, CALENDARS, Clock(LATER))
    message = SurveyAnswered(
        message_id=letter_id, reference=REFERENCE, at=LATER, letter_id=letter_id, opens=False
    )
    await on_outcome(message, desk=desk)


async def test_told_several_times_it_is_done_once() -> None:
    tickets = Tickets(people=[MAIR])
    tickets.patron_letters["said-1"] = said(NO)
    await tickets.open(Change(resolved(version=1), ()), caused_by="letter-1")
    for _ in range(3):
        await _heard(tickets)
    row = tickets.rows[REFERENCE]
    assert row.ticket.version == 2
    assert [one["event"] for one in row.timeline].count("survey_answered") == 1
    asked = [one for one in tickets.outbox.documents[REFERENCE] if one["key"].startswith("notice")]
    assert len(asked) == 1


async def test_an_answer_that_is_none_is_put_aside() -> None:
    tickets = Tickets(people=[MAIR])
    tickets.patron_letters["letter-1"] = LETTER
    for letter_id in ("letter-1", "nobody's"):
        with pytest.raises(Permanent):
            await _heard(tickets, letter_id)


async def test_one_that_was_erased_on_its_way_is_passed() -> None:
    tickets = Tickets(people=[MAIR])
    tickets.patron_letters["said-1"] = said(NO, is_erased=True)
    await tickets.open(Change(resolved(version=1), ()), caused_by="letter-1")
    await _heard(tickets)
    assert tickets.rows[REFERENCE].ticket.version == 1
