"""What staff do with a delivery and its items. Pure: a ticket in, a change out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.routing.deliveries.changing import (
    BY_LETTER,
    Step,
    acted,
    changed,
    chased,
    chosen,
    found,
    handed,
    letter,
    look_at,
    ready_of,
    soon,
)
from services.routing.deliveries.chasing import after_open_days, before_open_days
from services.routing.deliveries.delivery import (
    MOST_DELIVERIES,
    MOST_ITEMS,
    Delivery,
    Kind,
    Pace,
)
from services.routing.deliveries.item import Act, File, Item, Plan, State, Try, Work, tried
from services.routing.deliveries.publisher import Publisher
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Ticket


@dataclass(frozen=True)
class Wanted:
    """An item that staff have confirmed."""

    work: Work
    plan: Plan | None = None
    needed_by: datetime | None = None


def open_delivery(ticket: Ticket, delivery: Delivery, by: str, s: Situation) -> Change:
    """A patron needs copies: in which form, by when, and how they get them. Raises: Refused."""
    _check_at_work(ticket)
    if len(ticket.deliveries) >= MOST_DELIVERIES:
        raise Refused(f"a ticket has {MOST_DELIVERIES} deliveries at most", ticket.status)
    begun = replace(delivery, list_by=look_at(ticket, s))
    return changed(ticket, Step(begun, "delivery_opened"), by, s)


def change_delivery(
    ticket: Ticket, delivery_id: str, known: Mapping[str, Any], by: str, s: Situation
) -> Change:
    """By when it is needed, and how it is handed over: `known` has what is new. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    after = replace(delivery, **known)
    if after.needed_by != delivery.needed_by:
        items = [
            replace(one, press_at=_press_at(ticket, one.needed_by or after.needed_by, s))
            for one in after.items
            if not one.is_ended
        ]
        after = after.with_items(items)
    return changed(ticket, Step(after, "delivery_changed"), by, s)


def add_items(
    ticket: Ticket, delivery_id: str, wanted: Sequence[Wanted], by: str, s: Situation
) -> Change:
    """What is wanted, as staff have confirmed it. Raises: Refused."""
    _check_at_work(ticket)
    delivery = found(ticket, delivery_id)
    if sum(len(one.items) for one in ticket.deliveries) + len(wanted) > MOST_ITEMS:
        raise Refused(f"a ticket has {MOST_ITEMS} items at most", ticket.status)
    first = max((one.number for one in delivery.items), default=0) + 1
    added = tuple(_new(ticket, delivery, first + at, one, s) for at, one in enumerate(wanted))
    more = replace(delivery, items=(*delivery.items, *added), list_by=None, accounted_at=None)
    numbers = tuple(one.number for one in added)
    return changed(ticket, Step(more, "items_added", numbers), by, s)


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


def find(
    ticket: Ticket, delivery_id: str, numbers: Sequence[int], plan: Plan, by: str, s: Situation
) -> Change:
    """It is known how they are to be had. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    at = look_at(ticket, s)
    items = [
        acted(ticket, one, Act.FIND, at, s, plan=plan, tries=tried(one, s.now, had=None))
        for one in chosen(ticket, delivery, numbers)
    ]
    return _done(ticket, delivery, items, "items_found", by, s, plan=plan.value)


def ask(
    ticket: Ticket,
    delivery_id: str,
    numbers: Sequence[int],
    publisher: Publisher,
    words: str,
    by: str,
    s: Situation,
) -> Change:
    """Write to a publisher about them, in one letter. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    if not delivery.rights.strip():
        raise Refused("no ground is recorded on which copies may be asked for", ticket.status)
    days = s.library.deliveries.chase_after_open_days
    at = after_open_days(s.calendar(ticket.team), s.now, days)
    items = []
    for one in chosen(ticket, delivery, numbers):
        # Asked before and asked again is one try; another publisher is another.
        last = one.open_try
        if last is not None and last.publisher == publisher.id:
            raise Refused(f"item {one.number} is with this publisher already", ticket.status)
        tries = (*tried(one, s.now, had=None), Try(publisher.id, s.now, last_at=s.now))
        expected = _expected(publisher, s)
        step: dict[str, Any] = {"tries": tries, "expected_at": expected, "plan": Plan.PUBLISHER}
        items.append(acted(ticket, one, Act.ASK, at, s, **step))
    sent = letter(Kind.ASK, items, delivery, s, publisher=publisher.id, words=words)
    numbers = tuple(one.number for one in items)
    step_ = Step(delivery.with_items(items), "publisher_asked", numbers, (sent,))
    return changed(ticket, step_, by, s, publisher=publisher.id)


def _expected(publisher: Publisher, s: Situation) -> datetime | None:
    if publisher.median_days is None:
        return None
    return s.now + timedelta(days=publisher.median_days)


def chase(
    ticket: Ticket, delivery_id: str, numbers: Sequence[int], words: str, by: str, s: Situation
) -> Change:
    """Ask the publisher again, now. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    items = chosen(ticket, delivery, numbers)
    whom = {one.open_try.publisher for one in items if one.open_try is not None}
    if len(whom) != 1 or any(one.open_try is None for one in items):
        raise Refused("they are not with one publisher", ticket.status)
    [publisher] = whom
    days = s.library.deliveries.chase_after_open_days
    at = after_open_days(s.calendar(ticket.team), s.now, days)
    again = [chased(ticket, one, at, s) for one in items]
    sent = letter(Kind.CHASE, again, delivery, s, publisher=publisher, words=words)
    step = Step(delivery.with_items(again), "publisher_chased", sent.items, (sent,))
    return changed(ticket, step, by, s, publisher=publisher)


def receive(
    ticket: Ticket, delivery_id: str, numbers: Sequence[int], by: str, s: Situation
) -> Change:
    """A copy has come: somebody is to look at it. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    at = soon(ticket, s)
    items = [
        acted(ticket, one, Act.RECEIVE, at, s, tries=tried(one, s.now, had=True))
        for one in chosen(ticket, delivery, numbers)
    ]
    return _done(ticket, delivery, items, "items_received", by, s)


def send_back(
    ticket: Ticket, delivery_id: str, number: int, fault: str, by: str, s: Situation
) -> Change:
    """The publisher's copy is no good: they are told why, and asked for a better one.

    Raises: Refused.
    """
    delivery = found(ticket, delivery_id)
    [item] = chosen(ticket, delivery, [number])
    if not item.tries:
        raise Refused("it did not come from a publisher: find it in another way", ticket.status)
    last = item.tries[-1]
    asked: dict[str, Any] = {"asks": last.asks + 1, "last_at": s.now, "chased": 0}
    again = replace(last, **asked, ended_at=None, had=None)
    days = s.library.deliveries.chase_after_open_days
    at = after_open_days(s.calendar(ticket.team), s.now, days)
    step: dict[str, Any] = {"tries": (*item.tries[:-1], again), "faults": item.faults + 1}
    back = acted(ticket, item, Act.SEND_BACK, at, s, reason=fault, file=None, **step)
    sent = letter(Kind.ASK, [back], delivery, s, publisher=last.publisher, words=fault)
    step_ = Step(delivery.with_items([back]), "item_sent_back", (number,), (sent,))
    return changed(ticket, step_, by, s, publisher=last.publisher, reason=fault)


def convert(ticket: Ticket, delivery_id: str, number: int, by: str, s: Situation) -> Change:
    """It is being made into the patron's format. Raises: Refused."""
    return _one(ticket, delivery_id, number, Act.CONVERT, "conversion_began", by, s)


def converted(ticket: Ticket, delivery_id: str, number: int, by: str, s: Situation) -> Change:
    """It was made, and is to be checked. Raises: Refused."""
    return _one(ticket, delivery_id, number, Act.CONVERTED, "conversion_ended", by, s)


def failed(
    ticket: Ticket, delivery_id: str, number: int, reason: str, by: str, s: Situation
) -> Change:
    """It could not be made into that format. Raises: Refused."""
    return _one(ticket, delivery_id, number, Act.FAIL, "conversion_failed", by, s, reason=reason)


def make_ready(
    ticket: Ticket, delivery_id: str, number: int, file: File | None, by: str, s: Situation
) -> Change:
    """It is as the patron needs it: it goes at once, or with others, as they prefer.

    Raises: Refused.
    """
    delivery = found(ticket, delivery_id)
    if delivery.handover in BY_LETTER and file is None:
        raise Refused("what goes by letter or link needs its file", ticket.status)
    [item] = chosen(ticket, delivery, [number])
    named = {"letter": file.letter_id} if file else {}
    step: dict[str, Any] = {"file": file, "tries": tried(item, s.now, had=True), "reason": ""}
    at = _goes_at(ticket, delivery, s)
    ready = acted(ticket, item, Act.MAKE_READY, at, s, **step)
    change = _done(ticket, delivery, [ready], "item_ready", by, s, **named)
    after = found(change.ticket, delivery_id)
    if delivery.handover not in BY_LETTER:
        told = letter(Kind.PART, [ready], after, s)
        return change.and_then(
            changed(change.ticket, Step(after, "told_ready", (number,), (told,)), by, s)
        )
    waits = [one for one in after.items if not one.is_ended and one.state is not State.READY]
    if delivery.pace is Pace.EACH or not waits or item.is_first:
        with_file = [one for one in ready_of(after) if one.file is not None]
        gone = handed(change.ticket, after, with_file, s)
        return change.and_then(changed(change.ticket, gone, "desk", s))
    return change


def _goes_at(ticket: Ticket, delivery: Delivery, s: Situation) -> datetime:
    """When what is ready goes, or somebody is reminded that it was to be handed over."""
    if delivery.handover not in BY_LETTER:
        return look_at(ticket, s)
    waiting = [one.next_at for one in ready_of(delivery) if one.next_at is not None]
    days = s.library.deliveries.batch_open_days
    return min([*waiting, after_open_days(s.calendar(ticket.team), s.now, days)])


def deliver(
    ticket: Ticket, delivery_id: str, numbers: Sequence[int], by: str, s: Situation
) -> Change:
    """Send them now; or, where it is no matter of letters, the patron has them. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    items = chosen(ticket, delivery, numbers)
    if delivery.handover in BY_LETTER:
        if any(one.file is None for one in items):
            raise Refused("what goes by letter or link needs its file", ticket.status)
        return changed(ticket, handed(ticket, delivery, items, s), by, s)
    gone = [acted(ticket, one, Act.DELIVER, None, s) for one in items]
    return _done(ticket, delivery, gone, "items_delivered", by, s)


def give_up(
    ticket: Ticket,
    delivery_id: str,
    number: int,
    reason: str,
    alternative: str,
    by: str,
    s: Situation,
) -> Change:
    """It can't be had: the patron is told why, and what is offered instead. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    [item] = chosen(ticket, delivery, [number])
    why = {"reason": reason, "alternative": alternative}
    gone = acted(ticket, item, Act.GIVE_UP, None, s, **why, tries=tried(item, s.now, had=False))
    sent = letter(Kind.CANNOT, [gone], delivery, s)
    step = Step(delivery.with_items([gone]), "item_cannot_be_had", (number,), (sent,))
    return changed(ticket, step, by, s, **why)


def withdraw(
    ticket: Ticket, delivery_id: str, numbers: Sequence[int], reason: str, by: str, s: Situation
) -> Change:
    """They are not wanted any more. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    items = [
        acted(ticket, one, Act.WITHDRAW, None, s, reason=reason, tries=tried(one, s.now, had=None))
        for one in chosen(ticket, delivery, numbers)
    ]
    return _done(ticket, delivery, items, "items_withdrawn", by, s, reason=reason)


def complain(
    ticket: Ticket, delivery_id: str, number: int, reason: str, by: str, s: Situation
) -> Change:
    """The patron says that this one doesn't work: it alone is open again, and put first.

    Raises: Refused.
    """
    _check_at_work(ticket)
    delivery = found(ticket, delivery_id)
    [item] = chosen(ticket, delivery, [number])
    step: dict[str, Any] = {"is_first": True, "needs_somebody": True, "faults": item.faults + 1}
    at = soon(ticket, s)
    again = acted(ticket, item, Act.COMPLAIN, at, s, reason=reason, file=None, **step)
    opened = replace(delivery, accounted_at=None)
    return _done(ticket, opened, [again], "item_did_not_work", by, s, reason=reason)


def resume(ticket: Ticket, delivery_id: str, number: int, by: str, s: Situation) -> Change:
    """It is wanted after all, or may be had after all. Raises: Refused."""
    _check_at_work(ticket)
    delivery = found(ticket, delivery_id)
    [item] = chosen(ticket, delivery, [number])
    again = acted(ticket, item, Act.RESUME, soon(ticket, s), s, reason="", alternative="")
    opened = replace(delivery, accounted_at=None)
    return _done(ticket, opened, [again], "item_resumed", by, s)


def put_off(
    ticket: Ticket, delivery_id: str, number: int, until: datetime, by: str, s: Situation
) -> Change:
    """Somebody knows when there is something to do about it next. Raises: Refused."""
    delivery = found(ticket, delivery_id)
    [item] = chosen(ticket, delivery, [number])
    if item.is_ended:
        raise Refused(f"item {number} is {item.state}: nothing is left to do", ticket.status)
    later = replace(item, next_at=until, needs_somebody=False)
    return _done(ticket, delivery, [later], "item_put_off", by, s, until=until)


def _one(
    ticket: Ticket,
    delivery_id: str,
    number: int,
    act: Act,
    event: str,
    by: str,
    s: Situation,
    **more: Any,
) -> Change:
    delivery = found(ticket, delivery_id)
    [item] = chosen(ticket, delivery, [number])
    at = look_at(ticket, s) if act is Act.CONVERT else soon(ticket, s)
    after = acted(ticket, item, act, at, s, **more)
    return _done(ticket, delivery, [after], event, by, s, **more)


def _done(
    ticket: Ticket,
    delivery: Delivery,
    items: Sequence[Item],
    event: str,
    by: str,
    s: Situation,
    **more: Any,
) -> Change:
    numbers = tuple(one.number for one in items)
    return changed(ticket, Step(delivery.with_items(items), event, numbers), by, s, **more)


def _check_at_work(ticket: Ticket) -> None:
    if ticket.is_ended:
        raise Refused("the ticket is over: reopen it first", ticket.status)
