"""The description of the intake API: made from its routes, valid, and true."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.intake.web import MOST_MISSES
from shared.problem_kinds import KINDS
from tests.unit.examples import NOW
from tests.unit.intake.test_web import House

ROUTES: Final = {
    ("post", "/v1/enquiries"),
    ("get", "/v1/enquiries/{reference}"),
    ("post", "/v1/contacts/lost"),
    ("get", "/a/{token}"),
    ("get", "/a/{token}/file"),
}
"""By hand: whoever adds one thinks of its description."""
Document = dict[str, Any]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.client:
        yield house


@pytest.fixture
async def document(house: House) -> Document:
    """As it is served."""
    answer = await house.client.get("/openapi.json")
    assert answer.status == 200
    return dict(await answer.json())


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, found in document["paths"].items():
        for method, operation in found.items():
            yield method, path, operation


def test_it_is_openapi_as_the_standard_has_it(document: Document) -> None:
    assert [str(one) for one in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_route_is_described_with_its_scope_and_what_it_does(document: Document) -> None:
    assert {(method, path) for method, path, _ in operations(document)} == ROUTES
    for _, path, one in operations(document):
        wanted = [{"token": ["enquiries:write"]}] if path.startswith("/v1/") else []
        assert one["security"] == wanted
        assert one["summary"]
        assert "`" not in one["summary"]


def test_what_is_posted_wants_its_key_and_links_to_what_becomes_of_it(document: Document) -> None:
    for path in ("/v1/enquiries", "/v1/contacts/lost"):
        operation = document["paths"][path]["post"]
        [header] = [one for one in operation["parameters"] if one["in"] == "header"]
        assert (header["name"], header["required"]) == ("Idempotency-Key", True)
        assert {"202", "400", "401", "403", "413", "415", "422", "429", "503"} <= (
            operation["responses"].keys()
        )
    links = document["paths"]["/v1/enquiries"]["post"]["responses"]["202"]["links"]
    assert links["get_enquiry"]["parameters"] == {"reference": "$response.body#/reference"}


def test_every_text_is_described_with_its_length(document: Document) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, part in schema.get("properties", {}).items() if name.endswith("In") else ():
            texts = [one for one in part.get("anyOf", [part]) if one.get("type") == "string"]
            assert all({"maxLength", "format"} & one.keys() for one in texts), (name, field)


def test_every_kind_of_problem_is_registered(document: Document) -> None:
    for answer in document["components"]["responses"].values():
        [content] = answer["content"].values()
        for one in content["schema"]["allOf"][1]["properties"]["type"]["enum"]:
            assert one.removeprefix("/problems/") in KINDS


def faults(document: Document, method: str, path: str, answered: tuple[int, Any]) -> list[str]:
    """Where an answer is not as it is described."""
    status, said = answered
    described = document["paths"][path][method]["responses"][str(status)]
    if "$ref" in described:
        described = document["components"]["responses"][described["$ref"].rpartition("/")[2]]
    [content] = described["content"].values()
    schema = {**content["schema"], "components": document["components"]}
    checker = OAS31Validator(schema, format_checker=OAS31Validator.FORMAT_CHECKER)
    return [f"{one.json_path}: {one.message}" for one in checker.iter_errors(said)]


async def test_each_example_is_taken_and_answered_as_described(
    house: House, document: Document
) -> None:
    for path in ("/v1/enquiries", "/v1/contacts/lost"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        [name] = content["examples"]
        body = document["components"]["examples"][name]["value"]
        schema = {"$ref": content["schema"]["$ref"], "components": document["components"]}
        assert [one.message for one in OAS31Validator(schema).iter_errors(body)] == []
        answered = await house.post(body, path=path)
        assert answered[0] == 202, answered
        assert faults(document, "post", path, answered) == []
    assert len(house.letters.kept) == 2


async def test_what_became_of_it_is_told_as_described(house: House, document: Document) -> None:
    path = "/v1/enquiries/{reference}"
    _, said = await house.post()
    reference = said["reference"]
    became: tuple[Document, ...] = (
        {},
        {"status": "assigned", "owner": {"id": "mair", "name": "Mair Pretend"}},
        {"promise": {"due_at": NOW, "state": "made"}},
    )
    for more in became:
        house.letters.became |= more
        answered = await house.get(reference)
        assert answered[0] == 200
        assert faults(document, "get", path, answered) == []
    answered = 200, {**answered[1], "patron": "Rhian"}
    assert faults(document, "get", path, answered) != [], "what is told besides would be noticed"


async def test_every_problem_is_as_it_is_described(house: House, document: Document) -> None:
    post, get = "/v1/enquiries", "/v1/enquiries/{reference}"
    for method, path, wanted, answered in (
        ("post", post, 401, await house.post(caller="nobody")),
        ("post", post, 403, await house.post(caller="reader")),
        ("post", post, 400, await house.post(key=None)),
        ("post", post, 400, await house.post(b"{")),
        ("post", post, 422, await house.post({"colour": "red"})),
        ("post", post, 413, await house.post({"body": "x" * 200_000})),
        ("get", get, 404, await house.get("ENQ-7K3M-92Q2")),
        ("get", get, 422, await house.get("ENQ-7K3M-92Q2?colour=red")),
    ):
        assert answered[0] == wanted, answered
        assert faults(document, method, path, answered) == []
    for _ in range(MOST_MISSES):
        answered = await house.get("ENQ-7K3M-92Q2")
    assert answered[0] == 429
    assert faults(document, "get", get, answered) == []


async def test_who_follows_a_bad_link_is_answered_by_the_page_that_is_described(
    house: House, document: Document
) -> None:
    for path in ("/a/{token}", "/a/{token}/file"):
        answer = await house.client.get(path.format(token="none") + "?lang=cy&colour=red")
        described = document["paths"][path]["get"]["responses"]["404"]
        assert answer.status == 404
        assert [answer.content_type] == list(described["content"])
        assert {"401", "403", "406", "422"}.isdisjoint(document["paths"][path]["get"]["responses"])


async def test_the_page_for_people_shows_every_route_and_no_other_page(house: House) -> None:
    answer = await house.client.get("/docs")
    html = await answer.text()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for method, path in ROUTES:
        assert f"{method.upper()} {path}" in html
    assert "/ask" not in html
