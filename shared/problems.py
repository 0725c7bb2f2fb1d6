"""Errors as clients read them: `application/problem+json`.

RFC 9457 §3: `type` is stable and names the kind of problem; `detail` speaks of this occurrence.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar

import orjson
import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError

from shared.allowances import Use
from shared.errors import Transient

log = structlog.get_logger()

_LONGEST_BODY: Final = 120.0
"""Seconds in which a body has to arrive."""
_MARKS: Final = (b",", b"[", b"{")
_MOST_MARKS: Final = 200_000
"""Of a body's values there are hardly more than of these, which may stand in its texts too."""
_MOST_VALUES: Final = 1000
"""More than any request of ours has: each would be looked at, and told of if it is wrong."""
_MOST_FAULTS: Final = 20
_LONGEST_FIELD: Final = 200


class Problem(Exception):
    """An answer that is not what the client wanted."""

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.headers = dict(headers or {})
        self.body = {"type": f"/problems/{kind}", "title": title, "status": status}
        if detail is not None:
            self.body["detail"] = detail
        self.body |= more

    def response(self) -> web.Response:
        needed = {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}
        return web.Response(
            body=orjson.dumps(self.body, default=str, option=orjson.OPT_UTC_Z),
            status=self.status,
            content_type="application/problem+json",
            headers=needed | self.headers,
        )


def rate_headers(policy: str, use: Use, most: int, window: timedelta) -> dict[str, str]:
    """How much of a policy's quota is left (draft-ietf-httpapi-ratelimit-headers-11, §3 and §4)."""
    return {
        "RateLimit-Policy": f'"{policy}";q={most};w={int(window.total_seconds())}',
        "RateLimit": f'"{policy}";r={use.left};t={use.seconds}',
    }


def too_many(policy: str, use: Use, most: int, window: timedelta) -> Problem:
    """RFC 6585 §4: more than are allowed."""
    headers = {"Retry-After": str(use.seconds), **rate_headers(policy, use, most, window)}
    return Problem(429, "too-many", "Too many: wait before you try again", headers=headers)


Model = TypeVar("Model", bound=BaseModel)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The one place where an error becomes an answer."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except Transient:
        # RFC 9110 §15.6.4
        again = {"Retry-After": "5"}
        return Problem(503, "unavailable", "Try again in a moment", headers=again).response()
    except web.HTTPException as error:
        answer = Problem(error.status, _kind(error.status), error.reason).response()
        if "Allow" in error.headers:  # RFC 9110 §15.5.6
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:
        log.exception("request_failed")
        return Problem(500, "fault", "A fault on our side").response()


def _kind(status: int) -> str:
    return {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "request")


async def arrived(request: web.Request, seconds: float = _LONGEST_BODY) -> bytes:
    """The whole body.

    Raises: Problem 408: it comes too slowly; 400: the client hung up before, or said falsely how
    it is compressed. None of them is a fault of ours.
    """
    try:
        async with asyncio.timeout(seconds):
            return await request.read()
    except TimeoutError as error:
        raise Problem(408, "too-slow", "The body took too long to arrive") from error
    except ConnectionError as error:
        log.info("request_broken_off")
        raise Problem(400, "broken-off", "The body did not arrive") from error
    except web.RequestPayloadError as error:
        raise Problem(400, "unreadable", "The body can't be read") from error


async def body_of(request: web.Request, model: type[Model]) -> Model:
    """The request's JSON body. Raises: Problem 422 naming each field at fault, 400 if no JSON, 415
    if it is not said to be."""
    raw = await arrived(request)
    if request.content_type != "application/json":
        raise Problem(415, "media-type", "The body is to be declared as application/json")
    try:
        if sum(map(raw.count, _MARKS)) > _MOST_MARKS or _is_bulky(body := orjson.loads(raw)):
            raise Problem(422, "invalid", "The body has far more fields than any")
        return model.model_validate(body)
    except orjson.JSONDecodeError as error:
        raise Problem(400, "not-json", "The body is not JSON") from error
    except ValidationError as error:
        raise Problem(422, "invalid", "The body is not as wanted", errors=faults(error)) from error


def _is_bulky(body: object) -> bool:
    """Whether it has more values than any request, at whatever depth."""
    left, waiting = _MOST_VALUES, [body]
    while waiting and left >= 0:
        one = waiting.pop()
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        left -= len(inside)
        if left >= 0:
            waiting.extend(inside)
    return left < 0


def faults(error: ValidationError) -> list[dict[str, str]]:
    """Which field, and what is wrong with it, of the first faults; never the value that was sent,
    but the name of a field, as far as it is one."""
    return [
        _fault(one) for one in error.errors(include_url=False, include_input=False)[:_MOST_FAULTS]
    ]


def _fault(one: Mapping[str, Any]) -> dict[str, str]:
    place, reason = [*map(str, one["loc"])], str(one["msg"])
    if one["type"] == "union_tag_invalid":  # whose message quotes what was sent
        place.append(one["ctx"]["discriminator"].strip("'"))
        reason = f"Input should be {one['ctx']['expected_tags']}"
    return {"field": ".".join(place)[:_LONGEST_FIELD], "reason": reason}


def json_answer(body: Any, status: int = 200, **headers: str) -> web.Response:
    """A JSON answer; moments in RFC 3339."""
    return web.Response(
        body=orjson.dumps(body, option=orjson.OPT_UTC_Z),
        status=status,
        content_type="application/json",
        headers=headers,
    )
