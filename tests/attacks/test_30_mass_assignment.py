"""Class 30: fields that are told being sent back, to set what is none of the sender's. Models for
what comes in are others than for what goes out, and each unknown field is an error."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest

from tests.unit.examples import NOW, REFERENCE
from tests.unit.intake.test_web import FULL, LOST, House, changed, places
from tests.unit.routing import test_api as routing


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.client:
        yield house


@pytest.fixture
async def staff() -> AsyncIterator[routing.House]:
    house = routing.House()
    await house.open()
    async with house.client:
        yield house


def names(told: Any) -> Iterator[str]:
    """Every field of an answer, also of those within it."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield name
            yield from names(value)
    elif isinstance(told, list):
        for one in told:
            yield from names(one)


SHOWN: Final = (
    *("id", "_id", "reference", "href", "status", "received_at", "owner", "promise", "version"),
    *("team", "escalation", "created_at", "updated_at", "unread", "messages", "timeline", "links"),
    *("asked", "integration", "door", "at", "automatic", "outbox", "applied", "opens", "scopes"),
    *("$set", "__proto__", "patron.name", "unchecked"),
)


@pytest.mark.parametrize("name", SHOWN)
async def test_no_field_but_the_wanted_ones_may_be_set(house: House, name: str) -> None:
    for within in ((), ("patron",), ("item",), ("attachments", 0)):
        status, said = await house.post(changed(FULL, (*within, name), "x"))
        assert (status, len(said["errors"])) == (422, 1)
    for within in (("patron",), ()):
        if (*within, name) in places(LOST):
            continue
        status, said = await house.lost(changed(LOST, (*within, name), "x"))
        assert (status, len(said["errors"])) == (422, 1)
    assert house.letters.kept == {}


async def test_no_field_that_is_told_of_an_enquiry_may_be_set(house: House) -> None:
    _, posted = await house.post(FULL, "first")
    _, shown = await house.get(posted["reference"])
    told = set(names([posted, shown]))
    assert {"reference", "href", "status", "received_at"} <= told
    for name in told:
        status, said = await house.post(changed(FULL, (name,), "x"), name)
        assert (status, [one["field"] for one in said["errors"]]) == (422, [name])
    assert len(house.letters.kept) == 1


BODIES: Final[dict[str, dict[str, str]]] = {
    "reply": {"text": "words"},
    "note": {"text": "words"},
    "wait": {"for": "patron"},
    "assign": {"owner": "sian"},
    "claim": {},
    "resolve": {},
    "reopen": {},
}
MAY_BE_SAID: Final = {"reply": {"promise", "attachments"}}
"""What has the name of something that is told, and is another thing: a moment, ids of drafts."""


@pytest.mark.parametrize("action", BODIES)
async def test_no_field_that_is_told_of_a_ticket_may_be_set(
    staff: routing.House, action: str
) -> None:
    may = {*BODIES[action], *MAY_BE_SAID.get(action, ())}
    whole = await staff.get(routing.ONE)
    told = set(names(whole)) - may
    assert {"reference", "status", "version", "due_at", "patron"} <= told
    status, _ = await staff.do(action, BODIES[action] | {"promise": whole["promise"]})
    assert status == 422
    for name in told:
        status, said = await staff.do(action, BODIES[action] | {name: NOW.isoformat()})
        assert (status, [one["field"] for one in said["errors"]]) == (422, [name])
    assert staff.tickets.rows[REFERENCE].ticket.version == 1
