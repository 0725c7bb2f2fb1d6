"""The description of the staff's API: made from its routes, valid, and complete."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from services.routing.openapi import TOLD
from shared.described import About, Described, described
from shared.keys import Scope
from shared.openapi import openapi
from shared.problem_kinds import KINDS
from tests.staff_api import api_document, app


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and what is said of each route."""
    for path, found in api_document()["paths"].items():
        for method, operation in found.items():
            yield method, path, operation


def resolved(reference: str) -> dict[str, Any]:
    part: Any = api_document()
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return dict(part)


def test_it_is_openapi_as_the_standard_has_it() -> None:
    assert [str(one) for one in OpenAPIV31SpecValidator(api_document()).iter_errors()] == []


def test_every_route_is_described() -> None:
    served = {(method, path) for method, path, _ in described(app())}
    assert {(method, path) for method, path, _ in operations()} == served
    assert len(served) > 25


def test_a_route_that_says_nothing_of_itself_is_an_error() -> None:
    async def silent(_: web.Request) -> web.Response:
        return web.Response()

    bare = web.Application()
    bare.router.add_get("/v1/silent", silent)
    with pytest.raises(LookupError, match="GET /v1/silent"):
        openapi(described(bare), "A title", "1.0", "What it is")


def test_two_routes_of_one_name_are_an_error() -> None:
    async def serve(_: web.Request) -> web.Response:
        return web.Response()

    class Nothing(BaseModel):
        pass

    one = Described(Scope.TICKETS_READ, "same", "Says it.", About(Nothing), serve)
    twice = web.Application()
    twice.router.add_get("/v1/things", one.answer)
    twice.router.add_post("/v1/things", one.answer)
    with pytest.raises(ValueError, match="things_same"):
        openapi(described(twice), "A title", "1.0", "What it is")


def test_every_route_names_its_scope_and_says_what_it_does() -> None:
    for method, path, operation in operations():
        assert operation["security"][0]["token"][0] in set(Scope), (method, path)
        assert operation["summary"], (method, path)
        assert "`" not in operation["summary"], operation["summary"]


def test_whatever_changes_something_says_what_its_body_is() -> None:
    for method, path, operation in operations():
        if method in {"post", "put", "patch"}:
            assert operation.get("requestBody"), (method, path)


def test_every_body_has_an_example_that_its_schema_allows() -> None:
    document = api_document()
    examples = document["components"]["examples"]
    assert len(examples) > 20
    for name, example in examples.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        faults = [one.message for one in OAS31Validator(schema).iter_errors(example["value"])]
        assert faults == [], name


def test_every_text_that_staff_write_is_described_with_its_length() -> None:
    """What has no bound would be tried with anything."""
    for name, schema in api_document()["components"]["schemas"].items():
        if not name.endswith(("In", "Many")):
            continue
        for field, part in schema.get("properties", {}).items():
            kinds = part.get("anyOf", [part])
            texts = [one for one in kinds if one.get("type") == "string"]
            is_bounded = all({"maxLength", "format", "enum", "const"} & one.keys() for one in texts)
            assert is_bounded, (name, field)


def test_every_status_of_a_route_is_of_kinds_that_are_registered() -> None:
    seen: set[str] = set()
    for _, _, operation in operations():
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                continue
            content = resolved(answer["$ref"])["content"]["application/problem+json"]
            types = content["schema"]["allOf"][1]["properties"]["type"]["enum"]
            for one in types:
                kind = one.removeprefix("/problems/")
                assert int(status) in KINDS[kind].statuses
                seen.add(kind)
    assert {"stale", "if-match", "invalid", "scope", "infected"} <= seen


def test_a_change_wants_if_match_and_gives_the_new_etag() -> None:
    changes = [
        one
        for method, path, one in operations()
        if method == "post" and re.search(r"\{reference\}/(?!attachments)\w+$", path)
    ]
    assert len(changes) >= 14
    for one in changes:
        headers = {part["name"]: part["required"] for part in one["parameters"]}
        assert headers["If-Match"] is True
        assert headers["Idempotency-Key"] is False
        assert "ETag" in one["responses"]["200"]["headers"]
        assert {"409", "412", "428"} <= one["responses"].keys()


def test_whatever_is_posted_may_be_sent_again_under_its_key() -> None:
    for method, path, one in operations():
        if method == "post":
            headers = {part["name"] for part in one["parameters"] if part["in"] == "header"}
            assert "Idempotency-Key" in headers, path


def test_what_may_not_be_done_at_once_says_where_it_will_be() -> None:
    answers = api_document()["paths"]["/v1/tickets"]["post"]["responses"]
    assert answers["201"]["headers"].keys() - set(TOLD) == {"ETag", "Location"}
    assert answers["202"]["headers"].keys() - set(TOLD) == {"Location"}
    [schema] = [one["schema"]["$ref"] for one in answers["202"]["content"].values()]
    assert resolved(schema)["properties"].keys() == {"reference", "href"}


def test_every_answer_but_that_to_nobody_says_how_many_requests_are_left() -> None:
    for _, path, operation in operations():
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                assert answer["headers"].keys() >= set(TOLD), path
        assert resolved(operation["responses"]["429"]["$ref"])["headers"].keys() == {"Retry-After"}


def test_what_is_made_links_to_itself_and_a_list_to_what_stands_in_it() -> None:
    paths = api_document()["paths"]
    listed = paths["/v1/answers"]["get"]["responses"]["200"]["links"]
    assert listed["get_answer"]["parameters"] == {"id": "$response.body#/items/0/id"}
    made = paths["/v1/answers"]["post"]["responses"]["201"]["links"]
    assert made["get_answer"]["parameters"] == {"id": "$response.body#/id"}


def test_one_gets_from_the_list_to_a_ticket_and_from_there_to_its_changes() -> None:
    document = api_document()
    listed = document["paths"]["/v1/tickets"]["get"]["responses"]["200"]["links"]
    assert listed["get_ticket"]["parameters"] == {"reference": "$response.body#/items/0/reference"}
    shown = document["paths"]["/v1/tickets/{reference}"]["get"]["responses"]["200"]["links"]
    assert shown["claim"] == {
        "operationId": "tickets_claim",
        "parameters": {
            "reference": "$request.path.reference",
            "header.If-Match": "$response.header.ETag",
        },
    }
    assert len(shown) >= 14


def test_a_parameter_that_is_not_there_is_not_null() -> None:
    for _, path, operation in operations():
        for one in operation["parameters"]:
            assert "null" not in str(one["schema"]), (path, one["name"])


async def test_what_is_posted_to_is_no_ticket() -> None:
    """Its methods are told as they are described, and are not those of a ticket of that name."""
    async with TestClient(TestServer(app())) as client:
        for method in ("GET", "OPTIONS", "DELETE"):
            answer = await client.request(method, "/v1/tickets/bulk")
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_what_a_client_may_have_wrongly_is_not_said_to_be_refused() -> None:
    """RFC 9110 §14.2, §13.1: what can't be read there is as if it were not there."""
    parameters = api_document()["paths"]["/v1/attachments/{id}"]["get"]["parameters"]
    headers = {one["name"]: one["schema"] for one in parameters if one["in"] == "header"}
    assert set(headers) == {"Range", "If-Range", "If-None-Match"}
    assert all(one == {"type": "string"} for one in headers.values())
