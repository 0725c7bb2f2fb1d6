"""`POST /v1/tickets`: what a patron said on the phone, at the desk, by chat or by post.

It is kept as a letter is, and opened by the code that opens every ticket: the same promise, the
same owner's reasons. It is accepted once it is durable; should its ticket not be there at that
moment, the event that was kept with it opens it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Protocol

import structlog
from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.routing.answers import Answer, Reference, TicketAnswer
from services.routing.changes import Counter
from services.routing.handlers import on_enquiry_received
from services.routing.once import BODY, cause_of, used_before
from shared.addresses import checked_address
from shared.described import About
from shared.errors import Transient
from shared.keys import Caller, Scope
from shared.messages import EnquiryReceived, derived_id, to_saved
from shared.moments import Day
from shared.preferences import IN_FORMAT
from shared.problems import Problem, body_of, json_answer
from shared.references import allot

log = structlog.get_logger()

_TRIES: Final = 5
"""References that are tried; that one is taken is less likely than one in a million."""
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CallerIn(_Body):
    """Who asked, as far as they said."""

    name: Annotated[Line, Field(examples=["Rhian Example"])]
    address: (
        Annotated[
            str,
            Field(max_length=254, examples=["rhian@patrons.example"]),
            AfterValidator(checked_address),
        ]
        | None
    ) = None
    phone: Annotated[str, Field(min_length=1, max_length=50, pattern=r"\S")] | None = None


class TakenDownIn(_Body):
    """What was asked, how, and who shall have it."""

    patron: CallerIn
    channel: Literal["phone", "desk", "chat", "post"]
    subject: Annotated[Line, Field(examples=["A map of 1840"])]
    text: Annotated[str, Field(min_length=1, max_length=100_000, pattern=r"\S")]
    topic: Annotated[str, Field(max_length=200, examples=["general"])] | None = None
    language: Annotated[str, Field(max_length=20, examples=["en"])] | None = None
    format: Annotated[str, Field(min_length=1, max_length=50, description=IN_FORMAT)] | None = None
    needed_by: Day | None = None
    owner: Annotated[str, Field(max_length=200, examples=["mair"])] | None = None
    """Who has it: whoever takes it down, unless somebody else is named; null: whom the desk
    chooses."""
    acknowledge: bool = True
    """Whether the patron gets the letter that says that we have it, if there is an address."""


class KeptAnswer(Answer):
    """Where its ticket is, or will be."""

    reference: Reference
    href: Annotated[str, Field(examples=["/v1/tickets/ENQ-7K3M-92Q2"])]


class Store(Protocol):
    """Where they are kept."""

    async def keep(self, document: dict[str, Any]) -> str | None: ...
    async def find(self, letter_id: str) -> Mapping[str, Any] | None: ...
    async def opened(self, letter_id: str) -> None: ...


@dataclass(frozen=True)
class Desk:
    """What the route needs."""

    counter: Counter
    kept: Store

    async def take_down(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST /v1/tickets`: an enquiry by phone, at the desk, by chat or by post.

        `201` with the ticket; `202` with its reference, if it is kept and not opened yet, or is not
        for the caller to read.
        """
        body = await body_of(request, TakenDownIn)
        document = await self._document(request, caller, body)
        event = await self._keep(document)
        log.info("enquiry_taken_down", reference=event.reference, by=caller.id)
        href = f"/v1/tickets/{event.reference}"
        try:
            if await self.counter.every_ticket.find(event.reference) is None:
                await on_enquiry_received(event, desk=self.counter.desk)
            await self.kept.opened(event.letter_id)
            answer = await self._opened(event.reference, href, caller)
        except Transient as error:
            log.warning("opening_postponed", reference=event.reference, reason=str(error))
            answer = _postponed(event.reference, href)
        answer.headers["Location"] = href
        return answer

    async def _opened(self, reference: str, href: str, caller: Caller) -> web.Response:
        if await self.counter.tickets_of(caller).find(reference) is None:
            return _postponed(reference, href)
        answer = await self.counter.whole(reference, caller)
        answer.set_status(201)
        return answer

    async def _document(
        self, request: web.Request, caller: Caller, body: TakenDownIn
    ) -> dict[str, Any]:
        """Raises: Problem 422: there is no such topic, language or staff member."""
        library = self.counter.desk.library
        if body.topic is not None and body.topic not in {one.id for one in library.topics}:
            raise Problem(422, "invalid", "There is no such topic", field="topic")
        if body.language is not None and body.language not in library.library.languages:
            raise Problem(422, "invalid", "The library has no such language", field="language")
        known = {
            "by": {"id": caller.id, "name": caller.name},
            "channel": body.channel,
            "owner": await self._owner(caller, body),
            "acknowledge": body.acknowledge,
            "asked": request.get(BODY),
        }
        letter_id = derived_id(cause_of(request, caller), "taken_down")
        return document_of(letter_id, body, known, self.counter.desk.clock())

    async def _owner(self, caller: Caller, body: TakenDownIn) -> dict[str, str] | None:
        if "owner" in body.model_fields_set and body.owner is None:
            return None
        roster = self.counter.desk.roster
        await roster.read()
        wanted = body.owner or caller.id
        found = next((one for one in roster.staff if one.id == wanted), None)
        if found is None and body.owner is not None:
            raise Problem(422, "unknown-staff", "There is no such staff member", field="owner")
        return {"id": found.id, "name": found.name} if found else None

    async def _keep(self, document: dict[str, Any]) -> EnquiryReceived:
        """The event that opens its ticket, once both are durable; that of the first time, if the
        same request comes again. Raises: Transient; Problem 422."""
        for _ in range(_TRIES):
            event = opening(document, allot())
            kept = {**document, **_named(event.reference), "outbox": to_saved([event])}
            was_there = await self.kept.keep(kept)
            if was_there is None:
                return event
            if was_there == "_id":
                return await self._before(document)
        raise Transient("no free reference was found")

    async def _before(self, document: Mapping[str, Any]) -> EnquiryReceived:
        found = await self.kept.find(document["_id"])
        if found is None:
            raise Transient("it was there a moment ago")
        if found["taken_down"]["asked"] != document["taken_down"]["asked"]:
            raise used_before()
        return opening(found, found["reference"])


def _postponed(reference: str, href: str) -> web.Response:
    return json_answer({"reference": reference, "href": href}, 202)


def opening(document: Mapping[str, Any], reference: str) -> EnquiryReceived:
    """That its ticket be opened."""
    return EnquiryReceived(
        message_id=document["_id"],
        reference=reference,
        at=document["at"],
        letter_id=document["_id"],
        opens=True,
    )


def _named(reference: str) -> dict[str, Any]:
    return {"reference": reference, "opens": reference}


def document_of(
    letter_id: str, body: TakenDownIn, known: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """It as a letter, but for its reference."""
    address = body.patron.address
    asked = {
        "topic": body.topic,
        "language": body.language,
        "format": body.format,
        "needed_by": body.needed_by.isoformat() if body.needed_by else None,
        "phone": body.patron.phone,
    }
    nothing: dict[str, Any] = {
        **dict.fromkeys(("automatic", "unreadable", "held", "reply_to", "html", "bounce")),
        **dict.fromkeys(("quoted_text", "signature", "envelope_from"), ""),
        **{one: [] for one in ("recipients", "attachments", "remarks", "replies_to", "references")},
    }
    whose = {"address": address.lower(), "address_as_written": address} if address else {}
    return nothing | {
        "_id": letter_id,
        "direction": "in",
        "door": "staff",
        "state": "opened",
        "at": at,
        "sent_at": at,
        "name": body.patron.name.strip(),
        "sender": address or "",
        "subject": " ".join(body.subject.split()),
        "text": body.text,
        "new_text": body.text,
        "blocked_loads": 0,
        "verdicts": {},
        "is_proven": False,
        "sender_is_known": True,
        "raw": b"",
        "size": len(body.text.encode("utf-8", "replace")),
        "asked": {name: value for name, value in asked.items() if value is not None},
        "taken_down": dict(known),
        **whose,
    }


def routes(desk: Desk) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    about = About(
        TicketAnswer,
        takes=TakenDownIn,
        status=201,
        may_have=("Idempotency-Key",),
        answers=("ETag", "Location"),
        later=KeptAnswer,
        problems=("unknown-staff",),
    )
    scoped = desk.counter.scoped
    return [web.post("/v1/tickets", scoped(Scope.TICKETS_WRITE, desk.take_down, about))]
