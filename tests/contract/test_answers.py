"""What is really answered is what the description says: every route, on a real MongoDB."""

import json
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from tests.attacks import test_28_who_may as who_may
from tests.attacks.test_28_who_may import COMMON, IDS, QUERIES, House, body_of, routes
from tests.staff_api import api_document

house = who_may.house


def faults(path: str, method: str, status: int, said: str) -> list[str]:
    """Where an answer is not as it is described."""
    document = api_document()
    answers = document["paths"][path][method]["responses"]
    assert str(status) in answers, (path, method, status, said)
    answer: dict[str, Any] = answers[str(status)]
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    [(kind, content)] = list(answer["content"].items())[:1]
    if "json" not in kind:
        return []
    schema = {**content["schema"], "components": document["components"]}
    checker = OAS31Validator(schema, format_checker=OAS31Validator.FORMAT_CHECKER)
    return [f"{one.json_path}: {one.message}" for one in checker.iter_errors(json.loads(said))]


async def test_every_route_answers_as_it_is_described(house: House) -> None:
    good = set()
    for name, method, path in routes():
        version = (await house.tickets.find(COMMON)).version  # type: ignore[union-attr]
        filled = path.replace("{reference}", COMMON).replace("{name}", "text")
        filled = filled.replace("{id}", IDS.get(name, "")) + QUERIES.get(name, "")
        status, said = await house.ask(
            method, filled, body_of(method, path), "admin", If_Match=f'"{version}"'
        )
        assert faults(path, method, status, said) == [], (name, said)
        if status == 200:
            good.add(name)
    assert len(good) > 22, sorted(good)
    assert {"tickets_get_ticket", "tickets_reply", "staff_staff", "quarantine_get_letter"} <= good


async def test_every_problem_is_as_it_is_described(house: House) -> None:
    path = "/v1/tickets/{reference}/note"
    one = path.replace("{reference}", COMMON)
    words = {"text": "Mind."}
    for status, body, caller, headers in (
        (401, words, "nobody", {"If_Match": '"1"'}),
        (403, words, "auditor", {"If_Match": '"1"'}),
        (428, words, "own", {}),
        (412, words, "own", {"If_Match": '"9"'}),
        (422, {"text": 1}, "own", {"If_Match": '"1"'}),
        (400, words, "own", {"If_Match": '"1"', "Idempotency_Key": "k" * 201}),
        (415, words, "own", {"If_Match": '"1"', "Content_Type": "text/plain"}),
    ):
        answered, said = await house.ask("post", one, body, caller, **headers)
        assert answered == status, said
        assert faults(path, "post", status, said) == []


@pytest.mark.parametrize("more", [{"strange": 1}, {"version": "one"}, {"created_at": "today"}])
async def test_an_answer_that_is_otherwise_would_be_noticed(
    house: House, more: dict[str, Any]
) -> None:
    _, said = await house.ask("get", f"/v1/tickets/{COMMON}")
    changed = json.dumps(json.loads(said) | more)
    assert faults("/v1/tickets/{reference}", "get", 200, said) == []
    assert faults("/v1/tickets/{reference}", "get", 200, changed) != []
