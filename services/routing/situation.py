"""What decisions are made from besides the ticket: the library, who is there, and the moment. Pure.

It is gathered once for each decision, so that the same situation always gives the same change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.routing.assign import Assignment, choose_owner
from services.routing.hours import Calendar
from services.routing.promise import Promise, promised, published
from services.routing.ticket import Alert, Letter, Owner, Ticket
from shared.library import Library, Team
from shared.messages import derived_id
from shared.staff import StaffMember

_GATHERED: Final = timedelta(minutes=5)
"""What is not urgent waits so long, so that it can be told together with the rest."""
LEAD: Final = 2
"""The level of a team's lead; a colleague who can is one below, the ladder above."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take a ticket that its owner can't solve."""

    member: StaffMember
    level: int
    reason: str


@dataclass(frozen=True)
class Situation:
    """The library, its people, and now."""

    library: Library
    calendars: Mapping[str, Calendar]
    staff: Sequence[StaffMember]
    load: Mapping[str, int]
    now: datetime
    cause: str
    """The id of what is being answered: what follows from it is named after it."""

    def calendar(self, team: str) -> Calendar:
        """A team's; the first team's for one that the library file no longer has."""
        return self.calendars.get(team) or next(iter(self.calendars.values()))

    def promise(self, team: str) -> Promise:
        """What a patron can be promised now."""
        standard = published(self.library.promise.first_answer)
        return promised(self.now, standard, self.calendar(team))

    def owner_for(self, about: Ticket | Letter, excluding: frozenset[str]) -> Assignment:
        """Who takes it, of those who are here."""
        here = [one for one in self.staff if not one.is_away(self.now) and one.id not in excluding]
        return choose_owner(about.team, about.topic, about.language, here, self.load)

    def who_can(self, ticket: Ticket, excluding: frozenset[str]) -> list[Candidate]:
        """Who may be able to solve it, the nearest first: whoever has the skill in any team, the
        lead, the ladder."""
        here = [one for one in self.staff if not one.is_away(self.now) and one.id not in excluding]
        skilled = [one for one in here if ticket.topic in one.skills]
        skilled.sort(
            key=lambda one: (ticket.language not in one.languages, self.load.get(one.id, 0), one.id)
        )
        found = [Candidate(one, 1, f"has the skill {ticket.topic}") for one in skilled]
        above = self.above(ticket.team)
        found += [Candidate(one, level, why) for level, one, why in above if one in here]
        return found

    def above(self, team: str) -> list[tuple[int, StaffMember, str]]:
        """The team's lead and the ladder, with their levels, as far as they are staff."""
        lead = self._team(team).lead
        steps = [(LEAD, lead, f"leads the team {team}")]
        steps += [
            (LEAD + 1 + number, address, f"step {number + 1} of the ladder")
            for number, address in enumerate(self.library.escalation.ladder)
        ]
        by_address = {one.address: one for one in self.staff}
        return [(level, by_address[who], why) for level, who, why in steps if who in by_address]

    def _team(self, team: str) -> Team:
        teams = self.library.teams
        return next((one for one in teams if one.id == team), teams[0])

    def member(self, owner: Owner | None) -> StaffMember | None:
        """Who that is; None for nobody, or somebody who is no longer there."""
        return next((one for one in self.staff if owner and one.id == owner.id), None)

    def is_away(self, owner: Owner | None) -> bool:
        """Whether a ticket's owner can't look after it. One who is not in the list is away."""
        if owner is None:
            return False
        member = self.member(owner)
        return member is None or member.is_away(self.now)

    def alert(self, ticket: Ticket, staff: str, kind: str, *, urgent: bool = False) -> Alert:
        """That somebody be told: now, or in open time with the rest."""
        due_at = self.now
        if not urgent:
            due_at = self.calendar(ticket.team).next_opening(self.now) + _GATHERED
        return Alert(derived_id(self.cause, kind, staff), staff, kind, due_at)

    def owner_by(self, team: str) -> datetime:
        """When the team's time to find an owner is over."""
        hours = self._team(team).owner_within_open_hours
        return self.calendar(team).add_open_time(self.now, timedelta(hours=hours))
