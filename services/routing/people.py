"""The staff's API: who is there. `/v1/me`, `/v1/me/away`, `/v1/staff`, `/v1/teams`.

Of themselves people change what is theirs to say: what they are called, in which languages they
answer, and when they are away. Team, role, skills and room are not theirs (`desk staff`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import structlog
from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.routing.answers import (
    AbsencesAnswer,
    Language,
    MemberAnswer,
    StaffAnswer,
    TeamsAnswer,
)
from services.routing.assign import NOTHING, Load
from services.routing.changes import Counter, if_match
from services.routing.member_store import Members
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


def _printed(text: str) -> str:
    """Raises: ValueError: it is no name that a letter could be signed with."""
    name = " ".join(text.split())
    if not name.isprintable() or not any(one.isalpha() for one in name):
        raise ValueError("a name has letters, and nothing that can't be seen")
    return name


class MeIn(BaseModel):
    """`PUT /v1/me`: what I am called, and the languages in which I answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[
        str,
        Field(min_length=1, max_length=100, examples=["Mair Pretend"]),
        AfterValidator(_printed),
    ]
    languages: Annotated[list[Language], Field(min_length=1, max_length=20)]


@dataclass(frozen=True)
class People:
    """What the routes need."""

    counter: Counter
    absences: Absences
    members: Members

    async def me(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/me`: what the desk knows of me."""
        member = await self._member(caller)
        shown = self._shown(member, self.counter.desk.roster.load)
        return json_answer(shown, ETag=f'"{member.version}"')

    async def change_me(self, request: web.Request, caller: Caller) -> web.Response:
        """`PUT /v1/me {"name", "languages"}`: as patrons are told it from now on, whoever wrote the
        old name; and in which of the library's languages I answer."""
        body, member = await body_of(request, MeIn), await self._member(caller)
        strange = set(body.languages) - set(self.counter.desk.library.library.languages)
        if strange:
            raise Problem(422, "invalid", "The library has no such language", field="languages")
        fields = {"name": body.name, "languages": sorted(set(body.languages))}
        before = {"name": member.name, "languages": sorted(member.languages)}
        seen = if_match(request, member.version)
        if seen != member.version:
            raise await self._stale(caller, seen)
        if fields != before:
            was = {name: value for name, value in before.items() if value != fields[name]}
            row = {"at": self.counter.desk.clock(), "by": caller.id, "was": was}
            if not await self.members.change(caller.id, seen, fields, row):
                raise await self._stale(caller, seen)
            log.info("member_changed", by=caller.id, change=",".join(sorted(was)))
        return await self.me(request, caller)

    async def _stale(self, caller: Caller, seen: int) -> Problem:
        """RFC 9110 §13.1.1, with what they were called and spoke before each change since."""
        changed = await self.members.changed_since(caller.id, seen)
        now = (await self._member(caller)).version
        return Problem(
            412, "stale", "It has changed since you read it", version=now, changed=changed
        )

    async def away(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET /v1/me/away`: when I am not there, now and to come, each as it is put."""
        gone = (await self._member(caller)).absences
        return json_answer({"items": self._to_come(gone), "next": None})

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
            "absences": self._to_come(one.absences),
        }

    def _to_come(self, absences: Iterable[Absence]) -> list[dict[str, Any]]:
        now = self.counter.desk.clock()
        there = (one for one in absences if one.until is None or one.until > now)
        return [{"since": one.since, "until": one.until} for one in there]


def _who(staff: Iterable[StaffMember], address: str | None) -> str | None:
    return next((one.id for one in staff if one.address == address), None)


def _nobody() -> Problem:
    return Problem(404, "not-found", "This token is nobody's of the staff")


def routes(people: People) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    scoped = people.counter.scoped
    me = About(MemberAnswer, problems=("not-found",), answers=("ETag",))
    away = replace(me, takes=AwayIn)
    change = replace(me, takes=MeIn, wants=("If-Match",))
    gone = About(AbsencesAnswer, problems=("not-found",))
    return [
        web.get("/v1/me", scoped(Scope.TICKETS_READ, people.me, me)),
        web.put("/v1/me", scoped(Scope.TICKETS_WRITE, people.change_me, change)),
        web.get("/v1/me/away", scoped(Scope.TICKETS_READ, people.away, gone)),
        web.put("/v1/me/away", scoped(Scope.TICKETS_WRITE, people.go_away, away)),
        web.delete("/v1/me/away", scoped(Scope.TICKETS_WRITE, people.come_back, me)),
        web.get("/v1/staff", scoped(Scope.TICKETS_READ, people.staff, About(StaffAnswer))),
        web.get("/v1/teams", scoped(Scope.TICKETS_READ, people.teams, About(TeamsAnswer))),
    ]
