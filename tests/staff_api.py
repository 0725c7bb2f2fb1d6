"""The staff's API as it is described, without anything behind it."""

from functools import cache
from typing import Any, cast

from aiohttp import web

from services.routing.__main__ import Beside, staff_app
from services.routing.openapi import document


class _Nothing:
    """Stands where a database would: only asked once a request comes."""

    def __getattr__(self, _: str) -> "_Nothing":
        return self

    def __getitem__(self, _: str) -> "_Nothing":
        return self

    def __call__(self, **_: Any) -> "_Nothing":
        return self


def app() -> web.Application:
    """Every route that routing serves."""
    nothing = cast(Any, _Nothing())
    return staff_app(nothing, nothing, nothing, nothing, Beside(nothing, nothing, nothing))


@cache
def api_document() -> dict[str, Any]:
    """Its description."""
    return document(app())
