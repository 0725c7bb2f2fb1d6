"""What staff do with a delivery and its items. Pure: a ticket in, a change out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.routing.deliveries.changing import (
    On,
    Step,
    changed,
    letter,
    look_at,
    soon,
)
from services.routing.deliveries.chasing import before_open_days
from services.routing.deliveries.delivery import (
    MOST_DELIVERIES,
    MOST_ITEMS,
    Delivery,
    Kind,
)
from services.routing.deliveries.item import Act, Item, Plan, State, Work, tried
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Ticket


@dataclass(frozen=True)
class Wanted:
    """An item that staff have confirmed."""

    work: Work
    plan: Plan | None = None
    needed_by: datetime | None = None


def open_delivery(
    ticket: Ticket, delivery: Delivery, by: str, s: Situation, *, was_asked: bool = False
) -> Change:
    """A patron needs copies: in which form, by when, and how they get them. If nobody knows in
    which form, they are asked, once. Raises: Refused."""
    _check_at_work(ticket)
    if len(ticket.deliveries) >= MOST_DELIVERIES:
        raise Refused(f"a ticket has {MOST_DELIVERIES} deliveries at most", ticket.status)
    begun = replace(delivery, list_by=look_at(ticket, s))
    if begun.has_format:
        return changed(ticket, Step(begun, "delivery_opened"), by, s)
    begun = replace(begun, format_by=look_at(ticket, s))
    is_known = was_asked or any(one.format_by is not None for one in ticket.deliveries)
    asks = () if is_known else (letter(Kind.FORMAT, (), begun, s),)
    return changed(ticket, Step(begun, "delivery_opened", letters=asks), by, s)


def change_delivery(on: On, known: Mapping[str, Any]) -> Change:
    """In which form, by when, and how it is handed over: `known` has what is new. Raises:
    Refused."""
    delivery = on.delivery
    after = replace(delivery, **known)
    if after.has_format:
        after = replace(after, format_by=None)
    if after.needed_by != delivery.needed_by:
        items = [
            replace(one, press_at=_press_at(on.ticket, one.needed_by or after.needed_by, on.s))
            for one in after.items
            if not one.is_ended
        ]
        after = after.with_items(items)
    return on.changed(Step(after, "delivery_changed"))


def add_items(on: On, wanted: Sequence[Wanted]) -> Change:
    """What is wanted, as staff have confirmed it. Raises: Refused."""
    on.check_at_work()
    delivery = on.delivery
    if sum(len(one.items) for one in on.ticket.deliveries) + len(wanted) > MOST_ITEMS:
        raise Refused(f"a ticket has {MOST_ITEMS} items at most", on.ticket.status)
    first = max((one.number for one in delivery.items), default=0) + 1
    added = tuple(_new(on.ticket, delivery, first + at, one, on.s) for at, one in enumerate(wanted))
    more = replace(delivery, items=(*delivery.items, *added), list_by=None, accounted_at=None)
    numbers = tuple(one.number for one in added)
    return on.changed(Step(more, "items_added", numbers))


def _new(ticket: Ticket, delivery: Delivery, number: int, wanted: Wanted, s: Situation) -> Item:
    return Item(
        number,
        wanted.work,
        State.WANTED,
        s.now,
        soon(ticket, s),
        plan=wanted.plan,
        needed_by=wanted.needed_by,
        press_at=_press_at(ticket, wanted.needed_by or delivery.needed_by, s),
    )


def _press_at(ticket: Ticket, needed_by: datetime | None, s: Situation) -> datetime | None:
    """When an item is put first that is needed by then; what is past presses nobody."""
    if needed_by is None or needed_by <= s.now:
        return None
    days = s.library.deliveries.press_before_open_days
    return before_open_days(s.calendar(ticket.team), needed_by, days, s.now)


def find(on: On, numbers: Sequence[int], plan: Plan) -> Change:
    """It is known how they are to be had. Raises: Refused."""
    at = look_at(on.ticket, on.s)
    items = [
        on.acted(one, Act.FIND, at, plan=plan, tries=tried(one, on.s.now, had=None))
        for one in on.chosen(numbers)
    ]
    return on.done(items, "items_found", plan=plan.value)


def receive(on: On, numbers: Sequence[int]) -> Change:
    """A copy has come: somebody is to look at it. Raises: Refused."""
    at = soon(on.ticket, on.s)
    items = [
        on.acted(one, Act.RECEIVE, at, tries=tried(one, on.s.now, had=True))
        for one in on.chosen(numbers)
    ]
    return on.done(items, "items_received")


def withdraw(on: On, numbers: Sequence[int], reason: str) -> Change:
    """They are not wanted any more. Raises: Refused."""
    items = [
        on.acted(
            one,
            Act.WITHDRAW,
            None,
            reason=reason,
            tries=tried(one, on.s.now, had=None),
        )
        for one in on.chosen(numbers)
    ]
    return on.done(items, "items_withdrawn", reason=reason)


def resume(on: On, number: int) -> Change:
    """It is wanted after all, or may be had after all. Raises: Refused."""
    on.check_at_work()
    delivery = on.delivery
    [item] = on.chosen([number])
    again = on.acted(item, Act.RESUME, soon(on.ticket, on.s), reason="", alternative="")
    opened = replace(delivery, accounted_at=None)
    return on.done([again], "item_resumed", delivery=opened)


def put_off(on: On, number: int, until: datetime) -> Change:
    """Somebody knows when there is something to do about it next. Raises: Refused."""
    [item] = on.chosen([number])
    if item.is_ended:
        raise Refused(f"item {number} is {item.state}: nothing is left to do", on.ticket.status)
    later = replace(item, next_at=until, needs_somebody=False)
    return on.done([later], "item_put_off", until=until)


def _check_at_work(ticket: Ticket) -> None:
    if ticket.is_ended:
        raise Refused("the ticket is over: reopen it first", ticket.status)
