"""The staff's JSON API: the queue, a ticket, and what one can do with it."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from services.routing import actions, contact, ledger, ownership, replying
from services.routing.asking import AskIn, Asking
from services.routing.attachments import get_attachment
from services.routing.changes import Counter, reference_of
from services.routing.descriptions import FILE, OF_FILES, WHOLE, changing
from services.routing.limits import tell
from services.routing.once import Scoped
from services.routing.replying import Replies, ReplyIn
from services.routing.situation import Situation
from services.routing.ticket import Change, Owner, Ticket
from services.routing.urgency import Urgency
from shared.accepting import keep_to_themselves
from shared.described import About
from shared.keys import Caller, Scope
from shared.moments import Day, Moment
from shared.problems import Problem, arrived, as_problems, body_of

Model = TypeVar("Model", bound=BaseModel)


_ONE: Final = "/v1/tickets/{reference:(?!bulk$)[^{}/]+}"
"""`bulk` is no reference: whoever reads it is told that it is posted to (405), and by what."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Reason = Annotated[
    str, Field(min_length=1, max_length=1000, pattern=r"\S", examples=["It needs the archive"])
]
Named = Annotated[str, Field(min_length=1, max_length=200)]


class Empty(_Body):
    """No fields: the action says it all."""


class WordsIn(_Body):
    """`/note`."""

    text: Annotated[
        str, Field(min_length=1, max_length=100_000, examples=["We are open from ten to four."])
    ]


class AssignIn(_Body):
    """`/assign`: whom the ticket is given to."""

    owner: Annotated[Named, Field(examples=["mair"])]


class ReasonIn(_Body):
    """`/escalate`, `/decline`: why."""

    reason: Reason


class ResolveIn(_Body):
    """`/resolve`: why no answer is owed, if the patron has had none."""

    because: Reason | None = None


class PromiseIn(_Body):
    """`/promise`: another time, and why; the patron is told both."""

    due_at: Moment
    reason: Reason


class ContactIn(_Body):
    """`/contact`: a try to reach the patron, and how it went."""

    how: Literal["phone", "in_person", "chat", "post", "mail", "other"]
    reached: bool
    note: Annotated[str, Field(min_length=1, max_length=10_000, examples=["Will call again."])]


def _unset(schema: dict[str, Any]) -> None:
    """A field that is not there has no default: it stays as it is."""
    schema.pop("default", None)


class CorrectIn(_Body):
    """`/correct`: what the desk took wrongly. Fields that are not there stay as they are."""

    topic: Annotated[Named, Field(examples=["general"], json_schema_extra=_unset)] = ""
    language: Annotated[Named, Field(examples=["en"], json_schema_extra=_unset)] = ""
    urgency: Annotated[Urgency, Field(strict=False, json_schema_extra=_unset)] = Urgency.NORMAL
    needed_by: Day | None = None


class CauseIn(_Body):
    """`/cause`: what caused the enquiry; null takes it back."""

    cause: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")] | None


class ConfidentialIn(_Body):
    """`/confidential`: whether its team and the leads alone see it, and why."""

    confidential: Annotated[bool, Field(examples=[True])]
    reason: Reason


@dataclass(frozen=True)
class Api:
    """What can be done with tickets."""

    counter: Counter

    async def get_ticket(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/tickets/{reference}`: everything, with an ETag of its version."""
        return await self.counter.whole(reference_of(request), caller)

    async def claim(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/claim`: it is mine."""
        await body_if_any(request, Empty)
        me = _owner(caller)
        return await self.counter.change(
            request, caller, lambda it, s: actions.assign(it, me, caller.id, s)
        )

    async def assign(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/assign {"owner": id}`: it is a colleague's."""
        wanted = (await body_of(request, AssignIn)).owner
        roster = self.counter.desk.roster
        await roster.read()
        found = next((one for one in roster.staff if one.id == wanted), None)
        if found is None:
            raise Problem(422, "unknown-staff", "There is no such staff member", field="owner")
        owner = Owner(found.id, found.name)
        return await self.counter.change(
            request, caller, lambda it, s: actions.assign(it, owner, caller.id, s)
        )

    async def note(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/note {"text"}`: colleagues are told, the patron isn't."""
        text = (await body_of(request, WordsIn)).text

        def decide(it: Ticket, s: Situation, letter_id: str) -> Change:
            return actions.note(it, caller.id, letter_id, s.now)

        return await self.counter.change_with_words(request, caller, ("note", text), decide)

    async def resolve(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/resolve {"because"?}`: the enquiry is answered, or why none is owed."""
        body = await body_if_any(request, ResolveIn)
        because = body.because if body else None
        return await self.counter.change(
            request, caller, lambda it, s: actions.resolve(it, caller.id, because, s)
        )

    async def reopen(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/reopen`: it was not answered after all."""
        await body_if_any(request, Empty)
        return await self.counter.change(
            request, caller, lambda it, s: actions.reopen(it, caller.id, s)
        )

    async def escalate(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/escalate {"reason"}`: it can't be solved here; it goes to who can."""
        reason = (await body_of(request, ReasonIn)).reason
        return await self.counter.change(
            request, caller, lambda it, s: ownership.escalate(it, _owner(caller), reason, s)
        )

    async def accept(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/accept`: what was passed on to me is mine."""
        await body_if_any(request, Empty)
        return await self.counter.change(
            request, caller, lambda it, s: ownership.accept(it, _owner(caller), s)
        )

    async def decline(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/decline {"reason"}`: I can't either; it goes on to the next."""
        reason = (await body_of(request, ReasonIn)).reason
        return await self.counter.change(
            request, caller, lambda it, s: ownership.decline(it, _owner(caller), reason, s)
        )

    async def promise(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/promise {"due_at", "reason"}`: another time, told before the first is due."""
        body = await body_of(request, PromiseIn)
        return await self.counter.change(
            request,
            caller,
            lambda it, s: ledger.renegotiate(it, body.due_at, body.reason, caller.id, s),
        )

    async def contact(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/contact {"how", "reached", "note"}`: a try to reach the patron."""
        body = await body_of(request, ContactIn)
        went = contact.reach if body.reached else contact.miss

        def decide(it: Ticket, s: Situation, letter_id: str) -> Change:
            return went(it, _owner(caller), body.how, letter_id, s)

        return await self.counter.change_with_words(request, caller, ("note", body.note), decide)

    async def correct(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/correct {"topic"?, "language"?, "urgency"?, "needed_by"?}`: what was taken
        wrongly."""
        known = (await body_of(request, CorrectIn)).model_dump(exclude_unset=True)
        library = self.counter.desk.library
        topic = next((one for one in library.topics if one.id == known.get("topic")), None)
        if "topic" in known and topic is None:
            raise Problem(422, "invalid", "There is no such topic", field="topic")
        if "language" in known and known["language"] not in library.library.languages:
            raise Problem(422, "invalid", "The library has no such language", field="language")
        if topic is not None:
            known |= {"team": topic.team} | ({"confidential": True} if topic.confidential else {})
        return await self.counter.change(
            request, caller, lambda it, s: actions.correct(it, caller.id, s.now, **known)
        )

    async def confidential(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/confidential {"confidential", "reason"}`: its team and the leads alone see it."""
        body = await body_of(request, ConfidentialIn)
        return await self.counter.change(
            request,
            caller,
            lambda it, s: actions.keep_to_team(
                it, body.confidential, caller.id, body.reason, s.now
            ),
        )

    async def cause(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/cause {"cause"}`: what caused the enquiry, so that it can be made to stop."""
        cause = (await body_of(request, CauseIn)).cause
        return await self.counter.change(
            request, caller, lambda it, s: actions.name_trouble(it, cause, caller.id, s.now)
        )


def _owner(caller: Caller) -> Owner:
    return Owner(caller.id, caller.name)


async def body_if_any(request: web.Request, model: type[Model]) -> Model | None:
    """A body is not needed; one that is there must be as wanted. Raises: Problem."""
    if request.body_exists and await arrived(request):
        return await body_of(request, model)
    return None


def make_app(api: Api) -> web.Application:
    """Every route, each with the scope that it needs."""
    app = web.Application(middlewares=[as_problems], client_max_size=1024 * 1024)
    app.on_response_prepare.extend((tell, keep_to_themselves))
    scoped, one = api.counter.scoped, "/v1/tickets/{reference}"
    read, attached = Scope.TICKETS_READ, partial(get_attachment, counter=api.counter)
    app.add_routes(
        [
            web.get(_ONE, scoped(read, api.get_ticket, WHOLE)),
            *replying.routes(api.counter),
            web.get("/v1/attachments/{id}", scoped(read, attached, FILE)),
            *(
                web.post(f"{one}/{change.__name__}", scoped(Scope.TICKETS_WRITE, change, about))
                for change, about in changes(api)
            ),
        ]
    )
    return app


def changes(api: Api) -> tuple[tuple[Scoped, About], ...]:
    """What can be done with a ticket, each with the body that it takes."""
    return (
        (api.claim, changing(Empty, may_be_empty=True)),
        (api.assign, changing(AssignIn, "unknown-staff")),
        (
            Replies(api.counter).reply,
            changing(ReplyIn, "no-address", "tone", "impossible", *OF_FILES),
        ),
        (api.note, changing(WordsIn)),
        (Asking(api.counter).wait, changing(AskIn, "no-address", "tone")),
        (api.resolve, changing(ResolveIn, may_be_empty=True)),
        (api.reopen, changing(Empty, may_be_empty=True)),
        (api.escalate, changing(ReasonIn)),
        (api.accept, changing(Empty, may_be_empty=True)),
        (api.decline, changing(ReasonIn)),
        (api.promise, changing(PromiseIn, "impossible")),
        (api.contact, changing(ContactIn)),
        (api.correct, changing(CorrectIn)),
        (api.cause, changing(CauseIn)),
        (api.confidential, changing(ConfidentialIn)),
    )
