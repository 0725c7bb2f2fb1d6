"""What erasing leaves of a document."""

from typing import Any

from shared.personal import PERSONAL, blanked, unknown, words_for


def after(collection: str, document: dict[str, Any], *named: str) -> dict[str, Any]:
    changed, gone = blanked(collection, document, named)
    return {key: one for key, one in document.items() if key not in gone} | changed


def test_a_field_that_nobody_has_thought_of_goes() -> None:
    ticket = {"_id": "ENQ-1", "mood": "cross", "timeline": [{"event": "noted", "mood": "cross"}]}
    assert after("tickets", ticket) == {"_id": "ENQ-1", "timeline": [{"event": "noted"}]}
    assert unknown("tickets", ticket) == {"mood", "timeline.mood"}


def test_what_is_read_by_others_is_left_empty_and_only_where_it_was() -> None:
    letter = {"_id": "a", "direction": "out", "text": "Dear Rhian", "by": {"id": "mair"}}
    assert after("messages", letter) == letter | {"text": ""}
    assert after("notices", {"to": "a@b.example", "relay_said": "a@b.example?"}) == {"to": ""}


def test_what_is_blank_is_not_written_again() -> None:
    for collection, document in (
        ("messages", {"_id": "a", "text": "x", "asked": {"phone": "1", "body_digest": "d"}}),
        ("tickets", {"_id": "a", "subject": "x", "why": {"topic": ["x"]}, "escalation": None}),
    ):
        assert blanked(collection, after(collection, document)) == ({}, [])


def test_a_label_stays_unless_it_names_the_patron() -> None:
    named = words_for(["Rhian Example"], "R.Ex+x@patrons.example")
    shared = {"trouble": "No toner", "timeline": [{"event": "cause_named", "cause": "No toner"}]}
    assert after("tickets", shared, *named) == shared
    for word in ("Lost by RHIAN", "r.ex+x wrote", "the example"):
        own = {"trouble": word, "timeline": [{"event": "cause_named", "cause": word}]}
        assert after("tickets", own, *named) == {"timeline": [{"event": "cause_named"}]}


def test_of_a_list_of_labels_those_that_name_the_patron_go() -> None:
    named = words_for(["Rhian Example"], None)
    tags = {"tags": ["map", "rhian's map"], "timeline": [{"added": ["rhian"], "removed": ["map"]}]}
    left = {"tags": ["map"], "timeline": [{"added": [], "removed": ["map"]}]}
    assert after("tickets", tags, *named) == left


def test_short_parts_of_a_name_name_nobody() -> None:
    assert words_for(["O Li"], "jo@b.example") == {"jo@b.example"}


def test_every_list_that_is_kept_in_part_says_what_is_kept() -> None:
    assert PERSONAL.keys() == {"tickets", "messages", "notices"}
    assert after("tickets", {"escalation": {"level": 1, "by": "mair", "at": 0, "reason": "x"}}) == {
        "escalation": {"level": 1, "by": "mair", "at": 0, "reason": ""}
    }
