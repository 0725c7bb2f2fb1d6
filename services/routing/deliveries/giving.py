"""What the patron gets of a delivery, and what they can't have: ready, delivered, no good after
all. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.routing.deliveries.changing import (
    BY_LETTER,
    On,
    Step,
    changed,
    check_format,
    found,
    handed,
    letter,
    look_at,
    ready_of,
    soon,
)
from services.routing.deliveries.chasing import after_open_days
from services.routing.deliveries.delivery import (
    Delivery,
    Kind,
    Pace,
)
from services.routing.deliveries.item import Act, File, Item, State, Try, tried
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Ticket


def make_ready(on: On, number: int, file: File | None) -> Change:
    """It is as the patron needs it: it goes at once, or with others, as they prefer.

    Raises: Refused.
    """
    delivery = on.delivery
    check_format(on)
    if delivery.handover in BY_LETTER and file is None:
        raise Refused("what goes by letter or link needs its file", on.ticket.status)
    [item] = on.chosen([number])
    named: dict[str, Any] = {"letter": file.letter_id} if file else {}
    step: dict[str, Any] = {"file": file, "tries": _tried(item, on.s), "reason": ""}
    at = _goes_at(on.ticket, delivery, on.s)
    ready = on.acted(item, Act.MAKE_READY, at, **step)
    change = on.done([ready], "item_ready", **named)
    after = found(change.ticket, on.delivery_id)
    if delivery.handover not in BY_LETTER:
        told = letter(Kind.PART, [ready], after, on.s)
        return change.and_then(
            changed(change.ticket, Step(after, "told_ready", (number,), (told,)), on.by, on.s)
        )
    waits = [one for one in after.items if not one.is_ended and one.state is not State.READY]
    if delivery.pace is Pace.EACH or not waits or item.is_first:
        with_file = [one for one in ready_of(after) if one.file is not None]
        gone = handed(change.ticket, after, with_file, on.s)
        return change.and_then(changed(change.ticket, gone, "desk", on.s))
    return change


def _tried(item: Item, s: Situation) -> tuple[Try, ...]:
    """Its tries, at their end: who had written has sent it, as far as one can tell."""
    last = item.open_try
    return tried(item, s.now, had=True if last is not None and last.heard_at else None)


def _goes_at(ticket: Ticket, delivery: Delivery, s: Situation) -> datetime:
    """When what is ready goes, or somebody is reminded that it was to be handed over."""
    if delivery.handover not in BY_LETTER:
        return look_at(ticket, s)
    waiting = [one.next_at for one in ready_of(delivery) if one.next_at is not None]
    days = s.library.deliveries.batch_open_days
    return min([*waiting, after_open_days(s.calendar(ticket.team), s.now, days)])


def deliver(on: On, numbers: Sequence[int]) -> Change:
    """Send them now; or, where it is no matter of letters, the patron has them. Raises: Refused."""
    delivery = on.delivery
    items = on.chosen(numbers)
    if delivery.handover in BY_LETTER:
        if any(one.file is None for one in items):
            raise Refused("what goes by letter or link needs its file", on.ticket.status)
        return on.changed(handed(on.ticket, delivery, items, on.s))
    gone = [on.acted(one, Act.DELIVER, None) for one in items]
    return on.done(gone, "items_delivered")


def give_up(on: On, number: int, reason: str, alternative: str) -> Change:
    """It can't be had: the patron is told why, and what is offered instead. Raises: Refused."""
    delivery = on.delivery
    [item] = on.chosen([number])
    why = {"reason": reason, "alternative": alternative}
    gone = on.acted(item, Act.GIVE_UP, None, **why, tries=tried(item, on.s.now, had=False))
    sent = letter(Kind.CANNOT, [gone], delivery, on.s)
    step = Step(delivery.with_items([gone]), "item_cannot_be_had", (number,), (sent,))
    return on.changed(step, **why)


def complain(on: On, number: int, reason: str, **more: Any) -> Change:
    """The patron says that this one doesn't work: it alone is open again, and put first.

    Raises: Refused.
    """
    on.check_at_work()
    delivery = on.delivery
    [item] = on.chosen([number])
    step: dict[str, Any] = {"is_first": True, "needs_somebody": True, "faults": item.faults + 1}
    at = soon(on.ticket, on.s)
    again = on.acted(item, Act.COMPLAIN, at, reason=reason, file=None, **step)
    opened = replace(delivery, accounted_at=None)
    return on.done([again], "item_did_not_work", delivery=opened, reason=reason, **more)
