"""A route as it is served and as it is described: one value, so that none can be there undescribed.

It is put into the application as its method `answer`, where `shared.openapi` finds it again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.accepting import accepts
from shared.keys import Scope
from shared.problems import Problem, faults

_LONGEST: Final = 200
"""Characters of a parameter's name that are told back."""
Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NoQuery(BaseModel):
    """No parameters: one that is there is an error."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Bytes:
    """An answer that is not JSON."""

    media_types: tuple[str, ...]


@dataclass(frozen=True)
class Stream:
    """An answer that goes on: server-sent events, with the data of each by the event's name."""

    events: tuple[tuple[str, type[BaseModel]], ...]


@dataclass(frozen=True)
class About:
    """What a route takes and gives. What follows from its nature (a token, a body, `If-Match`) is
    not said again: `shared.openapi` adds it, with its problems."""

    gives: type[BaseModel] | Bytes | Stream
    takes: type[BaseModel] | None = None
    """Of its body; None: it has none."""
    may_be_empty: bool = False
    """Whether the body may be left out."""
    takes_bytes: bool = False
    """Of its body: that it is no JSON, and is read as it arrives."""
    query: type[BaseModel] = NoQuery
    status: int = 200
    wants: tuple[str, ...] = ()
    """Headers that must be there."""
    may_have: tuple[str, ...] = ()
    """Headers that may."""
    answers: tuple[str, ...] = ()
    """Headers of the answer."""
    in_ranges: bool = False
    """Whether a part of it may be asked for, and whether it is still the same (RFC 9110 §13, §14).
    """
    later: type[BaseModel] | None = None
    """What is given with 202, if it may not be done at once."""
    problems: tuple[str, ...] = ()
    """Kinds of problems of its own."""
    no_page: str | None = None
    """Of a page for people: what it means if there is none, which a page says too."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """Of a good answer; none, if it has no content."""
        if isinstance(self.gives, Bytes):
            return self.gives.media_types
        return ("text/event-stream",) if isinstance(self.gives, Stream) else ("application/json",)

    def check(self, request: web.Request) -> None:
        """Raises: Problem 422: a parameter that is not as described, or one that comes twice; 406:
        what is given here is not accepted."""
        given = self.media_types
        if given and not accepts(request.headers.getall("Accept", ()), given):
            kinds = ", ".join(given)
            raise Problem(406, "not-acceptable", "Nothing else is given here", kinds)
        twice = next((one for one in request.query if len(request.query.getall(one)) > 1), None)
        if twice is not None:
            raise Problem(422, "invalid", "This parameter comes twice", field=twice[:_LONGEST])
        try:
            self.query.model_validate(dict(request.query))
        except ValidationError as error:
            found = faults(error)
            raise Problem(
                422,
                "invalid",
                "A parameter is not as wanted",
                field=found[0]["field"],
                errors=found,
            ) from error


@dataclass(frozen=True)
class Described:
    """A route: one that only callers with a scope are let in to, or (None) anybody."""

    scope: Scope | None
    name: str
    says: str
    """Its docstring."""
    about: About
    serve: Serve

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What aiohttp calls."""
        return await self.serve(request)


def name_of(route: Callable[..., object]) -> str:
    """What a handler is called, also one that was given something beforehand."""
    return str(getattr(getattr(route, "func", route), "__name__", ""))


def says_of(route: Callable[..., object]) -> str:
    """Its docstring."""
    return getattr(route, "func", route).__doc__ or ""


UNDESCRIBED: Final = frozenset({"/livez", "/readyz", "/metrics", "/openapi.json", "/docs"})
"""What operators ask, and the description itself."""


def described(app: web.Application) -> list[tuple[str, str, Described]]:
    """Every route of an application: method, path, and what it says of itself.

    Raises: LookupError: one says nothing.
    """
    found = []
    for route in app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        if route.method == "HEAD" or path in UNDESCRIBED:
            continue
        one = getattr(route.handler, "__self__", None)
        if not isinstance(one, Described):
            raise LookupError(f"{route.method} {path} is not described")
        found.append((route.method.lower(), path, one))
    return found
