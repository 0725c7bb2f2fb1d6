"""The HTTP door, for integrations such as the catalogue.

It answers `202` only once an enquiry is kept, and within five seconds whatever MongoDB does. It
says nothing of what is another's: unknown and foreign references have the same answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

from services.intake.accept import Desk, keep
from services.intake.bodies import (
    ContactLostIn,
    EnquiryIn,
    Path,
    contact_letter,
    enquiry_letter,
    request_id,
)
from services.intake.descriptions import CONTACT, ENQUIRY, STATE
from services.intake.letter import Letter
from services.intake.store import Letters
from shared.accepting import keep_to_themselves
from shared.addresses import untagged
from shared.allowances import Use
from shared.described import About, Described, Serve, name_of, says_of
from shared.errors import Transient
from shared.keys import Caller, Scope, bearer, caller_of, digest
from shared.messages import ContactLost, EnquiryReceived
from shared.mongo import Document
from shared.peer import Network, client_of
from shared.problems import Problem, arrived, as_problems, body_of, json_answer, too_many
from shared.references import in_text

log = structlog.get_logger()

KEY_LIFE: Final = timedelta(hours=24)
"""How long an Idempotency-Key stands for the enquiry that it first came with."""
MOST_MISSES: Final = 60
"""References that are not there, or another's, that a key may name in a minute."""
MOST_WRONG_KEYS: Final = 20
"""From one client in a minute, until it is told to stop. A good key is served all the same."""
_MINUTE: Final = timedelta(minutes=1)
_LONGEST_KEY: Final = 200
_MOST_WORDS: Final = 64 * 1024
"""Bytes of a body that has no files in it."""
_PATIENCE: Final = 4.5
"""Seconds in which a request that is there is answered."""
_BYTES_A_SECOND: Final = 2_000_000
"""More patience for what takes long to write down."""
Scoped = Callable[[web.Request, Caller], Awaitable[web.Response]]


class Allowances(Protocol):
    """What counts attempts."""

    async def use(self, key: str, most: int, window: timedelta) -> Use: ...
    async def look(self, key: str, most: int) -> Use: ...


@dataclass(frozen=True)
class Front:
    """What the routes need."""

    desk: Desk
    letters: Letters
    allowances: Allowances
    topics: frozenset[str]
    clock: Callable[[], datetime]
    proxies: Sequence[Network] = ()
    """Who may say whose request it is."""
    longest_body: float = 120.0
    """Seconds that a client may take to send its body."""

    async def post_enquiry(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST /v1/enquiries`: an enquiry is kept. The answer comes once it is, and is the same
        for the same key."""
        key = _idempotency_key(request)
        body = await body_of(request, EnquiryIn)
        if body.topic is not None and body.topic not in self.topics:
            raise _fault("topic", f"not one of: {', '.join(sorted(self.topics))}")
        self._check_email(body.patron.email)
        letter = enquiry_letter(body, await request.read(), caller, await self.letters.now())
        return await self._kept("enquiries", letter, caller, key)

    async def post_lost_contact(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST /v1/contacts/lost`: a call or chat was cut off. It is kept like an enquiry:
        somebody's task is to make contact again."""
        key = _idempotency_key(request)
        body = await body_of(request, ContactLostIn)
        if not body.is_reachable:
            raise _fault("patron", "wanted: an email, a phone, or a reference")
        self._check_email(body.patron.email)
        letter = contact_letter(body, await request.read(), caller, await self.letters.now())
        joins = await self._ticket_named(body, caller) if body.reference else None
        return await self._kept("contacts", letter, caller, key, joins)

    def _check_email(self, email: str | None) -> None:
        """Raises: Problem: what we acknowledge to ourselves would come in again."""
        if email is not None and untagged(email) in self.desk.clerk.own:
            raise _fault("patron.email", "an address of the library's own")

    async def _ticket_named(self, body: ContactLostIn, caller: Caller) -> str | None:
        """The ticket that is named, if this integration opened it and its patron, as far as the
        body tells who he is, belongs to it. Else none: a reference proves nothing, nor does an
        address that somebody has typed into a catalogue."""
        await self._may_guess(caller)
        reference, email = str(body.reference), body.patron.email
        belongs = await self.letters.enquiry(reference, caller.id) is not None
        if belongs and email is not None:
            belongs = await self.letters.belongs(reference, email)
        if not belongs:
            await self._count_miss(caller)
        return reference if belongs else None

    async def _kept(
        self, path: Path, letter: Letter, caller: Caller, key: str, joins: str | None = None
    ) -> web.Response:
        """Keep it under the id of its Idempotency-Key. A key whose life is over names another
        enquiry, under the next id of a row: whether it is over, the kept letter itself says. Both
        moments are by the database's clock: those of copies may differ by a day."""
        turn = 0
        while True:
            wanted = replace(letter, id=request_id(path, caller, key, turn))
            kept = await self._kept_as(wanted, path, joins)
            if letter.at - kept["at"] < KEY_LIFE:
                return _answer(letter, kept)
            turn += 1

    async def _kept_as(self, letter: Letter, path: Path, joins: str | None) -> Document:
        """The letter of this id, be it this one or one that came before it."""
        event = ContactLost if path == "contacts" else EnquiryReceived
        await keep(letter, desk=self.desk, event=event, joins=joins)
        kept = await self.letters.find(letter.id)
        if kept is None:
            raise Transient("what was kept can't be read yet")
        return kept

    async def get_enquiry(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/enquiries/{reference}`: what became of it, for the integration that posted
        it."""
        await self._may_guess(caller)
        named = in_text(request.match_info["reference"])
        found = await self.letters.enquiry(named[0], caller.id) if named else None
        if found is None:
            await self._count_miss(caller)
            raise Problem(404, "not-found", "No such enquiry of yours")
        return json_answer(_state(named[0], found))

    async def _may_guess(self, caller: Caller) -> None:
        """Raises: Problem: it has named too many references that are none of its own."""
        before = await self.allowances.look(f"misses {caller.id}", MOST_MISSES)
        if not before.allowed:
            raise too_many("misses", before, MOST_MISSES, _MINUTE)

    async def _count_miss(self, caller: Caller) -> None:
        await self.allowances.use(f"misses {caller.id}", MOST_MISSES, _MINUTE)

    def scoped(self, route: Scoped, about: About, most: int = _MOST_WORDS) -> Serve:
        """The route for callers whose key may write enquiries, answered in time. `most`: bytes of
        its body."""
        scope = Scope.ENQUIRIES_WRITE

        async def checked(request: web.Request) -> web.Response:
            began = asyncio.get_running_loop().time()
            with _told_to_try_again():
                async with asyncio.timeout(_PATIENCE):
                    caller = await self._caller(request)
            if scope not in caller.scopes:
                raise Problem(403, "scope", f"This needs the scope {scope}")
            about.check(request)
            left = _PATIENCE - (asyncio.get_running_loop().time() - began)
            request = request.clone(client_max_size=most)
            size = len(await arrived(request, self.longest_body))
            with _told_to_try_again():
                async with asyncio.timeout(left + size / _BYTES_A_SECOND):
                    return await route(request, caller)

        return Described(scope, name_of(route), says_of(route), about, checked).answer

    async def _caller(self, request: web.Request) -> Caller:
        key = bearer(request.headers.get("Authorization"))
        stored = await self.letters.key(digest(key)) if key else None
        caller = caller_of(stored, self.clock())
        if caller is None:
            forwarded = request.headers.getall("X-Forwarded-For", [])
            client = client_of(request.remote, forwarded, self.proxies)
            use = await self.allowances.use(f"wrong keys {client}", MOST_WRONG_KEYS, _MINUTE)
            if not use.allowed:
                raise too_many("wrong-keys", use, MOST_WRONG_KEYS, _MINUTE)
            raise Problem(401, "unauthorised", "A valid key is needed")
        return caller


@contextmanager
def _told_to_try_again() -> Iterator[None]:
    """A request that takes too long is one that can't be answered now. Raises: Transient."""
    try:
        yield
    except (Transient, TimeoutError) as error:
        log.warning("request_postponed", reason=str(error) or type(error).__name__)
        raise Transient("not in time") from error


def _idempotency_key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    can_be_seen = all("!" <= one <= "~" for one in key)
    if not can_be_seen or not 1 <= len(key) <= _LONGEST_KEY:
        raise Problem(400, "idempotency-key", "An Idempotency-Key of 1 to 200 characters is needed")
    return key


def _answer(letter: Letter, kept: Document) -> web.Response:
    if kept["asked"]["body_digest"] != letter.asked["body_digest"]:
        raise Problem(
            422, "idempotency-key-used", "This Idempotency-Key came with another body before"
        )
    reference = kept["reference"]
    return json_answer({"reference": reference, "href": f"/v1/enquiries/{reference}"}, status=202)


def _fault(field: str, reason: str) -> Problem:
    errors = [{"field": field, "reason": reason}]
    return Problem(422, "invalid", "The body is not as wanted", errors=errors)


def _state(reference: str, found: Document) -> dict[str, Any]:
    state = {
        "reference": reference,
        "status": found["status"],
        "received_at": found["received_at"],
    }
    if found.get("owner"):
        state["owner"] = {"name": found["owner"]["name"]}
    if found.get("promise"):
        state["promise"] = {"due_at": found["promise"]["due_at"]}
    return state


def make_app(front: Front, most_bytes: int) -> web.Application:
    """Every route of the intake API."""
    app = web.Application(middlewares=[as_problems], client_max_size=most_bytes)
    app.on_response_prepare.append(keep_to_themselves)
    app.add_routes(
        [
            web.post("/v1/enquiries", front.scoped(front.post_enquiry, ENQUIRY, most_bytes)),
            web.get("/v1/enquiries/{reference}", front.scoped(front.get_enquiry, STATE)),
            web.post("/v1/contacts/lost", front.scoped(front.post_lost_contact, CONTACT)),
        ]
    )
    return app
