"""What staff do with a ticket besides answering it, over HTTP: the bodies and what they get."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.examples import DUE, NOW
from tests.unit.routing.test_api import SIAN, House

FRIDAY = "2026-11-27T12:00:00Z"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.open()
    await house.roster.read()
    async with house.client:
        yield house


async def test_what_is_escalated_goes_on_and_says_to_whom(house: House) -> None:
    status, said = await house.do("escalate", {"reason": "I can't."})
    assert (status, said["owner"]["id"]) == (200, SIAN.id)
    assert said["escalation"] == {"level": 1, "reason": "I can't."}
    assert said["handover"]["companion"] == {"id": "mair", "name": "Mair Pretend"}
    status, said = await house.do("accept")
    assert (status, said["title"]) == (409, "Nothing of yours waits to be accepted here")
    status, said = await house.do("decline", {"reason": "Nor I."}, caller="sian")
    assert (status, said["owner"]["id"]) == (200, "mair"), "there is nobody else: it is Mair's"


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("escalate", {}, 422),
        ("escalate", {"reason": " "}, 422),
        ("escalate", {"reason": "x" * 1001}, 422),
        ("decline", {"reason": "no"}, 409),
        ("promise", {"due_at": FRIDAY}, 422),
        ("promise", {"due_at": "Friday", "reason": "so"}, 422),
        ("promise", {"due_at": "2026-11-27T12:00:00", "reason": "so"}, 422),
        ("promise", {"due_at": "2026-11-29T12:00:00Z", "reason": "a Sunday"}, 422),
        ("promise", {"due_at": "2020-11-27T12:00:00Z", "reason": "long ago"}, 422),
        ("contact", {"how": "phone", "reached": True}, 422),
        ("contact", {"how": "telepathy", "reached": True, "note": "?"}, 422),
        ("contact", {"how": "phone", "reached": "yes", "note": "?"}, 422),
        ("correct", {"topic": "astrology"}, 422),
        ("correct", {"language": "tlh"}, 422),
        ("correct", {"urgency": "panic"}, 422),
        ("correct", {"team": "enquiries"}, 422),
        ("cause", {}, 422),
        ("cause", {"cause": ""}, 422),
        ("resolve", {"because": ""}, 422),
        ("resolve", {}, 409),
        ("wait", {"for": "patron", "until": "2020-01-01T00:00:00Z"}, 422),
    ],
)
async def test_a_body_that_says_nothing_sensible_changes_nothing(
    house: House, action: str, body: dict[str, Any], status: int
) -> None:
    found, said = await house.do(action, body)
    assert (found, said["status"]) == (status, status)
    assert house.tickets.rows["ENQ-7K3M-92Q2"].ticket.version == 1


async def test_a_promise_is_renegotiated(house: House) -> None:
    status, said = await house.do("promise", {"due_at": FRIDAY, "reason": "It is at the binder."})
    assert (status, said["promise"]["due_at"]) == (200, FRIDAY)
    assert [one["state"] for one in said["promises"]] == ["made", "renegotiated", "made"]


async def test_a_promise_that_was_due_is_not_renegotiated(house: House) -> None:
    house.clock.now = DUE + timedelta(minutes=10)
    status, said = await house.do("promise", {"due_at": FRIDAY, "reason": "late"})
    assert (status, said["type"]) == (422, "/problems/impossible")
    assert "can't be renegotiated" in said["title"]


async def test_a_call_is_kept_as_a_note_and_answers_the_patron(house: House) -> None:
    body = {"how": "phone", "reached": True, "note": "She knows now."}
    status, said = await house.do("contact", body)
    assert (status, said["promise"]["state"]) == (200, "kept")
    assert said["messages"][-1]["text"] == "She knows now."
    assert said["messages"][-1]["direction"] == "note"


async def test_staff_know_better(house: House) -> None:
    body = {"topic": "local-history", "urgency": "urgent", "needed_by": "2026-12-01"}
    status, said = await house.do("correct", body)
    assert (status, said["topic"], said["team"]) == (200, "local-history", "local-history")
    assert (said["urgency"], said["needed_by"]) == ("urgent", "2026-12-01")
    assert said["why"]["topic"] == ["corrected by mair"]


async def test_a_cause_is_named_and_taken_back(house: House) -> None:
    status, said = await house.do("cause", {"cause": "the page of opening hours is wrong"})
    assert (status, said["cause"]) == (200, "the page of opening hours is wrong")
    assert (await house.do("cause", {"cause": None}))[1]["cause"] is None


async def test_a_ticket_waits_until_it_is_brought_back(house: House) -> None:
    until = (NOW + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    status, said = await house.do("wait", {"for": "patron", "until": until})
    assert (status, said["timeline"][-1]["until"]) == (200, until)
