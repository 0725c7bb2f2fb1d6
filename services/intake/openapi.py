"""The description of the intake API: `/openapi.json` for programs, `/docs` for people.

Anybody who reaches the port may read it: it holds nothing but what is published anyway. Of the
pages for patrons those are described that a link in a letter leads to; the ask page is for people,
who see what to do.
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
    "Where a catalogue and other systems post enquiries. Every route under /v1 wants a key"
    " (`Authorization: Bearer`), made by `desk token integration`. Times are RFC 3339 in UTC. Every"
    " error is a problem document (RFC 9457), whose `type` is stable. Unknown fields and parameters"
    " are errors. What is answered 202 is kept; a post that had no answer is sent again with the"
    " same `Idempotency-Key` and the same body, and is one enquiry for 24 hours."
)


def document(app: web.Application) -> dict[str, Any]:
    """OpenAPI 3.1 of every route that there is. Raises: LookupError: one says nothing."""
    return _document(described(app))


def _document(routes: Routes) -> dict[str, Any]:
    return openapi(routes, "Enquiry Desk: the intake API", VERSION, _SAYS)


def describe(app: web.Application) -> None:
    """Add both routes. To be called when all that are described are there, and no other."""
    app.add_routes(description_routes(partial(_document, described(app))))
