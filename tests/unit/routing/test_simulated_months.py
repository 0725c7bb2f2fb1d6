"""Two made-up months through the functions that decide: what they are there for comes out."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.simulate.desk import Desk, Given
from tests.simulate.report import closed_promises, fair_shares, months, parts, ratio, unfair
from tests.simulate.ruler import Ruler
from tests.simulate.world import Plan
from tests.unit.examples import CALENDARS, NOW

PLAN = Plan(seed=5, tickets_a_month=500, surge_month=12, months=2, settling=2)
ANNA, BRYN, CERI = "anna", "bryn", "ceri"


@pytest.fixture(scope="module")
def desk() -> Desk:
    """After two months, and two before them."""
    found = Desk(PLAN)
    found.run()
    return found


def test_nine_of_ten_promises_are_kept_and_they_are_no_longer_than_they_need_be(desk: Desk) -> None:
    shown = months(desk)
    kept = [one for month in shown for one in month.kept]
    assert len(kept) > 700
    assert 0.85 <= sum(kept) / len(kept) <= 0.95
    assert ratio(shown) < 2.5


def test_nobody_has_more_than_their_share(desk: Desk) -> None:
    assert max(one.unfair for one in months(desk)) <= 0.15


def test_nothing_is_promised_for_when_nobody_is_there(desk: Desk) -> None:
    assert len(desk.tickets) > 1200
    assert closed_promises(desk) == 0


def test_no_room_is_exceeded_and_nobody_is_given_anything_while_away(desk: Desk) -> None:
    people = {one.id: one for one in desk.staff}
    assert not [one for one in desk.given if people[one.to].is_away(one.at)]
    assert max(Counter(one.to for one in desk.given).values()) < len(desk.given) / 4


def test_the_fair_share_is_equal_for_the_days_here_where_anybody_could_have_it() -> None:
    shares = fair_shares({frozenset({ANNA, BRYN, CERI}): 50}, {ANNA: 20, BRYN: 20, CERI: 10})
    assert shares == pytest.approx({ANNA: 20, BRYN: 20, CERI: 10})


def test_who_must_have_some_has_less_of_the_others() -> None:
    groups = {frozenset({ANNA}): 12, frozenset({ANNA, BRYN}): 20, frozenset({BRYN, CERI}): 13}
    shares = fair_shares(groups, dict.fromkeys((ANNA, BRYN, CERI), 20))
    assert shares == pytest.approx({ANNA: 15 + 1, BRYN: 16, CERI: 13}, abs=0.01)


def test_who_took_less_though_there_was_room_has_less_than_the_fair_share() -> None:
    both = (ANNA, BRYN)
    given = [Given(NOW, BRYN, frozenset(both), both)] * 40
    given += [Given(NOW, ANNA, frozenset(both), both)] * 20
    assert unfair(given) == pytest.approx(1 / 3)


def test_what_came_while_somebody_had_no_room_is_not_theirs() -> None:
    both, alone = (ANNA, BRYN), (BRYN,)
    given = [Given(NOW, ANNA, frozenset(both), both), Given(NOW, BRYN, frozenset(both), both)] * 20
    given += [Given(NOW, BRYN, frozenset(alone), alone)] * 60
    assert parts(given) == {ANNA: 20, BRYN: 80}
    assert unfair(given) == pytest.approx(0)


def test_nothing_given_is_nothing_unfair() -> None:
    assert unfair(()) == 0


def test_the_ruler_measures_what_the_calendar_does() -> None:
    calendar = CALENDARS["enquiries"]
    ruler = Ruler(calendar, NOW - timedelta(days=9), NOW + timedelta(days=400))
    for hours in (0, 3, 20, 60, 777, 3000):
        start, end = NOW + timedelta(hours=hours), NOW + timedelta(hours=2 * hours + 5)
        assert ruler.between(start, end) == calendar.open_time_between(start, end)
        later = timedelta(hours=hours / 10 + 0.5)
        assert ruler.later(start, later) == calendar.add_open_time(start, later)
        assert ruler.is_open(start) == calendar.is_open(start)
        assert ruler.next_opening(start) == calendar.next_opening(start)
