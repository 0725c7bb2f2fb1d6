"""Who is asking. One small seam: whoever knows callers in another way (an identity provider's
signed tokens, say) writes one more function of this shape, and routing's `__main__` names it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from shared.keys import Caller, bearer, caller_of, digest


class Keys(Protocol):
    """What is stored of keys."""

    async def key(self, key_digest: str) -> dict[str, Any] | None: ...


Know = Callable[[web.Request, Keys, datetime], Awaitable[Caller | None]]
"""From a request the caller; None: nobody that is known."""


async def by_token(request: web.Request, keys: Keys, now: datetime) -> Caller | None:
    """The owner of the token in the request (RFC 6750 §2.1). Raises: Transient."""
    key = bearer(request.headers.get("Authorization"))
    return caller_of(await keys.key(digest(key)), now) if key else None
