"""What a patron is shown of an enquiry, and what never."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from services.intake.story import Happened, Story, story_of
from tests.unit.examples import DUE, NOW, REFERENCE

MAIR: Final = {"id": "mair", "name": "Mair Pretend"}


def row(hours: float, event: str, **more: Any) -> dict[str, Any]:
    return {"at": NOW + timedelta(hours=hours), "event": event, "by": "mair", **more}


BEGUN: Final = (
    row(0, "opened", letter="letter-1"),
    row(0, "assigned", owner="mair", reasons=["speaks en"]),
    row(0, "promised", due_at=DUE, reasons=["the standard"]),
)


def ticket(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "_id": REFERENCE,
        "status": "assigned",
        "owner": MAIR,
        "team": "enquiries",
        "promise": {"due_at": DUE, "state": "made"},
        "created_at": NOW,
        "subject": "Opening hours",
        "timeline": [*BEGUN, *rows],
    }
    return known | more


def story(*rows: dict[str, Any], now: datetime = NOW, **more: Any) -> Story:
    found = ticket(*rows, **more)
    return story_of(found, found, now)


def whats(told: Story) -> list[str]:
    return [one.what for one in told.happened]


def test_it_says_when_it_came_who_has_it_and_what_is_promised() -> None:
    told = story()
    assert (told.received_at, told.state, told.owner, told.is_ended) == (
        *(NOW, "open", "Mair Pretend", False),
    )
    assert (told.due_at, told.is_late) == (DUE, False)
    assert told.happened == (Happened(NOW, "received"), Happened(NOW, "promised", DUE))


def test_a_promise_that_has_passed_is_not_glossed_over() -> None:
    assert story(now=DUE).is_late
    told = story(row(30, "promise_broken", due_at=DUE), row(30, "promised", due_at=DUE))
    assert Happened(NOW + timedelta(hours=30), "promise_missed", DUE) in told.happened
    assert not story(promise={"due_at": DUE, "state": "kept"}, now=DUE).is_late
    assert story(promise=None).due_at is None


@pytest.mark.parametrize(
    ("status", "state", "is_ended"),
    [
        ("new", "open", False),
        ("waiting_patron", "waits_for_you", False),
        ("waiting_third_party", "waits_elsewhere", False),
        ("resolved", "resolved", True),
        ("closed", "closed", True),
    ],
)
def test_every_status_is_said_in_its_own_words(status: str, state: str, is_ended: bool) -> None:
    told = story(status=status)
    assert (told.state, told.is_ended) == (state, is_ended)


def test_what_happened_is_told_in_order_and_letters_both_ways_with_their_time() -> None:
    told = story(
        row(1, "patron_wrote", letter="letter-2"),
        row(2, "replied", letter="words-1", asks=True),
        row(3, "replied", letter="words-2"),
        row(4, "contact_tried", how="phone", is_reached=True, letter="note-1"),
        row(5, "contact_tried", how="phone", is_reached=False, letter="note-2"),
        row(6, "promise_renegotiated", due_at=DUE, until=DUE, reason="The archive is shut"),
        row(6, "promised", due_at=DUE),
        row(7, "contact_lost", channel="mail", letter="x", reason="550"),
        row(8, "resolved"),
        row(9, "survey_answered", solved=False, recommend=1, letter="said-1"),
        row(9, "reopened"),
        row(10, "survey_answered", solved=True, recommend=9, letter="said-2"),
    )
    assert whats(told)[2:] == [
        *("you_wrote", "we_asked", "we_wrote", "spoke", "promise_changed", "lost", "resolved"),
        *("said_not_solved", "reopened", "said_solved"),
    ]


def test_only_who_has_it_now_is_named() -> None:
    told = story(
        row(1, "handed_over", owner="sian", before="mair", reasons=["knows maps"]),
        row(2, "left_to_team", reasons=["Siân is away"]),
        row(3, "claimed", owner="mair"),
    )
    assert [(one.what, one.who) for one in told.happened[2:]] == [
        ("handed", None),
        ("team", None),
        ("handed_to", "Mair Pretend"),
    ]


SECRETS: Final = (
    row(1, "noted", letter="note-1", text="secret"),
    row(2, "escalated", reason="secret"),
    row(2, "handed_over", owner="sian", reasons=["secret"]),
    row(3, "made_confidential", reason="secret"),
    row(3, "corrected", now={"topic": "secret"}, before={"topic": "secret"}),
    row(4, "cause_named", cause="secret"),
    row(4, "tagged", added=["secret"], removed=[]),
    row(5, "resolved", because="secret"),
    row(5, "replied", letter="words-1", override="secret", found=["secret"]),
    row(6, "automatic_mail_noted", letter="secret"),
    row(6, "named_by_a_stranger", reference="secret"),
    row(7, "merged", into="secret"),
    row(7, "something_new", words="secret"),
)


def test_no_note_no_reason_and_no_word_is_told() -> None:
    told = story(*SECRETS, lost={"since": NOW, "attempts": ["secret"]}, patron={"name": "secret"})
    assert "secret" not in json.dumps(asdict(told), default=str)
    assert whats(told)[2:] == ["handed", "resolved", "we_wrote"]
    assert told.is_lost


def test_the_subject_is_shown_once_a_person_has_answered_and_never_of_what_is_confidential() -> (
    None
):
    # Until then anybody may have written it, to have it read on the library's own page.
    assert story().subject is None
    assert story(answered_at=NOW).subject == "Opening hours"
    assert story(answered_at=NOW, confidential=True).subject is None


def test_what_was_merged_is_told_with_what_stands_for_it() -> None:
    own = ticket(status="closed", merged_into="ENQ-0000-0000", created_at=NOW, promise=None)
    stands = ticket(row(5, "replied"), _id="ENQ-0000-0000", created_at=NOW - timedelta(days=9))
    told = story_of(own, stands, NOW)
    assert (told.reference, told.received_at) == (REFERENCE, NOW)
    assert (told.state, told.is_ended, told.due_at) == ("open", False, DUE)
    assert whats(told) == ["received", "promised", "we_wrote"], "each is told once"


def test_what_was_merged_into_another_patrons_says_no_more_than_that() -> None:
    own = ticket(status="closed", merged_into="ENQ-0000-0000", promise=None)
    told = story_of(own, own, NOW)
    assert (told.state, told.is_ended, told.owner) == ("together", False, "Mair Pretend")
