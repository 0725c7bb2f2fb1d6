"""Which words of a search are looked up in the index alone."""

from datetime import UTC, datetime, timedelta

import pytest

from services.routing.rarity import Extent, looked_up

OLDEST = datetime(2016, 11, 22, tzinfo=UTC)
NEWEST = datetime(2026, 11, 22, tzinfo=UTC)
TEN_YEARS = NEWEST - OLDEST
MILLION = Extent(1_000_000, OLDEST, NEWEST)


@pytest.mark.parametrize(
    ("since", "about"),
    [
        (OLDEST, 200),
        (NEWEST - TEN_YEARS / 100, 20_000),
        (NEWEST - timedelta(seconds=1), 1_000_000),
        (NEWEST, 1_000_000),
        (None, 200),
    ],
)
def test_how_far_back_the_newest_go_says_how_many_have_a_word(
    since: datetime | None, about: int
) -> None:
    assert MILLION.having(200, since) == pytest.approx(about)


def test_of_no_tickets_few_have_a_word() -> None:
    assert Extent(0, None, None).having(200, NEWEST) == 200


@pytest.mark.parametrize(
    ("having", "wanted"),
    [
        ((200, 20_000), 1),  # few have the one: they are read
        ((20_000, 300_000), 1),  # many who have the one have the other
        ((500_000, 600_000, 700_000), 1),
        ((10_000, 12_000), 2),  # 120 in a million: far between
        ((23_000, 24_000), 1),  # 552: a page of them is soon full
        ((23_000, 24_000, 62_000), 2),  # the third is looked for in the 552 that have two
        ((40_000, 42_000, 60_000), 3),  # two are had by 1,680: too many to name
        ((40_000, 42_000, 900_000), 1),
    ],
)
def test_the_index_is_asked_first_where_words_seldom_meet(
    having: tuple[float, ...], wanted: int
) -> None:
    assert looked_up(having, 1_000_000, 51, 1000) == wanted


def test_of_no_tickets_nothing_is_named() -> None:
    assert looked_up((200.0, 200.0), 0, 51, 1000) == 1
