"""One change that a staff member asks for: on the ticket as they have seen it, or not at all.

Every change wants `If-Match` with the version that the caller has seen, so that two people never
answer the same patron unknowingly. The same request, sent again, is done once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

from services.routing.enclosed import Use, rows_of
from services.routing.entity_tags import says_nothing, versions_in
from services.routing.following import hide_together
from services.routing.handlers import Desk
from services.routing.limits import Limit, unlimited
from services.routing.once import (
    WAS_DONE,
    Scoped,
    asked_of,
    cause_of,
    check_kind,
    once,
    used_before,
)
from services.routing.promise import NotRenegotiable
from services.routing.reading import seen
from services.routing.search_words import words_of
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.store import Tickets
from services.routing.ticket import Change, Ticket
from services.routing.views import Shown
from shared.audit import Reading
from shared.callers import Know, by_token
from shared.described import About, Described, Serve, name_of, says_of
from shared.errors import Transient
from shared.keys import Caller, Scope
from shared.messages import derived_id
from shared.problems import Problem, json_answer
from shared.references import in_text

Document = Mapping[str, Any]
log = structlog.get_logger()

_MOST_TOLD: Final = 20
"""Rows of the timeline that who saw an older ticket is told."""
BRIEF: Final = web.RequestKey("brief", bool)
"""Whether the new version is all that the caller wants to hear of the ticket."""
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
    limit: Limit = unlimited

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
            await self.limit(request, caller)
            if scope not in caller.scopes:
                raise Problem(403, "scope", f"This needs the scope {scope}")
            about.check(request)
            check_kind(request, about)
            if about.takes_bytes:  # which are not read twice: the route knows its key by itself
                return await route(request, caller)
            requests = self.every_ticket.requests
            return await once(request, caller, route, requests, self.desk.clock())

        return Described(scope, name_of(route), says_of(route), about, checked).answer

    async def change(self, request: web.Request, caller: Caller, decide: Decide) -> web.Response:
        """Decide on the ticket as the caller has seen it, save, and send what follows."""
        return await self._carry_out(request, caller, decide, cause_of(request, caller))

    async def change_with_words(
        self,
        request: web.Request,
        caller: Caller,
        words: tuple[str, str],
        decide: Callable[[Ticket, Situation, str], Change],
        files: Sequence[str] = (),
    ) -> web.Response:
        """The same with words (direction, text), which are kept first: they count once the ticket
        names them, which is the commit. `decide` is given their id. `files`: the drafts that go
        with them."""
        cause = cause_of(request, caller)
        direction, text = words
        _work_on(await self.tickets_of(caller).find(reference_of(request)))
        letter_id = derived_id(cause, "words", text, *files)
        letter = {
            "_id": letter_id,
            "direction": direction,
            "reference": reference_of(request),
            "at": self.desk.clock(),
            "by": {"id": caller.id, "name": caller.name},
            "text": text,
        }
        if files:
            letter["attachments"] = await self._enclosed(request, caller, letter_id, files)
        await self.every_ticket.write_down(letter)
        found_by = words_of([text], self.desk.library.library.languages)

        def with_words(ticket: Ticket, situation: Situation) -> Change:
            return replace(decide(ticket, situation, letter_id), words=found_by)

        answer = await self._carry_out(request, caller, with_words, cause)
        if files:
            await self._settle(letter_id, files)
        return answer

    async def _enclosed(
        self, request: web.Request, caller: Caller, letter_id: str, files: Sequence[str]
    ) -> list[dict[str, Any]]:
        """The rows of these files. Raises: Problem: one of them may not go with it."""
        found = await self.every_ticket.drafts.find(files)
        links = self.desk.library.links
        use = Use(caller.id, reference_of(request), letter_id, self.desk.clock())
        return rows_of(files, found, use, may_link=links.address is not None)

    async def _settle(self, letter_id: str, files: Sequence[str]) -> None:
        """The reply has gone: whether it could be noted changes nothing of it."""
        try:
            await self.every_ticket.drafts.settle(letter_id, files)
        except Transient as error:
            log.warning("files_unsettled", letter_id=letter_id, reason=str(error))

    async def _carry_out(
        self, request: web.Request, caller: Caller, decide: Decide, cause: str
    ) -> web.Response:
        reference = reference_of(request)
        ticket = await self._seen(request, caller, reference, cause)
        if ticket is None:
            return await self._done_before(request, caller, reference, cause)
        change = _decided(decide, ticket, self.desk.situation(cause))
        asked = asked_of(request, cause)
        if not await self.every_ticket.save(change, caused_by=cause, asked=asked):
            if await self.every_ticket.is_durable(reference, cause):
                return await self._done_before(request, caller, reference, cause)
            raise await self._stale(reference, caller, ticket.version)
        self.desk.gave(change)
        self.desk.outbox.send(reference, change.outgoing)
        await hide_together(change, desk=self.desk)
        log.info("ticket_changed", reference=reference, by=caller.id, change=_action(request))
        # They have seen it, and are told what they did, even if it is now out of their sight.
        return await self._answer(request, caller, self.every_ticket, reference)

    async def _done_before(
        self, request: web.Request, caller: Caller, reference: str, cause: str
    ) -> web.Response:
        """The answer to a request that comes again; it must be the one of the first time."""
        asked = asked_of(request, cause)
        is_same = request.get(WAS_DONE) or asked is None
        if not is_same and not await self.every_ticket.has_applied(reference, asked or ""):
            raise used_before()
        return await self._answer(request, caller, self.tickets_of(caller), reference)

    async def _seen(
        self, request: web.Request, caller: Caller, reference: str, cause: str
    ) -> Ticket | None:
        """The ticket, if the caller has seen it as it is; None if this very request was done."""
        ticket = await self.tickets_of(caller).find(reference)
        wanted = if_match(request, ticket.version if ticket else None)
        was_done = request.get(WAS_DONE) or await self.every_ticket.has_applied(reference, cause)
        if ticket is not None and was_done:
            return None
        ticket = _work_on(ticket)
        if ticket.version != wanted:
            # The same request, at the same moment, may be what has changed it.
            if await self.every_ticket.is_durable(reference, cause):
                return None
            raise await self._stale(reference, caller, wanted)
        if ticket.merged_into is not None:
            raise await self._merged(ticket.merged_into, caller)
        return ticket

    async def _merged(self, into: str, caller: Caller) -> Problem:
        """409; which one stands is told to those who may know of it."""
        is_seen = into in await self.tickets_of(caller).in_sight([into])
        told: dict[str, Any] = {"into": into} if is_seen else {}
        return Problem(409, "merged", "Another ticket stands for this one", **told)

    async def _stale(self, reference: str, caller: Caller, version: int) -> Problem:
        """RFC 9110 §13.1.1: 412, with the ticket's version, what happened to it since, and the
        words that came with it: enough to decide whether what was to be said still holds."""
        found = await self.tickets_of(caller).whole(reference)
        if found is None:
            return no_ticket()
        shown = await self._read(found, caller, "changes")
        since = [one for one in shown["timeline"] if one.get("version", 0) > version]
        told = since[-_MOST_TOLD:]
        named = {one["letter"] for one in told if "letter" in one}
        return Problem(
            412,
            "stale",
            "The ticket has changed since you read it",
            version=found["version"],
            changed=told,
            earlier=len(since) - len(told),
            messages=[one for one in shown["messages"] if one["id"] in named],
        )

    async def whole(self, reference: str, caller: Caller) -> web.Response:
        """The ticket with everything, and an ETag of its version. Raises: Problem 404."""
        found = await self._there(reference, self.tickets_of(caller))
        return await self._told(found, caller)

    async def _answer(
        self, request: web.Request, caller: Caller, tickets: Tickets, reference: str
    ) -> web.Response:
        """How the ticket stands after a change; its version alone, if no more is asked for."""
        found = await self._there(reference, tickets)
        if request.get(BRIEF):
            return json_answer({"version": found["version"]})
        return await self._told(found, caller)

    async def _there(self, reference: str, tickets: Tickets) -> Document:
        found = await tickets.whole(reference)
        if found is None:
            raise no_ticket()
        return found

    async def _told(self, found: Document, caller: Caller) -> web.Response:
        return json_answer(await self._read(found, caller, "ticket"), ETag=f'"{found["version"]}"')

    async def _read(self, found: Document, caller: Caller, what: str) -> Shown:
        """What the caller is shown of it, once that is written down."""
        read = await seen(found, self.every_ticket, caller)
        await self.note_reading(caller, what, read.tickets)
        return self.as_now(read.shown)

    def as_now(self, shown: Shown) -> Shown:
        """A ticket whose owner is told by the name they have now."""
        return shown | {"owner": self.desk.roster.as_now(shown["owner"])}

    async def here(self, request: web.Request, caller: Caller) -> Ticket:
        """The ticket that the path names, to be worked on. Raises: Problem 404, 410."""
        return _work_on(await self.tickets_of(caller).find(reference_of(request)))

    async def messages_of(self, reference: str, caller: Caller) -> list[Shown]:
        """What was said on it, as the caller is shown it. Raises: Problem 404."""
        found = await self._there(reference, self.tickets_of(caller))
        return list((await seen(found, self.every_ticket, caller)).shown["messages"])

    async def another(self, written: str, field: str, caller: Caller) -> Ticket:
        """A ticket that a body names. Raises: Problem 422: there is none, or the caller may not
        know of it; 410: its patron was erased."""
        names = in_text(written)
        found = await self.tickets_of(caller).find(names[0]) if names else None
        if found is None:
            raise Problem(422, "invalid", "There is no such ticket", field=field)
        return _work_on(found)


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


def if_match(request: web.Request, current: int | None = None) -> int:
    """The version that the caller has seen; of several, the current one (RFC 9110 §13.1.1), if it
    is known and among them, else the newest.

    Raises: Problem 428: it says none; 400: it can't be read; 412: what it says can't match.
    """
    said = ",".join(request.headers.getall("If-Match", ()))
    # RFC 6585 §3: a change without a condition is refused.
    if says_nothing(said):
        raise Problem(428, "if-match", "If-Match with the ETag is needed")
    # RFC 9110 §13.1.1: true of whatever is there, and so nothing is said of what was seen.
    if said.strip() == "*":
        raise Problem(428, "if-match", "If-Match with the ETag is needed: * says not what you saw")
    try:
        versions = versions_in(said)
    except ValueError as error:
        raise Problem(400, "if-match", "If-Match is no list of ETags", str(error)) from error
    if not versions:
        weak = "A weak tag (W/) matches nothing" if "W/" in said else None
        raise Problem(412, "no-version", "If-Match names no version of ours", weak)
    return current if current in versions else max(versions)
