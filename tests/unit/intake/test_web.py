"""The HTTP door for integrations, over HTTP, with a store that is only a dictionary."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.intake.accept import Desk
from services.intake.letter import Attachment
from services.intake.web import Front, make_app
from shared.errors import Transient
from shared.keys import digest
from shared.references import Seal
from tests.fakes import Clock, Letters, Outbox
from tests.unit.examples import ADDRESS, NOW, SECRET

BODY: Final[dict[str, Any]] = {
    "patron": {"name": "Rhian Example", "email": "Rhian@patrons.example"},
    "subject": "About this item",
    "body": "Is it in?",
}


@dataclass
class House:
    """The door's app, and what is behind it."""

    letters: Letters = field(default_factory=Letters)
    outbox: Outbox = field(default_factory=Outbox)
    client: TestClient[web.Request, web.Application] = field(init=False)

    def __post_init__(self) -> None:
        desk = Desk(self.letters, self.outbox, Seal(SECRET), frozenset({ADDRESS}))
        front = Front(desk, cast(Any, self.letters), Clock())
        self.client = TestClient(TestServer(make_app(front, 100_000)))
        for name, scopes in (("catalogue", ["enquiries:write"]), ("other", ["enquiries:write"])):
            self.add_key(name, scopes)
        self.add_key("reader", ["tickets:read"])

    def add_key(self, name: str, scopes: list[str]) -> None:
        known: dict[str, Any] = {"caller": name, "name": name, "scopes": scopes}
        known["expires_at"] = NOW + timedelta(days=1)
        self.letters.keys[digest(name)] = known | {"revoked_at": None}

    async def post(
        self, body: Any = None, key: str | None = "k1", caller: str = "catalogue"
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {caller}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        wanted = BODY if body is None else body
        answer = await self.client.post("/v1/enquiries", json=wanted, headers=headers)
        return answer.status, await answer.json(content_type=None)

    async def get(self, reference: str, caller: str = "catalogue") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {caller}"}
        answer = await self.client.get(f"/v1/enquiries/{reference}", headers=headers)
        return answer.status, await answer.json(content_type=None)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.client:
        yield house


async def test_an_enquiry_is_kept_and_its_reference_is_told(house: House) -> None:
    status, said = await house.post()
    assert status == 202
    [letter] = house.letters.kept.values()
    assert said["reference"] == house.letters.references[letter.id]
    assert said["href"] == f"/v1/enquiries/{said['reference']}"
    assert (letter.door, letter.name, letter.text) == ("http", "Rhian Example", "Is it in?")
    assert letter.address == "Rhian@patrons.example"
    assert len(house.outbox.sent) == 1


async def test_all_that_was_said_besides_is_kept(house: House) -> None:
    more = {
        "patron": {
            **BODY["patron"],
            "language": "cy",
            "phone": "01632 960000",
            "format": "large print",
        },
        "topic": "local-history",
        "needed_by": "2026-12-01",
        "item": {"title": "An Old Map", "isbn": "9780000000002"},
        "attachments": [
            {
                "filename": "a.txt",
                "content_type": "text/plain",
                "content": base64.b64encode(b"12345").decode(),
            }
        ],
    }
    assert (await house.post(BODY | more))[0] == 202
    [letter] = house.letters.kept.values()
    assert letter.attachments == (Attachment("a.txt", "text/plain", 5),)
    said = {key: value for key, value in letter.asked.items() if key != "body_digest"}
    assert said == {
        "language": "cy",
        "phone": "01632 960000",
        "format": "large print",
        "topic": "local-history",
        "needed_by": "2026-12-01",
        "item": {"title": "An Old Map", "isbn": "9780000000002"},
        "integration": "catalogue",
    }


async def test_the_same_key_and_body_have_the_same_answer(house: House) -> None:
    first = await house.post()
    assert [await house.post() for _ in range(2)] == [first, first]
    assert len(house.letters.kept) == len(house.outbox.sent) == 1


async def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    await house.post()
    status, said = await house.post(BODY | {"body": "Another question"})
    assert (status, said["type"]) == (422, "/problems/idempotency-key-used")
    assert len(house.letters.kept) == 1


async def test_the_same_key_of_another_caller_is_another_key(house: House) -> None:
    assert (await house.post())[0] == 202
    assert (await house.post(caller="other"))[0] == 202
    assert len(house.letters.kept) == 2


@pytest.mark.parametrize("key", [None, "", "k" * 201])
async def test_without_a_good_idempotency_key_nothing_is_kept(
    house: House, key: str | None
) -> None:
    status, said = await house.post(key=key)
    assert (status, said["type"]) == (400, "/problems/idempotency-key")
    assert house.letters.kept == {}


@pytest.mark.parametrize(("caller", "status"), [("nobody", 401), ("", 401), ("reader", 403)])
async def test_who_may_not_post_posts_nothing(house: House, caller: str, status: int) -> None:
    assert (await house.post(caller=caller))[0] == status
    assert (await house.get("ENQ-7K3M-92Q2", caller))[0] == status
    assert house.letters.kept == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subject": "x" * 501}, "subject"),
        ({"body": ""}, "body"),
        ({"colour": "red"}, "colour"),
        ({"patron": {"name": "Rhian"}}, "patron.email"),
        ({"patron": {"name": "Rhian", "email": "rhian at home"}}, "patron.email"),
        ({"patron": {"name": "Rhian", "email": "a@b.example\r\nBcc: c@d.example"}}, "patron.email"),
        ({"patron": {**BODY["patron"], "language": "Welsh"}}, "patron.language"),
        ({"needed_by": "soon"}, "needed_by"),
        ({"item": {"shelf": "4"}}, "item.shelf"),
        (
            {"attachments": [{"filename": "a", "content_type": "b", "content": "not base64!"}]},
            "attachments.0.content",
        ),
    ],
)
async def test_a_field_at_fault_is_named(house: House, change: dict[str, Any], field: str) -> None:
    status, said = await house.post(BODY | change)
    assert (status, [one["field"] for one in said["errors"]]) == (422, [field])
    assert house.letters.kept == {}


async def test_while_the_database_is_away_the_caller_is_to_try_again(house: House) -> None:
    house.letters.fails_with = [Transient("MongoDB is away")]
    assert (await house.post())[0] == 503
    assert (await house.post())[0] == 202


async def test_what_became_of_an_enquiry_is_told_to_who_posted_it_alone(house: House) -> None:
    _, said = await house.post()
    status, found = await house.get(said["reference"])
    assert (status, found["status"], found["reference"]) == (200, "new", said["reference"])
    assert found["received_at"] == "2026-11-23T10:00:00Z"
    assert (await house.get(said["reference"], "other"))[0] == 404
    assert (await house.get("ENQ-0000-0000"))[0] == 404
