"""What has been achieved, and what it says of the next enquiry."""

from datetime import timedelta

import pytest

from services.routing.record import Answer, Outcome, Queue, Record

HOUR = timedelta(hours=1)
ONE = Queue(waiting=0, people=1)
TEN = tuple(Answer(took * HOUR, ONE) for took in range(1, 11))
KEPT, BROKEN = Outcome(kept=True, turns=0), Outcome(kept=False, turns=0)


def hours(time: timedelta) -> float:
    return time / HOUR


@pytest.mark.parametrize(
    ("queue", "turns"),
    [(ONE, 1), (Queue(3, 1), 4), (Queue(3, 2), 2), (Queue(3, 0), 4), (Queue(0, 4), 0.25)],
)
def test_turns_are_what_each_of_the_people_has_to_answer_first(queue: Queue, turns: float) -> None:
    assert queue.turns == turns


def test_nine_of_ten_took_no_longer() -> None:
    assert hours(Record(TEN * 4).nine_of_ten(ONE)) == pytest.approx(9)


def test_with_more_before_it_an_enquiry_takes_longer_but_less_than_in_proportion() -> None:
    record = Record(TEN * 4)
    ninefold = hours(record.nine_of_ten(Queue(waiting=8, people=1)))
    # Nine turns of five and a half hours, and the spread between that of one turn and of nine.
    assert 9 * 5.5 + 3 * 3.5 < ninefold < 9 * 9
    twice_the_people = hours(record.nine_of_ten(Queue(waiting=7, people=2)))
    assert twice_the_people < hours(record.nine_of_ten(Queue(waiting=7, people=1)))


def test_those_that_had_as_many_before_them_count_before_the_others() -> None:
    slow = tuple(Answer(50 * HOUR, Queue(9, 1)) for _ in range(200))
    quick = tuple(Answer(HOUR, ONE) for _ in range(200))
    record = Record((*slow, *quick))
    assert hours(record.nine_of_ten(Queue(9, 1))) == pytest.approx(50)
    assert hours(record.nine_of_ten(ONE)) == pytest.approx(1)


def test_what_still_waits_counts_as_taking_at_least_as_long() -> None:
    waiting = tuple(Answer(8 * HOUR, ONE, is_open=True) for _ in range(10))
    assert hours(Record(TEN * 4 + waiting).nine_of_ten(ONE)) == pytest.approx(10)
    fresh = tuple(Answer(timedelta(0), ONE, is_open=True) for _ in range(10))
    assert hours(Record(TEN * 4 + fresh).nine_of_ten(ONE)) == pytest.approx(9)


def test_where_everything_alike_still_waits_the_answers_of_others_are_taken() -> None:
    waiting = tuple(Answer(HOUR, Queue(9, 1), is_open=True) for _ in range(300))
    assert hours(Record(TEN * 4 + waiting).nine_of_ten(Queue(9, 1))) > 20


def test_the_margin_grows_by_what_is_broken_and_nine_kept_take_it_back() -> None:
    assert Record().margin == 1
    assert Record(outcomes=(BROKEN,)).margin > 1.1
    assert Record(outcomes=(BROKEN, *[KEPT] * 9)).margin == pytest.approx(1, abs=0.01)
    assert Record(outcomes=(KEPT,) * 9).margin < 0.95


def test_the_margin_moves_less_while_many_wait_and_stays_within_bounds() -> None:
    crowded = Outcome(kept=False, turns=15)
    assert 1 < Record(outcomes=(crowded,)).margin < Record(outcomes=(BROKEN,)).margin
    assert Record(outcomes=(BROKEN,) * 300).margin == 2.5
    assert Record(outcomes=(KEPT,) * 300).margin == 0.5


def test_what_was_broken_beyond_the_bounds_has_not_to_be_taken_back_first() -> None:
    surge = (BROKEN,) * 300
    assert Record(outcomes=(*surge, *[KEPT] * 30)).margin < 1.7
    assert Record(outcomes=(*[KEPT] * 290, *[BROKEN] * 5)).margin > 0.7
