"""OpenAPI 3.1, made from the routes that an application has and the models that they name.

Nothing is described by hand: a route that says nothing of itself is an error. It opens nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shared.described import About, Bytes, Described, Stream
from shared.openapi_examples import example_of
from shared.openapi_problems import PARAMETER, PROBLEM, SCHEMA, every_problem, problems_of

Json = dict[str, Any]
Routes = Sequence[tuple[str, str, Described]]
_EXAMPLE: Final = "#/components/examples/"
_SAYS: Final = re.compile(r"^`[^`]*`(?: or `[^`]*`)*\s*[:.]\s*")
_HEADERS: Final[Mapping[str, Json]] = {
    "If-Match": {
        "description": "The `ETag` as the caller has seen it. Of several one has to be the current"
        " one; `*` says nothing of what was seen, and a weak one matches nothing.",
        "schema": {"type": "string", "pattern": r'^"[0-9]{1,9}"$'},
        "example": '"3"',
    },
    "Idempotency-Key": {
        "description": "The same request, sent again with the same key, is done once.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        "example": "5f0c6f2e-5d0e-4d0f-9b5e-2f6f6c1f7a10",
    },
    "Range": {
        "description": "A part of it; several at once, or what can't be read, are answered with"
        " the whole.",
        "schema": {"type": "string"},
        "example": "bytes=0-1023",
    },
    "If-Range": {
        "description": "The `ETag` of what the part shall belong to; else the whole is sent.",
        "schema": {"type": "string"},
        "example": '"0f0f"',
    },
    "If-None-Match": {
        "description": "The `ETag` of what the caller has already.",
        "schema": {"type": "string"},
        "example": '"0f0f"',
    },
    "ETag": {
        "description": "The version, for `If-Match`.",
        "schema": {"type": "string", "pattern": r'^"[0-9]+"$'},
        "required": True,
    },
    "RateLimit-Policy": {
        "description": "How many requests are allowed (`q`) in how many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"reads";q=600;w=60',
        "required": True,
    },
    "RateLimit": {
        "description": "How many are left (`r`), until more can be made in so many seconds (`t`).",
        "schema": {"type": "string"},
        "example": '"reads";r=588;t=61',
        "required": True,
    },
    "Last-Event-ID": {
        "description": "The `id` of the last event that the client has: it goes on after that.",
        "schema": {"type": "string"},
        "example": "17",
    },
    "Location": {
        "description": "Where what was made is found.",
        "schema": {"type": "string"},
        "required": True,
    },
}
_OF_RANGES: Final = ("Range", "If-Range", "If-None-Match")
_OF_PATHS: Final[Mapping[str, Json]] = {
    "reference": {"type": "string", "pattern": "^ENQ-[0-9A-Z]{4}-[0-9A-Z]{4}$"},
}
_NAME: Final[Json] = {"type": "string", "minLength": 1, "maxLength": 200}
_PATH_EXAMPLES: Final[Mapping[str, str]] = {"reference": "ENQ-7K3M-92Q2"}


def openapi(
    routes: Routes,
    title: str,
    version: str,
    description: str,
    told: Sequence[str] = (),
) -> Json:
    """The document. `told`: headers of every good answer.

    Raises: ValueError: two routes have one name.
    """
    names = [operation_id(path, one) for _, path, one in routes]
    if doubled := {one for one in names if names.count(one) > 1}:
        raise ValueError(f"two routes have one name: {', '.join(sorted(doubled))}")
    refs, schemas = _schemas(routes)
    queries = {refs[one.about.query, "validation"]["$ref"] for _, _, one in routes}
    paths: dict[str, Json] = {}
    for method, path, one in routes:
        operation = _operation(path, one, refs, schemas, routes)
        paths.setdefault(path, {})[method] = _telling(operation, told)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "paths": paths,
        "components": {
            "schemas": {
                name: schema for name, schema in schemas.items() if SCHEMA + name not in queries
            }
            | {"Problem": PROBLEM},
            "examples": _examples(routes, refs, schemas),
            "responses": every_problem((path, one.about) for _, path, one in routes),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Made by `desk token`"}
            },
        },
    }


def operation_id(path: str, one: Described) -> str:
    """Such as `tickets_claim`: unique, and stable while the handler keeps its name."""
    return f"{_tag(path)}_{one.name}"


def _tag(path: str) -> str:
    first, *others = path.split("/")[1:]
    return others[0] if first == "v1" else "pages"


def _schemas(routes: Routes) -> tuple[Mapping[Any, Json], Json]:
    """Of every model in a body its reference, by model and direction; and what they refer to."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for _, _, one in routes:
        wanted[one.about.query, "validation"] = None
        if one.about.takes is not None:
            wanted[one.about.takes, "validation"] = None
        for gives in (one.about.gives, one.about.later):
            if isinstance(gives, Stream):
                wanted |= {(data, "serialization"): None for _, data in gives.events}
            elif gives is not None and not isinstance(gives, Bytes):
                wanted[gives, "serialization"] = None
    refs, defined = models_json_schema(list(wanted), ref_template=SCHEMA + "{model}")
    schemas: Json = defined.get("$defs", {})
    return refs, schemas


def _examples(routes: Routes, refs: Mapping[Any, Json], schemas: Json) -> Json:
    """One of each body."""
    examples: Json = {}
    for _, _, one in routes:
        gives = [(it, "serialization") for it in (one.about.gives, one.about.later)]
        for model, mode in ((one.about.takes, "validation"), *gives):
            if (model, mode) in refs:
                name = refs[model, mode]["$ref"].removeprefix(SCHEMA)
                examples[name] = {"value": example_of(schemas[name], schemas)}
    return examples


def _operation(
    path: str, one: Described, refs: Mapping[Any, Json], schemas: Json, routes: Routes
) -> Json:
    about = one.about
    summary, more = _said(one)
    operation: Json = {
        "operationId": operation_id(path, one),
        "tags": [_tag(path)],
        "summary": summary,
        **({"description": more} if more else {}),
        "security": [{"token": [one.scope.value]}] if one.scope else [],
        "parameters": list(_parameters(path, about, _resolved(refs, schemas, about))),
        "responses": {
            str(about.status): _answer(about, refs, _links(path, one, routes)),
            **_later(about, refs),
            **_in_ranges(about, refs),
            **problems_of(path, about),
        },
    }
    if about.takes is not None:
        schema = refs[about.takes, "validation"]
        operation["requestBody"] = {
            "required": not about.may_be_empty,
            "content": {"application/json": {"schema": schema, **_shown(schema)}},
        }
    if about.takes_bytes:
        plain = {"application/octet-stream": {"schema": {"type": "string", "minLength": 1}}}
        operation["requestBody"] = {"required": True, "content": plain}
    return operation


def _telling(operation: Json, told: Sequence[str]) -> Json:
    """The same, where each good answer has these headers besides its own."""
    for status, answer in operation["responses"].items():
        if told and status.startswith("2"):
            own = answer.get("headers", {})
            answer["headers"] = own | {name: _HEADERS[name] for name in told}
    return operation


def _said(one: Described) -> tuple[str, str]:
    """What the docstring says: its first sentence, and the rest."""
    first, _, rest = " ".join(one.says.split("Raises:")[0].split()).partition(". ")
    plain = _SAYS.sub("", first).strip(" .`") or one.name.replace("_", " ")
    return plain[0].upper() + plain[1:], rest.strip()


def _resolved(refs: Mapping[Any, Json], schemas: Json, about: About) -> Json:
    """The schema of a route's query."""
    found: Json = schemas[refs[about.query, "validation"]["$ref"].removeprefix(SCHEMA)]
    return found


def _parameters(path: str, about: About, query: Json) -> Iterable[Json]:
    for name in PARAMETER.findall(path):
        schema = _OF_PATHS.get(name, _NAME)
        shown = {"example": _PATH_EXAMPLES[name]} if name in _PATH_EXAMPLES else {}
        yield {"name": name, "in": "path", "required": True, "schema": schema, **shown}
    for name, schema in query.get("properties", {}).items():
        yield {
            "name": name,
            "in": "query",
            "required": name in query.get("required", ()),
            "schema": _without_null(schema),
        }
    for name in (*about.wants, *about.may_have, *(_OF_RANGES if about.in_ranges else ())):
        yield {"name": name, "in": "header", "required": name in about.wants, **_HEADERS[name]}


def _without_null(schema: Json) -> Json:
    """A parameter that is not there is not null: it is not there."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    default = {"default": schema["default"]} if schema.get("default") is not None else {}
    return {**kept, **(kinds[0] if len(kinds) == 1 else {}), **default}


def _shown(schema: Json) -> Json:
    name = schema["$ref"].removeprefix(SCHEMA)
    return {"examples": {name: {"$ref": _EXAMPLE + name}}}


def _answer(about: About, refs: Mapping[Any, Json], links: Json) -> Json:
    answer: Json = {"description": HTTPStatus(about.status).phrase}
    if isinstance(about.gives, Bytes):
        answer["content"] = {
            kind: {"schema": {"type": "string", "contentMediaType": kind}}
            for kind in about.gives.media_types
        }
    elif isinstance(about.gives, Stream):
        events = [_event(name, refs[data, "serialization"]) for name, data in about.gives.events]
        answer["content"] = {"text/event-stream": {"schema": {"oneOf": events}}}
    else:
        schema = refs[about.gives, "serialization"]
        answer["content"] = {"application/json": {"schema": schema, **_shown(schema)}}
    if about.answers:
        answer["headers"] = {name: _HEADERS[name] for name in about.answers}
    return answer | ({"links": links} if links else {})


def _event(name: str, data: Json) -> Json:
    """One server-sent event, as its fields are."""
    inside = {"contentMediaType": "application/json", "contentSchema": data}
    return {
        "type": "object",
        "required": ["event", "id", "data"],
        "properties": {
            "event": {"const": name},
            "id": {"type": "string", "pattern": "^[0-9]+$"},
            "retry": {"type": "integer", "description": "Milliseconds."},
            "data": {"type": "string", **inside},
        },
    }


def _later(about: About, refs: Mapping[Any, Json]) -> Json:
    if about.later is None:
        return {}
    schema = refs[about.later, "serialization"]
    content = {"application/json": {"schema": schema, **_shown(schema)}}
    headers = {"Location": _HEADERS["Location"]}
    phrase = HTTPStatus.ACCEPTED.phrase
    return {"202": {"description": phrase, "content": content, "headers": headers}}


def _in_ranges(about: About, refs: Mapping[Any, Json]) -> Json:
    """A part of it, and that it is the same still."""
    if not about.in_ranges:
        return {}
    part = _answer(about, refs, {}) | {"description": HTTPStatus.PARTIAL_CONTENT.phrase}
    return {"206": part, "304": {"description": HTTPStatus.NOT_MODIFIED.phrase}}


def _links(path: str, one: Described, routes: Routes) -> Json:
    """Where one may go from an answer: from a list to what stands in it, from what has an `ETag` to
    its changes, and from a change to what it has changed."""
    links: Json = {}
    for method, other_path, other in routes:
        above, _, last = other_path.rpartition("/")
        link: Json = {"operationId": operation_id(other_path, other)}
        named = PARAMETER.fullmatch(last)
        if named and above == path:
            if method == "get":
                links[other.name] = link | {"parameters": {named[1]: _made(one, named[1])}}
        elif above == path and "If-Match" in other.about.wants and "ETag" in one.about.answers:
            links[other.name] = link | {"parameters": _seen(path)}
        elif "If-Match" in one.about.wants and method == "get" and other_path == _above(path):
            links[other.name] = link | {"parameters": _named(other_path)}
    return links


def _made(one: Described, name: str) -> str:
    """Where an answer names what can be read by itself: the first of a list, or the one."""
    is_list = "items" in getattr(one.about.gives, "model_fields", {})
    return f"$response.body#/{'items/0/' if is_list else ''}{name}"


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _named(path: str) -> Json:
    return {name: f"$request.path.{name}" for name in PARAMETER.findall(path)}


def _seen(path: str) -> Json:
    return _named(path) | {"header.If-Match": "$response.header.ETag"}
