"""What counts as lost, on a real MongoDB: what was told, long enough ago, and had no effect."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from services.desk.recover import Lost, event_of, lost, tell_again
from services.intake.store import Letters
from services.notify.store import Notices
from services.routing.store import Tickets
from shared.messages import (
    ContactLost,
    DeliveryRequested,
    EnquiryReceived,
    Message,
    Notice,
    NoticeRequested,
    PairChanged,
    SurveyAnswered,
    derived_id,
    to_saved,
)
from shared.mongo import Database
from shared.outbox import from_saved
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import LIBRARY

HOUR: Final = timedelta(hours=1)
MONTH: Final = timedelta(days=30)
LONG_AGO: Final = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
REFERENCE: Final = "ENQ-7K3M-92Q2"
OTHER: Final = "ENQ-8888-8888"


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    async with fresh_database(servers) as found:
        await Letters(found).make_indexes()
        await Tickets(found, LIBRARY).make_indexes()
        await Notices(found).make_indexes()
        yield found


def letter(**more: Any) -> dict[str, Any]:
    return {
        "_id": "letter-1",
        "direction": "in",
        "door": "smtp",
        "reference": REFERENCE,
        "opens": REFERENCE,
        "at": LONG_AGO,
        "asked": {},
        "outbox": [],
    } | more


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "_id": REFERENCE,
        "filed": ["all"],
        "updated_at": LONG_AGO,
        "thread": [],
        "timeline": [],
        "applied": [],
        "outbox": [],
    } | more


def despatched(*messages: Message) -> dict[str, Any]:
    return ticket(despatched=to_saved(messages), applied=["letter-1"])


def notice(kind: Notice = Notice.REPLY, at: datetime = LONG_AGO) -> NoticeRequested:
    return NoticeRequested(
        message_id="notice-1", reference=REFERENCE, at=at, notice=kind, letter_id="words-1"
    )


async def _lost(database: Database) -> list[Lost]:
    return [one async for one in lost(database, HOUR, MONTH)]


async def test_a_letter_without_a_ticket_is_told_again_once(database: Database) -> None:
    await database.messages.insert_one(letter(named=[OTHER], continues=OTHER))
    [one] = await _lost(database)
    await tell_again(database, one)
    await tell_again(database, one)
    kept = await database.messages.find_one({"_id": "letter-1"})
    assert kept is not None
    [saved] = kept["outbox"]
    assert from_saved(saved) == EnquiryReceived(
        message_id="letter-1",
        reference=REFERENCE,
        at=LONG_AGO,
        letter_id="letter-1",
        opens=True,
        named=(OTHER,),
        continues=OTHER,
    )
    assert await _lost(database) == [], "it is on its way"


HAD: Final[Mapping[str, tuple[dict[str, Any], ...]]] = {
    "applied": (ticket(applied=["letter-1"]),),
    "in the thread, its cause forgotten": (ticket(thread=[{"letter_id": "letter-1"}]),),
    "noted on the timeline": (ticket(timeline=[{"event": "noted", "letter": "letter-1"}]),),
    "by the ticket that it was merged into": (
        ticket(merged_into=OTHER),
        ticket(_id=OTHER, applied=["letter-1"]),
    ),
    "its patron erased": (ticket(erased_at=LONG_AGO),),
}


@pytest.mark.parametrize("how", HAD)
async def test_a_letter_that_its_ticket_has_had_is_not_lost(database: Database, how: str) -> None:
    await database.messages.insert_one(letter())
    await database.tickets.insert_many([dict(one) for one in HAD[how]])
    assert await _lost(database) == []


@pytest.mark.parametrize(
    "more",
    [
        {"at": datetime.now(UTC) - timedelta(minutes=30)},
        {"at": datetime.now(UTC) - timedelta(days=40)},
        {"erased_at": LONG_AGO},
        {"reference": None},
        {"direction": "out"},
        {"outbox": [{"key": "enquiry.received", "message_id": "letter-1"}]},
    ],
)
async def test_what_may_be_on_its_way_or_has_nowhere_to_go_is_left(
    database: Database, more: dict[str, Any]
) -> None:
    await database.messages.insert_one(letter(**more))
    assert await _lost(database) == []


async def test_a_letter_of_ours_without_a_row_is_asked_for_again(database: Database) -> None:
    await database.tickets.insert_one(despatched(notice()))
    [one] = await _lost(database)
    assert (one.collection, one.document_id) == ("tickets", REFERENCE)
    assert from_saved(one.saved) == notice()
    await database.notices.insert_one({"_id": "notice-1", "state": "sent"})
    assert await _lost(database) == []


@pytest.mark.parametrize(
    "kept",
    [
        despatched(notice(Notice.RESOLVED)),
        despatched(notice(Notice.DELIVERY_FORMAT)),
        despatched(notice()) | {"erased_at": LONG_AGO},
        despatched(notice()) | {"outbox": to_saved([notice()])},
        despatched(notice(at=datetime.now(UTC) - timedelta(minutes=30))),
        despatched(notice(at=datetime.now(UTC) - timedelta(days=40))),
    ],
)
async def test_a_letter_of_ours_that_must_not_come_late_is_left(
    database: Database, kept: dict[str, Any]
) -> None:
    await database.tickets.insert_one(kept)
    assert await _lost(database) == []


async def test_conversions_and_what_another_ticket_must_follow(database: Database) -> None:
    convert = DeliveryRequested(
        message_id="conversion-1", reference=REFERENCE, at=LONG_AGO, delivery_id="d", item=1
    )
    merged = PairChanged(
        message_id="pair-1", reference=OTHER, at=LONG_AGO, other=REFERENCE, what="merged"
    )
    await database.tickets.insert_many([despatched(convert, merged), ticket(_id=OTHER)])
    assert [from_saved(one.saved) for one in await _lost(database)] == [convert, merged]
    await database.conversions.insert_one({"_id": "conversion-1"})
    await database.tickets.update_one({"_id": OTHER}, {"$push": {"applied": "pair-1"}})
    assert await _lost(database) == []


async def test_a_refusal_that_routing_has_not_heard_of(database: Database) -> None:
    refused = {
        "_id": "notice-1",
        "state": "refused",
        "reference": REFERENCE,
        "notice": "reply",
        "reason": "the relay answered 550",
        "finished_at": LONG_AGO,
        "outbox": [],
    }
    await database.notices.insert_one(refused)
    await database.tickets.insert_one(ticket())
    [one] = await _lost(database)
    assert (one.collection, one.saved["message_id"]) == (
        "notices",
        derived_id("notice-1", "failed"),
    )
    await database.tickets.update_one(
        {"_id": REFERENCE}, {"$push": {"applied": one.saved["message_id"]}}
    )
    assert await _lost(database) == []


def test_an_event_is_of_the_kind_that_the_letter_was() -> None:
    assert type(event_of(letter())) is EnquiryReceived
    assert type(event_of(letter(asked={"channel": "phone"}))) is ContactLost
    assert type(event_of(letter(door="survey", opens=None))) is SurveyAnswered
    assert event_of(letter(opens=None, ask="ask-1")).ask == "ask-1"
    assert event_of(letter(opens=None)).opens is False
