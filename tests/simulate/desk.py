"""A year at the desk: the real calendars, `choose_owner`, `estimated`, `promised`, `at_risk`, and
people who answer in the order of the promises, in their team's open time.

Kept is a promise as it was first made; nothing is renegotiated here.

An answer takes long-tailed times. Whoever has many waiting gives enquiries more of the day, up to
`Plan.haste` times as much. Tickets of somebody who is away lie until they are at risk, then they
go to somebody else with their promise. A tenth of the answered tickets stays open for a while, with
the next step the patron's.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Final

from services.routing.assign import (
    GIVEN_WITHIN,
    Load,
    Wanted,
    able_to,
    choose_owner,
    faded,
    turn_among,
    weight_of,
)
from services.routing.hours import Calendar, calendars
from services.routing.promise import Promise, answered, at_risk, estimated, promised
from services.routing.record import MOST_ANSWERS, MOST_OUTCOMES, Answer, Outcome, Queue, Record
from shared.staff import StaffMember
from tests.simulate.ruler import Ruler
from tests.simulate.world import TOPICS, Enquiry, Plan, enquiries, library, people

_FEW: Final = 4
_MANY: Final = 12


@dataclass(eq=False)
class Ticket:
    """An enquiry, its promise, and when it was answered."""

    enquiry: Enquiry
    wanted: Wanted
    promise: Promise
    left: timedelta
    """Work, at the ordinary pace."""
    owner: StaffMember | None = None
    answered_at: datetime | None = None
    took: timedelta = timedelta(0)
    closed_at: datetime | None = None
    counted: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether the answer came in time."""
        return self.answered_at is not None and self.answered_at <= self.promise.due_at

    def __lt__(self, other: "Ticket") -> bool:
        return self.promise.due_at < other.promise.due_at


@dataclass(frozen=True)
class Given:
    """One ticket given out: to whom, who might have had it, and among whom it is a turn."""

    at: datetime
    to: str
    able: frozenset[str]
    among: tuple[str, ...]


class Turns:
    """What `turns_had` says of one person, kept up as it goes."""

    def __init__(self, staff_id: str) -> None:
        self._id = staff_id
        self._rows: deque[Given] = deque()
        self._sums = (0.0, 0.0)
        self._at: datetime | None = None

    def add(self, one: Given) -> None:
        """A ticket that was this person's turn, or another's."""
        self._change(one, 1, one.at)
        self._rows.append(one)

    def at(self, now: datetime) -> tuple[float, float]:
        """`Load.given` and `Load.part`."""
        fades = faded(now - (self._at or now))
        self._sums = (self._sums[0] * fades, self._sums[1] * fades)
        self._at = now
        while self._rows and self._rows[0].at <= now - GIVEN_WITHIN:
            self._change(self._rows.popleft(), -1, now)
        return self._sums

    def _change(self, one: Given, times: int, now: datetime) -> None:
        given, part = self.at(now)
        counts = times * faded(now - one.at)
        is_mine = one.to == self._id
        self._sums = (given + counts * is_mine, part + counts / len(one.among))


@dataclass
class Person:
    """What somebody does at the moment."""

    who: StaffMember
    mine: list[Ticket] = field(default_factory=list)
    """Waiting for a first answer, by the promise."""
    at_work: Ticket | None = None
    began_at: datetime | None = None
    pace: float = 1.0
    turn: int = 0
    """Raised whenever work begins or is broken off."""
    waiting: list[Ticket] = field(default_factory=list)
    """Answered, but still open."""
    wakes_at: datetime | None = None

    def __post_init__(self) -> None:
        self.turns = Turns(self.who.id)


class Desk:
    """The whole library for a year."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.library = library()
        self.calendars: Mapping[str, Calendar] = calendars(self.library)
        end = plan.ends + timedelta(days=200)
        self.rulers = {
            team: Ruler(one, plan.begins - timedelta(days=1), end)
            for team, one in self.calendars.items()
        }
        self.people = {one.id: Person(one) for one in people(plan)}
        self.staff = [one.who for one in self.people.values()]
        self.tickets: list[Ticket] = []
        self.given: list[Given] = []
        self.queues: dict[str, list[Ticket]] = defaultdict(list)
        self.open: dict[tuple[str, str], dict[Ticket, None]] = defaultdict(dict)
        self.waiting: dict[str, int] = defaultdict(int)
        self.answers: dict[tuple[str, str], deque[Answer]] = defaultdict(
            lambda: deque(maxlen=MOST_ANSWERS)
        )
        self.outcomes: dict[str, deque[Outcome]] = defaultdict(lambda: deque(maxlen=MOST_OUTCOMES))
        self.ids = count()
        self.due: dict[str, list[tuple[datetime, int, Ticket]]] = defaultdict(list)
        self.helped: dict[int, str] = {}
        self.random = Random(f"{plan.seed} desk")
        self.usual = self._usual_work()
        self._events: list[tuple[datetime, int, str, object]] = []
        self._count = 0

    def _usual_work(self) -> dict[str, timedelta]:
        """So much that the year's enquiries take `busy` of the team's ordinary time."""
        found = {}
        start, end = self.plan.shown_from, self.plan.ends
        months = self.plan.months
        for team in self.library.teams:
            share = sum(part * work for of, part, work in TOPICS.values() if of == team.id)
            size = sum(one.team == team.id for one in self.staff)
            time = self.rulers[team.id].between(start, end) * size
            found[team.id] = time * self.plan.busy / (self.plan.tickets_a_month * months * share)
        return found

    def run(self) -> None:
        """From the first day to the last; what is open then stays so."""
        for one in enquiries(self.plan):
            self._at(one.at, "enquiry", one)
        for who in self.staff:
            for gone in who.absences:
                self._at(gone.since, "away", who.id)
                if gone.until is not None:
                    self._at(gone.until, "wake", who.id)
        while self._events and self._events[0][0] < self.plan.ends:
            now, _, event, about = heapq.heappop(self._events)
            getattr(self, f"_on_{event}")(about, now)

    def _at(self, when: datetime, event: str, about: object) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, event, about))

    def _on_enquiry(self, one: Enquiry, now: datetime) -> None:
        wanted = Wanted(one.team, one.topic, one.language, self.helped.get(one.patron))
        load = self._load(now)
        owner = choose_owner(wanted, self.staff, load, now, self.library).owner
        queue = self._queue(one.team, owner, load, now)
        estimate = estimated(self._record(one, now), queue, self._standard)
        promise = promised(now, estimate, self.calendars[one.team])
        ticket = Ticket(one, wanted, promise, self.usual[one.team] * one.effort)
        self.tickets.append(ticket)
        self.open[one.team, one.topic][ticket] = None
        self.waiting[one.team] += 1
        heapq.heappush(self.due[one.team], (promise.due_at, next(self.ids), ticket))
        self._at(at_risk(promise, self.calendars[one.team])[0], "at_risk", ticket)
        if owner is not None:
            self._give(ticket, owner, load, now)
        else:
            heapq.heappush(self.queues[one.team], ticket)

    @property
    def _standard(self) -> timedelta:
        return self.library.promise.first_answer

    def _queue(
        self, team: str, owner: StaffMember | None, load: Mapping[str, Load], now: datetime
    ) -> Queue:
        if owner is not None:
            return Queue(load[owner.id].unanswered, 1)
        here = sum(one.team == team and not one.is_away(now) for one in self.staff)
        return Queue(self.waiting[team], here)

    def _settle(self, team: str, ticket: Ticket, kept: bool) -> None:
        queue = ticket.promise.queue
        if not ticket.counted:
            ticket.counted = True
            self.outcomes[team].append(Outcome(kept, queue.turns if queue else 0))

    def _record(self, one: Enquiry, now: datetime) -> Record:
        due = self.due[one.team]
        while due and due[0][0] < now:
            _, _, ticket = heapq.heappop(due)
            self._settle(one.team, ticket, kept=False)
        ruler = self.rulers[one.team]
        mark = ruler.at(now)
        waiting = tuple(
            Answer(mark - ruler.at(each.promise.made_at), each.promise.queue, True)
            for each in self.open[one.team, one.topic]
            if each.promise.queue is not None
        )
        outcomes = tuple(self.outcomes[one.team])
        return Record((*self.answers[one.team, one.topic], *waiting), outcomes)

    def _load(self, now: datetime) -> dict[str, Load]:
        return {one.who.id: self._load_of(one, now) for one in self.people.values()}

    def _load_of(self, person: Person, now: datetime) -> Load:
        person.waiting = [one for one in person.waiting if one.closed_at and one.closed_at > now]
        active = [*person.mine, *([person.at_work] if person.at_work else [])]
        weight = sum(weight_of(now - one.enquiry.at, is_waiting=False) for one in active)
        weight += sum(weight_of(now - one.enquiry.at, is_waiting=True) for one in person.waiting)
        count = len(active) + len(person.waiting)
        return Load(count, weight, len(active), *person.turns.at(now))

    def _give_anew(self, ticket: Ticket, now: datetime) -> bool:
        load = self._load(now)
        owner = choose_owner(ticket.wanted, self.staff, load, now, self.library).owner
        if owner is not None:
            self._give(ticket, owner, load, now)
        return owner is not None

    def _give(
        self, ticket: Ticket, owner: StaffMember, load: Mapping[str, Load], now: datetime
    ) -> None:
        about = (ticket.wanted, self.staff, load, now, self.library)
        able = frozenset(one.id for one in able_to(*about).people)
        given = Given(now, owner.id, able, turn_among(*about, owner=owner.id))
        self.given.append(given)
        for each in given.among:
            self.people[each].turns.add(given)
        person = self.people[owner.id]
        ticket.owner = owner
        heapq.heappush(person.mine, ticket)
        self._begin(person, now)

    def _begin(self, person: Person, now: datetime) -> None:
        """The next by promise, if there is one and this is a time to work."""
        who = person.who
        if person.at_work is not None or who.is_away(now):
            return
        calendar = self.rulers[who.team]
        if not calendar.is_open(now):
            self._wake(person, calendar.next_opening(now))
            return
        if not person.mine:
            return
        ticket = heapq.heappop(person.mine)
        many = (len(person.mine) - _FEW) / (_MANY - _FEW)
        person.pace = 1 + (self.plan.haste - 1) * min(max(many, 0.0), 1.0)
        person.at_work, person.began_at = ticket, now
        person.turn += 1
        done_at = calendar.later(now, ticket.left / person.pace)
        self._at(done_at, "answer", (who.id, person.turn))

    def _wake(self, person: Person, at: datetime) -> None:
        if person.wakes_at != at:
            person.wakes_at = at
            self._at(at, "wake", person.who.id)

    def _seek(self, team: str, now: datetime) -> None:
        """An owner for what waits in the team's queue, as soon as anybody has room."""
        queue = self.queues[team]
        while queue and self._give_anew(queue[0], now):
            heapq.heappop(queue)

    def _on_wake(self, staff_id: str, now: datetime) -> None:
        person = self.people[staff_id]
        self._seek(person.who.team, now)
        self._begin(person, now)

    def _on_away(self, staff_id: str, now: datetime) -> None:
        person = self.people[staff_id]
        ticket, since = person.at_work, person.began_at
        if ticket is not None and since is not None:
            worked = self.rulers[person.who.team].between(since, now)
            ticket.left = max(ticket.left - worked * person.pace, timedelta(minutes=1))
            person.at_work = None
            person.turn += 1
            heapq.heappush(person.mine, ticket)

    def _on_answer(self, about: tuple[str, int], now: datetime) -> None:
        person = self.people[about[0]]
        ticket = person.at_work
        if ticket is None or person.turn != about[1]:
            return
        person.at_work = None
        self._answered(ticket, now)
        self.helped[ticket.enquiry.patron] = person.who.id
        if self.random.random() < 0.1:
            ticket.closed_at = now + timedelta(days=self.random.expovariate(0.2))
            person.waiting.append(ticket)
        self._seek(ticket.enquiry.team, now)
        self._begin(person, now)

    def _answered(self, ticket: Ticket, now: datetime) -> None:
        one = ticket.enquiry
        ticket.answered_at = now
        made_at, queue = ticket.promise.made_at, ticket.promise.queue
        ticket.took = self.rulers[one.team].between(made_at, now)
        ended = answered(ticket.promise, now)
        if ended is not None:
            ticket.promise = ended
        self._settle(one.team, ticket, kept=now <= ticket.promise.due_at)
        del self.open[one.team, one.topic][ticket]
        self.waiting[one.team] -= 1
        if queue is not None:
            self.answers[one.team, one.topic].append(Answer(ticket.took, queue))

    def _on_at_risk(self, ticket: Ticket, now: datetime) -> None:
        """Nobody's, or of somebody who is away: it goes to somebody else."""
        if ticket.answered_at is not None:
            return
        if ticket.owner is None:
            queue = self.queues[ticket.enquiry.team]
            if ticket in queue and self._give_anew(ticket, now):
                queue.remove(ticket)
                heapq.heapify(queue)
        elif ticket.owner.is_away(now):
            person = self.people[ticket.owner.id]
            if ticket in person.mine and self._give_anew(ticket, now):
                person.mine.remove(ticket)
                heapq.heapify(person.mine)
