"""The staff's JSON API: the queue, a ticket, and what one can do with it.

Every change wants `If-Match` with the version that the caller has seen, so that two people never
answer the same patron unknowingly.
"""

import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from services.routing import ticket as actions
from services.routing.attachments import get_attachment
from services.routing.handlers import Outbox
from services.routing.hours import Calendar
from services.routing.listing import cursor_after, filter_of, limit_of, place_of
from services.routing.promise import promised, published
from services.routing.roster import Roster
from services.routing.store import Tickets
from services.routing.ticket import Change, Event, NotAllowed, Owner, Ticket
from services.routing.views import as_item, as_whole
from shared.keys import Caller, Scope, bearer, caller_of, digest
from shared.library import Library
from shared.messages import derived_id
from shared.problems import Problem, arrived, as_problems, body_of, json_answer
from shared.references import in_text

log = structlog.get_logger()

_VERSION: Final = re.compile(r'"(\d{1,9})"', re.ASCII)
Scoped = Callable[[web.Request, Caller], Awaitable[web.Response]]
Decide = Callable[[Ticket, datetime, str], Change]
"""From the ticket as it is, now, and the cause's id: the change. Raises: NotAllowed."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Empty(_Body):
    """No fields: the action says it all."""


class WordsIn(_Body):
    """`/reply`, `/note`."""

    text: Annotated[str, Field(min_length=1, max_length=100_000)]


class AssignIn(_Body):
    """`/assign`: whom the ticket is given to."""

    owner: str


class WaitIn(_Body):
    """`/wait`: whose turn it is."""

    on: Annotated[Literal["patron", "third_party"], Field(alias="for")]


@dataclass(frozen=True)
class Api:
    """What the routes need."""

    tickets: Tickets
    outbox: Outbox
    roster: Roster
    library: Library
    calendars: Mapping[str, Calendar]
    clock: Callable[[], datetime]

    async def list_tickets(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/tickets?status=&owner=me|none|ID&team=&limit=&cursor=`: what is due first."""
        limit = limit_of(request.query)
        after = place_of(request.query.get("cursor"))
        found = await self.tickets.page(filter_of(request.query, caller), after, limit + 1)
        more = len(found) > limit
        items = [as_item(one) for one in found[:limit]]
        return json_answer(
            {"items": items, "next": cursor_after(found[limit - 1]) if more else None}
        )

    async def get_ticket(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/tickets/{reference}`: everything, with an ETag of its version."""
        return await self._whole(_reference(request))

    async def claim(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/claim`: it is mine."""
        await body_if_any(request, Empty)
        me = Owner(caller.id, caller.name)
        return await self._change(
            request, caller, lambda it, now, _: actions.assign(it, me, caller.id, now)
        )

    async def assign(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/assign {"owner": id}`: it is a colleague's."""
        wanted = (await body_of(request, AssignIn)).owner
        await self.roster.read()
        found = next((one for one in self.roster.staff if one.id == wanted), None)
        if found is None:
            raise Problem(422, "unknown-staff", "There is no such staff member", field="owner")
        owner = Owner(found.id, found.name)
        return await self._change(
            request, caller, lambda it, now, _: actions.assign(it, owner, caller.id, now)
        )

    async def reply(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/reply {"text"}`: the patron is answered."""
        text = (await body_of(request, WordsIn)).text
        me = Owner(caller.id, caller.name)
        cause = _cause(request, caller)
        letter_id = await self._write_down(request, caller, text, cause, "out")
        return await self._change(
            request,
            caller,
            lambda it, now, cause: actions.reply(_reachable(it), me, letter_id, cause, now),
            cause,
            letter_id,
        )

    async def note(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/note {"text"}`: colleagues are told, the patron isn't."""
        text = (await body_of(request, WordsIn)).text
        cause = _cause(request, caller)
        letter_id = await self._write_down(request, caller, text, cause, "note")
        return await self._change(
            request,
            caller,
            lambda it, now, _: actions.note(it, caller.id, letter_id, now),
            cause,
            letter_id,
        )

    async def wait(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/wait {"for": "patron"|"third_party"}`."""
        on = (await body_of(request, WaitIn)).on
        event = Event.WAIT_FOR_PATRON if on == "patron" else Event.WAIT_FOR_THIRD_PARTY
        return await self._change(
            request, caller, lambda it, now, _: actions.wait(it, event, caller.id, now)
        )

    async def resolve(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/resolve`: the enquiry is answered."""
        await body_if_any(request, Empty)
        return await self._change(
            request, caller, lambda it, now, _: actions.resolve(it, caller.id, now)
        )

    async def reopen(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/reopen`: it was not answered after all."""
        await body_if_any(request, Empty)

        def decide(it: Ticket, now: datetime, _: str) -> Change:
            standard = published(self.library.promise.first_answer)
            promise = promised(now, standard, self.calendars[it.team])
            return actions.reopen(it, promise, caller.id, now)

        return await self._change(request, caller, decide)

    async def _write_down(
        self, request: web.Request, caller: Caller, text: str, cause: str, direction: str
    ) -> str:
        """Keep the words first: they count once the ticket names them, which is the commit."""
        letter_id = derived_id(cause, "words", text)
        await self.tickets.write_down(
            {
                "_id": letter_id,
                "direction": direction,
                "reference": _reference(request),
                "at": self.clock(),
                "by": {"id": caller.id, "name": caller.name},
                "text": text,
            }
        )
        return letter_id

    async def _change(
        self,
        request: web.Request,
        caller: Caller,
        decide: Decide,
        cause: str | None = None,
        letter_id: str | None = None,
    ) -> web.Response:
        """Decide on the ticket as the caller has seen it, save, and send what follows."""
        reference = _reference(request)
        cause = cause or _cause(request, caller)
        ticket = await self._seen(request, reference, cause)
        if ticket is None:
            return await self._done_before(reference, letter_id)
        try:
            change = decide(ticket, self.clock(), cause)
        except NotAllowed as error:
            raise Problem(
                409, "not-allowed", str(error).capitalize(), ticket_status=error.status
            ) from error
        if not await self.tickets.save(change, caused_by=cause):
            if await self.tickets.is_durable(reference, cause):
                return await self._done_before(reference, letter_id)
            raise await self._stale(reference, ticket.version)
        self.outbox.send(reference, change.messages)
        log.info("ticket_changed", reference=reference, by=caller.id, change=_action(request))
        return await self._whole(reference)

    async def _done_before(self, reference: str, letter_id: str | None) -> web.Response:
        """The answer to a request that comes again; its words must be those of the first time."""
        found = await self.tickets.whole(reference) or {}
        said = {one.get("letter") for one in found.get("timeline", ())}
        if letter_id is not None and letter_id not in said:
            raise Problem(
                422, "idempotency-key-used", "This Idempotency-Key came with other words before"
            )
        return await self._whole(reference)

    async def _seen(self, request: web.Request, reference: str, cause: str) -> Ticket | None:
        """The ticket, if the caller has seen it as it is; None if this very request was done."""
        wanted = _if_match(request)
        ticket = await self.tickets.find(reference)
        if ticket is None:
            raise _no_ticket()
        if await self.tickets.has_applied(reference, cause):
            return None
        if ticket.version != wanted:
            # The same request, at the same moment, may be what has changed it.
            if await self.tickets.is_durable(reference, cause):
                return None
            raise await self._stale(reference, wanted)
        return ticket

    async def _stale(self, reference: str, seen: int) -> Problem:
        """RFC 9110 §13.1.1: 412, with the ticket's version and what happened to it of late."""
        found = await self.tickets.whole(reference) or {}
        return Problem(
            412,
            "stale",
            "The ticket has changed since you read it",
            version=found.get("version"),
            changed=_since(found, seen),
        )

    async def _whole(self, reference: str) -> web.Response:
        found = await self.tickets.whole(reference)
        if found is None:
            raise _no_ticket()
        written = [one["letter"] for one in found["timeline"] if "letter" in one]
        letters = await self.tickets.letters(reference, written)
        notices = await self.tickets.notices(reference)
        return json_answer(as_whole(found, letters, notices), ETag=f'"{found["version"]}"')

    def scoped(
        self, scope: Scope, route: Scoped
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The route, for staff whose token has this scope."""

        async def checked(request: web.Request) -> web.Response:
            key = bearer(request.headers.get("Authorization"))
            stored = await self.tickets.key(digest(key)) if key else None
            caller = caller_of(stored, self.clock())
            if caller is None:
                raise Problem(401, "unauthorised", "A valid token is needed")
            if scope not in caller.scopes:
                raise Problem(403, "scope", f"This needs the scope {scope}")
            return await route(request, caller)

        return checked


def _no_ticket() -> Problem:
    return Problem(404, "not-found", "No such ticket")


def _reachable(ticket: Ticket) -> Ticket:
    if ticket.patron.address is None:
        raise Problem(409, "no-address", "The patron gave no address that mail can be sent to")
    return ticket


def _reference(request: web.Request) -> str:
    found = in_text(request.match_info["reference"])
    if not found:
        raise _no_ticket()
    return found[0]


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


def _cause(request: web.Request, caller: Caller) -> str:
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


async def body_if_any(request: web.Request, model: type[BaseModel]) -> None:
    """A body is not needed; one that is there must be as wanted. Raises: Problem."""
    if request.body_exists and await arrived(request):
        await body_of(request, model)


def make_app(api: Api) -> web.Application:
    """Every route, each with the scope that it needs."""
    app = web.Application(middlewares=[as_problems], client_max_size=1024 * 1024)
    read, write = Scope.TICKETS_READ, Scope.TICKETS_WRITE
    one = "/v1/tickets/{reference}"
    app.add_routes(
        [
            web.get("/v1/tickets", api.scoped(read, api.list_tickets)),
            web.get(one, api.scoped(read, api.get_ticket)),
            web.post(f"{one}/claim", api.scoped(write, api.claim)),
            web.post(f"{one}/assign", api.scoped(write, api.assign)),
            web.post(f"{one}/reply", api.scoped(write, api.reply)),
            web.post(f"{one}/note", api.scoped(write, api.note)),
            web.post(f"{one}/wait", api.scoped(write, api.wait)),
            web.post(f"{one}/resolve", api.scoped(write, api.resolve)),
            web.post(f"{one}/reopen", api.scoped(write, api.reopen)),
            web.get(
                "/v1/attachments/{id}",
                api.scoped(read, partial(get_attachment, tickets=api.tickets)),
            ),
        ]
    )
    return app
