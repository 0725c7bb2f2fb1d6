"""The staff's API: who has read what is confidential. `/v1/audit`, for auditors and admins. It has
no route that changes a row."""

from dataclasses import dataclass
from typing import Annotated, Any

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.answers import Answer, Reference, StaffId
from services.routing.changes import Counter
from services.routing.listing import limit_of
from services.routing.questions import Limit
from shared.audit_log import AuditLog
from shared.described import About
from shared.keys import Caller, Scope
from shared.problems import json_answer


class AuditQuery(BaseModel):
    """`GET /v1/audit`."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference | None = None
    limit: Limit = 50
    cursor: Annotated[str, Field(pattern="^[1-9][0-9]{0,14}$", examples=["17"])] | None = None


class ReadingAnswer(Answer):
    """A row: somebody has read something. `hash` is of the row, `before` the hash of the one
    before it."""

    number: int
    at: AwareDatetime
    by: StaffId
    what: Annotated[str, Field(examples=["ticket"])]
    references: list[Reference]
    before: Annotated[str, Field(examples=["0" * 64])]
    hash: Annotated[str, Field(examples=["0f" * 32])]


class ReadingsAnswer(Answer):
    """A page, the newest first."""

    items: list[ReadingAnswer]
    next: str | None


@dataclass(frozen=True)
class Audit:
    """What the route needs."""

    log: AuditLog

    async def list_readings(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/audit?reference=&limit=&cursor=`: who has read what is confidential."""
        limit, cursor = limit_of(request.query), request.query.get("cursor")
        before = int(cursor) if cursor else None
        found = await self.log.page(request.query.get("reference"), before, limit + 1)
        more = len(found) > limit
        return json_answer(
            {
                "items": [_shown(one) for one in found[:limit]],
                "next": str(found[limit - 1]["_id"]) if more else None,
            }
        )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {"number": row["_id"]} | {name: row[name] for name in row if name != "_id"}


def routes(log: AuditLog, counter: Counter) -> list[web.RouteDef]:
    """The one route."""
    about = About(ReadingsAnswer, query=AuditQuery)
    return [web.get("/v1/audit", counter.scoped(Scope.AUDIT_READ, Audit(log).list_readings, about))]
