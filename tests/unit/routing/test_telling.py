"""What is said of a change, and to whom."""

import json
from typing import Any, Final

from services.routing.telling import (
    Entry,
    Round,
    Wanted,
    beat,
    entries_of,
    reset,
)
from shared.keys import Caller
from shared.messages import TicketState, ticket_changed
from shared.staff import Role
from tests.unit.examples import NOW

MAIR: Final = Caller("mair", "Mair Pretend", frozenset(), Role.STAFF, "enquiries")
SIAN: Final = Caller("sian", "Siân Example", frozenset(), Role.STAFF, "local-history")
LEAD: Final = Caller("lead", "A Lead", frozenset(), Role.LEAD, "enquiries")
NEW: Final = TicketState(status="new", team="local-history", promise="made")
TAKEN: Final = NEW.model_copy(update={"status": "assigned", "owner": "sian"})
SECRET: Final = TAKEN.model_copy(update={"confidential": True})
ALL: Final = Wanted()


def page(*changes: tuple[str, TicketState | None, TicketState], first: int = 7) -> list[Entry]:
    """The changes (reference, before, after) as the journal gives them back."""
    rows = [
        ticket_changed(name, 2, NOW, ["noted"], was=was, now=now).model_dump(mode="json")
        for name, was, now in changes
    ]
    return entries_of({"_id": first, "changes": rows})


def read(said: bytes) -> tuple[str, int, dict[str, Any]]:
    """Name, id and data of one event."""
    lines = said.decode().split("\n")
    assert lines[3:] == ["", ""]
    fields = dict(one.split(": ", 1) for one in lines[:3])
    assert list(fields) == ["event", "id", "data"]
    return fields["event"], int(fields["id"]), json.loads(fields["data"])


def told(entries: list[Entry], caller: Caller, wanted: Wanted = ALL) -> list[tuple[str, int]]:
    return [read(one)[:2] for one in Round(entries).told_to(caller, wanted)]


def test_a_change_says_how_the_ticket_stands_and_what_was_otherwise() -> None:
    first, second = page(("ENQ-1", None, NEW), ("ENQ-1", NEW, TAKEN))
    assert read(first.changed)[2]["was"] is None
    assert read(second.changed) == (
        "ticket.changed",
        8,
        {
            "reference": "ENQ-1",
            "version": 2,
            "at": "2026-11-23T10:00:00Z",
            "events": ["noted"],
            "status": "assigned",
            "team": "local-history",
            "owner": "sian",
            "promise": "made",
            "confidential": False,
            "was": {"status": "new", "owner": None},
        },
    )
    assert read(second.hidden) == ("ticket.hidden", 8, {"reference": "ENQ-1", "version": 2})


def test_other_events_have_the_id_to_go_on_from() -> None:
    assert read(reset(9, "begun")) == ("reset", 9, {"reason": "begun"})
    # A comment, and an id without data: it makes no event, and is remembered all the same.
    assert beat(9) == b":\nid: 9\n\n"


def test_who_may_not_know_of_a_ticket_is_told_nothing_of_it() -> None:
    entries = page(("ENQ-1", None, SECRET), ("ENQ-1", SECRET, SECRET), ("ENQ-2", None, NEW))
    assert told(entries, MAIR) == [("ticket.changed", 9)]
    assert told(page(("ENQ-1", SECRET, SECRET)), MAIR) == [], "nor that there is one"
    for caller in (SIAN, LEAD):
        assert told(entries, caller) == [("ticket.changed", one) for one in (7, 8, 9)]


def test_who_knew_of_it_is_told_once_that_it_is_hidden() -> None:
    entries = page(("ENQ-1", TAKEN, SECRET), ("ENQ-1", SECRET, SECRET))
    assert told(entries, MAIR) == [("ticket.hidden", 7)]


def test_what_has_become_confidential_since_is_not_told_as_it_was() -> None:
    opened_then_hidden = page(("ENQ-1", None, NEW), ("ENQ-1", NEW, SECRET))
    assert told(opened_then_hidden, MAIR) == [], "they never knew of it"
    changed_then_hidden = page(("ENQ-1", NEW, TAKEN), ("ENQ-1", TAKEN, SECRET))
    assert told(changed_then_hidden, MAIR) == [("ticket.hidden", 7)]


def test_its_companion_and_a_new_owner_of_another_team_are_told() -> None:
    passed_on = SECRET.model_copy(update={"owner": "mair", "companion": "gwen"})
    entries = page(("ENQ-1", SECRET, passed_on))
    assert told(entries, MAIR) == [("ticket.changed", 7)]
    gwen = Caller("gwen", "Gwen Example", frozenset())
    assert told(entries, gwen) == [("ticket.changed", 7)]
    back = passed_on.model_copy(update={"owner": "sian", "companion": None})
    assert told(page(("ENQ-1", passed_on, back)), MAIR) == [("ticket.hidden", 7)]


def test_who_wants_some_tickets_hears_when_one_comes_or_goes_and_of_no_other() -> None:
    moved = NEW.model_copy(update={"team": "enquiries"})
    entries = page(("ENQ-1", None, NEW), ("ENQ-1", NEW, moved), ("ENQ-1", moved, moved))
    assert told(entries, MAIR, Wanted(team="local-history")) == [
        ("ticket.changed", 7),
        ("ticket.changed", 8),
    ]
    assert told(entries, MAIR, Wanted(team="other")) == []
    taken = page(("ENQ-1", NEW, TAKEN))
    assert len(told(taken, MAIR, Wanted(owner="none"))) == 1
    assert len(told(taken, MAIR, Wanted(owner="sian"))) == 1
    assert told(taken, MAIR, Wanted(owner="mair")) == []
    assert told(taken, MAIR, Wanted("enquiries", "sian")) == []


def test_what_is_told_to_one_is_told_to_others_only_if_they_may_see_the_same() -> None:
    common, secret = Round(page(("ENQ-1", None, NEW))), Round(page(("ENQ-1", None, SECRET)))
    assert common.told_to(MAIR, ALL) is common.told_to(SIAN, ALL), "worked out once"
    for _ in range(2):
        assert [len(secret.told_to(one, ALL)) for one in (SIAN, MAIR, LEAD)] == [1, 0, 1]
    of_the_same_team = Caller("gwen", "Gwen", frozenset(), Role.STAFF, "enquiries")
    owned = Round(page(("ENQ-1", None, SECRET.model_copy(update={"owner": "gwen"}))))
    assert [len(owned.told_to(one, ALL)) for one in (of_the_same_team, MAIR)] == [1, 0]
    made_auditor = Caller("mair", "Mair", frozenset(), Role.AUDITOR, "enquiries")
    assert [len(owned.told_to(one, ALL)) for one in (MAIR, made_auditor)] == [0, 1]
