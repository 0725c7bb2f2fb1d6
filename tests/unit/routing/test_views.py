"""Tickets as the API shows them."""

from typing import Any

import pytest

from services.routing.views import as_item, as_whole
from tests.unit.examples import DUE, NOW, REFERENCE, document


def stored(**fields: Any) -> dict[str, Any]:
    known = {
        "version": 3,
        "status": "assigned",
        "topic": "general",
        "format": None,
        "created_at": NOW,
        "updated_at": NOW,
        "unread": True,
        "timeline": [{"at": NOW, "event": "opened", "by": "patron"}],
        "promises": [{"made_at": NOW, "due_at": DUE, "state": "made"}],
    }
    return document() | known | fields


LETTER_IN = {
    "_id": "letter-1",
    "direction": "in",
    "name": "Rhian Example",
    "address_as_written": "Rhian@patrons.example",
    "recipients": ("enquiries@llanfair.example",),
    "at": NOW,
    "subject": "Hours",
    "text": "When are you open?",
    "attachments": [{"filename": "a.pdf", "content_type": "application/pdf", "size": 5}],
    "automatic": None,
}
WORDS_OUT = {
    "_id": "words-1",
    "direction": "out",
    "by": {"id": "mair", "name": "Mair Pretend"},
    "at": DUE,
    "text": "From ten to four.",
}
NOTICE = {
    "_id": "notice-1",
    "to": "rhian@patrons.example",
    "at": NOW,
    "subject": "We have it",
    "text": "We have your enquiry.",
    "notice": "acknowledgement",
    "state": "sent",
}


def test_an_item_says_what_the_queue_needs_and_no_more() -> None:
    item = as_item(stored())
    assert item["reference"] == REFERENCE
    assert item["promise"] == {"due_at": DUE, "state": "made"}
    assert item["owner"] == {"id": "mair", "name": "Mair Pretend"}
    assert set(item) == {
        *("reference", "version", "status", "subject", "patron", "owner", "team", "topic"),
        *("language", "format", "promise", "escalation", "created_at", "updated_at", "unread"),
        *("urgency", "needed_by", "confidential", "tags"),
    }


def test_an_item_without_a_promise_or_an_owner_says_so() -> None:
    item = as_item(stored(promise=None, owner=None))
    assert (item["promise"], item["owner"]) == (None, None)


def test_a_whole_ticket_has_all_that_was_said_in_time_order() -> None:
    whole = as_whole(stored(), [WORDS_OUT, LETTER_IN], [NOTICE])
    assert [one["id"] for one in whole["messages"]] == ["letter-1", "notice-1", "words-1"]
    assert [one["direction"] for one in whole["messages"]] == ["in", "out", "out"]
    assert whole["timeline"] == stored()["timeline"]
    assert whole["promises"] == stored()["promises"]


def test_a_patrons_letter_is_shown_with_its_attachments() -> None:
    [shown] = as_whole(stored(), [LETTER_IN], [])["messages"]
    assert shown["from"] == {
        "name": "Rhian Example",
        "address": "Rhian@patrons.example",
        "can_answer": True,
    }
    assert shown["to"] == ["enquiries@llanfair.example"]
    assert not shown["automatic"]
    assert [one["id"] for one in shown["attachments"]] == ["letter-1.0"]
    assert "raw" not in shown


def test_what_was_understood_of_a_letter_is_shown() -> None:
    more = {
        "new_text": "When?",
        "quoted_text": "> x",
        "signature": "Rhian",
        "html": "<p>When?</p>",
        "blocked_loads": 2,
        "sent_at": NOW,
        "remarks": [{"code": "signed", "text": "…"}],
        "verdicts": {"dmarc": "pass", "by": "mta", "hops": 2},
    }
    [shown] = as_whole(stored(), [LETTER_IN | more], [])["messages"]
    assert {name: shown[name] for name in more} == more


def test_of_a_letter_kept_before_that_was_understood_the_text_is_new() -> None:
    [shown] = as_whole(stored(), [LETTER_IN], [])["messages"]
    assert (shown["new_text"], shown["html"], shown["remarks"]) == ("When are you open?", None, [])


def test_a_sender_that_can_not_be_answered_is_shown_as_he_writes() -> None:
    letter = {key: value for key, value in LETTER_IN.items() if key != "address_as_written"}
    [shown] = as_whole(stored(), [letter | {"sender": "readingroom"}], [])["messages"]
    assert shown["from"] == {
        "name": "Rhian Example",
        "address": "readingroom",
        "can_answer": False,
    }


def test_where_the_content_of_an_attachment_is_kept_is_not_shown() -> None:
    row = {"filename": "a.pdf", "state": "held", "flags": ["archive"], "file": "0123"}
    [shown] = as_whole(stored(), [LETTER_IN | {"attachments": [row]}], [])["messages"]
    [attachment] = shown["attachments"]
    assert "file" not in attachment
    assert (attachment["state"], attachment["flags"]) == ("held", ["archive"])


def test_staffs_words_are_shown_with_their_author_and_the_tickets_subject() -> None:
    [shown] = as_whole(stored(), [WORDS_OUT], [])["messages"]
    assert shown["from"] == {"id": "mair", "name": "Mair Pretend"}
    assert (shown["to"], shown["subject"]) == (["rhian@patrons.example"], "Opening hours")
    assert not shown["automatic"]


def test_a_notice_is_shown_with_what_became_of_it() -> None:
    [shown] = as_whole(stored(), [], [NOTICE])["messages"]
    assert (shown["notice"], shown["state"], shown["automatic"]) == (
        "acknowledgement",
        "sent",
        True,
    )


def test_automatic_mail_is_shown_as_such() -> None:
    [shown] = as_whole(stored(), [LETTER_IN | {"automatic": "null sender"}], [])["messages"]
    assert shown["automatic"]


def test_a_note_is_shown_to_nobody_outside() -> None:
    [shown] = as_whole(stored(), [WORDS_OUT | {"direction": "note"}], [])["messages"]
    assert shown["direction"] == "note"
    assert shown["to"] == []


def test_a_letter_says_where_it_came_from() -> None:
    more = {
        "sender_is_known": False,
        "reply_to": "mallory@elsewhere.example",
        "unreadable": "not a mail message",
        "released": {"by": "mair", "at": NOW},
    }
    [shown] = as_whole(stored(), [LETTER_IN | more], [])["messages"]
    assert {key: shown[key] for key in more} == more
    [plain] = as_whole(stored(), [LETTER_IN], [])["messages"]
    assert (plain["sender_is_known"], plain["reply_to"], plain["released"]) == (True, None, None)


def test_a_ticket_says_what_it_is_linked_to_and_what_stands_for_it() -> None:
    links = [{"kind": "named_by", "reference": "ENQ-0000-0000"}]
    assert as_whole(stored(links=links), [], [])["links"] == links
    merged = as_whole(stored(links=links, merged_into="ENQ-1"), [], [])["links"]
    assert merged == [*links, {"kind": "merged_into", "reference": "ENQ-1"}]
    assert as_whole(stored(), [], [])["links"] == []


def test_what_a_form_said_besides_is_shown_and_what_is_ours_is_not() -> None:
    said = {"format": "braille", "needed_by": "2026-12-01", "item": {"title": "An Old Map"}}
    letter = LETTER_IN | {"asked": {**said, "integration": "catalogue", "body_digest": "0"}}
    [shown] = as_whole(stored(), [letter], [])["messages"]
    assert shown["asked"] == said


def test_of_a_letter_of_ours_that_waits_staff_see_why_and_when_it_is_tried_again() -> None:
    row = NOTICE | {"letter_id": "words-1", "state": "deferred", "due_at": DUE}
    row |= {"reason": "the relay answered 451"}
    [shown] = as_whole(stored(), [WORDS_OUT], [row])["messages"]
    assert shown["state"] == "deferred"
    assert (shown["reason"], shown["next_try_at"]) == ("the relay answered 451", DUE)


@pytest.mark.parametrize(
    ("state", "reason"), [("sent", None), ("sending", None), ("refused", "why"), ("bounced", "why")]
)
def test_a_reason_is_shown_while_it_holds(state: str, reason: str | None) -> None:
    row = NOTICE | {"state": state, "reason": "why", "due_at": DUE}
    [shown] = as_whole(stored(), [], [row])["messages"]
    assert (shown["state"], shown["reason"], shown["next_try_at"]) == (state, reason, None)


def test_a_letter_that_notify_has_not_seen_yet_is_queued() -> None:
    [shown] = as_whole(stored(), [WORDS_OUT], [])["messages"]
    assert (shown["state"], shown["reason"], shown["next_try_at"]) == ("queued", None, None)
