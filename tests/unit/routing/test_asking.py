"""`/wait` with a question: it is looked at like a reply, sent once, and waited for."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from pydantic import ValidationError

from services.routing.bulk import BulkIn
from services.routing.ticket import Patron
from shared.messages import Notice, NoticeRequested
from tests.unit.examples import REFERENCE
from tests.unit.routing.test_api import House

KIND: Final = {"for": "patron", "question": "Which edition of the map do you have?"}
COLD: Final = {"for": "patron", "question": "You should have read the notice."}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.open()
    async with house.client:
        yield house


def letters(house: House) -> list[Notice]:
    sent = [one for _, one in house.outbox.sent]
    return [one.notice for one in sent if isinstance(one, NoticeRequested)]


async def test_a_question_is_sent_in_a_letter_of_its_own(house: House) -> None:
    status, said = await house.do("wait", KIND)
    assert (status, said["status"]) == (200, "waiting_patron"), said
    assert letters(house) == [Notice.NEED_MORE]
    [asked] = house.tickets.written.values()
    assert (asked["text"], asked["direction"]) == (KIND["question"], "out")
    assert [one["event"] for one in said["timeline"]][-3:] == [
        *("replied", "promise_kept", "wait_for_patron"),
    ]


async def test_waiting_without_one_sends_nothing(house: House) -> None:
    assert (await house.do("wait", {"for": "patron"}))[0] == 200
    assert letters(house) == []


async def test_the_same_request_again_asks_once(house: House) -> None:
    tag = {"If_Match": '"1"', "Idempotency_Key": "k"}
    for _ in range(3):
        assert (await house.do("wait", KIND, **tag))[0] == 200
    assert letters(house) == [Notice.NEED_MORE]


async def test_words_in_which_something_is_found_are_not_sent_unless_somebody_says_why(
    house: House,
) -> None:
    status, said = await house.do("wait", COLD)
    assert (status, said["type"]) == (422, "/problems/tone")
    assert house.tickets.rows[REFERENCE].ticket.version == 1
    status, said = await house.do("wait", COLD | {"override": "We are old friends"})
    assert status == 200, said
    [replied] = [one for one in said["timeline"] if one["event"] == "replied"]
    assert (replied["override"], replied["found"]) == ("We are old friends", ["blame"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"for": "third_party", "question": "Which edition?"}, "question"),
        ({"for": "patron", "override": "Because"}, "override"),
        ({"for": "patron", "question": "Which?", "until": "2020-01-01T00:00:00Z"}, "until"),
    ],
)
async def test_what_makes_no_sense_is_refused(house: House, body: Any, field: str) -> None:
    status, said = await house.do("wait", body)
    assert (status, said["field"]) == (422, field)
    assert house.tickets.rows[REFERENCE].ticket.version == 1


async def test_nobody_is_asked_who_has_no_address(house: House) -> None:
    row = house.tickets.rows[REFERENCE]
    object.__setattr__(row.ticket, "patron", Patron("Rhian Example", None))
    status, said = await house.do("wait", KIND)
    assert (status, said["type"]) == (409, "/problems/no-address")
    assert letters(house) == []


def test_a_hundred_patrons_are_not_asked_unseen() -> None:
    body = {"action": "wait", "tickets": [{"reference": REFERENCE, "version": 1}], "for": "patron"}
    BulkIn.model_validate(body)
    with pytest.raises(ValidationError):
        BulkIn.model_validate(body | {"question": KIND["question"]})
