"""What decisions are made from besides the ticket: the library, who is there, and the moment. Pure.

It is gathered once for each decision, so that the same situation always gives the same change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.routing.assign import (
    LEAD,
    NOTHING,
    Assignment,
    Load,
    Wanted,
    above,
    choose_owner,
    passed_over,
    turn_among,
    who_can,
)
from services.routing.hours import Calendar
from services.routing.promise import Promise, estimated, promised
from services.routing.record import Queue, Record
from services.routing.ticket import Alert, Letter, Owner, Ticket
from shared.library import Library, Team
from shared.messages import derived_id
from shared.staff import StaffMember

COLLEAGUE: Final = LEAD - 1


NO_RECORD: Final = Record()


@dataclass(frozen=True)
class Achieved:
    """What has been achieved, and what waits, as last read."""

    records: Mapping[tuple[str, str], Record] = field(default_factory=dict)
    """By topic and team."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """By team: tickets without an owner that wait for their first answer."""


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
    load: Mapping[str, Load]
    now: datetime
    cause: str
    """The id of what is being answered: what follows from it is named after it."""
    achieved: Achieved = Achieved()

    def calendar(self, team: str) -> Calendar:
        """A team's; the first team's for one that the library file no longer has."""
        return self.calendars.get(team) or next(iter(self.calendars.values()))

    def promise(self, ticket: Ticket) -> Promise:
        """What a patron can be promised now: what nine of ten such enquiries keep to."""
        record = self.achieved.records.get((ticket.topic, ticket.team), NO_RECORD)
        estimate = estimated(record, self._queue(ticket), self.library.promise.first_answer)
        return promised(self.now, estimate, self.calendar(ticket.team))

    def _queue(self, ticket: Ticket) -> Queue:
        """Who is before it: what its owner has still to answer, or what its team has."""
        if ticket.owner is not None:
            return Queue(self.load.get(ticket.owner.id, NOTHING).unanswered, 1)
        here = sum(one.team == ticket.team and not one.is_away(self.now) for one in self.staff)
        return Queue(self.achieved.waiting.get(ticket.team, 0), here)

    def owner_for(
        self,
        about: Ticket | Letter,
        *,
        helped_before: str | None = None,
        excluding: frozenset[str] = frozenset(),
    ) -> Assignment:
        """Who takes it, of those who are here and have room."""
        wanted = _wanted(about, helped_before, excluding)
        return choose_owner(wanted, self.staff, self.load, self.now, self.library)

    def turn_among(self, ticket: Ticket, owner: Owner) -> tuple[str, ...]:
        """Among whom (staff ids) it is counted as a turn that this owner has it."""
        wanted = _wanted(ticket, None, frozenset())
        people = (self.staff, self.load, self.now, self.library)
        return turn_among(wanted, *people, owner=owner.id)

    def who_can(self, ticket: Ticket, excluding: frozenset[str]) -> list[Candidate]:
        """Who may be able to solve it, the nearest first: whoever has the skill in any team, the
        lead, the ladder."""
        wanted = _wanted(ticket, None, excluding)
        found = who_can(wanted, self.staff, self.load, self.now, self.library)
        levels = {one.id: level for level, one, _ in reversed(self.above(ticket.team))}
        known = [
            Candidate(one.staff, levels.get(one.staff.id, COLLEAGUE), one.reason)
            for one in found
            if one.staff is not None
        ]
        # A lead who also knows it is asked as the lead, after the others.
        return sorted(known, key=lambda one: one.level)

    def passed_over(self, ticket: Ticket, excluding: frozenset[str]) -> tuple[str, ...]:
        """Who would be asked too, but is not, and why."""
        wanted = _wanted(ticket, None, excluding)
        return passed_over(wanted, self.staff, self.load, self.now, self.library)

    def above(self, team: str) -> list[tuple[int, StaffMember, str]]:
        """The team's lead and the ladder, with their levels, as far as they are staff."""
        steps = above(self._team(team).id, self.library)
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
            gathered = timedelta(minutes=self.library.escalation.digest_after_minutes)
            due_at = self.calendar(ticket.team).next_opening(self.now) + gathered
        return Alert(derived_id(self.cause, kind, staff), staff, kind, due_at)

    def owner_by(self, team: str) -> datetime:
        """When the team's time to find an owner is over."""
        hours = self._team(team).owner_within_open_hours
        return self.calendar(team).add_open_time(self.now, timedelta(hours=hours))


def _wanted(about: Ticket | Letter, helped_before: str | None, excluding: frozenset[str]) -> Wanted:
    return Wanted(about.team, about.topic, about.language, helped_before, excluding)
