"""Enquiries by phone, at the desk, by chat and by post: taken down by staff, opened like any."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from services.routing import taken_down
from services.routing.changes import Counter
from services.routing.handlers import Desk
from services.routing.understanding import letter_of
from shared.errors import Transient
from shared.messages import Notice
from shared.outbox import from_saved
from tests.fakes import Tickets
from tests.unit.examples import CALENDARS, LIBRARY, MAIR, NOW, REFERENCE
from tests.unit.routing.people import away
from tests.unit.routing.test_api import House

BODY: dict[str, Any] = {
    "patron": {"name": "Gwen Invented", "address": "Gwen@patrons.example", "phone": "01234 567"},
    "channel": "phone",
    "subject": "A map  of 1840",
    "text": "Is there a census map of the harbour?",
}


@dataclass
class Kept:
    """Where they are kept."""

    tickets: Tickets
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    """What the next keepings find there."""
    was_opened: list[str] = field(default_factory=list)

    async def keep(self, document: dict[str, Any]) -> str | None:
        if self.taken:
            return self.taken.pop()
        if document["_id"] in self.documents:
            return "_id"
        self.documents[document["_id"]] = document
        self.tickets.patron_letters[document["_id"]] = letter_of(document, LIBRARY)
        self.tickets.came_in[document["_id"]] = document
        return None

    async def find(self, letter_id: str) -> Mapping[str, Any] | None:
        return self.documents.get(letter_id)

    async def opened(self, letter_id: str) -> None:
        self.was_opened.append(letter_id)


class Phone(House):
    """The API with that route."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kept = Kept(self.tickets)
        store: Any = cast(Any, self.tickets)
        desk = Desk(store, self.outbox, self.roster, LIBRARY, CALENDARS, self.clock)
        self.client.app.add_routes(
            taken_down.routes(taken_down.Desk(Counter(desk, store, self.audit), self.kept))
        )

    async def take_down(self, *, headers: Any = None, **fields: Any) -> tuple[int, Any, Any]:
        body = {name: value for name, value in (BODY | fields).items() if value != "-"}
        return await self.ask("POST", "/v1/tickets", body, **(headers or {}))


@pytest.fixture
async def house() -> AsyncIterator[Phone]:
    house = Phone()
    await house.roster.read_all()
    async with house.client:
        yield house


def notices(house: Phone) -> list[Any]:
    return [getattr(one, "notice", None) for _, one in house.outbox.sent]


async def test_it_is_opened_like_any_other_enquiry(house: Phone) -> None:
    status, said, headers = await house.take_down()
    assert (status, headers["ETag"]) == (201, '"1"')
    assert headers["Location"] == f"/v1/tickets/{said['reference']}"
    assert said["patron"] == {"name": "Gwen Invented", "address": "Gwen@patrons.example"}
    assert (said["subject"], said["topic"], said["team"]) == (
        "A map of 1840",
        "local-history",
        "local-history",
    )
    assert said["owner"]["id"] == "mair"
    assert said["promise"]["state"] == "made"
    assert said["timeline"][0]["by"] == "mair"
    [letter] = said["messages"]
    assert (letter["direction"], letter["text"]) == ("in", BODY["text"])
    assert letter["asked"]["phone"] == "01234 567"
    assert letter["taken_down"] == {"by": {"id": "mair", "name": "Mair"}, "channel": "phone"}
    assert notices(house) == [Notice.ACKNOWLEDGEMENT]
    [document] = house.kept.documents.values()
    [event] = [from_saved(one) for one in document["outbox"]]
    assert (event.reference, document["opens"]) == (said["reference"], said["reference"])
    assert house.kept.was_opened == [document["_id"]]


async def test_who_has_it(house: Phone) -> None:
    for owner, has in (("-", "mair"), ("sian", "sian")):
        _, said, _ = await house.take_down(owner=owner)
        assert said["owner"]["id"] == has
        assert "settled" in str(said["why"]["owner"])
    _, said, _ = await house.take_down(owner=None)
    assert said["owner"] is None, "nobody here knows of maps, and the desk was asked to choose"
    assert "settled" not in str(said["why"]["owner"])


@pytest.mark.parametrize(
    "fields",
    [{"acknowledge": False}, {"patron": {"name": "Gwen Invented"}}],
)
async def test_nobody_is_written_to_who_need_not_or_can_not_be(house: Phone, fields: Any) -> None:
    status, said, _ = await house.take_down(**fields)
    assert (status, notices(house)) == (201, [])
    assert said["promise"]["state"] == "made"


async def test_the_same_request_opens_one_ticket(house: Phone) -> None:
    once = {"Idempotency_Key": "k"}
    first = await house.take_down(headers=once)
    house.tickets.requests.done.clear()
    again = await house.take_down(headers=once)
    assert first[:2] == again[:2]
    assert len(house.tickets.rows) == len(house.kept.documents) == 1
    other = await house.take_down(headers=once, subject="Another")
    assert (other[0], other[1]["type"]) == (422, "/problems/idempotency-key-used")
    house.tickets.requests.done.clear()
    other = await house.take_down(headers=once, subject="Another")
    assert (other[0], other[1]["type"]) == (422, "/problems/idempotency-key-used")
    assert len(house.tickets.rows) == 1


async def test_without_a_key_each_request_is_another_enquiry(house: Phone) -> None:
    await house.take_down()
    await house.take_down()
    assert len(house.tickets.rows) == 2


async def test_what_is_kept_is_accepted_though_its_ticket_is_not_there_yet(house: Phone) -> None:
    keep = house.tickets.open

    async def is_away(*_: Any, **__: Any) -> bool:
        raise Transient("MongoDB is away")

    house.tickets.open = is_away  # type: ignore[method-assign]
    once = {"Idempotency_Key": "k"}
    status, said, headers = await house.take_down(headers=once)
    assert status == 202
    assert said == {"reference": said["reference"], "href": headers["Location"]}
    assert house.kept.was_opened == [], "the event that was kept with it opens it"
    house.tickets.open = keep  # type: ignore[method-assign]
    status, again, _ = await house.take_down(headers=once)
    assert (status, again["reference"]) == (201, said["reference"])


async def test_a_reference_that_is_taken_is_not_given_twice(house: Phone) -> None:
    house.kept.taken = ["opens", "opens"]
    assert (await house.take_down())[0] == 201
    house.kept.taken = ["opens"] * 5
    assert (await house.take_down())[0] == 503


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"patron": "-"}, None),
        ({"patron": {"name": " "}}, None),
        ({"patron": {"name": "G", "address": "nowhere"}}, None),
        ({"patron": {"name": "G", "address": "a@b.example\r\nBcc: c@d.example"}}, None),
        ({"patron": {"name": {"$ne": 1}}}, None),
        ({"channel": "mail"}, None),
        ({"channel": "-"}, None),
        ({"subject": ""}, None),
        ({"text": " "}, None),
        ({"text": "x" * 100_001}, None),
        ({"acknowledge": 1}, None),
        ({"reference": REFERENCE}, None),
        ({"status": "closed"}, None),
        ({"topic": "astrology"}, "topic"),
        ({"language": "xx"}, "language"),
        ({"owner": "nobody"}, "owner"),
    ],
)
async def test_what_can_not_be_taken_down_is_said(house: Phone, fields: Any, where: Any) -> None:
    status, said, _ = await house.take_down(**fields)
    assert (status, said.get("field")) == (422, where)
    assert not house.kept.documents


async def test_an_owner_who_is_away_does_not_get_it(house: Phone) -> None:
    house.tickets.people = [away(MAIR, NOW - timedelta(days=1)), *house.tickets.people[1:]]
    await house.roster.read_all()
    _, said, _ = await house.take_down(topic="general")
    assert said["owner"]["id"] == "sian"
