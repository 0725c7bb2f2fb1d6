"""What the description of an API says of its problems: which kinds a route may answer with, and of
what shape they are. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from shared.described import About
from shared.problem_kinds import KINDS

Json = dict[str, Any]
SCHEMA: Final = "#/components/schemas/"
PARAMETER: Final = re.compile(r"\{(\w+)\}")
"""What stands for something in a path."""
_RESPONSE: Final = "#/components/responses/"
_ALWAYS: Final = (
    *("request", "unauthorised", "scope", "not-acceptable", "too-many", "invalid"),
    *("fault", "unavailable"),
)
_OF_PAGES: Final = ("request", "fault", "unavailable")
"""For people, who need no token: these alone are no pages themselves."""
_HEADERS: Final[Mapping[int, Json]] = {
    429: {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}},
    503: {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}},
}
"""By status, what such an answer has."""
_OF_A_BODY: Final = ("not-json", "unreadable", "broken-off", "too-slow", "too-large", "media-type")
_OF_BYTES: Final = ("unreadable", "broken-off", "too-slow", "too-large")
_OF_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "If-Match": ("if-match", "stale", "no-version", "not-allowed"),
    "Idempotency-Key": ("idempotency-key", "idempotency-key-used"),
}
PROBLEM: Final[Json] = {
    "type": "object",
    "description": "RFC 9457. Decide by `type`; every one of them is in docs/errors.md.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
                "additionalProperties": False,
            },
        },
    },
}


def every_problem(routes: Iterable[tuple[str, About]]) -> Json:
    """What is said of them, once for all that may have the same."""
    return {
        _together(status, kinds): _problem(status, kinds)
        for path, about in routes
        for status, kinds in _kinds(path, about).items()
    }


def problems_of(path: str, about: About) -> Json:
    """By status, a reference to what is said of these kinds of problems together."""
    found: Json = {
        str(status): {"$ref": f"{_RESPONSE}{_together(status, kinds)}"}
        for status, kinds in _kinds(path, about).items()
    }
    if about.no_page is not None:
        page = {"text/html": {"schema": {"type": "string"}}}
        found["404"] = {"description": about.no_page, "content": page}
    return found


def _together(status: int, kinds: Sequence[str]) -> str:
    return ".".join((str(status), *kinds))


def _kinds(path: str, about: About) -> Mapping[int, Sequence[str]]:
    """By status, which kinds of problems it may be."""
    is_page = about.no_page is not None
    kinds: list[str] = [*(_OF_PAGES if is_page else _ALWAYS), *about.problems]
    kinds += _OF_A_BODY if about.takes is not None else ()
    kinds += _OF_BYTES if about.takes_bytes else ()
    kinds += ["range"] if about.in_ranges else ()
    kinds += ["not-found"] if PARAMETER.search(path) and not is_page else ()
    for header in (*about.wants, *about.may_have):
        kinds += _OF_HEADERS.get(header, ())
    by_status: dict[int, list[str]] = {}
    for kind in dict.fromkeys(kinds):
        for status in KINDS[kind].statuses:
            by_status.setdefault(status, []).append(kind)
    return dict(sorted(by_status.items()))


def _problem(status: int, kinds: Sequence[str]) -> Json:
    types = [f"/problems/{one}" for one in kinds]
    schema = {
        "allOf": [
            {"$ref": SCHEMA + "Problem"},
            {"properties": {"type": {"enum": types}, "status": {"const": status}}},
        ]
    }
    title = HTTPStatus(status).phrase
    example = {"type": types[0], "title": title, "status": status}
    return {
        "description": " ".join(f"`{one}`: {KINDS[one].means}" for one in kinds),
        "content": {"application/problem+json": {"schema": schema, "example": example}},
        **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
    }
