"""What comes back from a publisher, or of a letter of a delivery: it is about the items that the
letter was about, and somebody's to read. Pure.

Nothing that a publisher writes is the patron's word: it answers, reopens and thanks nobody.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from services.routing.deliveries.changing import Call, On, Step, acted, calls, changed, soon
from services.routing.deliveries.complaints import REASON, meant_by
from services.routing.deliveries.delivery import Delivery, Kind, Sent
from services.routing.deliveries.giving import complain
from services.routing.deliveries.item import AT_PUBLISHER, Act, Item, State
from services.routing.situation import Situation
from services.routing.ticket import Change, Letter, Ticket, entry, touched
from shared.references import names_in


def answer(ticket: Ticket, letter: Letter, ask: str, s: Situation) -> Change:
    """A letter to the address that a publisher was given. `ask`: how the id of ours begins. A
    machine's is noted; but one that says that ours did not arrive is told to somebody."""
    if ticket.erased_at is not None:
        # Nothing is left of what it answers; it is kept as whatever comes, until its time is over.
        ticket = replace(ticket, erased_at=None)
    if letter.automatic and not letter.is_returned:
        return Change(
            replace(ticket, version=ticket.version + 1),
            (entry(s.now, "automatic_mail_noted", "desk", letter=letter.id),),
        )
    event = "publisher_unreachable" if letter.is_returned else "publisher_wrote"
    return _heard(ticket, ask, event, s, letter=letter.id)


def not_sent(ticket: Ticket, notice_id: str, reason: str, s: Situation) -> Change:
    """A letter of ours to a publisher will never go."""
    return _heard(ticket, notice_id, "publisher_unreachable", s, reason=reason)


def _heard(ticket: Ticket, ask: str, event: str, s: Situation, **more: Any) -> Change:
    known = sent_as(ticket, ask)
    by = "publisher" if event == "publisher_wrote" else "desk"
    if known is None:
        after = touched(ticket, s.now)
        change = Change(after, (entry(s.now, event, by, **more),))
        return replace(change, alerts=calls(ticket, Call.WROTE, s))
    delivery, sent = known
    items = [_looked_at(one, event, ticket, s) for one in _theirs(delivery, sent)]
    numbers = tuple(one.number for one in items)
    step = Step(delivery.with_items(items), event, numbers)
    change = changed(ticket, step, by, s, publisher=sent.publisher, **more)
    return replace(change, alerts=calls(ticket, Call.WROTE, s))


def sent_as(ticket: Ticket, begins: str) -> tuple[Delivery, Sent] | None:
    """The delivery and its letter whose id begins so."""
    for delivery in ticket.deliveries:
        for sent in delivery.sent:
            if begins and sent.id.startswith(begins):
                return delivery, sent
    return None


def _theirs(delivery: Delivery, sent: Sent) -> Iterable[Item]:
    """The items of that letter that are still with that publisher."""
    for one in delivery.items:
        last = one.open_try
        is_there = last is not None and last.publisher == sent.publisher
        if one.number in sent.items and one.state in AT_PUBLISHER and is_there:
            yield one


def _looked_at(item: Item, event: str, ticket: Ticket, s: Situation) -> Item:
    last = item.tries[-1]
    if event == "publisher_wrote" and last.heard_at is None:
        last = replace(last, heard_at=s.now)
    tries = (*item.tries[:-1], last)
    return replace(item, tries=tries, needs_somebody=True, next_at=soon(ticket, s))


def with_returned(
    ticket: Ticket, letter: Letter, add: Callable[[Ticket, Letter, Situation], Change], s: Situation
) -> Change:
    """What a letter does to a ticket (`add`); if it says that copies did not arrive, these are not
    delivered."""
    named = names_in(letter.returned_id or "") if letter.is_returned and letter.is_proven else None
    back = came_back(ticket, named[1], "the letter came back", s) if named else None
    if back is None:
        return _with_what_it_says(add(ticket, letter, s), letter, s)
    return back.and_then(add(back.ticket, letter, s))


def _with_what_it_says(change: Change, letter: Letter, s: Situation) -> Change:
    """What the patron says of copies. A machine says nothing of them, nor does a stranger."""
    if letter.automatic or not (letter.is_proven and letter.sender_is_known):
        return change
    if change.ticket.is_ended:
        return change
    return _with_format(_with_complaint(change, letter, s), letter, s)


def _with_complaint(change: Change, letter: Letter, s: Situation) -> Change:
    """A copy which we sent doesn't work: that one alone is open again."""
    ticket = change.ticket
    meant = meant_by(letter.complaint, letter.answers, ticket.deliveries)
    if meant is None:
        return change
    delivery, items = meant
    for one in items:
        on = On(change.ticket, delivery.id, "patron", s)
        change = change.and_then(complain(on, one.number, REASON, letter=letter.id))
    return replace(change, alerts=(*change.alerts, *calls(change.ticket, Call.DUE, s)))


def _with_format(change: Change, letter: Letter, s: Situation) -> Change:
    """In which form they need the copies, as they were asked. What is not plain is for somebody to
    read, soon."""
    ticket = change.ticket
    asked = [sent_as(ticket, one) for one in letter.answers]
    if all(one is None or one[1].kind is not Kind.FORMAT for one in asked):
        return change
    waiting = [one for one in ticket.deliveries if one.format_by is not None]
    for one in waiting:
        if letter.wishes:
            step = Step(replace(one, wishes=letter.wishes, format_by=None), "format_known")
        else:
            step = Step(replace(one, format_by=soon(ticket, s)), "format_unclear")
        made = changed(change.ticket, step, "patron", s, letter=letter.id)
        change = change.and_then(made)
    told = calls(change.ticket, Call.DUE, s) if waiting else ()
    return replace(change, alerts=(*change.alerts, *told))


def came_back(ticket: Ticket, notice_id: str, reason: str, s: Situation) -> Change | None:
    """Copies that were sent did not arrive: they are not delivered. None: it was another letter."""
    known = sent_as(ticket, notice_id)
    if known is None or known[1].kind is not Kind.PART:
        return None
    delivery, sent = known
    at = soon(ticket, s)
    back = [
        acted(ticket, one, Act.COMPLAIN, at, s, reason=reason, needs_somebody=True)
        for one in delivery.items
        if one.number in sent.items and one.state is State.DELIVERED
    ]
    if not back:
        return None
    opened = replace(delivery.with_items(back), accounted_at=None)
    numbers = tuple(one.number for one in back)
    return changed(ticket, Step(opened, "items_came_back", numbers), "desk", s, reason=reason)
