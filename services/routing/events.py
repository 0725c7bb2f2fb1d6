"""The staff's API: the queue as it changes, told as it happens. `/v1/events`: server-sent events
(WHATWG HTML §9.2). It tells that a ticket has changed and how it stands, never what is in it."""

import secrets
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import AwareDatetime, Field

from services.routing.answers import Answer, Reference, StaffId, TeamId
from services.routing.changes import Counter
from services.routing.listeners import Full, Listener, Listeners
from services.routing.promise import PromiseState
from services.routing.questions import EventsQuery
from services.routing.status import Status
from services.routing.telling import Wanted
from shared.described import About, Stream
from shared.keys import Caller, Scope
from shared.problems import Problem

_RETRY: Final = 2000, 3000
"""Milliseconds after which a client comes again: so many, and up to so many more, that not all of
them come at once."""
_HEADERS: Final = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy that gathered answers would hold them back
}


class _Named(Answer):
    """Which ticket, in which version."""

    reference: Reference
    version: int


class BeforeData(Answer):
    """What is otherwise now, as it was."""

    status: Status | None = None
    team: TeamId | None = None
    owner: StaffId | None = None
    promise: PromiseState | None = None
    confidential: bool | None = None


class ChangedData(_Named):
    """Something happened to a ticket. `events`: what, as its timeline calls it; the rest: how it
    stands since; `was`: null if it is new."""

    at: AwareDatetime
    events: list[Annotated[str, Field(examples=["assigned"])]]
    status: Status
    team: TeamId
    owner: StaffId | None
    promise: PromiseState | None
    confidential: bool
    was: BeforeData | None


class HiddenData(_Named):
    """The ticket is not for the caller to see any more: it is confidential."""


class ResetData(Answer):
    """The list is to be read anew: the stream has just begun, the id that it should resume from is
    not known any more, or the caller may see more or less than before."""

    reason: Literal["begun", "unknown", "missed", "sight"]


EVENTS: Final = About(
    Stream(
        (
            ("ticket.changed", ChangedData),
            ("ticket.hidden", HiddenData),
            ("reset", ResetData),
        )
    ),
    query=EventsQuery,
    may_have=("Last-Event-ID",),
    problems=("too-many",),
)


@dataclass(frozen=True)
class _Line:
    """The connection by which a request came."""

    request: web.Request

    def is_gone(self) -> bool:
        transport = self.request.transport
        return transport is None or transport.is_closing()

    def cut(self) -> None:
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(frozen=True)
class Events:
    """What the route needs."""

    counter: Counter
    listeners: Listeners

    async def events(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """`GET /v1/events?team=&owner=&once=`: what happens to tickets, as server-sent events.

        `ticket.changed`: how it stands now, what happened, and what was otherwise before.
        `ticket.hidden`: it is not for the caller to see any more. `reset`: read the list anew; what
        changes after it is told from there on. The stream resumes after `Last-Event-ID`. The same
        version of a ticket may be told twice.
        """
        owner = request.query.get("owner")
        wanted = Wanted(request.query.get("team"), caller.id if owner == "me" else owner)
        token = request.headers.get("Authorization", "")
        again = partial(self.counter.know, request)
        listener = Listener(caller, wanted, _Line(request), token, again)
        try:
            await self.listeners.join(listener, request.headers.get("Last-Event-ID"))
        except Full as error:
            wait = {"Retry-After": "30"}
            raise Problem(429, "too-many", "Too many streams are open", headers=wait) from error
        if "once" in request.query:
            listener.stop_after_this()
        try:
            return await _told(request, listener)
        finally:
            self.listeners.leave(listener)


async def _told(request: web.Request, listener: Listener) -> web.StreamResponse:
    """All that the listener is told, until it is over or they are gone."""
    answer = web.StreamResponse(headers=_HEADERS)
    least, more = _RETRY
    try:
        await answer.prepare(request)
        await answer.write(f"retry: {least + secrets.randbelow(more)}\n\n".encode())
        while (said := await listener.next()) is not None:
            await answer.write(said)
    except ConnectionError:
        return answer  # they have hung up, or were cut off
    return answer


def routes(events: Events) -> list[web.RouteDef]:
    """The one route. A HEAD of it would have no end."""
    serve = events.counter.scoped(Scope.TICKETS_READ, events.events, EVENTS)
    return [web.get("/v1/events", serve, allow_head=False)]
