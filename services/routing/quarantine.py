"""The staff's routes to letters that have no ticket: what could not be read, what was too many, and
automatic mail about nothing. They show a letter as plain text only, and delete none."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import structlog
from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.routing.changes import Counter
from services.routing.listing import cursor_of, limit_of, place_of
from services.routing.questions import AsideQuery
from services.routing.report_answers import AsideAnswer, AsideListAnswer, AsideWholeAnswer
from shared.addresses import checked_address
from shared.described import About, Bytes
from shared.keys import Caller, Scope
from shared.mongo import Document
from shared.problems import Problem, body_of, json_answer
from shared.quarantine import Aside, Quarantine, Release

log = structlog.get_logger()

_SHOWN: Final = 10 * 1024
"""Bytes of a letter as it came that are shown."""
_UNSAFE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_BLANK_LINE: Final = re.compile(r"\n\n")
Route = Callable[[web.Request, Caller], Awaitable[web.StreamResponse]]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PatronIn(_Body):
    """Whom a letter is from that nobody could read."""

    address: Annotated[
        str,
        Field(max_length=320, examples=["rhian@patrons.example"]),
        AfterValidator(checked_address),
    ]
    name: Annotated[str, Field(max_length=200)] | None = None


class ReleaseIn(_Body):
    """`/release`."""

    what: Annotated[Literal["enquiry", "discard"], Field(alias="as")] = "enquiry"
    patron: PatronIn | None = None
    reason: Annotated[str, Field(min_length=1, max_length=1000)] | None = None


RAW: Final = Bytes(("application/octet-stream",))


@dataclass(frozen=True)
class Routes:
    """What staff can do with letters kept aside."""

    quarantine: Quarantine
    counter: Counter

    async def list_letters(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/quarantine?state=quarantined|noted&limit=&cursor=`: the oldest first."""
        aside = _aside(request.query)
        limit, place = limit_of(request.query), place_of(request.query.get("cursor"))
        after = (place[0], place[1]) if place and place[0] else None
        found = await self.quarantine.page(aside, after, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        following = cursor_of(last["at"], last["_id"]) if last else None
        return json_answer({"items": [as_item(one) for one in found[:limit]], "next": following})

    async def get_letter(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/quarantine/{id}`: also one that has been decided about."""
        found = await self._letter(request, caller)
        raw = await self.quarantine.raw(found["_id"], _SHOWN)
        return json_answer(as_item(found) | as_text(raw))

    async def get_raw(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/quarantine/{id}/raw`: every byte as it came, for no browser to show."""
        found = await self._letter(request, caller)
        return web.Response(
            body=await self.quarantine.raw(found["_id"]),
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": 'attachment; filename="message.eml"',
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "sandbox; default-src 'none'",
            },
        )

    async def release(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/release {"as": "enquiry", "patron"?}` or `{"as": "discard", "reason"}`: it is one
        after all, or none.

        Done twice it is done once. What a colleague decided otherwise stands: `409`.
        """
        body = await body_of(request, ReleaseIn)
        found = await self._letter(request, caller)
        if _is_undecided(found):
            if body.what == "enquiry":
                await self._open(found, body, caller)
            else:
                await self._discard(found, body, caller)
            # They are told what they did, even if its ticket is out of their sight by now.
            found = await self.quarantine.find(found["_id"]) or found
        wanted = "released" if body.what == "enquiry" else "discarded"
        if not found.get(wanted):
            raise Problem(409, "not-allowed", "Somebody has decided otherwise", **_decision(found))
        return json_answer(as_item(found))

    async def _open(self, found: Document, body: ReleaseIn, caller: Caller) -> None:
        if body.patron and not found["unreadable"]:
            raise Problem(422, "invalid", "Its sender could be read", field="patron")
        patron = body.patron
        release = Release(
            caller.id, patron.address if patron else None, patron.name if patron else None
        )
        if await self.quarantine.release(found, release):
            log.info("letter_released", letter_id=found["_id"], by=caller.id)

    async def _discard(self, found: Document, body: ReleaseIn, caller: Caller) -> None:
        if body.reason is None:
            raise Problem(422, "invalid", "Say why it is no enquiry", field="reason")
        if await self.quarantine.discard(found["_id"], caller.id, body.reason):
            log.info("letter_discarded", letter_id=found["_id"], by=caller.id)

    async def _letter(self, request: web.Request, caller: Caller) -> Document:
        """One that a confidential ticket was opened from is read as that ticket is."""
        found = await self.quarantine.find(request.match_info["id"])
        if found is None or await self._is_hidden(found, caller):
            raise Problem(404, "not-found", "No such letter was kept aside")
        return found

    async def _is_hidden(self, found: Document, caller: Caller) -> bool:
        if not found.get("released"):
            return False
        ticket = await self.counter.tickets_of(caller).whole(found["reference"])
        if ticket is None:
            return await self.counter.every_ticket.find(found["reference"]) is not None
        await self.counter.note_reading(caller, "letter", [ticket])
        return False


def _aside(query: Mapping[str, str]) -> Aside:
    unknown = query.keys() - {"state", "limit", "cursor"}
    if unknown:
        raise Problem(422, "invalid", "Unknown parameter", field=sorted(unknown)[0])
    states: dict[str, Aside] = {"quarantined": "quarantined", "noted": "noted"}
    aside = states.get(query.get("state", "quarantined"))
    if aside is None:
        raise Problem(422, "invalid", "It is quarantined or noted", field="state")
    return aside


def _is_undecided(found: Mapping[str, Any]) -> bool:
    return not found.get("released") and not found.get("discarded")


def _decision(found: Mapping[str, Any]) -> dict[str, Any]:
    decided = {name: found[name] for name in ("released", "discarded") if found.get(name)}
    return decided | {"reference": found["reference"]}


def as_item(found: Mapping[str, Any]) -> dict[str, Any]:
    """A letter as it stands in the list."""
    return {
        "id": found["_id"],
        "at": found["at"],
        "door": found["door"],
        "state": found["state"],
        "reason": found["unreadable"] or found["held"] or found["automatic"],
        "size": found["size"],
        "from": {"name": found["name"], "address": found.get("address_as_written")},
        "subject": found["subject"],
        **_decision(found),
    }


def as_text(raw: bytes) -> dict[str, str]:
    """A letter's beginning as plain text, with nothing in it that acts on who reads it."""
    text = _UNSAFE.sub("\ufffd", raw.decode("utf-8", "replace").replace("\r\n", "\n"))
    headers, *rest = _BLANK_LINE.split(text, maxsplit=1)
    return {"headers": headers, "text": rest[0] if rest else ""}


def routes(quarantine: Quarantine, counter: Counter) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    these, one = Routes(quarantine, counter), "/v1/quarantine/{id}"
    scoped = counter.scoped
    read, write = Scope.TICKETS_READ, Scope.TICKETS_WRITE
    return [
        web.get(
            "/v1/quarantine",
            scoped(read, these.list_letters, About(AsideListAnswer, query=AsideQuery)),
        ),
        web.get(one, scoped(read, these.get_letter, About(AsideWholeAnswer))),
        web.get(f"{one}/raw", scoped(read, these.get_raw, About(RAW))),
        web.post(
            f"{one}/release",
            scoped(
                write,
                these.release,
                About(
                    AsideAnswer,
                    takes=ReleaseIn,
                    may_have=("Idempotency-Key",),
                    problems=("not-allowed",),
                ),
            ),
        ),
    ]
