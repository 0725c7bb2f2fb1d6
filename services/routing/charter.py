"""The charter: how far the library's service is reliable, timely, personal and memorable. Pure.

Computed from what tickets' documents say, one after the other; nothing in it is a patron's name or
words. A ticket belongs to the day on which it was opened, by the library's time zone, and to the
team that has it now. Durations are seconds; median and p90 are by nearest rank, so that each is a
time that somebody really waited.

What can't be known is null, with its reason in `UNKNOWN`: in which language a letter went out is
not stored (of what staff write themselves nobody could say), and documents are not delivered in
other formats yet. How staff greet a patron in their own words is not judged: only the library's own
letters count as greeted by name. Of how it was for patrons, as they said themselves, counts are
told and never whose they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.routing.hours import Calendar
from services.routing.promise import PromiseState
from shared.personal import names_of

Document = Mapping[str, Any]
Figures = dict[str, Any]

UNKNOWN: Final = {
    "personal.in_their_language": "in which language a letter went out is not stored",
    "personal.in_their_format.given": "documents are not delivered in other formats yet",
}
"""What is null in every report, and why."""
LETTERS_ARE_NO_TEAMS: Final = "a letter without a state has no ticket, and so no team"
_ENDS: Final = tuple(one.value for one in PromiseState if one is not PromiseState.MADE)


@dataclass(frozen=True)
class Span:
    """Whole days in the library's time zone, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return _midnight(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        """The first moment that is no longer in it."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    @property
    def month(self) -> str | None:
        """Such as 2026-11, if it is exactly that month."""
        is_whole = self.first.day == 1 and self.last == month_of(self.first, self.zone).last
        return f"{self.first:%Y-%m}" if is_whole else None


def month_of(day: date, zone: ZoneInfo) -> Span:
    """The month that has this day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Span(first, following - timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@dataclass
class Waits:
    """How long patrons waited for something."""

    clock: list[float] = field(default_factory=list)
    open: list[float] = field(default_factory=list)

    def add(self, clock: float, open_time: float) -> None:
        self.clock.append(max(clock, 0.0))
        self.open.append(open_time)

    def figures(self) -> Figures:
        both = {"clock": self.clock, "open": self.open}
        ranks = {
            name: {"median": nearest(waits, 50), "p90": nearest(waits, 90)}
            for name, waits in both.items()
        }
        return {"tickets": len(self.clock), **ranks}


@dataclass
class Tally:
    """The figures of the tickets that it was given."""

    calendars: Mapping[str, Calendar]
    tickets: int = 0
    promises: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((one.value for one in PromiseState), 0)
    )
    reopened: int = 0
    acknowledged: Waits = field(default_factory=Waits)
    answered: Waits = field(default_factory=Waits)
    returned: int = 0
    """Answered tickets of patrons who had an owner before."""
    same_owner: int = 0
    letters: int = 0
    by_name: int = 0
    formats: int = 0
    praise: int = 0
    asked: int = 0
    """Tickets whose patron was asked whether it was solved."""
    solved: list[bool] = field(default_factory=list)
    recommend: list[int] = field(default_factory=list)
    lost: int = 0
    recovered: list[float] = field(default_factory=list)

    def add(self, ticket: Document) -> None:
        """One ticket: its fields, `timeline`, `promises`, `notices` (those that were sent) and
        `earlier` (the owner of the patron's ticket before)."""
        timeline = ticket.get("timeline", ())
        self.tickets += 1
        for row in ticket.get("promises", ()):
            self.promises[row["state"]] += 1
        self.reopened += any(one["event"] == "reopened" for one in timeline)
        self.formats += ticket.get("format") is not None
        self.praise += sum(one["event"] == "praised" for one in timeline)
        self._add_waits(ticket)
        self._add_owner(timeline, ticket.get("earlier"))
        self._add_greetings(ticket)
        self._add_lost(timeline)
        self._add_opinion(ticket)

    def _add_waits(self, ticket: Document) -> None:
        opened = ticket["created_at"]
        calendar = self.calendars.get(ticket["team"]) or next(iter(self.calendars.values()))
        told = [one["finished_at"] for one in ticket["notices"] if _acknowledges(one)]
        if told:
            at = min(told)
            open_time = calendar.open_time_between(opened, at).total_seconds()
            self.acknowledged.add((at - opened).total_seconds(), open_time)
        answered = ticket.get("answered_at")
        if answered is not None:
            self.answered.add((answered - opened).total_seconds(), ticket["answered_in"])

    def _add_owner(self, timeline: Sequence[Document], earlier: str | None) -> None:
        who = next((one["by"] for one in timeline if _is_answer(one)), None)
        if who is not None and earlier is not None:
            self.returned += 1
            self.same_owner += who == earlier

    def _add_greetings(self, ticket: Document) -> None:
        names = names_of(ticket)
        letters = [one for one in ticket["notices"] if one["notice"] != "reply"]
        self.letters += len(letters)
        # Of one whose patron was erased it was noted before.
        self.by_name += sum(
            one.get("by_name", any(name in one["greeting"] for name in names)) for one in letters
        )

    def _add_opinion(self, ticket: Document) -> None:
        """What was answered last counts."""
        said = ticket.get("opinion")
        self.asked += any(one["notice"] == "resolved" for one in ticket["notices"])
        if said is not None:
            self.solved.append(said["solved"])
            self.recommend += [said["recommend"]] if said["recommend"] is not None else []

    def _add_lost(self, timeline: Sequence[Document]) -> None:
        """Contact lost again before it was made again is one loss; who resolves gives it up."""
        is_lost = False
        for one in timeline:
            match one["event"]:
                case "contact_lost":
                    self.lost += not is_lost
                    is_lost = True
                case "contact_made":
                    self.recovered.append(one["after_seconds"])
                    is_lost = False
                case "resolved":
                    is_lost = False

    def figures(self, letters_without_state: int | None) -> Figures:
        """All of them. None: the letters can't be told for one team."""
        made, kept = self.promises["made"], self.promises["kept"]
        ended = {name: self.promises[name] for name in _ENDS}
        return {
            "tickets": self.tickets,
            "reliable": {
                "promises": {"made": made, **ended, "open": made - sum(ended.values())},
                "kept_share": _share(kept, kept + self.promises["broken"]),
                "reopened": self.reopened,
                "letters_without_state": letters_without_state,
            },
            "timely": {
                "acknowledged": self.acknowledged.figures(),
                "first_answered": self.answered.figures(),
            },
            "personal": {
                "answered_by_who_helped_before": {"of": self.returned, "same": self.same_owner},
                "greeted_by_name": {"letters": self.letters, "by_name": self.by_name},
                "in_their_language": None,
                "in_their_format": {"asked": self.formats, "given": None},
            },
            "memorable": {
                "praise": self.praise,
                "lost_contacts": {
                    "lost": self.lost,
                    "recovered": len(self.recovered),
                    "median": nearest(self.recovered, 50),
                },
                "how_it_was": {
                    "asked": self.asked,
                    "answered": len(self.solved),
                    "solved": sum(self.solved),
                    "solved_share": _share(sum(self.solved), len(self.solved)),
                },
                "would_recommend": {
                    "answered": len(self.recommend),
                    "median": nearest(self.recommend, 50),
                    "net": net_promoters(self.recommend),
                },
            },
        }


def _acknowledges(notice: Document) -> bool:
    return bool(notice["notice"] == "acknowledgement" and notice.get("finished_at"))


def _is_answer(entry: Document) -> bool:
    """Whether the patron heard from a person then."""
    reached = entry["event"] == "contact_tried" and entry.get("is_reached")
    return bool(entry["event"] == "replied" or reached)


def nearest(values: Sequence[float], percent: int) -> float | None:
    """The least of the values that so many in a hundred do not exceed; None of none."""
    if not values:
        return None
    return sorted(values)[-(-len(values) * percent // 100) - 1]


def net_promoters(answers: Sequence[int]) -> int | None:
    """Of a hundred who answered from 0 to 10: how many more said 9 or 10 than 6 or less (the Net
    Promoter Score); None of none."""
    if not answers:
        return None
    more = sum(one >= 9 for one in answers) - sum(one <= 6 for one in answers)
    return round(100 * more / len(answers))


def _share(part: int, whole: int) -> float | None:
    """Of promises, those that were kept or broken: one renegotiated in time or withdrawn is
    neither, and one still open is not yet."""
    return round(part / whole, 4) if whole else None


def flat(figures: Figures, above: str = "") -> Iterator[tuple[str, Any]]:
    """Each figure with its path, such as `reliable.promises.kept`."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def differing(published: Figures, now: Figures) -> list[str]:
    """The paths of the figures that are no longer as published."""
    before, after = dict(flat(published)), dict(flat(now))
    return [path for path in after | before if before.get(path) != after.get(path)]
