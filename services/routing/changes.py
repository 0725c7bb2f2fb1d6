"""One change that a staff member asks for: on the ticket as they have seen it, or not at all.

Every change wants `If-Match` with the version that the caller has seen, so that two people never
answer the same patron unknowingly. The same request, sent again, is done once.
"""

import asyncio
import hashlib
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import web

from services.routing.handlers import Desk
from services.routing.links import family
from services.routing.promise import NotRenegotiable
from services.routing.situation import Situation
from services.routing.splitting import letters_gone, letters_named
from services.routing.status import Refused
from services.routing.store import Tickets
from services.routing.ticket import Change, Link, Ticket
from services.routing.views import Shown, as_whole
from shared.keys import Caller, Scope, bearer, caller_of, digest
from shared.messages import derived_id
from shared.problems import Problem, arrived, json_answer
from shared.references import in_text

log = structlog.get_logger()

_VERSION: Final = re.compile(r'"(\d{1,9})"', re.ASCII)
_LONGEST_READ: Final = 1024 * 1024
"""Bytes of a body that are compared with those of the time before."""
_MOST_TOLD: Final = 20
"""Rows of the timeline that who saw an older ticket is told."""
Scoped = Callable[[web.Request, Caller], Awaitable[web.Response]]
BODY: Final = web.RequestKey("body", str)
"""A digest of what is asked under an Idempotency-Key."""
WAS_DONE: Final = web.RequestKey("was_done", bool)
"""Whether this very request was done before."""
BRIEF: Final = web.RequestKey("brief", bool)
"""Whether the new version is all that the caller wants to hear of the ticket."""
Decide = Callable[[Ticket, Situation], Change]
"""From the ticket as it is: the change. Raises: Refused, NotRenegotiable."""


@dataclass(frozen=True)
class Counter:
    """Where requests are let in, and changes made."""

    desk: Desk
    tickets: Tickets

    def scoped(
        self, scope: Scope, route: Scoped
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The route, for staff whose token has this scope."""

        async def checked(request: web.Request) -> web.Response:
            key = bearer(request.headers.get("Authorization"))
            stored = await self.tickets.key(digest(key)) if key else None
            caller = caller_of(stored, self.desk.clock())
            if caller is None:
                raise Problem(401, "unauthorised", "A valid token is needed")
            if scope not in caller.scopes:
                raise Problem(403, "scope", f"This needs the scope {scope}")
            return await self._once(request, caller, route)

        return checked

    async def _once(self, request: web.Request, caller: Caller, route: Scoped) -> web.Response:
        """Under an Idempotency-Key that was used for this very request, it counts as done; the
        route says what stands now. Raises: Problem 422: it was used for another."""
        if request.method != "POST" or "Idempotency-Key" not in request.headers:
            return await route(request, caller)
        cause, body = cause_of(request, caller), await _digest_of_body(request)
        known = await self.tickets.requests.body(cause)
        if known not in {None, body}:
            raise used_before()
        request[BODY], request[WAS_DONE] = body, known is not None
        answer = await route(request, caller)
        if known is None:  # what failed has raised
            await self.tickets.requests.note(cause, body, self.desk.clock())
        return answer

    async def change(self, request: web.Request, caller: Caller, decide: Decide) -> web.Response:
        """Decide on the ticket as the caller has seen it, save, and send what follows."""
        return await self._carry_out(request, caller, decide, cause_of(request, caller))

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
        letter_id = derived_id(cause, "words", text)
        await self.tickets.write_down(
            {
                "_id": letter_id,
                "direction": direction,
                "reference": reference_of(request),
                "at": self.desk.clock(),
                "by": {"id": caller.id, "name": caller.name},
                "text": text,
            }
        )
        return await self._carry_out(request, caller, lambda it, s: decide(it, s, letter_id), cause)

    async def _carry_out(
        self, request: web.Request, caller: Caller, decide: Decide, cause: str
    ) -> web.Response:
        reference = reference_of(request)
        ticket = await self._seen(request, reference, cause)
        if ticket is None:
            return await self._done_before(request, reference, cause)
        change = _decided(decide, ticket, self.desk.situation(cause))
        if not await self.tickets.save(change, caused_by=cause, asked=_asked(request, cause)):
            if await self.tickets.is_durable(reference, cause):
                return await self._done_before(request, reference, cause)
            raise await self._stale(reference, ticket.version)
        self.desk.gave(change)
        self.desk.outbox.send(reference, change.messages)
        log.info("ticket_changed", reference=reference, by=caller.id, change=_action(request))
        if request.get(BRIEF):
            return json_answer({"version": change.ticket.version})
        return await self.whole(reference)

    async def _done_before(self, request: web.Request, reference: str, cause: str) -> web.Response:
        """The answer to a request that comes again; it must be the one of the first time."""
        asked = _asked(request, cause)
        is_same = request.get(WAS_DONE) or asked is None
        if not is_same and not await self.tickets.has_applied(reference, asked or ""):
            raise used_before()
        return await self.whole(reference)

    async def _seen(self, request: web.Request, reference: str, cause: str) -> Ticket | None:
        """The ticket, if the caller has seen it as it is; None if this very request was done."""
        wanted = if_match(request)
        ticket = await self.tickets.find(reference)
        if ticket is None:
            raise no_ticket()
        if request.get(WAS_DONE) or await self.tickets.has_applied(reference, cause):
            return None
        if ticket.version != wanted:
            # The same request, at the same moment, may be what has changed it.
            if await self.tickets.is_durable(reference, cause):
                return None
            raise await self._stale(reference, wanted)
        if ticket.merged_into is not None:
            raise Problem(
                409, "merged", "Another ticket stands for this one", into=ticket.merged_into
            )
        return ticket

    async def _stale(self, reference: str, seen: int) -> Problem:
        """RFC 9110 §13.1.1: 412, with the ticket's version, what happened to it since, and the
        words that came with it: enough to decide whether what was to be said still holds."""
        found = await self.tickets.whole(reference) or {}
        since = [one for one in found.get("timeline", ()) if one["version"] > seen]
        told = since[-_MOST_TOLD:]
        named = {one["letter"] for one in told if "letter" in one}
        shown = await self._shown(found) if named else {"messages": []}
        return Problem(
            412,
            "stale",
            "The ticket has changed since you read it",
            version=found.get("version"),
            changed=told,
            earlier=len(since) - len(told),
            messages=[one for one in shown["messages"] if one["id"] in named],
        )

    async def whole(self, reference: str) -> web.Response:
        """The ticket with everything, and an ETag of its version. Raises: Problem 404."""
        found = await self.tickets.whole(reference)
        if found is None:
            raise no_ticket()
        return json_answer(await self._shown(found), ETag=f'"{found["version"]}"')

    async def _shown(self, found: Mapping[str, Any]) -> Shown:
        """With the letters of what was merged into it, and without those that were split off."""
        names = family(found["_id"], (Link(**one) for one in found.get("links", ())))
        merged = await asyncio.gather(*(self.tickets.whole(one) for one in names[1:]))
        rows = [row for one in (found, *merged) if one for row in one["timeline"]]
        gone = letters_gone(rows)
        letters = await self.tickets.letters(names, letters_named(rows))
        notices = await self.tickets.notices(names)
        return as_whole(found, [one for one in letters if one["_id"] not in gone], notices)

    async def here(self, request: web.Request) -> Ticket:
        """The ticket that the path names. Raises: Problem 404."""
        found = await self.tickets.find(reference_of(request))
        if found is None:
            raise no_ticket()
        return found

    async def messages_of(self, ticket: Ticket) -> list[Shown]:
        """What was said on it, as it is shown. Raises: Problem 404."""
        found = await self.tickets.whole(ticket.reference)
        if found is None:
            raise no_ticket()
        return list((await self._shown(found))["messages"])

    async def another(self, written: str, field: str) -> Ticket:
        """A ticket that a body names. Raises: Problem 422: there is none, or the caller may not
        know of it."""
        names = in_text(written)
        found = await self.tickets.find(names[0]) if names else None
        if found is None:
            raise Problem(422, "invalid", "There is no such ticket", field=field)
        return found


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


def _action(request: web.Request) -> str:
    return request.path.rpartition("/")[2]


def if_match(request: web.Request) -> int:
    """RFC 6585 §3: a change without a condition is refused."""
    tag = request.headers.get("If-Match", "").strip()
    if not tag:
        raise Problem(428, "if-match", "If-Match with the ETag is needed")
    version = _VERSION.fullmatch(tag)
    if version is None:
        raise Problem(412, "stale", "If-Match is no version")
    return int(version[1])


def cause_of(request: web.Request, caller: Caller) -> str:
    """The request's own id: the same Idempotency-Key of the same caller is the same request."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return uuid.uuid4().hex
    if not key.isascii() or not 1 <= len(key) <= 200:
        raise Problem(400, "idempotency-key", "An Idempotency-Key has 1 to 200 ASCII characters")
    return derived_id(caller.id, request.path, key)


def used_before() -> Problem:
    """The same key, and not the same request."""
    return Problem(
        422, "idempotency-key-used", "This Idempotency-Key came with another request before"
    )


def _asked(request: web.Request, cause: str) -> str | None:
    """What was asked under the key, as the ticket remembers it beside the cause."""
    body = request.get(BODY)
    return None if body is None else derived_id(cause, "asked", body)


async def _digest_of_body(request: web.Request) -> str:
    """Of every byte; of its kind and length alone, if it is larger than any JSON of ours: such a
    body is not held in memory."""
    length = request.content_length
    if length is not None and length > _LONGEST_READ:
        raw = f"{request.content_type} {length}".encode()
    else:
        raw = await arrived(request)
    return hashlib.sha256(raw).hexdigest()
