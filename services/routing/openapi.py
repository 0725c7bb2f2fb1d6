"""The description of the staff's API: `/openapi.json` for programs, `/docs` for people.

Anybody who reaches the port may read it: it holds nothing but what is published anyway.
"""

from functools import partial
from typing import Any, Final

from aiohttp import web

from shared.described import described
from shared.docs_page import description_routes
from shared.openapi import Routes, openapi

VERSION: Final = "1.0"
"""Of the API: its first part stands in every path."""
_SAYS: Final = (
    "The queue of a library's enquiry desk, and all that one can do with it. Every route wants a"
    " token (`Authorization: Bearer`), made by `desk token staff`. Times are RFC 3339 in UTC. Every"
    " error is a problem document (RFC 9457), whose `type` is stable. Unknown fields and parameters"
    " are errors. A change wants `If-Match`, so that nobody answers what they have not seen; sent"
    " again with the same `Idempotency-Key` it is done once."
)
TOLD: Final = ("RateLimit-Policy", "RateLimit")


def document(app: web.Application) -> dict[str, Any]:
    """OpenAPI 3.1 of every route that there is. Raises: LookupError: one says nothing."""
    return _document(described(app))


def _document(routes: Routes) -> dict[str, Any]:
    return openapi(routes, "Enquiry Desk: the staff's API", VERSION, _SAYS, TOLD)


def describe(app: web.Application) -> None:
    """Add both routes. To be called when all others are there."""
    app.add_routes(description_routes(partial(_document, described(app))))
