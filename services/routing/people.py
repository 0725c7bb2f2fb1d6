"""The staff's API: who is there. `/v1/me`, `/v1/me/away`, `/v1/staff`, `/v1/teams`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict

from services.routing.answers import MemberAnswer, StaffAnswer, TeamsAnswer
from services.routing.assign import NOTHING, Load
from services.routing.changes import Counter
from shared.absences import Absences
from shared.described import About
from shared.keys import Caller, Scope
from shared.moments import Moment
from shared.problems import Problem, body_of, json_answer
from shared.staff import Absence, StaffMember

log = structlog.get_logger()


class AwayIn(BaseModel):
    """`PUT /v1/me/away`: from when (now) to when (until `DELETE`) I am not there."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    since: Moment | None = None
    until: Moment | None = None


@dataclass(frozen=True)
class People:
    """What the routes need."""

    counter: Counter
    absences: Absences

    async def me(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/me`: what the desk knows of me."""
        return json_answer(self._shown(await self._member(caller), self.counter.desk.roster.load))

    async def go_away(self, request: web.Request, caller: Caller) -> web.Response:
        """`PUT /v1/me/away {"since"?, "until"?}`: my tickets go to others when they are due."""
        body = await body_of(request, AwayIn)
        absence = Absence(body.since or self.counter.desk.clock(), body.until)
        if absence.until is not None and absence.until <= absence.since:
            raise Problem(422, "invalid", "It ends before it begins", field="until")
        if not await self.absences.add(caller.id, absence):
            raise _nobody()
        log.info("absence_noted", by=caller.id)
        return await self.me(request, caller)

    async def come_back(self, request: web.Request, caller: Caller) -> web.Response:
        """`DELETE /v1/me/away`: I am there, and stay."""
        if not await self.absences.end(caller.id, self.counter.desk.clock()):
            raise _nobody()
        log.info("absence_ended", by=caller.id)
        return await self.me(request, caller)

    async def staff(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/staff`: everybody, by name, with how much each has."""
        await self.counter.desk.roster.read()
        everybody = sorted(self.counter.desk.roster.staff, key=lambda one: (one.name, one.id))
        work = await self.counter.tickets_of(caller).open_work()
        return json_answer({"items": [self._shown(one, work) for one in everybody], "next": None})

    async def teams(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/teams`: what the library file says of them, and who is in each."""
        desk = self.counter.desk
        await desk.roster.read()
        items = [
            {
                "id": team.id,
                "name": team.name,
                "is_open": desk.calendars[team.id].is_open(desk.clock()),
                "lead": _who(desk.roster.staff, team.lead),
                "staff": sorted(one.id for one in desk.roster.staff if one.team == team.id),
            }
            for team in desk.library.teams
        ]
        return json_answer({"items": items, "next": None})

    async def _member(self, caller: Caller) -> StaffMember:
        await self.counter.desk.roster.read()
        found = (one for one in self.counter.desk.roster.staff if one.id == caller.id)
        member = next(found, None)
        if member is None:
            raise _nobody()
        return member

    def _shown(self, one: StaffMember, work: Mapping[str, Load]) -> dict[str, Any]:
        desk = self.counter.desk
        now = desk.clock()
        return {
            "id": one.id,
            "name": one.name,
            "address": one.address,
            "team": one.team,
            "languages": sorted(one.languages),
            "skills": sorted(one.skills),
            "room": one.room,
            "open": work.get(one.id, NOTHING).count,
            "is_away": one.is_away(now),
            "absences": [
                {"since": gone.since, "until": gone.until}
                for gone in one.absences
                if gone.until is None or gone.until > now
            ],
        }


def _who(staff: Iterable[StaffMember], address: str | None) -> str | None:
    return next((one.id for one in staff if one.address == address), None)


def _nobody() -> Problem:
    return Problem(404, "not-found", "This token is nobody's of the staff")


def routes(people: People) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    scoped = people.counter.scoped
    me = About(MemberAnswer, problems=("not-found",))
    away = About(MemberAnswer, takes=AwayIn, problems=("not-found",))
    return [
        web.get("/v1/me", scoped(Scope.TICKETS_READ, people.me, me)),
        web.put("/v1/me/away", scoped(Scope.TICKETS_WRITE, people.go_away, away)),
        web.delete("/v1/me/away", scoped(Scope.TICKETS_WRITE, people.come_back, me)),
        web.get("/v1/staff", scoped(Scope.TICKETS_READ, people.staff, About(StaffAnswer))),
        web.get("/v1/teams", scoped(Scope.TICKETS_READ, people.teams, About(TeamsAnswer))),
    ]
