"""`POST /v1/tickets/{reference}/attachments`: a file that a reply will carry; `GET` and `DELETE` of
it, for who has brought it.

It is written down as it arrives, and is never in memory whole. What does not arrive to its end, or
is too large, leaves nothing. Nobody is sent it before a reply names it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import structlog
from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.answers import Answer
from services.routing.attachments import check_state
from services.routing.changes import Counter, reference_of
from services.routing.descriptions import FILE
from services.routing.draft_store import LIFE, PIECE, Drafts, Whose
from services.routing.once import cause_of, used_before
from services.routing.ticket import Ticket
from shared.attachments import Attachment, Look, Scan
from shared.described import About
from shared.errors import Transient
from shared.handing_out import hand_out
from shared.keys import Caller, Scope
from shared.problems import Problem, json_answer
from shared.scanner import Scanner

log = structlog.get_logger()

MOST_BYTES: Final = 25 * 1024 * 1024
"""Of one file."""
MOST_DRAFTS: Final = 50
"""Of one ticket, until they are used or thrown away."""
_READ_AT_ONCE: Final = 64 * 1024
_SILENCE: Final = 30.0
"""Seconds in which something has to come."""
_BEGIN: Final = 60.0
"""Seconds that any file may take, and one more for each `_BYTES_A_SECOND` that came."""
_BYTES_A_SECOND: Final = 50_000
_EVERY: Final = 15.0
_MOST: Final = 20


class AttachQuery(BaseModel):
    """`POST …/attachments`."""

    model_config = ConfigDict(extra="forbid")

    filename: Annotated[
        str, Field(max_length=500, examples=["map.pdf"], description="What the patron sees.")
    ] = ""


class DraftAnswer(Answer):
    """A file that a reply may name in its `attachments`, until `expires_at`."""

    id: Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["0f" * 16])]
    filename: Annotated[str, Field(examples=["map.pdf"])]
    content_type: Annotated[str, Field(examples=["application/pdf"])]
    size: int
    sha256: Annotated[str, Field(examples=["0f" * 32])]
    flags: list[str]
    state: Literal["unscanned", "held", "clean", "infected"]
    finding: str | None
    expires_at: AwareDatetime


class DraftsAnswer(Answer):
    """One's own files for a reply."""

    items: list[DraftAnswer]
    next: None


@dataclass(frozen=True)
class Drafting:
    """What the route needs."""

    counter: Counter
    scanner: Scanner | None = None
    silence: float = _SILENCE

    @property
    def drafts(self) -> Drafts:
        return self.counter.every_ticket.drafts

    async def attach(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/attachments?filename=`: a file for a reply, its bytes as they are.

        Its type is what it is by its bytes, else what `Content-Type` says.
        """
        ticket = await self.counter.here(request, caller)
        cause = cause_of(request, caller)
        if (request.content_length or 0) > MOST_BYTES:
            raise _too_large()
        before = await self.drafts.of_cause(cause)
        if before is None:
            await self._check_room(ticket.reference)
            before = await self._kept(request, caller, cause)
        else:
            _check_same(before, _judged(request, await self._looked_at(request)))
        return json_answer(_shown(before), 201)

    async def list_drafts(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET …/attachments`: the files that I have uploaded and no reply has used yet."""
        _, theirs = await self._theirs(request, caller)
        return json_answer({"items": [_shown(one) for one in theirs], "next": None})

    async def get_draft(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """`GET …/attachments/{id}`: the bytes of one of them."""
        ticket, theirs = await self._theirs(request, caller)
        read = {"_id": ticket.reference, "confidential": ticket.confidential}
        found = {one["_id"]: one for one in theirs}
        one = found.get(request.match_info["id"])
        if one is None:
            raise _no_draft()
        row = one["metadata"]["row"]
        check_state(row["state"])
        await self.counter.note_reading(caller, "attachment", [read])
        return await hand_out(request, row, self.drafts.contents)

    async def drop_draft(self, request: web.Request, caller: Caller) -> web.Response:
        """`DELETE …/attachments/{id}`: I will not send it; those that are left."""
        here = await self.counter.here(request, caller)
        whose, now = Whose(here.reference, caller.id, ""), self.counter.desk.clock()
        if not await self.drafts.drop(request.match_info["id"], whose, now):
            raise _no_draft()
        return await self.list_drafts(request, caller)

    async def _theirs(
        self, request: web.Request, caller: Caller
    ) -> tuple[Ticket, list[dict[str, Any]]]:
        here = await self.counter.here(request, caller)
        now = self.counter.desk.clock()
        return here, await self.drafts.of(here.reference, caller.id, now)

    async def _check_room(self, reference: str) -> None:
        if await self.drafts.count(reference, self.counter.desk.clock()) >= MOST_DRAFTS:
            raise Problem(
                409, "not-allowed", f"The ticket has {MOST_DRAFTS} files that no reply has used"
            )

    async def _looked_at(self, request: web.Request) -> Look:
        look = Look()
        async for piece in _pieces(request, self.silence):
            look.add(piece)
        return look

    async def _kept(self, request: web.Request, caller: Caller, cause: str) -> dict[str, Any]:
        """Its row, once all of it is durable."""
        file_id, reference = self.drafts.new_id(), reference_of(request)
        made = await self._written(request, file_id)
        state: Scan = "held" if self.scanner else "unscanned"
        whose, at = Whose(reference, caller.id, cause), self.counter.desk.clock()
        if not await self.drafts.keep(file_id, made, state, whose=whose, at=at):
            await self.drafts.drop_pieces(file_id)
            before = await self.drafts.of_cause(cause)
            if before is None:
                raise Transient("it was there a moment ago")
            _check_same(before, made)
            return before
        log.info("file_uploaded", reference=reference, by=caller.id)
        if self.scanner is not None:
            await scan(self.drafts, self.scanner, file_id, reference)
        [row] = await self.drafts.find([file_id])
        return row

    async def _written(self, request: web.Request, file_id: str) -> Attachment:
        """It as far as it can be told from its bytes, which are written down. Raises: Problem,
        Transient: then nothing of it is left."""
        look, number = Look(), 0
        try:
            async for piece in _pieces(request, self.silence):
                look.add(piece)
                await self.drafts.add_piece(file_id, number, piece)
                number += 1
            return _judged(request, look)
        except BaseException:
            if number:
                with suppress(Transient):  # what is left then is swept
                    await asyncio.shield(self.drafts.drop_pieces(file_id))
            raise


async def scan(drafts: Drafts, scanner: Scanner, file_id: str, reference: str) -> None:
    """Have a draft looked at; without a verdict it stays held, until the next look."""
    try:
        stored = await drafts.contents.find(file_id)
        if stored is None:
            return
        finding = await scanner.scan_pieces(drafts.contents.pieces(stored))
        await drafts.note(file_id, finding.state, finding.name)
    except Transient as error:
        log.warning("scan_postponed", reference=reference, reason=str(error))
        return
    if finding.state == "infected":
        log.warning("attachment_infected", reference=reference)


async def run_drafts(
    drafts: Drafts, scanner: Scanner | None, clock: Callable[[], datetime], every: float = _EVERY
) -> None:
    """Look again at what is held, and throw away what was not used. Ends only with the process."""
    while True:
        try:
            if scanner is not None:
                for file_id, reference in await drafts.held(_MOST):
                    await scan(drafts, scanner, file_id, reference)
            while await drafts.sweep(clock(), _MOST) >= _MOST:
                pass
        except Transient as error:
            log.warning("files_postponed", reason=str(error))
        await asyncio.sleep(every)


async def _pieces(request: web.Request, silence: float) -> AsyncIterator[bytes]:
    """The body as it arrives, in pieces of `PIECE` bytes but for the last.

    Raises: Problem 408, 413; 400: the client hung up, or said falsely how it is compressed.
    """
    loop = asyncio.get_running_loop()
    began, size, piece = loop.time(), 0, bytearray()
    try:
        while True:
            by = began + _BEGIN + size / _BYTES_A_SECOND
            async with asyncio.timeout_at(min(by, loop.time() + silence)):
                some = await request.content.read(_READ_AT_ONCE)
            if not some:
                break
            size += len(some)
            if size > MOST_BYTES:
                raise _too_large()
            piece += some
            while len(piece) >= PIECE:
                yield bytes(piece[:PIECE])
                del piece[:PIECE]
    except TimeoutError as error:
        raise Problem(408, "too-slow", "The file took too long to arrive") from error
    except ConnectionError as error:
        log.info("request_broken_off")
        raise Problem(400, "broken-off", "The file did not arrive") from error
    except web.RequestPayloadError as error:
        raise Problem(400, "unreadable", "The file can't be read") from error
    if piece:
        yield bytes(piece)


def _too_large() -> Problem:
    return Problem(413, "too-large", f"A file has at most {MOST_BYTES} bytes")


def _judged(request: web.Request, look: Look) -> Attachment:
    """Raises: Problem 422: there is nothing in it."""
    if not look.size:
        raise Problem(422, "invalid", "The file is empty", field="filename")
    return look.attachment(request.query.get("filename", ""), request.content_type, 1)


def _check_same(before: dict[str, Any], made: Attachment) -> None:
    row = before["metadata"]["row"]
    names = ("sha256", "declared_name", "declared_type")
    if any(row[name] != getattr(made, name) for name in names):
        raise used_before()


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    row = found["metadata"]["row"]
    names = ("filename", "content_type", "size", "sha256", "flags", "state")
    return {
        "id": found["_id"],
        **{name: row[name] for name in names},
        "finding": row.get("finding") or None,
        "expires_at": found["metadata"]["at"] + LIFE,
    }


def _no_draft() -> Problem:
    return Problem(404, "not-found", "You have no such file here")


def routes(drafting: Drafting) -> list[web.RouteDef]:
    """To bring a file, to see those that one has brought, and to throw one away."""
    about = About(
        DraftAnswer,
        query=AttachQuery,
        status=201,
        takes_bytes=True,
        may_have=("Idempotency-Key",),
        problems=("erased", "not-allowed"),
    )
    path, scoped = "/v1/tickets/{reference}/attachments", drafting.counter.scoped
    write, one = Scope.TICKETS_WRITE, f"{path}/{{id}}"
    left = About(DraftsAnswer, problems=("erased",))
    file = replace(FILE, problems=(*FILE.problems, "erased"))
    return [
        web.post(path, scoped(write, drafting.attach, about)),
        web.get(path, scoped(write, drafting.list_drafts, left)),
        web.get(one, scoped(write, drafting.get_draft, file)),
        web.delete(one, scoped(write, drafting.drop_draft, left)),
    ]
