"""Two enquiries in one ticket: a part of it becomes a ticket of its own."""

from dataclasses import replace
from typing import Any, Final

import pytest

from services.routing.links import MOST
from services.routing.promise import PromiseState
from services.routing.splitting import Part, letters_gone, letters_named, open_apart, split
from services.routing.status import Refused, Status
from services.routing.ticket import Link, Owner, Patron, Thread, Ticket
from shared.messages import Notice, NoticeRequested, PairChanged, derived_id
from tests.unit.examples import LETTER, NOW, OWNER, REFERENCE, ticket
from tests.unit.routing.people import at, notices, told

NEW: Final = "ENQ-0000-0000"
SECOND: Final = replace(LETTER, id="letter-2", subject="And a map", message_id="<2@p.example>")
PART: Final = Part(("letter-2",), ("note-1",), "A map")


def source() -> Ticket:
    """A ticket with two letters."""
    thread = (Thread("letter-1", "<1@p.example>"), Thread("letter-2", "<2@p.example>"))
    return ticket(thread=thread)


def row(**fields: Any) -> Any:
    change = split(source(), PART, NEW, "mair", at())
    return {**change.entries[0], **fields}


def test_the_old_one_says_in_one_write_what_goes_where() -> None:
    change = split(source(), PART, NEW, "mair", at())
    it = change.ticket
    assert [one.letter_id for one in it.thread] == ["letter-1"]
    assert it.links == (Link("split_into", NEW),)
    assert replace(it, thread=(), links=(), version=1, updated_at=NOW) == replace(
        source(), thread=()
    ), "its status, owner and promise stay"
    [said] = change.entries
    assert (said["event"], said["reference"], said["subject"]) == ("split", NEW, "A map")
    assert (said["letters"], said["notes"]) == (["letter-2"], ["note-1"])
    [follows] = change.messages
    assert isinstance(follows, PairChanged)
    assert (follows.reference, follows.other, follows.what) == (NEW, REFERENCE, "split")


def test_a_part_of_what_is_confidential_stays_with_the_team_that_has_it() -> None:
    hidden = replace(source(), confidential=True, team="local-history")
    it = open_apart(hidden, [SECOND], row(), at()).ticket
    assert (it.confidential, it.team) == (True, "local-history")
    it = open_apart(source(), [SECOND], row(), at()).ticket
    assert (it.confidential, it.team) == (False, SECOND.team)


def test_the_new_one_has_its_own_promise_and_its_patron_is_told() -> None:
    change = open_apart(source(), [SECOND], row(), at(cause="c2"))
    it = change.ticket
    assert (it.reference, it.version, it.status) == (NEW, 1, Status.ASSIGNED)
    assert (it.subject, it.owner, it.patron) == ("A map", OWNER, LETTER.patron)
    assert it.links == (Link("split_from", REFERENCE),)
    assert it.promise is not None
    assert [one.state for one in change.promises] == [PromiseState.MADE]
    assert notices(change) == [Notice.ACKNOWLEDGEMENT]
    [letter] = change.messages
    assert isinstance(letter, NoticeRequested)
    assert letter.message_id == derived_id("c2", Notice.ACKNOWLEDGEMENT)
    assert letter.message_id != derived_id(SECOND.id, Notice.ACKNOWLEDGEMENT)
    assert (letter.about, told(change)[-1]) == ("letter-2", "split_from_another_ticket")
    assert change.entries[0]["by"] == "mair"


def test_it_is_called_as_its_letter_is_if_nobody_says_otherwise() -> None:
    change = open_apart(source(), [SECOND], row(subject=None), at())
    assert change.ticket.subject == "And a map"


def test_it_is_of_whoever_wrote_that_letter() -> None:
    theirs = replace(SECOND, patron=Patron("Gwen Invented", "gwen@patrons.example"))
    change = open_apart(source(), [theirs], row(), at())
    assert change.ticket.patron.address == "gwen@patrons.example"


def test_a_letter_without_an_address_is_answered_at_the_one_that_is_known() -> None:
    by_phone = replace(SECOND, patron=Patron("Rhian Example", None))
    change = open_apart(source(), [by_phone], row(), at())
    assert change.ticket.patron == LETTER.patron


def test_an_owner_who_is_not_there_does_not_get_it() -> None:
    away = replace(source(), owner=Owner("gone", "Gone"))
    change = open_apart(away, [SECOND], row(), at())
    assert change.ticket.owner is not None
    assert change.ticket.owner.id != "gone"


def test_a_dropped_call_is_still_the_old_ticket_s_to_return() -> None:
    change = open_apart(source(), [replace(SECOND, lost_by="phone")], row(), at())
    assert change.ticket.lost is None


def test_a_ticket_that_is_full_of_links_is_not_split() -> None:
    full = replace(source(), links=tuple(Link("related", f"ENQ-{one}") for one in range(MOST)))
    with pytest.raises(Refused):
        split(full, PART, NEW, "mair", at())


def test_where_each_letter_is() -> None:
    opened = {"event": "opened", "letter": "letter-1", "at": NOW}
    wrote = {"event": "patron_wrote", "letter": "letter-2", "at": NOW}
    here = open_apart(source(), [SECOND], row(), at()).entries[-1]
    assert letters_gone([opened, wrote, row()]) == {"letter-2", "note-1"}
    assert letters_gone([row(), here]) == set(), "merged back, they are there again"
    assert letters_gone([here, row()]) == set(), "in whatever order the rows come"
    assert letters_named([opened, here]) == ["letter-1", "letter-2", "note-1"]
