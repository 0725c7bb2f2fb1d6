"""The directory of those who are asked for copies: `/v1/publishers`. It sends nothing."""

from dataclasses import dataclass, replace
from typing import Any

import structlog
from aiohttp import web

from services.routing.changes import Counter, if_match
from services.routing.deliveries.publisher import Publisher
from services.routing.delivery_bodies import PublisherAnswer, PublisherIn, PublishersAnswer
from services.routing.delivery_views import publisher_shown
from services.routing.once import BODY, cause_of, used_before
from services.routing.publisher_store import Publishers
from services.routing.sight import sight_of
from shared.described import About
from shared.keys import Caller, Scope
from shared.messages import derived_id
from shared.problems import Problem, body_of, json_answer

log = structlog.get_logger()


@dataclass(frozen=True)
class PublisherRoutes:
    """What the routes need."""

    counter: Counter

    @property
    def publishers(self) -> Publishers:
        return self.counter.every_ticket.publishers

    async def list_publishers(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/publishers`: all of them, by name, with how they did."""
        found = [publisher_shown(one) for one in await self.publishers.all(sight_of(caller))]
        return json_answer({"items": found, "next": None})

    async def get_publisher(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/publishers/{id}`: with an ETag of its version."""
        return _told(await self._found(request.match_info["id"], caller))

    async def add_publisher(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST /v1/publishers {"name", "address", "language"?, "note"?}`: one more."""
        fields, asked = await self._fields(request, caller), request.get(BODY)
        made = derived_id(cause_of(request, caller), "publisher")
        if not await self.publishers.add({"_id": made, "version": 1, "asked": asked, **fields}):
            if await self.publishers.asked(made) != asked:
                raise used_before()
        else:
            log.info("publisher_changed", by=caller.id, change="added")
        answer = _told(await self._found(made, caller), 201)
        answer.headers["Location"] = f"/v1/publishers/{made}"
        return answer

    async def put_publisher(self, request: web.Request, caller: Caller) -> web.Response:
        """`PUT /v1/publishers/{id}`: all of it anew, as it was seen."""
        fields = await self._fields(request, caller)
        found = await self._found(request.match_info["id"], caller)
        seen = if_match(request, found.version)
        if not await self.publishers.change(found.id, seen, fields):
            now = await self._found(found.id, caller)
            raise Problem(
                412,
                "stale",
                "It has changed since you read it",
                version=now.version,
                publisher=publisher_shown(now),
            )
        log.info("publisher_changed", by=caller.id, change="changed")
        return _told(await self._found(found.id, caller))

    async def _fields(self, request: web.Request, caller: Caller) -> dict[str, Any]:
        """Raises: Problem 422."""
        body = await body_of(request, PublisherIn)
        by = {"id": caller.id, "name": caller.name}
        return body.model_dump() | {"by": by, "at": self.counter.desk.clock()}

    async def _found(self, publisher_id: str, caller: Caller) -> Publisher:
        found = await self.publishers.find(publisher_id, sight_of(caller))
        if found is None:
            raise Problem(404, "not-found", "No such publisher")
        return found


def _told(one: Publisher, status: int = 200) -> web.Response:
    return json_answer(publisher_shown(one), status, ETag=f'"{one.version}"')


def routes(counter: Counter) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    these, scoped = PublisherRoutes(counter), counter.scoped
    read, write = Scope.TICKETS_READ, Scope.TICKETS_WRITE
    whole = About(PublisherAnswer, answers=("ETag",))
    new = replace(
        whole,
        takes=PublisherIn,
        status=201,
        may_have=("Idempotency-Key",),
        answers=("ETag", "Location"),
    )
    return [
        web.get("/v1/publishers", scoped(read, these.list_publishers, About(PublishersAnswer))),
        web.post("/v1/publishers", scoped(write, these.add_publisher, new)),
        web.get("/v1/publishers/{id}", scoped(read, these.get_publisher, whole)),
        web.put(
            "/v1/publishers/{id}",
            scoped(
                write, these.put_publisher, replace(whole, takes=PublisherIn, wants=("If-Match",))
            ),
        ),
    ]
