"""What falls due in deliveries: publishers are asked again, what is ready goes, and somebody is
told of what waits for them. Pure. Each moment is taken away or moved on by the change it makes."""

from dataclasses import replace
from datetime import datetime

from services.routing.deliveries.changing import (
    BY_LETTER,
    Call,
    Step,
    calls,
    changed,
    chase_at,
    chased,
    handed,
    letter,
    look_at,
    ready_of,
)
from services.routing.deliveries.delivery import Delivery, Kind
from services.routing.deliveries.item import AT_PUBLISHER, Item
from services.routing.situation import Situation
from services.routing.ticket import Change, Ticket, touched


def fire(ticket: Ticket, s: Situation) -> Change:
    """Whatever is due in the ticket's deliveries."""
    change = Change(touched(ticket, ticket.updated_at), ())
    for one in ticket.deliveries:
        due = one.next_at
        if due is not None and due <= s.now:
            change = _fired(change, one.id, s)
    # Of several reasons to look at a ticket one is enough.
    return replace(change, alerts=tuple({one.id: one for one in change.alerts}.values()))


def _fired(change: Change, delivery_id: str, s: Situation) -> Change:
    for step in (_remind_of_gaps, _press, _chase, _send, _remind):
        delivery = next(one for one in change.ticket.deliveries if one.id == delivery_id)
        change = step(change, delivery, s)
    return change


def _remind_of_gaps(change: Change, delivery: Delivery, s: Situation) -> Change:
    """There is no list yet, or nobody has said in which form."""
    no_list, no_format = _is_past(delivery.list_by, s), _is_past(delivery.format_by, s)
    if not (no_list or no_format) or not delivery.is_open:
        return change
    later = look_at(change.ticket, s)
    again = replace(
        delivery,
        list_by=later if no_list else delivery.list_by,
        format_by=later if no_format else delivery.format_by,
    )
    return _told(change, Step(again, "delivery_due"), Call.DUE, s)


def _press(change: Change, delivery: Delivery, s: Situation) -> Change:
    """The day is near on which they are needed: they are put first, and what is ready goes."""
    near = [one for one in delivery.items if _is_past(one.press_at, s)]
    if not near:
        return change
    first = [replace(one, is_first=True, press_at=None) for one in near]
    numbers = tuple(one.number for one in first)
    step = Step(delivery.with_items(first), "items_pressing", numbers)
    change = _told(change, step, Call.NEAR, s, urgent=True)
    if delivery.handover in BY_LETTER and change.ticket.patron.address is not None:
        ready = [one for one in ready_of(step.delivery) if one.is_first and one.file]
        if ready:
            gone = handed(change.ticket, step.delivery, ready, s)
            return change.and_then(changed(change.ticket, gone, "desk", s))
    return change


def _chase(change: Change, delivery: Delivery, s: Situation) -> Change:
    """One letter to each publisher who has not answered, unless they were asked often enough."""
    due = [one for one in delivery.items if _is_past(one.next_at, s) and _is_to_chase(one, s)]
    for publisher in dict.fromkeys(_publisher(one) for one in due):
        delivery = next(one for one in change.ticket.deliveries if one.id == delivery.id)
        theirs = [one for one in due if _publisher(one) == publisher]
        at = chase_at(change.ticket, s)
        again = [chased(change.ticket, one, at, s) for one in theirs]
        sent = letter(Kind.CHASE, again, delivery, s, publisher=publisher)
        numbers = tuple(one.number for one in again)
        step = Step(delivery.with_items(again), "publisher_chased", numbers, (sent,))
        made = changed(change.ticket, step, "desk", s, publisher=publisher)
        change = change.and_then(made)
    return change


def _is_to_chase(item: Item, s: Situation) -> bool:
    last = item.open_try
    return (
        item.state in AT_PUBLISHER
        and not item.needs_somebody
        and last is not None
        and last.chased < s.library.deliveries.chasers
    )


def _publisher(item: Item) -> str:
    return item.tries[-1].publisher


def _send(change: Change, delivery: Delivery, s: Situation) -> Change:
    """What has waited for others to go with it goes."""
    if delivery.handover not in BY_LETTER or change.ticket.patron.address is None:
        return change
    ready = [one for one in ready_of(delivery) if one.file is not None]
    if not any(_is_past(one.next_at, s) for one in ready):
        return change
    gone = handed(change.ticket, delivery, ready, s)
    return change.and_then(changed(change.ticket, gone, "desk", s))


def _remind(change: Change, delivery: Delivery, s: Situation) -> Change:
    """All else that is due is somebody's."""
    due = [one for one in delivery.items if _is_past(one.next_at, s)]
    if not due or not delivery.is_open:
        return change
    at = look_at(change.ticket, s)
    later = [_waiting(one, at, s) for one in due]
    numbers = tuple(one.number for one in later)
    step = Step(delivery.with_items(later), "delivery_due", numbers)
    urgent = any(one.is_first for one in later)
    return _told(change, step, Call.DUE, s, urgent=urgent)


def _waiting(item: Item, at: datetime, s: Situation) -> Item:
    is_late = item.expected_at is not None and item.expected_at <= s.now
    expected = None if is_late else item.expected_at
    return replace(item, next_at=at, needs_somebody=True, expected_at=expected)


def _told(change: Change, step: Step, kind: Call, s: Situation, *, urgent: bool = False) -> Change:
    ticket = change.ticket
    is_open = s.calendar(ticket.team).is_open(s.now)
    made = changed(ticket, step, "desk", s)
    alerts = calls(ticket, kind, s, urgent=urgent and is_open)
    return change.and_then(replace(made, alerts=alerts))


def _is_past(at: datetime | None, s: Situation) -> bool:
    return at is not None and at <= s.now
