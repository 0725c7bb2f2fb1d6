"""How many requests a staff token may make in a minute: reads and changes apart, so that a page
that looks too often stops nobody from answering. Every answer says how many are left.

draft-ietf-httpapi-ratelimit-headers-11 (23 May 2026) has the fields.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from shared.allowances import Allowances
from shared.config import RoutingSettings
from shared.keys import Caller
from shared.mongo import Database
from shared.problems import rate_headers, too_many
from shared.rates import Policy, Rates

_TOLD: Final = web.RequestKey("rate_headers", Mapping[str, str])
_READS: Final = frozenset({"GET", "HEAD"})
Limit = Callable[[web.Request, Caller], Awaitable[None]]
"""Counts a request. Raises: Problem 429: it is one too many."""


async def unlimited(request: web.Request, caller: Caller) -> None:
    """No limit."""


@dataclass(frozen=True)
class Limits:
    """The two policies, and what counts them."""

    rates: Rates
    reads: Policy
    changes: Policy

    async def __call__(self, request: web.Request, caller: Caller) -> None:
        """One request more. Raises: Problem 429."""
        policy = self.reads if request.method in _READS else self.changes
        use = await self.rates.use(caller.token or caller.id, policy)
        if not use.allowed:
            raise too_many(policy.name, use, policy.most, policy.window)
        request[_TOLD] = rate_headers(policy.name, use, policy.most, policy.window)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        await self.rates.make_indexes()


def limits(settings: RoutingSettings, database: Database) -> Limits:
    """As the settings have them."""
    return Limits(
        Rates(Allowances(database)),
        Policy("reads", settings.most_reads_a_minute),
        Policy("changes", settings.most_changes_a_minute),
    )


async def tell(request: web.Request, answer: web.StreamResponse) -> None:
    """What was counted stands in whatever the request is answered, an error too."""
    answer.headers.update(request.get(_TOLD, {}))
