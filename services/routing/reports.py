"""The staff's API: what the desk has done. `/v1/reports/charter`, `/v1/causes`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from services.routing.changes import Counter
from services.routing.charter import Span
from services.routing.once import cause_of
from services.routing.questions import CharterQuery, SpanQuery
from services.routing.report_answers import CauseDoneAnswer, CausesAnswer, CharterAnswer
from services.routing.reporting import Reports, shown
from services.routing.sight import sight_of
from shared.described import About
from shared.keys import Caller, Scope
from shared.problems import Problem, body_of, json_answer

log = structlog.get_logger()

_DAY: Final = re.compile(r"2\d{3}-\d\d-\d\d", re.ASCII)
_LONGEST: Final = 1100
"""Days of one report: three years."""


class DoneIn(BaseModel):
    """`POST /v1/causes/{name}/done`: what was done about it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    what: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S", examples=["Mended"])]


@dataclass(frozen=True)
class ReportRoutes:
    """What the routes need."""

    counter: Counter
    reports: Reports

    async def charter(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/reports/charter?from=&to=&team=`: days in the library's time zone, both
        included."""
        desk = self.counter.desk
        team = request.query.get("team")
        span = self._span(request.query, {"team"})
        if team is not None and team not in desk.calendars:
            raise Problem(422, "invalid", "There is no such team", field="team")
        return json_answer(await self.reports.charter(span, team, desk.clock()))

    async def causes(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/causes?from=&to=`: what caused enquiries, most first."""
        found = await self.reports.causes(self._span(request.query, set()), sight_of(caller))
        return json_answer({"items": found, "next": None})

    async def note_done(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST /v1/causes/{name}/done {"what"}`: what was done so that it stops."""
        what = (await body_of(request, DoneIn)).what
        name = request.match_info["name"]
        row: dict[str, Any] = {
            "id": cause_of(request, caller),
            "what": what,
            "by": {"id": caller.id, "name": caller.name},
            "at": self.counter.desk.clock(),
        }
        done = await self.reports.note_done(name, row, sight_of(caller))
        if done is None:
            raise Problem(404, "not-found", "No ticket names this cause")
        if not any(one["id"] == row["id"] and one["what"] == what for one in done):
            raise Problem(
                422, "idempotency-key-used", "This Idempotency-Key came with other words before"
            )
        log.info("cause_answered", by=caller.id)
        return json_answer({"cause": name, "done": [shown(one) for one in done]})

    def _span(self, query: Mapping[str, str], more: set[str]) -> Span:
        """Raises: Problem 422."""
        unknown = query.keys() - {"from", "to"} - more
        if unknown:
            raise Problem(422, "invalid", "Unknown parameter", field=sorted(unknown)[0])
        first, last = _day(query, "from"), _day(query, "to")
        if last < first:
            raise Problem(422, "invalid", "It ends before it begins", field="to")
        if (last - first).days >= _LONGEST:
            raise Problem(422, "invalid", f"At most {_LONGEST} days", field="to")
        return Span(first, last, self.counter.desk.library.library.zone)


def _day(query: Mapping[str, str], name: str) -> date:
    text = query.get(name, "")
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem(422, "invalid", "A day such as 2026-11-30 is needed", field=name) from error


def routes(reports: ReportRoutes) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    scoped = reports.counter.scoped
    return [
        web.get(
            "/v1/reports/charter",
            scoped(Scope.TICKETS_READ, reports.charter, About(CharterAnswer, query=CharterQuery)),
        ),
        web.get(
            "/v1/causes",
            scoped(Scope.TICKETS_READ, reports.causes, About(CausesAnswer, query=SpanQuery)),
        ),
        web.post(
            "/v1/causes/{name}/done",
            scoped(
                Scope.TICKETS_WRITE,
                reports.note_done,
                About(CauseDoneAnswer, takes=DoneIn, may_have=("Idempotency-Key",)),
            ),
        ),
    ]
