"""Writing to publishers about items: asking, asking again, sending back. Pure. They are told works,
format and ground; nothing of the patron."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.routing.deliveries.changing import (
    On,
    Step,
    chase_at,
    chased,
    check_format,
    letter,
)
from services.routing.deliveries.delivery import (
    Kind,
)
from services.routing.deliveries.item import Act, Item, Plan, Try, tried
from services.routing.deliveries.publisher import Publisher
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change
from shared.personal import words_for


def _check_private(on: On, *texts: str) -> None:
    """Raises: Refused: what goes to a publisher names the patron, or says where they are."""
    named = words_for(on.ticket.patron.names, on.ticket.patron.address)
    words = {one.strip(".,;:()") for text in texts for one in text.lower().split()}
    if words & named:
        raise Refused("what a publisher is told must not name the patron", on.ticket.status)


def _check_works(on: On, items: Iterable[Item]) -> None:
    """Raises: Refused: what is told of a work bears the patron's whole name, or their address. A
    part of a name may well be an author's."""
    patron = on.ticket.patron
    names = [frozenset(_words(one)) for one in patron.names]
    address = (patron.address or "").lower()
    for one in items:
        said = " ".join((one.work.title, one.work.authors, one.work.year, one.work.doi)).lower()
        named = any(name and name <= frozenset(_words(said)) for name in names)
        if named or (address and address in said):
            why = f"item {one.number} names the patron: withdraw it, and add it without the name"
            raise Refused(why, on.ticket.status)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def ask(on: On, numbers: Sequence[int], publisher: Publisher, words: str) -> Change:
    """Write to a publisher about them, in one letter. Raises: Refused."""
    delivery = on.delivery
    check_format(on)
    if not delivery.rights.strip():
        raise Refused("no ground is recorded on which copies may be asked for", on.ticket.status)
    at = chase_at(on.ticket, on.s)
    _check_private(on, words, delivery.rights, delivery.format)
    _check_works(on, on.chosen(numbers))
    items = []
    for one in on.chosen(numbers):
        # Asked before and asked again is one try; another publisher is another.
        last = one.open_try
        if last is not None and last.publisher == publisher.id:
            raise Refused(f"item {one.number} is with this publisher already", on.ticket.status)
        tries = (*tried(one, on.s.now, had=None), Try(publisher.id, on.s.now, last_at=on.s.now))
        expected = _expected(publisher, on.s)
        step: dict[str, Any] = {"tries": tries, "expected_at": expected, "plan": Plan.PUBLISHER}
        items.append(on.acted(one, Act.ASK, at, **step))
    sent = letter(Kind.ASK, items, delivery, on.s, publisher=publisher.id, words=words)
    numbers = tuple(one.number for one in items)
    step_ = Step(delivery.with_items(items), "publisher_asked", numbers, (sent,))
    return on.changed(step_, publisher=publisher.id)


def _expected(publisher: Publisher, s: Situation) -> datetime | None:
    if publisher.median_days is None:
        return None
    return s.now + timedelta(days=publisher.median_days)


def chase(on: On, numbers: Sequence[int], words: str) -> Change:
    """Ask the publisher again, now. Raises: Refused."""
    _check_private(on, words)
    delivery = on.delivery
    items = on.chosen(numbers)
    whom = {one.open_try.publisher for one in items if one.open_try is not None}
    if len(whom) != 1 or any(one.open_try is None for one in items):
        raise Refused("they are not with one publisher", on.ticket.status)
    [publisher] = whom
    at = chase_at(on.ticket, on.s)
    again = [chased(on.ticket, one, at, on.s) for one in items]
    sent = letter(Kind.CHASE, again, delivery, on.s, publisher=publisher, words=words)
    step = Step(delivery.with_items(again), "publisher_chased", sent.items, (sent,))
    return on.changed(step, publisher=publisher)


def send_back(on: On, number: int, fault: str) -> Change:
    """The publisher's copy is no good: they are told why, and asked for a better one.

    Raises: Refused.
    """
    _check_private(on, fault)
    delivery = on.delivery
    [item] = on.chosen([number])
    if not item.tries:
        raise Refused("it did not come from a publisher: find it in another way", on.ticket.status)
    last = item.tries[-1]
    asked: dict[str, Any] = {"asks": last.asks + 1, "last_at": on.s.now, "chased": 0}
    again = replace(last, **asked, ended_at=None, had=None)
    at = chase_at(on.ticket, on.s)
    step: dict[str, Any] = {"tries": (*item.tries[:-1], again), "faults": item.faults + 1}
    back = on.acted(item, Act.SEND_BACK, at, reason=fault, file=None, **step)
    sent = letter(Kind.ASK, [back], delivery, on.s, publisher=last.publisher, words=fault)
    step_ = Step(delivery.with_items([back]), "item_sent_back", (number,), (sent,))
    return on.changed(step_, publisher=last.publisher, reason=fault)
