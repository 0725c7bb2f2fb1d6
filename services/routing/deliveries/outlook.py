"""What is still to come of a delivery, and when, as far as that is known; what can be there by its
date. Pure. It promises nothing: what nobody knows is said to be unknown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.routing.deliveries.delivery import Delivery
from services.routing.deliveries.item import Item, State


@dataclass(frozen=True)
class Outlook:
    """How a delivery stands, by the numbers of its items."""

    first: tuple[int, ...]
    """In which order they are worked on."""
    there: tuple[int, ...]
    """Delivered."""
    to_come: tuple[int, ...]
    cannot: tuple[int, ...]
    withdrawn: tuple[int, ...]
    by_date: tuple[int, ...]
    """Of what is to come, what may be there by the day on which it is needed."""
    offer_hand: bool
    """Whether handing it over in person is to be thought of: the day is near."""


def outlook_of(delivery: Delivery, now: datetime) -> Outlook:
    """How it stands at this moment."""
    open_ = [one for one in delivery.items if not one.is_ended]
    return Outlook(
        first=_numbers(sorted(open_, key=lambda one: _place(one, delivery))),
        there=_numbers(one for one in delivery.items if one.state is State.DELIVERED),
        to_come=_numbers(open_),
        cannot=_numbers(one for one in delivery.items if one.state is State.CANNOT),
        withdrawn=_numbers(one for one in delivery.items if one.state is State.WITHDRAWN),
        by_date=_numbers(one for one in open_ if _is_in_time(one, delivery, now)),
        offer_hand=any(one.is_first and _date(one, delivery) is not None for one in open_),
    )


def _numbers(items: Iterable[Item]) -> tuple[int, ...]:
    return tuple(one.number for one in items)


def _date(item: Item, delivery: Delivery) -> datetime | None:
    return item.needed_by or delivery.needed_by


def _place(item: Item, delivery: Delivery) -> tuple[bool, float, int]:
    """What is put first, then what is needed first, then as they were listed."""
    date = _date(item, delivery)
    return not item.is_first, date.timestamp() if date else float("inf"), item.number


def _is_in_time(item: Item, delivery: Delivery, now: datetime) -> bool:
    """Only what is known: it is ready, or they usually send it in time."""
    date = _date(item, delivery)
    if date is None or date <= now:
        return False
    is_ready = item.state is State.READY
    return is_ready or (item.expected_at is not None and now < item.expected_at <= date)
