"""The same request, sent again with the same `Idempotency-Key`, is done once: which request it is,
and whether it was used for another. That it is done once is each route's own guard, in the write
that decides; nothing here changes a ticket."""

import hashlib
import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Protocol

from aiohttp import web

from shared.described import About
from shared.keys import Caller
from shared.messages import derived_id
from shared.problems import Problem, arrived

_LONGEST_READ: Final = 1024 * 1024
"""Bytes of a body that are compared with those of the time before."""
_KEY: Final = re.compile(r"[!-~]{1,200}")
"""As the description has it: nothing that can't be seen."""
Scoped = Callable[[web.Request, Caller], Awaitable[web.StreamResponse]]
BODY: Final = web.RequestKey("body", str)
"""A digest of what is asked under an Idempotency-Key."""
WAS_DONE: Final = web.RequestKey("was_done", bool)
"""Whether this very request was done before."""


class Requests(Protocol):
    """What keeps the requests that were done."""

    async def body(self, cause: str) -> str | None: ...
    async def note(self, cause: str, body: str, at: datetime) -> None: ...


def check_kind(request: web.Request, about: About) -> None:
    """Raises: Problem 415: there is a body, and it is not said to be JSON."""
    has_body = request.body_exists and not about.may_be_empty
    if about.takes is not None and has_body and request.content_type != "application/json":
        raise Problem(415, "media-type", "The body is to be declared as application/json")


async def once(
    request: web.Request, caller: Caller, route: Scoped, requests: Requests, now: datetime
) -> web.StreamResponse:
    """Under a key that was used for this very request, it counts as done; the route says what
    stands now. Raises: Problem 422: it was used for another."""
    if request.method != "POST" or "Idempotency-Key" not in request.headers:
        return await route(request, caller)
    cause, body = cause_of(request, caller), await _digest_of_body(request)
    known = await requests.body(cause)
    if known not in {None, body}:
        raise used_before()
    request[BODY], request[WAS_DONE] = body, known is not None
    answer = await route(request, caller)
    if known is None:  # what failed has raised
        await requests.note(cause, body, now)
    return answer


def cause_of(request: web.Request, caller: Caller) -> str:
    """The request's own id: the same Idempotency-Key of the same caller is the same request."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return uuid.uuid4().hex
    if not _KEY.fullmatch(key):
        raise Problem(
            400, "idempotency-key", "An Idempotency-Key has 1 to 200 visible ASCII characters"
        )
    return derived_id(caller.id, request.path, key)


def used_before() -> Problem:
    """The same key, and not the same request."""
    return Problem(
        422, "idempotency-key-used", "This Idempotency-Key came with another request before"
    )


def asked_of(request: web.Request, cause: str) -> str | None:
    """What was asked under the key, as the ticket remembers it beside the cause."""
    body = request.get(BODY)
    return None if body is None else derived_id(cause, "asked", body)


async def _digest_of_body(request: web.Request) -> str:
    """Of every byte; of its kind and length alone, if it is larger than any JSON of ours: such a
    body is not held in memory."""
    length = request.content_length
    if length is not None and length > _LONGEST_READ:
        raw = f"{request.content_type} {length}".encode()
    else:
        raw = await arrived(request)
    return hashlib.sha256(raw).hexdigest()
