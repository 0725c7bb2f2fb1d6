"""A made-up library, its people and a year of enquiries, all from one seed."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

import holidays

from shared.library import Library
from shared.staff import Absence, StaffMember

YEAR: Final = 2027
LANGUAGES: Final = {"en": 0.85, "cy": 0.15}
TOPICS: Final[Mapping[str, tuple[str, float, float]]] = {
    "borrowing": ("enquiries", 0.30, 0.7),
    "events": ("enquiries", 0.12, 0.6),
    "general": ("enquiries", 0.18, 1.0),
    "archives": ("local-history", 0.10, 1.6),
    "local-history": ("local-history", 0.15, 1.0),
    "accessible-copy": ("accessible-formats", 0.15, 1.0),
}
"""Team, share of the enquiries, and work beside that of the team's other topics."""
_WEEK: Final = (1.35, 1.15, 1.05, 1.0, 0.95, 0.55, 0.45)
_MONTHS: Final = (1.05, 1.05, 1.1, 0.95, 0.95, 0.9, 0.8, 0.75, 1.1, 1.25, 1.15, 0.8)
_DAY: Final = (1, 0, 0, 0, 0, 0, 1, 2, 4, 8, 9, 9, 7, 8, 9, 9, 8, 6, 5, 5, 5, 4, 3, 2)
_SPREAD: Final = 0.8
"""Of the logarithm of the time that an answer takes: one in a hundred takes over six times the
usual."""


@dataclass(frozen=True)
class Plan:
    """What can be varied."""

    seed: int = 1
    tickets_a_month: int = 1200
    surge_month: int = 10
    surge: float = 3.0
    busy: float = 0.6
    """The part of the staff's ordinary time that enquiries take over the year."""
    months: int = 12
    settling: int = 3
    """Months before those that are shown, in which the record is begun."""
    haste: float = 2.0

    @property
    def begins(self) -> datetime:
        return _month(YEAR, 1 - self.settling)

    @property
    def shown_from(self) -> datetime:
        return _month(YEAR, 1)

    @property
    def ends(self) -> datetime:
        return _month(YEAR, 1 + self.months)

    @property
    def surge_from(self) -> datetime:
        return datetime(YEAR, self.surge_month, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Enquiry:
    """What somebody asks, and how much work its answer will be."""

    at: datetime
    patron: int
    topic: str
    team: str
    language: str
    effort: float
    """Beside the usual of its team."""


def _month(year: int, month: int) -> datetime:
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)


def library() -> Library:
    """Three teams, one with days of its own, and the holidays of Wales."""
    days = holidays.country_holidays("GB", subdiv="WLS", years=range(YEAR - 1, YEAR + 2))
    closures = [{"on": day, "reason": name} for day, name in sorted(days.items())]
    closures.append({"on": date(YEAR, 6, 16), "reason": "Staff training"})
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    week: dict[str, Any] = {day: ["09:00-17:30"] for day in weekdays} | {"closures": closures}
    hours = week | {"wednesday": ["09:00-13:00", "14:00-19:00"], "saturday": ["10:00-16:00"]}
    return Library.model_validate(
        {
            "library": {
                "name": "Llanfair-on-Sea Public Library",
                "enquiry_address": "enquiries@llanfair.example",
                "time_zone": "Europe/London",
                "languages": list(LANGUAGES),
            },
            "hours": hours,
            "teams": [
                {"id": "enquiries", "name": "Enquiry Desk"},
                {"id": "local-history", "name": "Local History", "hours": week},
                {"id": "accessible-formats", "name": "Accessible Formats"},
            ],
            "topics": [{"id": topic, "team": team} for topic, (team, _, _) in TOPICS.items()],
            "promise": {"first_answer_open_hours": 8.0},
            "sign_off": dict.fromkeys(LANGUAGES, "With kind regards"),
        }
    )


def people(plan: Plan) -> list[StaffMember]:
    """Who works there: with languages, skills of other teams, leave, days of illness; and some
    leave for good in the course of the year."""
    random = Random(f"{plan.seed} people")
    sizes = {"enquiries": 6, "local-history": 3, "accessible-formats": 3}
    found = []
    for team, size in sizes.items():
        others = [topic for topic, (of, _, _) in TOPICS.items() if of != team]
        for number in range(size):
            leaves = number == size - 1 and team != "accessible-formats"
            found.append(
                StaffMember(
                    id=f"{team}-{number}",
                    name=f"{team} {number}",
                    address=f"{team}.{number}@llanfair.example",
                    team=team,
                    languages=frozenset({"en", "cy"} if number % 2 == 0 else {"en"}),
                    skills=frozenset(random.sample(others, 2)) if number % 2 else frozenset(),
                    absences=tuple(_absences(plan, random, leaves=leaves)),
                )
            )
    return found


def _absences(plan: Plan, random: Random, *, leaves: bool) -> Iterator[Absence]:
    days = (plan.ends - plan.begins).days
    for length in (14, 10, 5):
        if random.random() < days / 365:
            start = plan.begins + timedelta(days=random.randrange(days), hours=3)
            yield Absence(start, start + timedelta(days=length))
    for _ in range(round(6 * days / 365)):
        start = plan.begins + timedelta(days=random.randrange(days), hours=3)
        yield Absence(start, start + timedelta(days=random.choice((1, 1, 2, 4))))
    if leaves:
        yield Absence(plan.begins + timedelta(days=days * random.uniform(0.4, 0.8)))


def enquiries(plan: Plan) -> Iterator[Enquiry]:
    """A year of them, in order of time."""
    random = Random(f"{plan.seed} enquiries")
    most = 3.2 * max(_WEEK) * max(_MONTHS) * max(_DAY) / (sum(_DAY) / 24)
    hourly = plan.tickets_a_month * 12 / 365 / 24
    now = plan.begins
    while True:
        now += timedelta(hours=random.expovariate(hourly * most))
        if now >= plan.ends:
            return
        if random.random() < _rate(plan, now) / most:
            yield _enquiry(plan, random, now)


def _rate(plan: Plan, now: datetime) -> float:
    """How many come, beside the mean of the year."""
    surge = plan.surge_from <= now < plan.surge_from + timedelta(weeks=3)
    day = _DAY[now.hour] / (sum(_DAY) / 24)
    return _WEEK[now.weekday()] * _MONTHS[now.month - 1] * day * (plan.surge if surge else 1.0)


def _enquiry(plan: Plan, random: Random, now: datetime) -> Enquiry:
    topic = random.choices(list(TOPICS), [share for _, share, _ in TOPICS.values()])[0]
    team, _, work = TOPICS[topic]
    return Enquiry(
        at=now,
        patron=random.randrange(plan.tickets_a_month * 8),
        topic=topic,
        team=team,
        language=random.choices(list(LANGUAGES), list(LANGUAGES.values()))[0],
        effort=work * math.exp(random.gauss(-_SPREAD * _SPREAD / 2, _SPREAD)),
    )
