"""Canned answers over HTTP, with a store that is only a dictionary."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from services.routing import canned_answers
from services.routing.changes import Counter
from services.routing.handlers import Desk
from services.routing.ticket import Patron
from shared.errors import Transient
from tests.unit.examples import CALENDARS, LIBRARY, NOW, REFERENCE
from tests.unit.routing.test_api import House

HOURS: dict[str, Any] = {
    "title": "Opening hours",
    "texts": {
        "en": "Dear {patron}, ten to four. {owner}",
        "cy": "Annwyl {patron}, deg tan bedwar.",
    },
}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    store: Any = cast(Any, house.tickets)
    desk = Desk(store, house.outbox, house.roster, LIBRARY, CALENDARS, house.clock)
    house.client.app.add_routes(canned_answers.routes(Counter(desk, store, house.audit)))
    await house.open()
    async with house.client:
        yield house


async def add(house: House, **fields: Any) -> str:
    status, said, _ = await house.ask("POST", "/v1/answers", HOURS | fields)
    assert status == 201, said
    return str(said["id"])


async def test_an_answer_is_added_read_changed_and_removed(house: House) -> None:
    status, said, headers = await house.ask("POST", "/v1/answers", HOURS)
    assert (status, headers["ETag"]) == (201, '"1"')
    path = headers["Location"]
    assert {**await house.get(path), "warnings": []} == said
    assert (said["texts"], said["uses"], said["topic"]) == (HOURS["texts"], 0, None)
    assert said["changed"]["by"]["id"] == "mair"
    changed = HOURS | {"title": "Hours", "texts": {"en": "Ten to five."}, "topic": "general"}
    status, said, headers = await house.ask("PUT", path, changed, caller="sian", If_Match='"1"')
    assert (status, said["version"], headers["ETag"]) == (200, 2, '"2"')
    assert (said["title"], said["changed"]["by"]["id"]) == ("Hours", "sian")
    status, said, _ = await house.ask("DELETE", path, If_Match='"1"')
    assert (status, said["type"], said["answer"]["title"]) == (412, "/problems/stale", "Hours")
    assert (await house.ask("PUT", path, HOURS, If_Match='"1"'))[0] == 412
    assert (await house.ask("PUT", path, HOURS))[0] == 428
    assert (await house.ask("DELETE", path))[0] == 428
    assert (await house.ask("DELETE", path, If_Match='"1", "2", "3"'))[0] == 204
    assert (await house.ask("GET", path))[0] == 404


async def test_what_may_hurt_in_it_is_told_and_it_is_saved_all_the_same(house: House) -> None:
    harsh = {"en": "Dear {patron}, that is against our policy.", "cy": "Deg tan bedwar."}
    status, said, headers = await house.ask("POST", "/v1/answers", HOURS | {"texts": harsh})
    assert status == 201
    [found] = said["warnings"]
    assert (found["language"], found["rule"]) == ("en", "policy")
    assert harsh["en"][found["start"] : found["end"]] == found["words"]
    path = headers["Location"]
    assert (await house.get(path))["texts"] == harsh
    status, said, _ = await house.ask("PUT", path, HOURS, If_Match='"1"')
    assert (status, said["warnings"]) == (200, [])


async def test_the_same_request_adds_one(house: House) -> None:
    key = {"Idempotency_Key": "k"}
    first = await house.ask("POST", "/v1/answers", HOURS, **key)
    house.tickets.requests.done.clear()
    again = await house.ask("POST", "/v1/answers", HOURS, **key)
    assert first[:2] == again[:2]
    house.tickets.requests.done.clear()
    status, said, _ = await house.ask("POST", "/v1/answers", HOURS | {"title": "?"}, **key)
    assert (status, said["type"]) == (422, "/problems/idempotency-key-used")
    assert len(house.tickets.answers.rows) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"texts": {"en": "Dear {name}"}},
        {"texts": {"en": "Dear {patron"}},
        {"texts": {"en": " "}},
        {"texts": {"xx": "Hello"}},
        {"texts": {}},
        {"texts": {"en": {"$ne": 1}}},
        {"texts": {"en": "x" * 50_001}},
        {"title": ""},
        {"topic": "astrology"},
        {"uses": 100},
        {"version": 7},
    ],
)
async def test_what_can_not_be_saved_is_said(house: House, fields: Mapping[str, Any]) -> None:
    status, said, _ = await house.ask("POST", "/v1/answers", HOURS | dict(fields))
    assert (status, said["type"]) == (422, "/problems/invalid")
    assert house.tickets.answers.rows == {}


async def test_answers_are_found_by_words_the_most_used_first(house: House) -> None:
    await add(house)
    fines = await add(house, title="Dirwyon a ffïoedd", texts={"cy": "Dim."})
    house.tickets.answers.rows[fines]["uses"] = 5

    async def titles(query: str) -> list[str]:
        return [one["title"] for one in (await house.get(f"/v1/answers{query}"))["items"]]

    assert await titles("") == ["Dirwyon a ffïoedd", "Opening hours"]
    assert await titles("?q=ffio") == ["Dirwyon a ffïoedd"]
    assert await titles("?q=OPEN%20hour") == ["Opening hours"]
    assert await titles("?q=opening%20dirwyon") == []
    assert await titles("?language=en") == ["Opening hours"]
    assert await titles("?q=.*") == await titles("")
    page = await house.get("/v1/answers?limit=1")
    assert [one["title"] for one in page["items"]] == ["Dirwyon a ffïoedd"]
    assert await titles(f"?limit=1&cursor={page['next']}") == ["Opening hours"]


@pytest.mark.parametrize("query", ["limit=0", "cursor=x", "colour=red", "q[$ne]=x"])
async def test_a_question_that_is_none_is_said(house: House, query: str) -> None:
    status, said, _ = await house.ask("GET", f"/v1/answers?{query}")
    assert (status, said["type"]) == (422, "/problems/invalid")


async def test_a_cursor_of_another_list_is_none(house: House) -> None:
    tickets = "W251bGwsIkVOUS0xIl0"
    assert (await house.ask("GET", f"/v1/answers?cursor={tickets}"))[0] == 422


async def test_it_is_shown_filled_in_for_a_ticket(house: House) -> None:
    path = f"/v1/answers/{await add(house)}/preview"
    status, said, _ = await house.ask("POST", path, {"reference": REFERENCE})
    assert (status, said["language"], said["missing"]) == (200, "en", [])
    assert said["text"] == "Dear Rhian Example, ten to four. Mair Pretend"
    _, said, _ = await house.ask("POST", path, {"reference": REFERENCE, "language": "cy"})
    assert said["text"] == "Annwyl Rhian Example, deg tan bedwar."
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, patron=Patron(" ", None), owner=None, language="cy")
    _, said, _ = await house.ask("POST", path, {"reference": REFERENCE})
    assert (said["text"], said["missing"]) == ("Annwyl , deg tan bedwar.", ["patron"])
    for body in ({"reference": "ENQ-0000-0001"}, {"reference": REFERENCE, "language": "fr"}):
        assert (await house.ask("POST", path, body))[0] == 422
    assert (await house.ask("POST", "/v1/answers/x/preview", {"reference": REFERENCE}))[0] == 404


async def test_a_reply_counts_what_it_was_made_of_once(house: House) -> None:
    answer = await add(house)
    sent = {"If_Match": '"1"', "Idempotency_Key": "k"}
    for _ in range(2):
        status, said = await house.do("reply", {"text": "Ten to four.", "answer": answer}, **sent)
        assert status == 200, said
    assert (
        said["timeline"][-1 if said["timeline"][-1]["event"] == "replied" else -2]["answer"]
        == answer
    )
    assert (await house.get(f"/v1/answers/{answer}"))["uses"] == 1
    assert len(house.outbox.sent) == 1


@pytest.mark.parametrize("text", ["Dear {patron}, ten to four.", "{owner}"])
async def test_no_patron_reads_a_variable(house: House, text: str) -> None:
    status, said = await house.do("reply", {"text": text, "answer": await add(house)})
    assert (status, said["field"], house.outbox.sent) == (422, "text", [])


async def test_an_answer_that_is_not_there_is_not_used(house: House) -> None:
    status, said = await house.do("reply", {"text": "Ten to four.", "answer": "x"})
    assert (status, said["field"], house.outbox.sent) == (422, "answer", [])


async def test_a_count_that_can_not_be_raised_takes_nothing_back(house: House) -> None:
    answer = await add(house)
    house.tickets.answers.fails_with = [Transient("MongoDB is away")]
    assert (await house.do("reply", {"text": "Ten to four.", "answer": answer}))[0] == 200
    assert len(house.outbox.sent) == 1


async def test_none_is_filled_in_for_who_was_erased(house: House) -> None:
    answer = await add(house)
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, erased_at=NOW)
    path = f"/v1/answers/{answer}/preview"
    status, said, _ = await house.ask("POST", path, {"reference": REFERENCE})
    assert (status, said["type"]) == (410, "/problems/erased")
