"""`POST /v1/tickets/{reference}/wait` at the door: whose turn it is; and, where it is the patron's,
the question that they have to answer, which is looked at like a reply before it goes."""

from dataclasses import dataclass
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from services.routing import actions
from services.routing.changes import Counter, if_match
from services.routing.once import cause_of
from services.routing.replying import CheckIn, Override, Replies, reachable
from services.routing.situation import Situation
from services.routing.status import Event
from services.routing.ticket import Change, Owner, Ticket
from shared.keys import Caller
from shared.moments import Moment
from shared.problems import Problem, body_of


class WaitIn(BaseModel):
    """`/wait`: whose turn it is, and when the owner is reminded."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    on: Annotated[Literal["patron", "third_party"], Field(alias="for")]
    until: Moment | None = None


class AskIn(WaitIn):
    """`/wait`: whose turn it is, and when the owner is reminded; what the patron is asked, in a
    letter of its own, and why that is sent in spite of what is found in it."""

    question: (
        Annotated[
            str,
            Field(min_length=1, max_length=100_000, pattern=r"\S", examples=["Which edition?"]),
        ]
        | None
    ) = None
    override: Override | None = None


@dataclass(frozen=True)
class Asking:
    """What the route needs."""

    counter: Counter

    async def wait(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/wait {"for": "patron"|"third_party", "until"?, "question"?, "override"?}`: whose
        turn it is; with a question to the patron, that is sent."""
        body = await body_of(request, AskIn)
        if body.question is not None:
            return await self._ask(request, caller, body, body.question)
        if body.override is not None:
            raise Problem(422, "invalid", "There is no question to override", field="override")
        event = Event.WAIT_FOR_PATRON if body.on == "patron" else Event.WAIT_FOR_THIRD_PARTY

        def decide(it: Ticket, s: Situation) -> Change:
            _check_until(body, s)
            return actions.wait(it, event, caller.id, s.now, body.until)

        return await self.counter.change(request, caller, decide)

    async def _ask(
        self, request: web.Request, caller: Caller, body: AskIn, question: str
    ) -> web.Response:
        if body.on != "patron":
            raise Problem(422, "invalid", "Only a patron is asked by letter", field="question")
        if_match(request)
        ticket = await self.counter.here(request, caller)
        overridden = None
        # What was sent is not held against itself when the same request comes again.
        cause = cause_of(request, caller)
        if not await self.counter.every_ticket.has_applied(ticket.reference, cause):
            words = CheckIn(text=question)
            looked_at = Replies(self.counter).looked_at
            _, overridden = await looked_at(words, body.override, ticket, caller)

        def decide(it: Ticket, s: Situation, letter_id: str) -> Change:
            _check_until(body, s)
            author = Owner(caller.id, caller.name)
            return actions.ask(
                reachable(it), author, letter_id, s, until=body.until, overridden=overridden
            )

        return await self.counter.change_with_words(request, caller, ("out", question), decide)


def _check_until(body: WaitIn, s: Situation) -> None:
    """Raises: Problem 422."""
    if body.until is not None and body.until <= s.now:
        raise Problem(422, "invalid", "That moment has passed", field="until")
