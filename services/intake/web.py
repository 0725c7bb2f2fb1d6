"""The HTTP door, for integrations such as the catalogue."""

import base64
import binascii
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.intake.accept import Desk, keep
from services.intake.attachments import attached_all
from services.intake.letter import Letter
from services.intake.store import Letters
from shared.addresses import is_address
from shared.keys import Caller, Scope, bearer, caller_of, digest
from shared.problems import Problem, as_problems, body_of, json_answer

_LONGEST_KEY: Final = 200
Scoped = Callable[[web.Request, Caller], Awaitable[web.Response]]


def _address(text: str) -> str:
    if not is_address(text):
        raise ValueError("not a mail address")
    return text


def _decodable(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    return text


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PatronIn(_Body):
    """Who asks."""

    name: Annotated[str, Field(max_length=200)]
    email: Annotated[str, AfterValidator(_address)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    phone: Annotated[str, Field(max_length=50)] | None = None
    format: Annotated[str, Field(max_length=50)] | None = None


class ItemIn(_Body):
    """What the enquiry is about, as the catalogue knows it."""

    title: Annotated[str, Field(max_length=1000)] | None = None
    record_id: Annotated[str, Field(max_length=200)] | None = None
    isbn: Annotated[str, Field(max_length=20)] | None = None
    url: Annotated[str, Field(max_length=2000)] | None = None
    openurl: Annotated[str, Field(max_length=8000)] | None = None


class AttachmentIn(_Body):
    """A file; `content` in base64."""

    filename: Annotated[str, Field(max_length=255)]
    content_type: Annotated[str, Field(max_length=100)]
    content: Annotated[str, AfterValidator(_decodable)]

    @property
    def decoded(self) -> bytes:
        """What is in it."""
        return base64.b64decode(self.content)


class EnquiryIn(_Body):
    """`POST /v1/enquiries`."""

    patron: PatronIn
    subject: Annotated[str, Field(max_length=500)]
    body: Annotated[str, Field(min_length=1, max_length=100_000)]
    topic: Annotated[str, Field(max_length=50)] | None = None
    needed_by: Annotated[date, Field(strict=False)] | None = None
    item: ItemIn | None = None
    attachments: Annotated[tuple[AttachmentIn, ...], Field(max_length=20, strict=False)] = ()


@dataclass(frozen=True)
class Front:
    """What the routes need."""

    desk: Desk
    letters: Letters
    clock: Callable[[], datetime]

    async def post_enquiry(self, request: web.Request, caller: Caller) -> web.Response:
        """`202 {"reference", "href"}` once the enquiry is kept; the same for the same key."""
        raw = await request.read()
        body = await body_of(request, EnquiryIn)
        letter = _letter(body, raw, caller, _idempotency_key(request), self.clock())
        reference = await keep(letter, desk=self.desk)
        kept = await self.letters.find(letter.id)
        if kept is None or kept["asked"]["body_digest"] != letter.asked["body_digest"]:
            raise Problem(
                422, "idempotency-key-used", "This Idempotency-Key came with another body before"
            )
        reference = kept["reference"]
        return json_answer(
            {"reference": reference, "href": f"/v1/enquiries/{reference}"}, status=202
        )

    async def get_enquiry(self, request: web.Request, caller: Caller) -> web.Response:
        """What became of it, for the integration that posted it."""
        reference = request.match_info["reference"]
        found = await self.letters.enquiry(reference, caller.id)
        if found is None:
            raise Problem(404, "not-found", "No such enquiry of yours")
        return json_answer(_state(reference, found))

    def scoped(
        self, scope: Scope, route: Scoped
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The route for callers whose key has this scope."""

        async def checked(request: web.Request) -> web.Response:
            caller = await self._caller(request)
            if scope not in caller.scopes:
                raise Problem(403, "scope", f"This needs the scope {scope}")
            return await route(request, caller)

        return checked

    async def _caller(self, request: web.Request) -> Caller:
        key = bearer(request.headers.get("Authorization"))
        stored = await self.letters.key(digest(key)) if key else None
        caller = caller_of(stored, self.clock())
        if caller is None:
            raise Problem(401, "unauthorised", "A valid key is needed")
        return caller


def _idempotency_key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key.isascii() or not 1 <= len(key) <= _LONGEST_KEY:
        raise Problem(400, "idempotency-key", "An Idempotency-Key of 1 to 200 characters is needed")
    return key


def _letter(body: EnquiryIn, raw: bytes, caller: Caller, key: str, at: datetime) -> Letter:
    named = hashlib.sha256("\0".join(("http", caller.id, key)).encode()).hexdigest()
    said: dict[str, Any] = body.model_dump(
        mode="json", exclude_none=True, include={"topic", "needed_by", "item"}
    )
    said |= body.patron.model_dump(exclude_none=True, include={"language", "phone", "format"})
    return Letter(
        id=named,
        door="http",
        at=at,
        raw=raw,
        name=body.patron.name,
        address=body.patron.email,
        subject=body.subject,
        text=body.body,
        attachments=attached_all(
            (one.filename, one.content_type, one.decoded) for one in body.attachments
        ),
        asked=said | {"integration": caller.id, "body_digest": hashlib.sha256(raw).hexdigest()},
    )


def _state(reference: str, found: dict[str, Any]) -> dict[str, Any]:
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
    """Every route, each with the scope that it needs."""
    app = web.Application(middlewares=[as_problems], client_max_size=most_bytes)
    write = Scope.ENQUIRIES_WRITE
    app.add_routes(
        [
            web.post("/v1/enquiries", front.scoped(write, front.post_enquiry)),
            web.get("/v1/enquiries/{reference}", front.scoped(write, front.get_enquiry)),
        ]
    )
    return app
