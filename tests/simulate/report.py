"""What the year came to, month by month, and who was given how much."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles
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
        unfair(given),
    )


def _hours(desk: Desk, ticket: Ticket, end: datetime) -> float:
    return desk.rulers[ticket.enquiry.team].between(ticket.promise.made_at, end) / timedelta(
        hours=1
    )


def unfair(given: Sequence[Given]) -> float:
    """The largest difference of what anybody was given from what skill and presence allow, as a
    part of that; shares of under twenty tickets are left out.

    What presence allows: an equal part of each ticket for which somebody was here and had room, of
    the kind who could have it (`turn_among`: their team's, or if nobody of that was free, whoever
    has the skill). Nobody can be given what would pass their cap, so having no room is like being
    away. What skill allows: whoever might have had a ticket by the rules (of those, who helped
    before, or speaks the language) might have had any part of it. Of all ways to divide the month's
    tickets so, the fair one is that in which what each has, beside what presence allows, is as
    equal as can be: where a ticket could go to one person only, that person has it, and less of the
    others. It knows the whole month, and the choice did not.
    """
    had = Counter(one.to for one in given)
    fair = fair_shares(Counter(one.able for one in given), parts(given))
    return max(
        (abs(had[one] - share) / share for one, share in fair.items() if share >= _ENOUGH),
        default=0.0,
    )


def parts(given: Iterable[Given]) -> Mapping[str, float]:
    """What each would have had, had each ticket been shared by those whose turn it might be."""
    found: dict[str, float] = defaultdict(float)
    for one in given:
        for each in one.among:
            found[each] += 1 / len(one.among)
    return found


def fair_shares(
    groups: Mapping[frozenset[str], int], here: Mapping[str, float]
) -> Mapping[str, float]:
    """Each group's tickets poured over its people, the emptiest first, until nothing moves."""
    parts: dict[frozenset[str], dict[str, float]] = {group: {} for group in groups}
    total: dict[str, float] = dict.fromkeys(frozenset().union(*groups), 0.0)
    for _ in range(_ROUNDS):
        for group, count in groups.items():
            for one, part in parts[group].items():
                total[one] -= part
            parts[group] = _poured(count, {one: (total[one], here[one]) for one in group})
            for one, part in parts[group].items():
                total[one] += part
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
