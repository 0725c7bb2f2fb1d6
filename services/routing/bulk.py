"""`POST /v1/tickets/bulk`: the same thing done to many tickets, each decided alone.

Each one goes the way that its own request would have gone, by the same code, with the version that
the caller has seen; what becomes of one changes nothing for the others. Replies are not among them:
nobody answers a hundred patrons unseen.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, Literal, Self, cast

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from services.routing.answers import Answer
from services.routing.api import (
    Api,
    AssignIn,
    CauseIn,
    CorrectIn,
    Empty,
    ResolveIn,
    WordsIn,
    changes,
)
from services.routing.asking import WaitIn
from services.routing.changes import BRIEF, Counter
from services.routing.descriptions import changing
from services.routing.together import RetagIn, Together
from shared.described import About, Serve
from shared.keys import Caller, Scope
from shared.messages import derived_id
from shared.problems import as_problems, body_of, json_answer

_AT_ONCE: Final = 8
"""Tickets that are changed at the same time."""
_PATH: Final = "/v1/tickets"


class OneIn(BaseModel):
    """A ticket, as the caller has seen it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    reference: Annotated[str, Field(min_length=1, max_length=50, examples=["ENQ-7K3M-92Q2"])]
    version: Annotated[int, Field(ge=0, le=999_999_999, examples=[3])]


class _Many(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    tickets: Annotated[list[OneIn], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.reference for one in self.tickets}) < len(self.tickets):
            raise ValueError("each ticket once")
        return self


class ClaimMany(Empty, _Many):
    """They are mine."""

    action: Literal["claim"]


class AssignMany(AssignIn, _Many):
    """They are a colleague's."""

    action: Literal["assign"]


class TagMany(RetagIn, _Many):
    """They gain and lose tags."""

    action: Literal["tags"]


class NoteMany(WordsIn, _Many):
    """Colleagues are told the same of each."""

    action: Literal["note"]


class WaitMany(WaitIn, _Many):
    """The next step is somebody else's."""

    action: Literal["wait"]


class ResolveMany(ResolveIn, _Many):
    """They are answered, or need no answer."""

    action: Literal["resolve"]


class ReopenMany(Empty, _Many):
    """They were not answered after all."""

    action: Literal["reopen"]


class CorrectMany(CorrectIn, _Many):
    """The desk took the same wrongly of each."""

    action: Literal["correct"]


class CauseMany(CauseIn, _Many):
    """The same caused them."""

    action: Literal["cause"]


Action = (
    ClaimMany
    | AssignMany
    | TagMany
    | NoteMany
    | WaitMany
    | ResolveMany
    | ReopenMany
    | CorrectMany
    | CauseMany
)


class BulkIn(RootModel[Annotated[Action, Field(discriminator="action")]]):
    """What is done, to which tickets, with the fields of that action."""


class BecameAnswer(Answer):
    """What became of one: `status` and `problem` as its own request would have had them."""

    reference: Annotated[str, Field(examples=["ENQ-7K3M-92Q2"])]
    status: Annotated[int, Field(examples=[200])]
    version: int | None
    problem: dict[str, Any] | None


class ManyAnswer(Answer):
    """What became of each, in their order."""

    items: list[BecameAnswer]
    next: None


class _Alone:
    """One ticket's part of a request, as it would have come alone; what it does not know of itself
    is as in the whole."""

    def __init__(self, whole: web.Request, one: OneIn, action: str, body: bytes) -> None:
        self._whole, self._body = whole, body
        self.method, self.path = "POST", f"{_PATH}/{one.reference}/{action}"
        self.match_info = {"reference": one.reference}
        self.body_exists, self.content_length = True, len(body)
        self.headers = whole.headers.copy()
        self.headers["If-Match"] = f'"{one.version}"'
        if key := whole.headers.get("Idempotency-Key"):
            self.headers["Idempotency-Key"] = derived_id("bulk", key)
        self._known: dict[Any, Any] = {BRIEF: True}

    async def read(self) -> bytes:
        return self._body

    def get(self, key: Any, default: Any = None) -> Any:
        return self._known.get(key, default)

    def __getitem__(self, key: Any) -> Any:
        return self._known[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._known[key] = value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


@dataclass(frozen=True)
class Bulk:
    """What the route needs: what can be done to one."""

    ways: Mapping[str, Serve]

    async def change_many(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST /v1/tickets/bulk {"action", "tickets": [{"reference", "version"}], …}`: the same
        for up to a hundred tickets, with a result for each, in their order."""
        wanted = (await body_of(request, BulkIn)).root
        way = self.ways[wanted.action]
        fields = wanted.model_dump(
            mode="json", by_alias=True, exclude_unset=True, exclude={"action", "tickets"}
        )
        body, room = orjson.dumps(fields), asyncio.Semaphore(_AT_ONCE)

        async def done(one: OneIn) -> dict[str, Any]:
            alone = cast(web.Request, _Alone(request, one, wanted.action, body))
            async with room:
                answer = await as_problems(alone, way)
            return _result(one, cast(web.Response, answer))

        items = await asyncio.gather(*map(done, wanted.tickets))
        return json_answer({"items": items, "next": None})


def _result(one: OneIn, answer: web.Response) -> dict[str, Any]:
    """What became of one: `status` as its own request would have had it."""
    said = orjson.loads(cast(bytes, answer.body))
    return {
        "reference": one.reference,
        "status": answer.status,
        "version": said.get("version"),
        "problem": None if answer.status < 300 else said,
    }


def routes(counter: Counter) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    alone = (*changes(Api(counter)), (Together(counter).tags, changing(RetagIn)))
    scoped = partial(counter.scoped, Scope.TICKETS_WRITE)
    ways = {one.__name__: scoped(one, about) for one, about in alone}
    about = About(ManyAnswer, takes=BulkIn, may_have=("Idempotency-Key",))
    return [web.post(f"{_PATH}/bulk", scoped(Bulk(ways).change_many, about))]
