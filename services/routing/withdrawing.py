"""A file that was sent and should not have been: `POST …/files/{id}/withdraw`.

The link to it (`/a/…`) leads nowhere from that write on: the ticket's timeline is what the public's
door looks at. What has gone in a letter itself can't be called back; staff still see the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from services.routing.api import Reason
from services.routing.changes import Counter
from services.routing.descriptions import changing
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Ticket, entry, touched
from shared.file_links import WITHDRAWN
from shared.keys import Caller, Scope
from shared.problems import Problem, body_of


class WithdrawIn(BaseModel):
    """`/files/{id}/withdraw`: why nobody is to fetch it any more."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    reason: Reason


@dataclass(frozen=True)
class Withdrawing:
    """What the route needs."""

    counter: Counter

    async def withdraw(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/files/{id}/withdraw {"reason"}`: nobody can fetch it by its link any more."""
        reason = (await body_of(request, WithdrawIn)).reason
        here = await self.counter.here(request, caller)
        shown = await self.counter.messages_of(here.reference, caller)
        file = _sent(shown, request.match_info["id"])

        def decide(it: Ticket, s: Situation) -> Change:
            if file["withdrawn_at"] is not None:
                raise Refused("this file was withdrawn before", it.status)
            said = entry(s.now, WITHDRAWN, caller.id, file=file["id"], reason=reason)
            return Change(touched(it, s.now), (said,))

        return await self.counter.change(request, caller, decide)


def _sent(messages: Iterable[Mapping[str, Any]], file_id: str) -> Mapping[str, Any]:
    """Raises: Problem 404: it was not sent with one of these."""
    for message in messages:
        for file in message["attachments"] if message["direction"] == "out" else ():
            if file["id"] == file_id:
                return {"withdrawn_at": None, **file}
    raise Problem(404, "not-found", "No such file was sent")


def routes(counter: Counter) -> list[web.RouteDef]:
    """The one route."""
    path, these = "/v1/tickets/{reference}/files/{id}/withdraw", Withdrawing(counter)
    return [
        web.post(path, counter.scoped(Scope.TICKETS_WRITE, these.withdraw, changing(WithdrawIn)))
    ]
