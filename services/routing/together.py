"""The staff's routes by which tickets come together or apart: `/merge`, `/split`, `/links`, and by
which they are sorted: `/tags`. Nothing is lost by any of them: letters stay whole, and each ticket
says where they went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.routing import links, merging, splitting, tags
from services.routing.changes import Counter, Decide
from services.routing.descriptions import changing
from services.routing.following import follow_now
from services.routing.situation import Situation
from services.routing.ticket import Change, Link, Ticket
from shared.keys import Caller, Scope
from shared.problems import Problem, body_of

Tag = Annotated[str, Field(max_length=200), AfterValidator(tags.cleaned)]
Reference = Annotated[str, Field(min_length=1, max_length=50, examples=["ENQ-7K3M-92Q2"])]
Kind = Literal["related", "continues", "continued_by", "duplicates", "duplicated_by"]
MessageId = Annotated[str, Field(min_length=1, max_length=100, examples=["0f" * 32])]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class MergeIn(_Body):
    """`/merge`: which ticket stands for this one from now on."""

    into: Reference
    patrons_differ: bool = False
    """That somebody has seen that they are two patrons' tickets, and it is right all the same."""


class SplitIn(_Body):
    """`/split`: which messages go to a ticket of their own."""

    messages: Annotated[list[MessageId], Field(min_length=1, max_length=100)]
    subject: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")] | None = None


class LinkIn(_Body):
    """`POST …/links`: what this ticket is to another one."""

    to: Reference
    kind: Kind = "related"


class TagsIn(_Body):
    """`PUT …/tags`: all that it has from now on."""

    tags: Annotated[list[Tag], Field(max_length=100, examples=[["interlibrary loan", "map"]])]


class RetagIn(_Body):
    """`POST …/tags`: what it gains and loses."""

    add: Annotated[list[Tag], Field(max_length=100, examples=[["map"]])] = []
    remove: Annotated[list[Tag], Field(max_length=100)] = []


@dataclass(frozen=True)
class Together:
    """What can be done with tickets that belong together."""

    counter: Counter

    async def merge(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/merge {"into", "patrons_differ"?}`: another ticket stands for this one."""
        body = await body_of(request, MergeIn)
        await self.counter.here(request, caller)
        into = await self.counter.another(body.into, "into", caller)

        def decide(it: Ticket, s: Situation) -> Change:
            _check_patrons(it, into, body.patrons_differ)
            return merging.merge(it, into, caller.id, s)

        return await self._change_both(request, caller, decide)

    async def split(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/split {"messages", "subject"?}`: some messages go to a ticket of their own."""
        body = await body_of(request, SplitIn)
        here = await self.counter.here(request, caller)
        reference = await self.counter.every_ticket.free_reference()
        shown = await self.counter.messages_of(here.reference, caller)

        def decide(it: Ticket, s: Situation) -> Change:
            part = _part(shown, body.messages, body.subject)
            return splitting.split(it, part, reference, caller.id, s)

        return await self._change_both(request, caller, decide)

    async def link(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/links {"to", "kind"}`: it has to do with another ticket; both say so."""
        body = await body_of(request, LinkIn)
        await self.counter.here(request, caller)
        to = await self.counter.another(body.to, "to", caller)

        def decide(it: Ticket, s: Situation) -> Change:
            if to.reference == it.reference:
                raise Problem(422, "invalid", "A ticket is not linked to itself", field="to")
            if len(to.links) >= links.MOST:
                raise Problem(409, "not-allowed", f"That one has {links.MOST} links")
            return links.link(it, Link(body.kind, to.reference), caller.id, s)

        return await self._change_both(request, caller, decide)

    async def unlink(self, request: web.Request, caller: Caller) -> web.Response:
        """`DELETE …/links/{kind}/{to}`: it has nothing to do with that ticket; both say so."""
        await self.counter.here(request, caller)
        to = await self.counter.another(request.match_info["to"], "to", caller)
        gone = Link(request.match_info["kind"], to.reference)
        return await self._change_both(
            request, caller, lambda it, s: links.unlink(it, gone, caller.id, s)
        )

    async def put_tags(self, request: web.Request, caller: Caller) -> web.Response:
        """`PUT …/tags {"tags"}`: these, and no others."""
        body = await body_of(request, TagsIn)

        def decide(it: Ticket, s: Situation) -> Change:
            return tags.tag(it, _tags((), body.tags, ()), caller.id, s.now)

        return await self.counter.change(request, caller, decide)

    async def tags(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/tags {"add"?, "remove"?}`: more of them, or fewer."""
        body = await body_of(request, RetagIn)

        def decide(it: Ticket, s: Situation) -> Change:
            return tags.tag(it, _tags(it.tags, body.add, body.remove), caller.id, s.now)

        return await self.counter.change(request, caller, decide)

    async def _change_both(
        self, request: web.Request, caller: Caller, decide: Decide
    ) -> web.Response:
        """Change the one that was asked for; the other follows, at once if that can be."""
        made: list[Change] = []

        def noted(it: Ticket, s: Situation) -> Change:
            made.append(decide(it, s))
            return made[-1]

        answer = await self.counter.change(request, caller, noted)
        for change in made:
            await follow_now(change.messages, desk=self.counter.desk)
        return answer


def _check_patrons(ticket: Ticket, into: Ticket, patrons_differ: bool) -> None:
    """Raises: Problem 409: a slip of the hand would show one patron what another has asked."""
    if not patrons_differ and not merging.is_same_patron(ticket.patron, into.patron):
        raise Problem(
            409,
            "patrons-differ",
            "They are two patrons' tickets",
            "The answer goes to the patron of the ticket that stands, alone. If it shall be so,"
            " say patrons_differ.",
        )


def _part(
    shown: Sequence[Mapping[str, Any]], wanted: Sequence[str], subject: str | None
) -> splitting.Part:
    """Raises: Problem 422: these messages can't go, or not all of them."""
    known = {one["id"]: one for one in shown}
    chosen = [known[one] for one in dict.fromkeys(wanted) if one in known]
    if len(chosen) < len({*wanted}):
        raise _not_these("A message that is not this ticket's")
    if any(one["direction"] == "copy" or one.get("party") for one in chosen):
        raise _not_these("What belongs to a delivery stays with it")
    if any(one["direction"] == "out" for one in chosen):
        raise _not_these("What we sent was sent about this ticket, and stays")
    came_in = [one for one in shown if one["direction"] == "in" and not one.get("party")]
    theirs = {one["id"] for one in came_in if not one["automatic"]}
    if not theirs & {*wanted}:
        raise _not_these("At least one of them must be a patron's letter")
    if theirs <= {*wanted}:
        raise _not_these("At least one of the patron's letters must stay")
    letters = [one["id"] for one in chosen if one["direction"] == "in"]
    notes = [one["id"] for one in chosen if one["direction"] == "note"]
    return splitting.Part(tuple(letters), tuple(notes), subject)


def _not_these(why: str) -> Problem:
    return Problem(422, "invalid", why, field="messages")


def _tags(known: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> tuple[str, ...]:
    try:
        return tags.retagged(known, add, remove)
    except ValueError as error:
        raise Problem(422, "invalid", str(error).capitalize(), field="tags") from error


def routes(counter: Counter) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    these, one, write = Together(counter), "/v1/tickets/{reference}", Scope.TICKETS_WRITE
    scoped = counter.scoped
    return [
        web.post(f"{one}/merge", scoped(write, these.merge, changing(MergeIn, "patrons-differ"))),
        web.post(f"{one}/split", scoped(write, these.split, changing(SplitIn))),
        web.post(f"{one}/links", scoped(write, these.link, changing(LinkIn))),
        web.delete(f"{one}/links/{{kind}}/{{to}}", scoped(write, these.unlink, changing())),
        web.put(f"{one}/tags", scoped(write, these.put_tags, changing(TagsIn))),
        web.post(f"{one}/tags", scoped(write, these.tags, changing(RetagIn))),
    ]
