"""One change that a staff member asks for: on the ticket as they have seen it, or not at all.

Every change wants `If-Match` with the version that the caller has seen, so that two people never
answer the same patron unknowingly. The same request, sent again, is done once.
"""

import re
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

from services.routing.handlers import Desk
from services.routing.promise import NotRenegotiable
from services.routing.search_words import words_of
from services.routing.sight import named_in, sees_all, without_others
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.store import Tickets
from services.routing.ticket import Change, Ticket
from services.routing.views import as_whole
from shared.audit import Reading
from shared.callers import Know, by_token
from shared.described import About, Described, Serve, name_of, says_of
from shared.keys import Caller, Scope
from shared.messages import derived_id
from shared.problems import Problem, json_answer
from shared.references import in_text

Document = Mapping[str, Any]
log = structlog.get_logger()

_VERSION: Final = re.compile(r'"(\d{1,9})"', re.ASCII)
Scoped = Callable[[web.Request, Caller], Awaitable[web.StreamResponse]]
Decide = Callable[[Ticket, Situation], Change]
"""From the ticket as it is: the change. Raises: Refused, NotRenegotiable."""


class Audit(Protocol):
    """What keeps who has read what."""

    async def note(self, reading: Reading) -> None: ...


@dataclass(frozen=True)
class Counter:
    """Where requests are let in, and changes made."""

    desk: Desk
    every_ticket: Tickets
    """As the desk sees them. What is shown to a caller is read by `tickets_of`."""
    audit: Audit
    know: Know = by_token

    def tickets_of(self, caller: Caller) -> Tickets:
        """The tickets, where what the caller may not know of is not there."""
        return self.every_ticket.seen_by(caller)

    async def note_reading(self, caller: Caller, what: str, tickets: Iterable[Document]) -> None:
        """Write down that they read these, as far as they are confidential. Before they are shown.

        Raises: Transient.
        """
        found = tuple(one["_id"] for one in tickets if one.get("confidential"))
        if found:
            await self.audit.note(Reading(caller.id, what, found, self.desk.clock()))

    def scoped(self, scope: Scope, route: Scoped, about: About) -> Serve:
        """The route, for staff whose token has this scope."""

        async def checked(request: web.Request) -> web.StreamResponse:
            caller = await self.know(request, self.every_ticket, self.desk.clock())
            if caller is None:
                raise Problem(401, "unauthorised", "A valid token is needed")
            if scope not in caller.scopes:
                raise Problem(403, "scope", f"This needs the scope {scope}")
            about.check(request)
            return await route(request, caller)

        return Described(scope, name_of(route), says_of(route), about, checked).answer

    async def change(self, request: web.Request, caller: Caller, decide: Decide) -> web.Response:
        """Decide on the ticket as the caller has seen it, save, and send what follows."""
        return await self._carry_out(request, caller, decide, cause_of(request, caller), None)

    async def change_with_words(
        self,
        request: web.Request,
        caller: Caller,
        words: tuple[str, str],
        decide: Callable[[Ticket, Situation, str], Change],
    ) -> web.Response:
        """The same with words (direction, text), which are kept first: they count once the ticket
        names them, which is the commit. `decide` is given their id."""
        cause = cause_of(request, caller)
        direction, text = words
        _work_on(await self.tickets_of(caller).find(reference_of(request)))
        letter_id = derived_id(cause, "words", text)
        await self.every_ticket.write_down(
            {
                "_id": letter_id,
                "direction": direction,
                "reference": reference_of(request),
                "at": self.desk.clock(),
                "by": {"id": caller.id, "name": caller.name},
                "text": text,
            }
        )
        found_by = words_of([text], self.desk.library.library.languages)

        def with_words(ticket: Ticket, situation: Situation) -> Change:
            return replace(decide(ticket, situation, letter_id), words=found_by)

        return await self._carry_out(request, caller, with_words, cause, letter_id)

    async def _carry_out(
        self,
        request: web.Request,
        caller: Caller,
        decide: Decide,
        cause: str,
        letter_id: str | None,
    ) -> web.Response:
        reference = reference_of(request)
        ticket = await self._seen(request, caller, reference, cause)
        if ticket is None:
            return await self._done_before(reference, caller, letter_id)
        change = _decided(decide, ticket, self.desk.situation(cause))
        if not await self.every_ticket.save(change, caused_by=cause):
            if await self.every_ticket.is_durable(reference, cause):
                return await self._done_before(reference, caller, letter_id)
            raise await self._stale(reference, caller, ticket.version)
        self.desk.gave(change)
        self.desk.outbox.send(reference, change.messages)
        log.info("ticket_changed", reference=reference, by=caller.id, change=_action(request))
        # They have seen it, and are told what they did, even if it is now out of their sight.
        return await self._shown(self.every_ticket, reference, caller)

    async def _done_before(
        self, reference: str, caller: Caller, letter_id: str | None
    ) -> web.Response:
        """The answer to a request that comes again; its words must be those of the first time."""
        found = await self.tickets_of(caller).whole(reference) or {}
        said = {one.get("letter") for one in found.get("timeline", ())}
        if letter_id is not None and letter_id not in said:
            raise Problem(
                422, "idempotency-key-used", "This Idempotency-Key came with other words before"
            )
        return await self.whole(reference, caller)

    async def _seen(
        self, request: web.Request, caller: Caller, reference: str, cause: str
    ) -> Ticket | None:
        """The ticket, if the caller has seen it as it is; None if this very request was done."""
        wanted = _if_match(request)
        ticket = await self.tickets_of(caller).find(reference)
        if ticket is not None and await self.every_ticket.has_applied(reference, cause):
            return None
        ticket = _work_on(ticket)
        if ticket.version != wanted:
            # The same request, at the same moment, may be what has changed it.
            if await self.every_ticket.is_durable(reference, cause):
                return None
            raise await self._stale(reference, caller, wanted)
        return ticket

    async def _stale(self, reference: str, caller: Caller, seen: int) -> Problem:
        """RFC 9110 §13.1.1: 412, with the ticket's version and what happened to it of late."""
        found = await self.tickets_of(caller).whole(reference)
        if found is None:
            return no_ticket()
        await self.note_reading(caller, "changes", [found])
        return Problem(
            412,
            "stale",
            "The ticket has changed since you read it",
            version=found.get("version"),
            changed=_since(found, seen),
        )

    async def whole(self, reference: str, caller: Caller) -> web.Response:
        """The ticket with everything, and an ETag of its version. Raises: Problem 404."""
        return await self._shown(self.tickets_of(caller), reference, caller)

    async def _shown(self, tickets: Tickets, reference: str, caller: Caller) -> web.Response:
        found = await tickets.whole(reference)
        if found is None:
            raise no_ticket()
        await self.note_reading(caller, "ticket", [found])
        if not sees_all(caller):
            named = named_in(found)
            found = without_others(found, set(named) - await tickets.in_sight(named))
        written = [one["letter"] for one in found["timeline"] if "letter" in one]
        letters = await tickets.letters(reference, written)
        notices = await tickets.notices(reference)
        return json_answer(as_whole(found, letters, notices), ETag=f'"{found["version"]}"')


def _decided(decide: Decide, ticket: Ticket, situation: Situation) -> Change:
    try:
        return decide(ticket, situation)
    except Refused as error:
        raise Problem(
            409, "not-allowed", str(error).capitalize(), ticket_status=error.status
        ) from error
    except NotRenegotiable as error:
        raise Problem(422, "impossible", str(error).capitalize(), field="due_at") from error


def no_ticket() -> Problem:
    """There is none, or the caller may not know of it."""
    return Problem(404, "not-found", "No such ticket")


def reference_of(request: web.Request) -> str:
    """The ticket that the path names. Raises: Problem 404."""
    found = in_text(request.match_info["reference"])
    if not found:
        raise no_ticket()
    return found[0]


def _work_on(ticket: Ticket | None) -> Ticket:
    """Raises: Problem 404: there is none; 410: nothing is to be kept about whoever was erased."""
    if ticket is None:
        raise no_ticket()
    if ticket.erased_at is not None:
        raise Problem(410, "erased", "Its patron was erased; nothing is left to work on")
    return ticket


def _action(request: web.Request) -> str:
    return request.path.rpartition("/")[2]


def _if_match(request: web.Request) -> int:
    """RFC 6585 §3: a change without a condition is refused."""
    tag = request.headers.get("If-Match", "").strip()
    if not tag:
        raise Problem(428, "if-match", "If-Match with the ticket's ETag is needed")
    version = _VERSION.fullmatch(tag)
    if version is None:
        raise Problem(412, "stale", "If-Match is no version of this ticket")
    return int(version[1])


def cause_of(request: web.Request, caller: Caller) -> str:
    """The request's own id: the same Idempotency-Key of the same caller is the same request."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return uuid.uuid4().hex
    if not key.isascii() or not 1 <= len(key) <= 200:
        raise Problem(400, "idempotency-key", "An Idempotency-Key has 1 to 200 ASCII characters")
    return derived_id(caller.id, request.path, key)


def _since(found: Mapping[str, Any], seen: int) -> list[Mapping[str, Any]]:
    """What the timeline says of the changes after version `seen`; at most the newest twenty."""
    return [one for one in found.get("timeline", ()) if one["version"] > seen][-20:]
