"""The HTTP door for integrations, over HTTP, with a store that is only a dictionary."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from services.intake.fetching import Fetching, add_fetching
from services.intake.openapi import describe
from services.intake.page import Pages
from services.intake.web import MOST_MISSES, MOST_WRONG_KEYS, Front, make_app
from shared.errors import Transient
from shared.health import open_port
from shared.keys import digest
from shared.messages import ContactLost, EnquiryReceived
from shared.peer import networks
from shared.references import Seal
from tests.builders import desk_of
from tests.fakes import Allowances, Clock, Letters, Outbox
from tests.unit.examples import LIBRARY, NOW, SECRET

BODY: Final[dict[str, Any]] = {
    "patron": {"name": "Rhian Example", "email": "Rhian@patrons.example"},
    "subject": "About this item",
    "body": "Is it in?",
}


class NoFiles:
    """No file was sent with any letter."""

    async def find(self, _: str, __: int) -> None: ...


@dataclass
class House:
    """The door's app, and what is behind it."""

    letters: Letters = field(default_factory=Letters)
    outbox: Outbox = field(default_factory=Outbox)
    allowances: Allowances = field(default_factory=Allowances)
    clock: Clock = field(default_factory=Clock)
    day: Clock = field(default_factory=Clock)
    """The database's."""
    app: web.Application = field(init=False)
    client: TestClient[web.Request, web.Application] = field(init=False)

    def __post_init__(self) -> None:
        desk = desk_of(self.letters, self.outbox, Seal(SECRET))
        self.letters.clock = self.day
        letters, topics = cast(Any, self.letters), frozenset({"local-history", "general"})
        proxies = networks("127.0.0.1")
        front = Front(desk, letters, self.allowances, topics, self.clock, proxies)
        self.app = make_app(front, 100_000)
        pages = Pages(LIBRARY, 100_000)
        add_fetching(self.app, Fetching(cast(Any, NoFiles()), pages, desk.seal, self.clock))
        describe(self.app)
        self.client = TestClient(TestServer(self.app))
        for name, scopes in (("catalogue", ["enquiries:write"]), ("other", ["enquiries:write"])):
            self.add_key(name, scopes)
        self.add_key("reader", ["tickets:read"])

    def add_key(self, name: str, scopes: list[str]) -> None:
        known: dict[str, Any] = {"caller": name, "name": name, "scopes": scopes}
        known["expires_at"] = NOW + timedelta(days=30)
        self.letters.keys[digest(name)] = known | {"revoked_at": None}

    async def post(
        self,
        body: Any = None,
        key: str | None = "k1",
        caller: str = "catalogue",
        path: str = "/v1/enquiries",
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {caller}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        wanted = BODY if body is None else body
        sent: Any = {"data": wanted} if isinstance(wanted, bytes) else {"json": wanted}
        answer = await self.client.post(path, **sent, headers=headers)
        return answer.status, await answer.json(content_type=None)

    async def lost(self, body: Any, key: str = "k1", caller: str = "catalogue") -> tuple[int, Any]:
        return await self.post(body, key, caller, "/v1/contacts/lost")

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
    [attachment] = letter.attachments
    assert (attachment.filename, attachment.content_type) == ("a.txt", "text/plain")
    assert (attachment.content, attachment.size) == (b"12345", 5)
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
        ({"item": {"isbn": "9780000000003"}}, "item.isbn"),
        ({"item": {"issn": "0000-0018"}}, "item.issn"),
        ({"item": {"url": "javascript:alert(1)"}}, "item.url"),
        ({"item": {"openurl": "x" * 8001}}, "item.openurl"),
        ({"needed_by": 0}, "needed_by"),
        ({"body": "\x00 \n"}, "body"),
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


# Item data.


async def test_an_item_is_checked_and_its_openurl_read(house: House) -> None:
    openurl = (
        "https://resolver.example/?rft.btitle=Old+Maps&rft.isbn=7&rft.aulast=Dummy&rft.date=1899"
    )
    item = {"isbn": "0-00-000000-0", "issn": "00000019", "openurl": openurl, "title": "Older"}
    assert (await house.post(BODY | {"item": item}))[0] == 202
    [letter] = house.letters.kept.values()
    assert letter.asked["item"] == {
        "title": "Older",
        "authors": ["Dummy"],
        "isbn": "9780000000002",
        "issn": "0000-0019",
        "date": "1899",
        "unchecked": ["isbn: 7"],
    }


async def test_an_item_that_says_nothing_is_none(house: House) -> None:
    assert (await house.post(BODY | {"item": {"openurl": "?", "title": "\n"}}))[0] == 202
    [letter] = house.letters.kept.values()
    assert "item" not in letter.asked


async def test_what_is_not_seen_is_not_kept(house: House) -> None:
    patron = BODY["patron"] | {"name": "Rh\u202eian\r\nBcc: x@y.example\x00", "phone": "01\x0732"}
    file = {"filename": "a\u200b/../\x00b.txt", "content_type": "text/plain\r\nX: y", "content": ""}
    body = {
        "patron": patron,
        "subject": "One\r\nTwo\x00",
        "body": "A\x00\x1bb\r\nc\td",
        "attachments": [file],
    }
    assert (await house.post(body))[0] == 202
    [letter] = house.letters.kept.values()
    assert letter.name == "Rhian Bcc: x@y.example"
    assert letter.subject == "One Two"
    assert letter.text == "Ab\nc\td"
    assert letter.asked["phone"] == "01 32"
    [attachment] = letter.attachments
    assert attachment.filename == "b.txt"


# What integrations may send instead of what is wanted.

FULL: Final[dict[str, Any]] = {
    "patron": {
        "name": "Rhian Example",
        "email": "rhian@patrons.example",
        "language": "cy",
        "phone": "01632 960000",
        "format": "braille",
    },
    "subject": "About this item",
    "body": "Is it in?",
    "topic": "general",
    "needed_by": "2026-12-01",
    "item": {
        "title": "Old Maps",
        "record_id": "b7",
        "isbn": "9780000000002",
        "issn": "0000-0019",
        "url": "https://catalogue.llanfair.example/b7",
        "openurl": "rft.btitle=Old+Maps",
    },
    "attachments": [{"filename": "a.txt", "content_type": "text/plain", "content": "aGk="}],
}
LOST: Final[dict[str, Any]] = {
    "patron": {
        "name": "Rhian Example",
        "email": "rhian@patrons.example",
        "phone": "01632 960000",
        "language": "cy",
    },
    "channel": "phone",
    "at": "2026-11-23T09:58:00Z",
    "reference": "ENQ-7K3M-92Q2",
    "note": "Cut off while asking about maps.",
}
Place = tuple[str | int, ...]


def places(body: Any, here: Place = ()) -> list[Place]:
    """Every field of a body, also of those within it."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(body, dict):
        inner = list(body.items())
    elif isinstance(body, list):
        inner = list(enumerate(body))
    below = [found for key, value in inner for found in places(value, (*here, key))]
    return ([here] if here else []) + below


def changed(body: Any, place: Place, value: Any) -> Any:
    """The same body with another value there."""
    copy = json.loads(json.dumps(body))
    found = copy
    for step in place[:-1]:
        found = found[step]
    found[place[-1]] = value
    return copy


EACH: Final = [("/v1/enquiries", FULL, one) for one in places(FULL)] + [
    ("/v1/contacts/lost", LOST, one) for one in places(LOST)
]


def _name(value: Any) -> str | None:
    return ".".join(map(str, value)) if isinstance(value, tuple) else None


async def test_the_full_bodies_are_good(house: House) -> None:
    assert (await house.post(FULL, "a"))[0] == 202
    assert (await house.lost(LOST, "b"))[0] == 202


@pytest.mark.parametrize(("path", "body", "place"), EACH, ids=_name)
async def test_values_of_other_kinds_are_refused_or_harmless(
    house: House, path: str, body: Any, place: Place
) -> None:
    """NUL, huge numbers, nothing, lists: an answer of ours, and nothing that can't be stored."""
    texts = ["\x00", "a\x00b", "", " ", "x" * 9000, "\u202e"]
    values: list[Any] = [*texts, 10**30, -1, 1e308, True, None, [], {}]
    for number, value in enumerate(values):
        status, _ = await house.post(changed(body, place, value), f"k{number}", path=path)
        assert status in {202, 422}, value
    for letter in house.letters.kept.values():
        kept = json.dumps([letter.name, letter.subject, letter.text, letter.address, letter.asked])
        assert "\\u0000" not in kept


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 50_000, 400),
        (b'{"a":' * 15_000, 400),
        (b"", 400),
        (b"\xff\xfe", 400),
        (b'{"subject": "\xc3\x28"}', 400),
        (b'{"subject": "\\ud800"}', 400),
        (b'{"subject": 1e9999}', 400),
        (b"null", 422),
        (b"[]", 422),
        (b"1" + b"0" * 4000, 400),
        (b'"text"', 422),
        (b"{}" * 2, 400),
        (b"x" * 200_000, 413),
    ],
    ids=lambda one: repr(one[:20]) if isinstance(one, bytes) else None,
)
async def test_what_is_no_good_json_is_answered_so(house: House, body: bytes, status: int) -> None:
    found, said = await house.post(body)
    assert found == status
    assert said["status"] == status
    assert house.letters.kept == {}


async def test_of_a_field_that_comes_twice_the_last_counts_and_is_checked(house: House) -> None:
    text = json.dumps(BODY)[:-1] + ', "subject": "Second"}'
    assert (await house.post(text.encode()))[0] == 202
    [letter] = house.letters.kept.values()
    assert letter.subject == "Second"
    bad = json.dumps(BODY)[:-1] + ', "subject": {"$ne": 1}}'
    assert (await house.post(bad.encode(), "k2"))[0] == 422


async def test_the_librarys_own_address_is_no_patrons(house: House) -> None:
    own = "Enquiries+x@llanfair.example"
    faults = [{"field": "patron.email", "reason": "an address of the library's own"}]
    for path, body in (("/v1/enquiries", FULL), ("/v1/contacts/lost", LOST)):
        status, said = await house.post(changed(body, ("patron", "email"), own), path=path)
        assert (status, said["errors"]) == (422, faults)
    assert house.letters.kept == {}


# The life of a key.


async def test_a_key_stands_for_its_enquiry_for_a_day_and_then_for_another(house: House) -> None:
    _, first = await house.post()
    house.day.move(hours=23, minutes=59, seconds=59)
    assert await house.post() == (202, first)
    house.day.move(seconds=1)
    status, second = await house.post()
    assert status == 202
    assert second["reference"] != first["reference"]
    assert [await house.post() for _ in range(2)] == [(202, second)] * 2
    house.day.move(hours=24)
    status, third = await house.post(BODY | {"body": "Another question"})
    assert status == 202
    assert third["reference"] not in {first["reference"], second["reference"]}
    assert (await house.post())[0] == 422
    assert len(house.letters.kept) == len(house.outbox.sent) == 3


async def test_a_clock_that_was_set_back_makes_no_second_enquiry(house: House) -> None:
    _, first = await house.post()
    house.day.move(hours=-30)
    assert await house.post() == (202, first)


@pytest.mark.parametrize("hours", [-30, 30])
async def test_a_copy_whose_clock_is_wrong_makes_no_second_enquiry(
    house: House, hours: int
) -> None:
    house.clock.move(hours=hours)
    _, first = await house.post()
    house.clock.move(hours=-hours)
    assert await house.post() == (202, first)


async def test_after_a_day_many_at_once_are_one_new_enquiry(house: House) -> None:
    _, first = await house.post()
    house.day.move(hours=25)
    answers = await asyncio.gather(*(house.post() for _ in range(50)))
    assert {status for status, _ in answers} == {202}
    assert len({said["reference"] for _, said in answers}) == 1
    assert answers[0][1] != first
    assert len(house.letters.kept) == 2


async def test_the_same_key_at_another_door_is_another_request(house: House) -> None:
    assert (await house.post())[0] == 202
    assert (await house.lost(LOST))[0] == 202
    assert len(house.letters.kept) == 2


# In time.


@pytest.mark.parametrize("waits_for", ["key", "save"])
async def test_a_database_that_hangs_is_an_answer_within_five_seconds(
    house: House, waits_for: str
) -> None:
    waits = iter([0.0 if waits_for == "save" else 60.0])

    async def hang() -> None:
        await asyncio.sleep(next(waits, 60.0))

    house.letters.gate = hang
    began = time.monotonic()
    headers = {"Authorization": "Bearer catalogue", "Idempotency-Key": "k"}
    answer = await house.client.post("/v1/enquiries", json=BODY, headers=headers)
    assert answer.status == 503
    assert 4 < time.monotonic() - began < 5
    assert answer.headers["Retry-After"] == "5"
    assert (await answer.json(content_type=None))["type"] == "/problems/unavailable"
    house.letters.gate = None
    assert (await house.post())[0] == 202


async def test_a_client_that_sends_its_body_too_slowly_is_cut_short(house: House) -> None:
    letters: Any = cast(Any, house.letters)
    desk = desk_of(house.letters, house.outbox, Seal(SECRET))
    front = Front(desk, letters, house.allowances, frozenset(), house.clock, longest_body=0.2)

    async def trickle() -> AsyncIterator[bytes]:
        yield b'{"patron": '
        await asyncio.sleep(1)

    headers = {"Authorization": "Bearer catalogue", "Idempotency-Key": "k"}
    async with TestClient(TestServer(make_app(front, 100_000))) as client:
        answer = await client.post("/v1/enquiries", data=trickle(), headers=headers)
        assert answer.status == 408
    assert house.letters.kept == {}


async def test_a_client_that_hangs_up_while_it_sends_is_noted_in_one_line(house: House) -> None:
    head = "POST /v1/enquiries HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer catalogue\r\n"
    runner = await open_port(house.client.app, "127.0.0.1", 0)
    with capture_logs() as lines:
        _, wire = await asyncio.open_connection("127.0.0.1", runner.number)
        wire.write(f"{head}Idempotency-Key: k\r\nContent-Length: 100\r\n\r\n{{".encode())
        await wire.drain()
        await asyncio.sleep(0.2)
        wire.close()
        async with asyncio.timeout(10):
            while not lines:
                await asyncio.sleep(0.02)
        await runner.cleanup()
    assert lines == [{"event": "request_broken_off", "log_level": "info"}]
    assert house.letters.kept == {}


async def test_only_a_body_that_may_have_files_may_be_large(house: House) -> None:
    headers = {
        "Authorization": "Bearer catalogue",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    large = b"{" + b" " * 65_536
    for method, path, status in (
        ("POST", "/v1/enquiries", 400),
        ("POST", "/v1/contacts/lost", 413),
        ("GET", "/v1/enquiries/ENQ-7K3M-92Q2", 413),
    ):
        answer = await house.client.request(method, path, data=large, headers=headers)
        assert (path, answer.status) == (path, status)


# Lost contacts.


async def test_a_lost_contact_becomes_a_letter_that_says_whom_to_call(house: House) -> None:
    body = {"patron": {"phone": "01632 960000"}, "channel": "phone", "note": "Asked of maps.\x00"}
    status, said = await house.lost(body)
    assert status == 202
    assert await house.lost(body) == (202, said)
    [letter] = house.letters.kept.values()
    assert (letter.address, letter.subject) == (None, "Contact was lost (phone)")
    assert letter.text == (
        "Contact was lost (phone): to be made again.\n"
        "When: 2026-11-23T10:00+00:00\nPhone: 01632 960000\n\nAsked of maps."
    )
    assert letter.asked["channel"] == "phone"
    [(letter_id, message)] = house.outbox.sent
    assert isinstance(message, ContactLost)
    assert (message.letter_id, message.opens) == (letter_id, True)
    assert message.reference == said["reference"]
    assert (await house.get(said["reference"]))[0] == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"patron": {}}, "patron"),
        ({"patron": {"name": "Rhian"}}, "patron"),
        ({"patron": {"phone": "\u200b"}}, "patron"),
        ({"channel": "Phone"}, "channel"),
        ({"channel": ""}, "channel"),
        ({"at": "yesterday"}, "at"),
        ({"at": 0}, "at"),
        ({"at": "2026-11-23T10:00:00"}, "at"),
        ({"reference": "ENQ-0000-0001"}, "reference"),
        ({"note": " "}, "note"),
    ],
)
async def test_a_lost_contact_that_nobody_could_make_again_is_refused(
    house: House, change: dict[str, Any], field: str
) -> None:
    body = {"patron": {"phone": "01632 960000"}, "channel": "phone"}
    status, said = await house.lost(body | change)
    assert (status, [one["field"] for one in said["errors"]]) == (422, [field])
    assert house.letters.kept == {}


async def test_a_lost_contact_joins_the_ticket_that_its_patron_belongs_to(house: House) -> None:
    _, opened = await house.post()
    reference = opened["reference"]
    mine = {"patron": {"email": "RHIAN@patrons.example"}, "channel": "chat", "reference": reference}
    status, said = await house.lost(mine, "k2")
    assert (status, said["reference"]) == (202, reference)
    message = house.outbox.sent[-1][1]
    assert isinstance(message, ContactLost)
    assert not message.opens


async def test_an_integration_joins_no_ticket_that_it_has_not_opened(house: House) -> None:
    """Whoever sits at a catalogue can type a patron's address there."""
    _, opened = await house.post()
    reference, email = opened["reference"], BODY["patron"]["email"]
    lost = {"patron": {"email": email}, "channel": "chat", "reference": reference}
    status, said = await house.lost(lost, "k2", "other")
    assert (status, said["reference"] == reference) == (202, False)
    typed = BODY | {"subject": f"Re: [{reference}] x"}
    for caller in ("catalogue", "other"):
        status, said = await house.post(typed, "k3", caller)
        assert (status, said["reference"] == reference) == (202, False)
        [(_, message)] = house.outbox.sent[-1:]
        assert isinstance(message, EnquiryReceived)
        assert message.named == (reference,)


async def test_a_lost_contact_continues_a_closed_ticket_and_opens_it_not_again(
    house: House,
) -> None:
    _, opened = await house.post()
    reference = opened["reference"]
    house.letters.tickets[reference] = {"status": "closed"}
    status, said = await house.lost({"channel": "chat", "reference": reference}, "k2")
    assert (status, said["reference"] == reference) == (202, False)
    message = house.outbox.sent[-1][1]
    assert isinstance(message, ContactLost)
    assert (message.opens, message.continues) == (True, reference)
    _, merged = await house.post(key="k3")
    house.letters.tickets[reference] = {"status": "assigned", "merged_into": merged["reference"]}
    _, said = await house.lost({"channel": "chat", "reference": reference}, "k4")
    assert said["reference"] == merged["reference"]


async def test_without_an_address_it_joins_only_a_ticket_of_the_same_integration(
    house: House,
) -> None:
    _, opened = await house.post()
    body = {"channel": "chat", "reference": opened["reference"]}
    assert (await house.lost(body, "k2"))[1]["reference"] == opened["reference"]
    status, said = await house.lost(body, "k2", "other")
    assert status == 202
    assert said["reference"] != opened["reference"]
    assert list(house.letters.kept.values())[-1].asked["names"] == opened["reference"]


async def test_a_stranger_joins_no_ticket_by_naming_it(house: House) -> None:
    _, opened = await house.post()
    body = {"channel": "chat", "reference": opened["reference"]}
    stranger = body | {"patron": {"email": "stranger@elsewhere.example"}}
    for caller in ("catalogue", "other"):
        status, said = await house.lost(stranger, "k2", caller)
        assert status == 202
        assert said["reference"] != opened["reference"]
    assert not await house.letters.belongs(opened["reference"], "stranger@elsewhere.example")


# Guessing.


async def test_unknown_and_foreign_references_are_told_alike_and_counted(house: House) -> None:
    _, said = await house.post()
    foreign, unknown = said["reference"], "ENQ-7K3M-92Q2"
    answers = [
        await house.get(one, "other")
        for one in [foreign, unknown, "nothing", "%00", "$ne", "ENQ-0000-0001"] * (MOST_MISSES // 6)
    ]
    assert {status for status, _ in answers} == {404}
    assert len({str(said) for _, said in answers}) == 1
    headers = {"Authorization": "Bearer other"}
    answer = await house.client.get(f"/v1/enquiries/{foreign}", headers=headers)
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["RateLimit-Policy"] == '"misses";q=60;w=60'
    assert answer.headers["RateLimit"] == '"misses";r=0;t=60'
    lost = {"channel": "chat", "reference": foreign}
    assert (await house.lost(lost, "k2", "other"))[0] == 429
    assert (await house.get(foreign))[0] == 200, "another key is not counted with it"
    house.allowances.now += 61
    assert (await house.get(unknown, "other"))[0] == 404


async def test_who_has_guessed_too_often_is_told_nothing_of_good_references_either(
    house: House,
) -> None:
    _, said = await house.post()
    found = {(await house.get("ENQ-7K3M-92Q2"))[0] for _ in range(MOST_MISSES)}
    assert found == {404}
    assert (await house.get(said["reference"]))[0] == 429


async def test_references_named_with_lost_contacts_are_counted_as_guesses_too(
    house: House,
) -> None:
    _, said = await house.post()
    stranger = {"patron": {"email": "stranger@elsewhere.example"}, "channel": "chat"}
    for number in range(MOST_MISSES):
        body = stranger | {"reference": said["reference"]}
        assert (await house.lost(body, f"guess-{number}"))[0] == 202
    assert (await house.get(said["reference"]))[0] == 429


async def test_good_references_may_be_asked_for_as_often_as_one_likes(house: House) -> None:
    _, said = await house.post()
    found = {(await house.get(said["reference"]))[0] for _ in range(MOST_MISSES * 2)}
    assert found == {200}


async def test_wrong_keys_are_counted_by_client_and_good_ones_are_served(house: House) -> None:
    async def ask(key: str, client: str) -> int:
        headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": client}
        answer = await house.client.get("/v1/enquiries/ENQ-7K3M-92Q2", headers=headers)
        return answer.status

    said = [await ask(f"wrong-{one}", "192.0.2.7") for one in range(MOST_WRONG_KEYS + 5)]
    assert said == [401] * MOST_WRONG_KEYS + [429] * 5
    assert await ask("wrong", "198.51.100.1") == 401
    assert await ask("catalogue", "192.0.2.7") == 404
    assert all("192.0.2.7" in key for key in list(house.allowances.counts)[:1])


async def test_a_topic_that_the_library_has_not_is_refused_by_name(house: House) -> None:
    status, said = await house.post(BODY | {"topic": "gardening"})
    assert (status, [one["field"] for one in said["errors"]]) == (422, ["topic"])
    assert "general, local-history" in said["errors"][0]["reason"]
