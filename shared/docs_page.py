"""The description of an API as a page for people: made once, with nothing loaded from anywhere.

It runs no script, and its style stands in it under its own hash.
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

Json = Mapping[str, Any]
_PAGES: Final = Path(__file__).resolve().parent / "pages"


@cache
def _style() -> str:
    return (_PAGES / "docs.css").read_text(encoding="utf-8")


def page(document: Json) -> str:
    """The whole page."""
    pages = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return pages.get_template("docs.html").render(
        info=document["info"],
        groups=_groups(document),
        schemas={
            name: _as_text(one) for name, one in sorted(document["components"]["schemas"].items())
        },
        style=_style(),
    )


def _groups(document: Json) -> Mapping[str, list[Json]]:
    """The operations under the first word of their path, in the order of the document."""
    groups: dict[str, list[Json]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            shown = _operation(path, method.upper(), operation, document["components"])
            groups.setdefault(operation["tags"][0], []).append(shown)
    return groups


def _operation(path: str, method: str, operation: Json, parts: Json) -> Json:
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "scope": ", ".join(one for it in operation["security"] for one in it["token"]),
        "parameters": operation["parameters"],
        "body": _example(operation.get("requestBody", {}), parts),
        "answers": [
            (status, one["description"], _example(one, parts))
            for status, one in _resolved(operation["responses"], parts)
        ],
    }


def _resolved(answers: Json, parts: Json) -> Iterator[tuple[str, Json]]:
    for status, one in answers.items():
        name = one.get("$ref", "").rpartition("/")[2]
        yield status, parts["responses"][name] if name else one


def _example(one: Json, parts: Json) -> str:
    """The first that stands there, or is referred to."""
    for content in one.get("content", {}).values():
        for name in content.get("examples", ()):
            return _as_text(parts["examples"][name]["value"])
        if "example" in content:
            return _as_text(content["example"])
    return ""


def _as_text(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def description_routes(describe: Callable[[], Json]) -> list[web.RouteDef]:
    """`GET /openapi.json` and `GET /docs`. They are made when the first asks for them: it takes a
    quarter of a second, and a service that starts is waited for."""

    @cache
    def made() -> tuple[bytes, str]:
        document = describe()
        return orjson.dumps(document), page(document)

    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    safe = {
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }

    async def as_json(_: web.Request) -> web.Response:
        document, _page = await asyncio.to_thread(made)
        return web.Response(body=document, content_type="application/json")

    async def as_page(_: web.Request) -> web.Response:
        _document, html = await asyncio.to_thread(made)
        return web.Response(text=html, content_type="text/html", headers=safe)

    return [web.get("/openapi.json", as_json), web.get("/docs", as_page)]
