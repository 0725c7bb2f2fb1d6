"""A reply at the door, `POST /v1/tickets/{reference}/reply`, is looked at before it goes. With
findings it goes only by somebody's word, which is kept; `/reply/check` finds, and sends nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from services.routing.actions import Overridden, reply
from services.routing.answers import Answer
from services.routing.canned_answers import check_use, count_use
from services.routing.changes import Counter, if_match
from services.routing.links import family
from services.routing.once import cause_of
from services.routing.situation import Situation
from services.routing.ticket import Change, Owner, Ticket
from services.routing.tone.background import Background
from services.routing.tone.check import check, repeated
from services.routing.tone.finding import Finding
from services.routing.tone.strangers import names_in
from shared.addresses import untagged
from shared.attachments import MOST_OF_A_REPLY
from shared.described import About
from shared.keys import Caller, Scope
from shared.moments import Moment
from shared.problems import Problem, body_of, json_answer

_SAME_STORY: Final = frozenset({"continues", "continued_by", "split_from", "split_into"})
"""Links to tickets of the same patron."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Override = Annotated[
    str, Field(min_length=1, max_length=1000, pattern=r"\S", examples=["We are old friends"])
]
"""Why words are sent in spite of what is found in them."""
FileId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", max_length=32)]


class CheckIn(_Body):
    """`/reply/check`: the words, and the moment that they promise."""

    text: Annotated[
        str, Field(min_length=1, max_length=100_000, examples=["We are open from ten to four."])
    ]
    promise: Annotated[Moment, Field(examples=["2026-11-27T16:00:00Z"])] | None = None
    """By when the patron will hear more: the ledger keeps it."""


class ReplyIn(CheckIn):
    """`/reply`: the words, the canned answer that they were made of, uploaded files, the moment
    that the words promise, and why they are sent in spite of what is found in them."""

    answer: Annotated[str, Field(min_length=1, max_length=64, examples=["0f" * 16])] | None = None
    attachments: Annotated[list[FileId], Field(max_length=MOST_OF_A_REPLY, examples=[[]])] = []
    override: Override | None = None


class FindingAnswer(Answer):
    """Words that may hurt, mislead or be untrue, and how it would be better."""

    words: Annotated[str, Field(examples=["Have a nice day"])]
    start: Annotated[int, Field(description="Its first character, counted from 0.")]
    end: Annotated[int, Field(description="The character after its last.")]
    rule: Annotated[str, Field(examples=["cheer"])]
    why: str
    better: str


class CheckAnswer(Answer):
    """What was found; nothing: it can go."""

    findings: list[FindingAnswer]


@dataclass(frozen=True)
class Replies:
    """What the routes need."""

    counter: Counter

    async def reply(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/reply {"text", "answer"?, "attachments"?, "promise"?, "override"?}`: the patron
        is answered."""
        body = await body_of(request, ReplyIn)
        if_match(request)
        ticket = await self.counter.here(request, caller)
        if body.answer is not None:
            await check_use(self.counter, body.answer, body.text)
        cause, promise, overridden = cause_of(request, caller), body.promise, None
        # What was sent is not held against itself when the same request comes again.
        if not await self.counter.every_ticket.has_applied(ticket.reference, cause):
            promise, overridden = await self.looked_at(body, body.override, ticket, caller)

        def decide(it: Ticket, s: Situation, letter_id: str) -> Change:
            author = Owner(caller.id, caller.name)
            return reply(
                reachable(it),
                author,
                letter_id,
                s,
                body.answer,
                promise_at=promise,
                overridden=overridden,
            )

        said = await self.counter.change_with_words(
            request, caller, ("out", body.text), decide, body.attachments
        )
        if body.answer is not None:
            await count_use(self.counter, body.answer, cause)
        return said

    async def check(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/reply/check {"text", "promise"?}`: what would be found in a reply; nothing is
        sent or kept."""
        body = await body_of(request, CheckIn)
        ticket = await self.counter.here(request, caller)
        await self._note(ticket, caller)
        found, _ = await self._findings(body, ticket, caller)
        return json_answer({"findings": shown(found, body.text)})

    async def looked_at(
        self, body: CheckIn, override: str | None, ticket: Ticket, caller: Caller
    ) -> tuple[datetime | None, Overridden | None]:
        """The promise that it makes, and by whose word it is sent in spite of what was found.

        Raises: Problem 422: something was found, and nobody has said why it is sent.
        """
        found, again = await self._findings(body, ticket, caller)
        if found and override is None:
            await self._note(ticket, caller)  # findings tell of what stands on it
            raise Problem(
                422,
                "tone",
                "Some words should be looked at again",
                findings=shown(found, body.text),
            )
        promise = body.promise or again
        if found and override is not None:
            return promise, Overridden(override, tuple(sorted({it.rule.value for it in found})))
        return promise, None

    async def _note(self, ticket: Ticket, caller: Caller) -> None:
        read = {"_id": ticket.reference, "confidential": ticket.confidential}
        await self.counter.note_reading(caller, "check", [read])

    async def _findings(
        self, body: CheckIn, ticket: Ticket, caller: Caller
    ) -> tuple[tuple[Finding, ...], datetime | None]:
        """What is found, and the open promise that the words make again."""
        background = await self._background(body, ticket, caller)
        # Long texts are looked at beside everything else.
        return await asyncio.to_thread(
            lambda: (check(body.text, background), repeated(body.text, background))
        )

    async def _background(self, body: CheckIn, ticket: Ticket, caller: Caller) -> Background:
        desk, tickets = self.counter.desk, self.counter.every_ticket
        messages = await self.counter.messages_of(ticket.reference, caller)
        key = untagged(ticket.patron.address) if ticket.patron.address else None
        ids = await tickets.patrons.answered(key, ticket.reference, caller) if key else []
        elsewhere = await tickets.letters((), ids) if ids else []
        staff = [one.name for one in desk.roster.staff]
        named = [one for one in names_in(body.text) if one not in staff]
        now = desk.clock()
        open_until = ticket.promise.due_at if ticket.promise and ticket.promise.is_open else None
        return Background(
            now=now,
            calendar=desk.situation("check").calendar(ticket.team),
            language=ticket.language,
            patron=ticket.patron.name,
            letters=[_theirs(one) for one in messages if _is_patrons(one)],
            before=[one["text"] for one in (*elsewhere, *messages) if _is_answer(one)],
            due_at=body.promise or (open_until if open_until and open_until > now else None),
            others=await tickets.patrons.named(named, key, caller) if named else [],
            references=_own(ticket),
            staff=staff,
        )


def _is_patrons(one: Mapping[str, Any]) -> bool:
    return one["direction"] == "in" and not one["automatic"] and not one.get("party")


def _is_answer(one: Mapping[str, Any]) -> bool:
    return one["direction"] == "out" and "notice" not in one


def _theirs(one: Mapping[str, Any]) -> str:
    """A patron's new words, with their subject."""
    return f"{one.get('subject') or ''}\n\n{one.get('new_text') or one['text']}"


def _own(ticket: Ticket) -> frozenset[str]:
    """References that this patron may be told of."""
    story = (one.reference for one in ticket.links if one.kind in _SAME_STORY)
    return frozenset({*family(ticket.reference, ticket.links), *story})


def reachable(ticket: Ticket) -> Ticket:
    """Raises: Problem 409: the patron has no address."""
    if ticket.patron.address is None:
        raise Problem(409, "no-address", "The patron gave no address that mail can be sent to")
    return ticket


def shown(found: tuple[Finding, ...], text: str) -> list[dict[str, str | int]]:
    """Findings as the API tells them."""
    return [one.shown(text) for one in found]


def routes(counter: Counter) -> list[web.RouteDef]:
    """What changes nothing; `/reply` stands with the other changes of a ticket."""
    key = ("Idempotency-Key",)
    about = About(CheckAnswer, takes=CheckIn, may_have=key, problems=("erased",))
    served = counter.scoped(Scope.TICKETS_READ, Replies(counter).check, about)
    return [web.post("/v1/tickets/{reference}/reply/check", served)]
