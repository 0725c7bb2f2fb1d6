"""The staff's API, over HTTP, with a store that is only a dictionary."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.routing import queue
from services.routing.actions import note
from services.routing.api import Api, make_app
from services.routing.changes import Counter
from services.routing.handlers import Desk
from services.routing.limits import Limit, unlimited
from services.routing.roster import Roster
from shared.keys import digest
from shared.messages import Notice, NoticeRequested
from tests.fakes import Audit, Clock, Outbox, Tickets
from tests.unit.examples import (
    CALENDARS,
    LETTER,
    LIBRARY,
    MAIR,
    NOW,
    OWNER,
    REFERENCE,
    opened,
)

SIAN = replace(MAIR, id="sian", name="Siân Example", address="sian@llanfair.example")
ONE = f"/v1/tickets/{REFERENCE}"
READ, WRITE = "tickets:read", "tickets:write"


@dataclass
class House:
    """The API, and what is behind it: one ticket, Mair's."""

    tickets: Tickets = field(default_factory=lambda: Tickets(people=[MAIR, SIAN]))
    outbox: Outbox = field(default_factory=Outbox)
    clock: Clock = field(default_factory=Clock)
    audit: Audit = field(default_factory=Audit)
    limit: Limit = unlimited
    client: TestClient[web.Request, web.Application] = field(init=False)
    roster: Roster = field(init=False)

    def __post_init__(self) -> None:
        store: Any = cast(Any, self.tickets)
        self.roster = Roster(self.tickets, self.clock)
        desk = Desk(store, self.outbox, self.roster, LIBRARY, CALENDARS, self.clock)
        counter = Counter(desk, store, self.audit, limit=self.limit)
        app = make_app(Api(counter))
        # What can be read at all is read from a real store: see tests/integration/test_queue.py.
        app.add_routes(queue.routes(queue.Queue(counter, cast(Any, None))))
        self.client = TestClient(TestServer(app))
        self.add_key("mair", [READ, WRITE])
        self.add_key("sian", [READ, WRITE])
        self.add_key("reader", [READ])
        self.add_key("late", [READ, WRITE], NOW)

    def add_key(self, name: str, scopes: list[str], ends: Any = NOW + timedelta(days=1)) -> None:
        known = {"caller": name, "name": name.title(), "scopes": scopes, "expires_at": ends}
        self.tickets.keys[digest(name)] = known

    async def open(self, reference: str = REFERENCE, **fields: Any) -> None:
        """One more ticket."""
        change = opened(reference=reference)
        change = replace(change, ticket=replace(change.ticket, **fields))
        await self.tickets.open(change, caused_by=f"opening {reference}")

    async def ask(
        self, method: str, path: str, body: Any = None, caller: str = "mair", **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {caller}"
        answer = await self.client.request(method, path, json=body, headers=sent)
        return answer.status, await answer.json(content_type=None), answer.headers

    async def get(self, path: str, **more: str) -> Any:
        status, said, _ = await self.ask("GET", path, **more)
        assert status == 200, said
        return said

    async def do(self, action: str, body: Any = None, **more: str) -> tuple[int, Any]:
        """An action on the ticket as it is."""
        more.setdefault("If_Match", f'"{self.tickets.rows[REFERENCE].ticket.version}"')
        status, said, _ = await self.ask("POST", f"{ONE}/{action}", body, **more)
        return status, said


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.open()
    async with house.client:
        yield house


# The queue.


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=%C2%B2", "limit"),
        ("limit=", "limit"),
        ("status=opened", "status"),
        ("status=", "status"),
        ("colour=red", "colour"),
        ("cursor=", "cursor"),
        ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=%C3%A9", "cursor"),
        (f"cursor={_cursor('[]')}", "cursor"),
        (f"cursor={_cursor('{}')}", "cursor"),
        (f"cursor={_cursor('5')}", "cursor"),
        (f"cursor={_cursor('null')}", "cursor"),
        (f"cursor={_cursor('[1, 2, 3]')}", "cursor"),
        (f"""cursor={_cursor('["soon", "ENQ-1"]')}""", "cursor"),
        (f"cursor={_cursor('[5, 5]')}", "cursor"),
        (f"cursor={_cursor('[[], {}]')[:-1]}", "cursor"),
        (f"""cursor={_cursor('["due", null, "ENQ-1"]')}""", "cursor"),
        (f"""cursor={_cursor('["created", "2026-11-23T10:00:00Z", "ENQ-1"]')}""", "cursor"),
        ("sort=name", "sort"),
        ("sort=due&q=map", "sort"),
        ("q=", "q"),
        ("q=%2B%2B", "q"),
        ("q=" + 201 * "a", "q"),
        ("escalated=false", "escalated"),
        ("at_risk=1", "at_risk"),
        ("since=yesterday", "since"),
        ("until=2026-11-23T10:00:00", "until"),
    ],
)
async def test_a_question_that_can_not_be_answered_names_what_is_wrong(
    house: House, query: str, field: str
) -> None:
    status, said, _ = await house.ask("GET", f"/v1/tickets?{query}")
    assert (status, said["type"], said["field"]) == (422, "/problems/invalid", field)


async def test_a_cursor_whose_moment_has_no_zone_is_none_of_ours(house: House) -> None:
    cursor = _cursor('["due", "2026-11-23T10:00:00", "ENQ-1"]')
    assert (await house.ask("GET", f"/v1/tickets?cursor={cursor}"))[0] == 422


async def test_a_cursor_whose_reference_is_no_text_is_none_of_ours(house: House) -> None:
    cursor = _cursor('["due", "2026-11-23T10:00:00Z", {"$gt": ""}]')
    assert (await house.ask("GET", f"/v1/tickets?cursor={cursor}"))[0] == 422


# One ticket.


async def test_a_ticket_is_told_whole_with_an_etag_of_its_version(house: House) -> None:
    status, said, headers = await house.ask("GET", ONE)
    assert (status, headers["ETag"]) == (200, '"1"')
    assert (said["reference"], said["owner"]["id"]) == (REFERENCE, "mair")
    assert [one["event"] for one in said["timeline"]] == ["opened", "assigned", "promised"]
    assert said["promises"][0]["state"] == "made"


@pytest.mark.parametrize("written", [REFERENCE.lower(), "enq7k3m92q2", "ENQ-7K3M-92Q2 "])
async def test_a_reference_may_be_written_as_people_do(house: House, written: str) -> None:
    assert (await house.get(f"/v1/tickets/{written}"))["reference"] == REFERENCE


@pytest.mark.parametrize("written", ["ENQ-7K3M-92Q3", "nonsense", "ENQ-0000-0000", "%00"])
async def test_a_ticket_that_is_not_there_is_told_so(house: House, written: str) -> None:
    status, said, _ = await house.ask("GET", f"/v1/tickets/{written}")
    assert (status, said["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("token", "read", "write"),
    [("nobody", 401, 401), ("", 401, 401), ("late", 401, 401), ("reader", 200, 403)],
)
async def test_who_may_not_is_told_so_and_nothing_is_changed(
    house: House, token: str, read: int, write: int
) -> None:
    assert (await house.ask("GET", ONE, caller=token))[0] == read
    assert (await house.do("resolve", caller=token))[0] == write
    assert house.tickets.rows[REFERENCE].ticket.version == 1


# Changes.


async def test_a_change_without_a_condition_is_refused(house: House) -> None:
    status, said, _ = await house.ask("POST", f"{ONE}/claim")
    assert (status, said["type"]) == (428, "/problems/if-match")


# RFC 9110 §13.1.1: true if any of the tags is the current one, compared strongly.
@pytest.mark.parametrize(
    "tags", ['"1"', ' "1" ', '"1", "2"', '"2","1"', ', "1" ,,', 'W/"7", "x,y", "1"']
)
async def test_a_condition_that_holds_is_read_in_any_form(house: House, tags: str) -> None:
    assert (await house.do("claim", If_Match=tags))[0] == 200


@pytest.mark.parametrize(
    ("tags", "status", "kind"),
    [
        *((tags, 412, "stale") for tags in ('"0"', '"2"', '"0", "2"', 'W/"1", "2"')),
        *(
            (tags, 412, "no-version")
            for tags in ('W/"1"', '"x"', '"01"', '"1_0"', '"-1"', '""', '"1234567890"', '"\u0661"')
        ),
        *(
            (tags, 400, "if-match")
            for tags in (
                "abc",
                "1",
                '"1',
                '1"',
                '"1" "2"',
                'w/"1"',
                '"1", *',
                "*, *",
                '"1 "',
                "'1'",
            )
        ),
        *((tags, 428, "if-match") for tags in ("", " ", ",", "*", " * ")),
    ],
)
async def test_a_condition_that_does_not_hold_changes_nothing(
    house: House, tags: str, status: int, kind: str
) -> None:
    answered, said = await house.do("claim", If_Match=tags)
    assert (answered, said["type"], said["status"]) == (status, f"/problems/{kind}", status)
    assert "If-Match" in said["title"] or kind == "stale"
    assert house.tickets.rows[REFERENCE].ticket.version == 1


async def test_conditions_on_several_lines_are_one_list(house: House) -> None:
    """RFC 9110 §5.3."""
    headers = [("Authorization", "Bearer mair"), ("If-Match", '"7"'), ("If-Match", '"1"')]
    answer = await house.client.post(f"{ONE}/claim", headers=headers)
    assert answer.status == 200


async def test_who_saw_several_is_told_what_has_happened_since_the_newest(house: House) -> None:
    for _ in range(3):
        assert (await house.do("note", {"text": "Seen."}))[0] == 200
    status, said = await house.do("resolve", If_Match='"1", "3"')
    assert (status, [one["version"] for one in said["changed"]]) == (412, [4])


async def test_who_saw_an_older_ticket_is_told_what_has_happened_since(house: House) -> None:
    assert (await house.do("wait", {"for": "patron"}))[0] == 200
    assert (await house.do("claim", caller="sian"))[0] == 200
    status, said = await house.do("resolve", If_Match='"1"')
    assert (status, said["version"]) == (412, 3)
    assert [one["event"] for one in said["changed"]] == ["wait_for_patron", "claimed"]


async def test_two_people_never_answer_the_same_patron_unknowingly(house: House) -> None:
    async def sian_notes() -> None:
        current = await house.tickets.find(REFERENCE)
        assert current is not None
        assert await house.tickets.save(note(current, "sian", "w", NOW), caused_by="hers")

    house.tickets.overtaken_by = [sian_notes]
    status, said = await house.do("reply", {"text": "From ten to four."})
    assert (status, said["version"]) == (412, 2)
    assert house.outbox.sent == []


async def test_a_reply_answers_the_patron_and_keeps_the_promise(house: House) -> None:
    status, said = await house.do("reply", {"text": "From ten to four."})
    assert (status, said["version"], said["unread"]) == (200, 2, False)
    assert said["promise"]["state"] == "kept"
    [words] = [one for one in said["messages"] if one["direction"] == "out"]
    assert (words["text"], words["from"]["id"]) == ("From ten to four.", "mair")
    [(reference, notice)] = house.outbox.sent
    assert isinstance(notice, NoticeRequested)
    assert (reference, notice.notice) == (REFERENCE, Notice.REPLY)
    assert notice.letter_id == words["id"]


async def test_the_same_request_again_answers_the_same_and_sends_nothing_more(
    house: House,
) -> None:
    sent = {"If_Match": '"1"', "Idempotency_Key": "k1"}
    first = await house.do("reply", {"text": "From ten to four."}, **sent)
    again = await house.do("reply", {"text": "From ten to four."}, **sent)
    assert first == again
    assert len(house.outbox.sent) == len(house.tickets.written) == 1


async def test_a_note_tells_colleagues_and_not_the_patron(house: House) -> None:
    status, said = await house.do("note", {"text": "Ask Siân."})
    assert (status, said["promise"]["state"]) == (200, "made")
    assert [one["direction"] for one in said["messages"]] == ["note"]
    assert house.outbox.sent == []


async def test_words_that_were_never_sent_are_not_shown(house: House) -> None:
    assert (await house.do("reply", {"text": "Too late."}, If_Match='"9"'))[0] == 412
    assert len(house.tickets.written) == 1
    assert (await house.get(ONE))["messages"] == []


async def test_a_ticket_is_claimed_and_given_away(house: House) -> None:
    status, said = await house.do("claim", caller="sian")
    assert (status, said["owner"]["id"]) == (200, "sian")
    status, said = await house.do("assign", {"owner": "mair"})
    assert (status, said["owner"]) == (200, {"id": "mair", "name": "Mair Pretend"})


async def test_nobody_unknown_is_given_a_ticket(house: House) -> None:
    status, said = await house.do("assign", {"owner": "nobody"})
    assert (status, said["type"], said["field"]) == (422, "/problems/unknown-staff", "owner")


async def test_a_ticket_waits_is_resolved_and_is_reopened(house: House) -> None:
    for action, body, after in (
        ("wait", {"for": "third_party"}, "waiting_third_party"),
        ("wait", {"for": "patron"}, "waiting_patron"),
        ("resolve", {"because": "told at the desk"}, "resolved"),
        ("reopen", {}, "assigned"),
    ):
        status, said = await house.do(action, body)
        assert (status, said["status"]) == (200, after)
    assert said["promise"]["state"] == "made"


async def test_what_is_not_allowed_in_this_status_names_the_status(house: House) -> None:
    await house.do("resolve", {"because": "told at the desk"})
    status, said = await house.do("claim")
    assert (status, said["type"], said["ticket_status"]) == (
        409,
        "/problems/not-allowed",
        "resolved",
    )
    assert said["title"] == "A ticket that is resolved can't assign"


async def test_a_patron_without_an_address_can_not_be_answered_by_mail(house: House) -> None:
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, patron=replace(LETTER.patron, address=None))
    status, said = await house.do("reply", {"text": "x"})
    assert (status, said["type"]) == (409, "/problems/no-address")
    assert row.ticket.owner == OWNER


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("reply", {}),
        ("reply", {"text": ""}),
        ("reply", {"text": 5}),
        ("reply", {"text": "x" * 100_001}),
        ("reply", {"text": "x", "to": "other@x.example"}),
        ("note", {"text": None}),
        ("wait", {"for": "ever"}),
        ("wait", {"on": "patron"}),
        ("assign", {"owner": None}),
        ("claim", {"owner": "sian"}),
        ("resolve", {"why": "done"}),
        ("reopen", []),
    ],
)
async def test_a_body_that_is_not_as_wanted_changes_nothing(
    house: House, action: str, body: Any
) -> None:
    status, said = await house.do(action, body)
    assert (status, said["type"]) == (422, "/problems/invalid")
    assert house.tickets.rows[REFERENCE].ticket.version == 1
    assert house.tickets.written == {}


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_an_idempotency_key_must_be_one(house: House, key: str) -> None:
    status, said = await house.do("claim", Idempotency_Key=key)
    assert (status, said["type"]) == (400, "/problems/idempotency-key")


async def test_on_a_ticket_that_was_erased_nothing_is_done(house: House) -> None:
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, erased_at=NOW)
    for action, body in (("note", {"text": "Hm."}), ("claim", None)):
        status, said = await house.do(action, body)
        assert (status, said["type"].rpartition("/")[2]) == (410, "erased")
    assert house.tickets.rows[REFERENCE].ticket.version == row.ticket.version
    assert house.tickets.written == {}, "nor are the words kept"


@pytest.mark.parametrize("field", ["topic", "language", "urgency"])
async def test_what_is_corrected_is_never_nothing(house: House, field: str) -> None:
    status, said = await house.do("correct", {field: None})
    assert (status, said["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("moment", [1800000000, "1800000000", "2026-12-01", "2026-12-01 10:00Z"])
async def test_a_moment_is_a_text_of_rfc_3339_and_nothing_else(house: House, moment: Any) -> None:
    status, said = await house.do("promise", {"due_at": moment, "reason": "More to look up"})
    assert (status, said["errors"][0]["field"]) == (422, "due_at")
    status, said = await house.do("correct", {"needed_by": 20000})
    assert (status, said["errors"][0]["field"]) == (422, "needed_by")


@pytest.mark.parametrize("query", ["?nothing=1", "?limit=1&limit=2", "?team=", "?status[$ne]=new"])
async def test_a_parameter_that_is_not_as_described_is_refused(house: House, query: str) -> None:
    status, said, _ = await house.ask("GET", f"/v1/tickets{query}")
    assert (status, said["type"]) == (422, "/problems/invalid")
    assert said["field"] in query
