"""A ticket's due moments: what happens when nobody does anything. Pure.

Each moment stands with what it belongs to (a promise, a hand-over, a lost contact, …); the next of
them is the ticket's own, by which it is found. Firing a moment takes it away or moves it on, in the
same write, so that it fires once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.routing.actions import close
from services.routing.assign import LEAD
from services.routing.contact import call_overdue
from services.routing.deliveries import firing
from services.routing.deliveries.delivery import next_of
from services.routing.ledger import promise_missed
from services.routing.ownership import alerts_above, find_owner, not_accepted, relieve
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Escalation, Ticket, entry, touched

_LATE: Final = timedelta(minutes=15)
"""What is so late when it fires was held up, by us: it waits until somebody is there."""
_REMIND_AGAIN: Final = timedelta(days=7)


class Kind(StrEnum):
    """What falls due."""

    AT_RISK = "at_risk"
    MISSED = "missed"
    UNOWNED = "unowned"
    NOT_ACCEPTED = "not_accepted"
    CALL_BACK = "call_back"
    REMINDER = "reminder"
    CLOSING = "closing"
    DELIVERY = "delivery"


@dataclass(frozen=True)
class Due:
    """Something that happens at a moment if nothing else does."""

    at: datetime
    kind: Kind


def next_due(ticket: Ticket) -> Due | None:
    """The first of them; None: nothing happens unless somebody does something."""
    moments = sorted(_all(ticket), key=lambda one: one.at)
    first = min(moments, key=lambda one: _held(one.at, ticket), default=None)
    return None if first is None else replace(first, at=_held(first.at, ticket))


def _held(at: datetime, ticket: Ticket) -> datetime:
    """A moment, or when what it is held for comes: what falls due meanwhile is not held."""
    if ticket.held_until is None or (ticket.held_before and at >= ticket.held_before):
        return at
    return max(at, ticket.held_until)


def _all(ticket: Ticket) -> Iterator[Due]:
    if ticket.merged_into is not None:
        return
    if ticket.close_at is not None:
        yield Due(ticket.close_at, Kind.CLOSING)
    delivery_at = next_of(ticket.deliveries)
    if delivery_at is not None:
        yield Due(delivery_at, Kind.DELIVERY)
    if ticket.is_ended:
        return
    promise, lost = ticket.promise, ticket.lost
    if promise is not None and promise.is_open:
        yield from (Due(one, Kind.AT_RISK) for one in ticket.risk_at[:1] if one < promise.due_at)
        yield Due(promise.broken_at, Kind.MISSED)
    if ticket.owner is None and ticket.seek_at is not None:
        yield Due(ticket.seek_at, Kind.UNOWNED)
    if ticket.handover is not None:
        yield Due(ticket.handover.accept_by, Kind.NOT_ACCEPTED)
    if lost is not None and lost.due_at is not None:
        yield Due(lost.due_at, Kind.CALL_BACK)
    if ticket.remind_at is not None:
        yield Due(ticket.remind_at, Kind.REMINDER)


def fire(ticket: Ticket, due: Due, s: Situation) -> Change:
    """What the moment makes of the ticket."""
    calendar = s.calendar(ticket.team)
    if due.kind is not Kind.CLOSING and s.now - due.at > _LATE and not calendar.is_open(s.now):
        opens = calendar.next_opening(s.now)
        held = touched(ticket, ticket.updated_at, held_until=opens, held_before=s.now - _LATE)
        return Change(held, ())
    change = _FIRES[due.kind](ticket, s)
    return replace(change, ticket=replace(change.ticket, held_until=None))


def _at_risk(ticket: Ticket, s: Situation) -> Change:
    """Three quarters of its time are gone: the owner is told, then the lead; a ticket whose owner
    is away goes to somebody who is here."""
    is_first = len(ticket.risk_at) > 1
    if ticket.promise is None or ticket.promise.broken_at <= s.now:
        # Found too late: the promise is broken already, and that is told instead.
        return Change(touched(ticket, ticket.updated_at, risk_at=()), ())
    changed = touched(ticket, ticket.updated_at, risk_at=ticket.risk_at[1:])
    said = entry(s.now, "promise_at_risk", "desk", due_at=ticket.promise.due_at)
    change = Change(changed, (said,))
    if ticket.owner is not None and s.is_away(ticket.owner):
        change = change.and_then(relieve(changed, s))
    is_open = s.calendar(ticket.team).is_open(s.now)
    owner = change.ticket.owner
    if is_first and owner is not None:
        alert = s.alert(ticket, owner.id, Kind.AT_RISK, urgent=is_open)
        return replace(change, alerts=(*change.alerts, alert))
    alerts = alerts_above(ticket, Kind.AT_RISK, s, urgent=is_open)
    return replace(change, alerts=(*change.alerts, *alerts))


def _missed(ticket: Ticket, s: Situation) -> Change:
    """Broken, told, and up the ladder: a step for each promise missed in a row."""
    if ticket.promise is None:
        raise Refused("nothing was promised", ticket.status)
    missed = promise_missed(ticket, ticket.promise, s)
    level = min(LEAD + 1, (ticket.escalation.level if ticket.escalation else LEAD) + 1)
    escalation = Escalation(level, "a promise was missed", "desk", s.now)
    changed = touched(missed.ticket, s.now, escalation=escalation)
    change = missed.and_then(Change(changed, ()))
    if ticket.owner is not None and s.is_away(ticket.owner):
        change = change.and_then(relieve(change.ticket, s))
    above = s.above(ticket.team)
    higher = [one for found, one, _ in above if found >= level] or [one for _, one, _ in above][-1:]
    whom = [owner.id for owner in (change.ticket.owner,) if owner] + [one.id for one in higher[:1]]
    alerts = [s.alert(ticket, one, Kind.MISSED) for one in dict.fromkeys(whom)]
    return replace(change, alerts=(*change.alerts, *alerts))


def _remind(ticket: Ticket, s: Situation) -> Change:
    changed = touched(ticket, ticket.updated_at, remind_at=s.now + _REMIND_AGAIN)
    said = entry(s.now, "reminded", "desk")
    who = ticket.owner.id if ticket.owner and not s.is_away(ticket.owner) else None
    alerts = alerts_above(ticket, Kind.REMINDER, s)
    if who is not None:
        alerts = (s.alert(ticket, who, Kind.REMINDER),)
    return Change(changed, (said,), alerts=alerts)


_FIRES: Final = {
    Kind.AT_RISK: _at_risk,
    Kind.MISSED: _missed,
    Kind.UNOWNED: find_owner,
    Kind.NOT_ACCEPTED: not_accepted,
    Kind.CALL_BACK: call_overdue,
    Kind.REMINDER: _remind,
    Kind.CLOSING: close,
    Kind.DELIVERY: firing.fire,
}


def is_silent(ticket: Ticket) -> bool:
    """Whether the patron spoke last, nothing is promised and nobody is due to do anything: what
    must never be."""
    is_promised = ticket.promise is not None and ticket.promise.is_open
    rests = ticket.lost is not None and ticket.lost.due_at is None
    at_work = not ticket.is_ended and ticket.merged_into is None
    return (
        at_work
        and ticket.is_unanswered
        and not is_promised
        and not rests
        and next_due(ticket) is None
    )
