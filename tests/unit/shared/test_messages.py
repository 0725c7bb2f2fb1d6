"""The contract between the services. Each message has a golden file; a change of shape shows."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import ValidationError

from shared.messages import (
    CONTRACT,
    AlertRequested,
    ContactLost,
    DeliveryCancelled,
    DeliveryFinished,
    DeliveryRequested,
    EnquiryReceived,
    Message,
    Notice,
    NoticeFailed,
    NoticeRequested,
    PairChanged,
    PatronChanged,
    SurveyAnswered,
    TicketChanged,
    TicketsChanged,
    TicketState,
    derived_id,
    ticket_changed,
    to_saved,
)
from shared.outbox import from_saved
from tests.unit.examples import NOW, REFERENCE

GOLDEN: Final = Path(__file__).parent / "golden"
EXAMPLES: Final[dict[str, Message]] = {
    "enquiry_received": EnquiryReceived(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        letter_id="letter-1",
        opens=True,
        named=("ENQ-0000-0000",),
    ),
    "contact_lost": ContactLost(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        letter_id="letter-1",
        opens=True,
    ),
    "survey_answered": SurveyAnswered(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        letter_id="0123456789abcdef0123456789abcdef",
        opens=False,
    ),
    "delivery_requested": DeliveryRequested(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        delivery_id="0f" * 8,
        item=1,
    ),
    "delivery_cancelled": DeliveryCancelled(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        conversion_id="0f" * 16,
    ),
    "delivery_finished": DeliveryFinished(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        conversion_id="0f" * 16,
        delivery_id="0f" * 8,
        item=1,
    ),
    "notice_requested": NoticeRequested(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        notice=Notice.REPLY,
        about="letter-1",
        letter_id="words-1",
    ),
    "notice_failed": NoticeFailed(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        notice=Notice.REPLY,
        notice_id="fedcba9876543210fedcba9876543210",
        reason="the relay answered 550",
    ),
    "alert_requested": AlertRequested(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        digest_id="0123456789abcdef0123456789abcdef",
    ),
    "pair_changed": PairChanged(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        other="ENQ-0000-0000",
        what="linked",
        link="related",
    ),
    "patron_changed": PatronChanged(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        patron="0f" * 16,
    ),
    "ticket_changed": TicketChanged(
        message_id="0123456789abcdef0123456789abcdef",
        reference=REFERENCE,
        at=NOW,
        version=2,
        events=("assigned",),
        now=TicketState(status="assigned", team="enquiries", owner="mair", promise="made"),
        was=TicketState(status="new", team="enquiries", promise="made"),
    ),
    "tickets_changed": TicketsChanged(
        message_id="0123456789abcdef0123456789abcdef", reference=REFERENCE, at=NOW, last=17
    ),
}


def golden(name: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text())
    return known


def file_of(kind: type[Message]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


def test_every_message_has_a_golden_file_and_every_golden_file_a_message() -> None:
    assert {file_of(one) for one in CONTRACT} == {one.stem for one in GOLDEN.iterdir()}
    assert {file_of(one) for one in CONTRACT} == EXAMPLES.keys()


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_message_is_written_as_its_golden_file_has_it(name: str) -> None:
    assert json.loads(EXAMPLES[name].model_dump_json()) == golden(name)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_golden_file_is_read_as_its_message(name: str) -> None:
    assert type(EXAMPLES[name]).model_validate(golden(name)) == EXAMPLES[name]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_field_that_is_not_known_yet_does_not_stop_an_older_reader(name: str) -> None:
    newer = golden(name) | {"added_next_year": 1}
    assert type(EXAMPLES[name]).model_validate(newer) == EXAMPLES[name]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_message_survives_being_saved(name: str) -> None:
    [saved] = to_saved([EXAMPLES[name]])
    assert saved["key"] == EXAMPLES[name].routing_key
    assert from_saved(saved) == EXAMPLES[name]


def test_what_may_be_missing_may_be_missing() -> None:
    written = golden("notice_requested")
    del written["about"], written["letter_id"]
    assert NoticeRequested.model_validate(written).about is None
    older = golden("enquiry_received")
    del older["named"], older["continues"]
    assert EnquiryReceived.model_validate(older).named == ()


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        EnquiryReceived.model_validate(golden("enquiry_received") | {"at": "2026-11-23T10:00:00"})


def test_a_message_can_not_be_changed() -> None:
    with pytest.raises(ValidationError):
        EXAMPLES["enquiry_received"].reference = "another"  # type: ignore[misc]


def test_no_two_messages_share_a_routing_key() -> None:
    assert len({one.routing_key for one in CONTRACT}) == len(CONTRACT)


def test_the_same_causes_give_the_same_id_and_others_another() -> None:
    assert derived_id("a", "b") == derived_id("a", "b")
    assert len({derived_id("a", "b"), derived_id("b", "a"), derived_id("ab"), derived_id("a")}) == 4
    assert re.fullmatch(r"[0-9a-f]{32}", derived_id("a"))


def test_that_a_version_was_made_is_one_message_whenever_it_is_told() -> None:
    state = TicketState(status="new", team="enquiries")
    first, again, later = (
        ticket_changed(REFERENCE, version, NOW, ["noted", "noted"], now=state, was=None)
        for version in (2, 2, 3)
    )
    assert (first, first.events) == (again, ("noted",))
    assert first.message_id != later.message_id


def test_how_a_ticket_stands_is_read_from_what_an_older_one_has_too() -> None:
    known = {"status": "new", "team": "enquiries", "patron": {"address": "rhian@patrons.example"}}
    assert TicketState.of(known) == TicketState(status="new", team="enquiries")
    owned = {"id": "mair", "name": "Mair Pretend"}
    more = {"owner": owned, "handover": {"companion": owned}, "promise": {"state": "kept"}}
    assert TicketState.of({**known, **more, "confidential": True}) == TicketState(
        status="new",
        team="enquiries",
        owner="mair",
        companion="mair",
        confidential=True,
        promise="kept",
    )
