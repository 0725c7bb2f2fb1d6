"""What the year came to, month by month, and who was given how much."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles
from types import MappingProxyType
from typing import Final

from tests.simulate.desk import Desk, Given, Ticket
from tests.simulate.world import Plan

_ENOUGH: Final = 20.0
"""Whose fair share of a month is less is left out: three tickets more would be the whole 15%."""
_ROUNDS: Final = 60
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Month:
    """The enquiries of one month. A promise counts in the month in which it was made."""

    name: str
    kept: Sequence[bool]
    promised: Sequence[float]
    """Open hours."""
    achieved: Sequence[float]
    unfair: float
    """The largest difference of anybody's share from the fair one, as a part of that."""

    @property
    def share(self) -> float:
        return sum(self.kept) / len(self.kept)

    def row(self) -> str:
        """As it is printed."""
        return (
            f"{self.name}  {len(self.kept):7d}  {self.share:.3f}  {median(self.promised):8.1f}"
            f"  {median(self.achieved):8.1f}  {quantiles(self.achieved, n=10)[-1]:6.1f}"
            f"  {self.unfair:6.3f}"
        )


HEADER: Final = "month    tickets   kept  promised  achieved     p90  unfair"


def months(desk: Desk) -> list[Month]:
    """Each month that is shown."""
    by_month: dict[str, list[Ticket]] = defaultdict(list)
    for one in desk.tickets:
        if one.promise.made_at >= desk.plan.shown_from and one.promise.due_at < desk.plan.ends:
            by_month[f"{one.promise.made_at:%Y-%m}"].append(one)
    given: dict[str, list[Given]] = defaultdict(list)
    for each in desk.given:
        given[f"{each.at:%Y-%m}"].append(each)
    return [_month(desk, name, by_month[name], given[name]) for name in sorted(by_month)]


def _month(desk: Desk, name: str, tickets: Sequence[Ticket], given: Sequence[Given]) -> Month:
    return Month(
        name,
        [one.is_kept for one in tickets],
        [_hours(desk, one, one.promise.due_at) for one in tickets],
        [_hours(desk, one, one.answered_at or desk.plan.ends) for one in tickets],
        unfair(given, _parts(desk, given)),
    )


def _parts(desk: Desk, given: Iterable[Given]) -> dict[str, float]:
    """What each would have had, had what their team was given been shared by those here."""
    parts: dict[str, float] = dict.fromkeys((one.id for one in desk.staff), 0.0)
    for one in given:
        team = desk.people[one.to].who.team
        here = [each.id for each in desk.staff if each.team == team and not each.is_away(one.at)]
        for each in here:
            parts[each] += 1 / len(here)
    return parts


def _hours(desk: Desk, ticket: Ticket, end: datetime) -> float:
    return desk.rulers[ticket.enquiry.team].between(ticket.promise.made_at, end) / timedelta(
        hours=1
    )


def unfair(given: Sequence[Given], here: Mapping[str, float]) -> float:
    """The largest difference of what anybody was given from what skill and presence allow.

    What they allow: whoever might have had a ticket by the rules (here, with room, of the first
    kind of whom anybody was free: who helped before, the team's speakers of the language, …) might
    have had any part of it; of all ways to divide the month's tickets so, the fair one is that in
    which what each has, beside an equal part of what came to their team while they were here
    (`here`), is as equal as can be. Where a ticket could go to one person only, that person has it,
    and less of the others. Nobody can have more than their room takes (`most_of`). As a part of the
    fair share; shares of under twenty tickets are left out.
    """
    had = Counter(one.to for one in given)
    groups = Counter(one.among for one in given)
    fair = fair_shares(groups, here, most_of(given))
    return max(
        (abs(had[one] - share) / share for one, share in fair.items() if share >= _ENOUGH),
        default=0.0,
    )


def most_of(given: Sequence[Given]) -> Mapping[str, int]:
    """What those can have had, at most, who at some moment had no room.

    Then each place of theirs was taken: more before that moment would have filled their room
    earlier, and left them less of what came until then. So up to the last such moment it is what
    they had; after it, all that they might have had.
    """
    had: Counter[str] = Counter()
    most: Counter[str] = Counter()
    was_full: set[str] = set()
    for one in given:
        most.update(one.among & was_full)
        for each in one.full:
            most[each] = had[each]
        was_full |= one.full
        had[one.to] += 1
    return {one: most[one] for one in was_full}


def fair_shares(
    groups: Mapping[frozenset[str], int],
    here: Mapping[str, float],
    most: Mapping[str, int] = MappingProxyType({}),
) -> Mapping[str, float]:
    """Each group's tickets poured over its people, the emptiest first, until nothing moves; who
    has more than the most that they can is narrowed, so that it flows to others."""
    parts: dict[frozenset[str], dict[str, float]] = {group: {} for group in groups}
    total: dict[str, float] = dict.fromkeys(frozenset().union(*groups), 0.0)
    width = {one: max(here[one], 1.0) for one in total}
    for _ in range(_ROUNDS):
        for group, count in groups.items():
            for one, part in parts[group].items():
                total[one] -= part
            parts[group] = _poured(count, {one: (total[one], width[one]) for one in group})
            for one, part in parts[group].items():
                total[one] += part
        for one in most.keys() & {each for each in total if total[each] > 0}:
            width[one] = min(max(here[one], 1.0), width[one] * max(most[one], 0.1) / total[one])
    return total


def _poured(count: float, people: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """So many among people who have so much for so many days, up to one level."""
    order = sorted(people, key=lambda one: people[one][0] / people[one][1])
    has, width, level = 0.0, 0.0, 0.0
    for place, one in enumerate(order):
        has += people[one][0]
        width += people[one][1]
        level = (count + has) / width
        following = people[order[place + 1]] if place + 1 < len(order) else None
        if following is None or level <= following[0] / following[1]:
            break
    return {one: max(level * wide - had, 0.0) for one, (had, wide) in people.items()}


def closed_promises(desk: Desk) -> int:
    """Promises that are due when the team is not there; the moment of closing is not such a one."""
    found = 0
    for one in desk.tickets:
        calendar, due_at = desk.calendars[one.enquiry.team], one.promise.due_at
        found += not (calendar.is_open(due_at) or calendar.is_open(due_at - _MOMENT))
    return found


def ratio(shown: Sequence[Month]) -> float:
    """The median of what was promised over the median of what was achieved."""
    promised = median(one for month in shown for one in month.promised)
    return promised / median(one for month in shown for one in month.achieved)


def summary(desk: Desk, shown: Sequence[Month]) -> str:
    """The last line."""
    shares = [one.share for one in shown]
    return (
        f"simulate: kept_min={min(shares):.3f} kept_max={max(shares):.3f} ratio={ratio(shown):.2f}"
        f" closed_promises={closed_promises(desk)}"
        f" unfair_max={max(one.unfair for one in shown):.3f}"
    )


def described(plan: Plan) -> str:
    """The first line."""
    return (
        f"seed {plan.seed}: {plan.tickets_a_month} enquiries a month, {plan.surge:g} times as many"
        f" for three weeks from {plan.surge_from:%Y-%m-%d}"
    )
