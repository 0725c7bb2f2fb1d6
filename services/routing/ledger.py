"""What becomes of a ticket's promises. Each is made, and then kept, broken, renegotiated or
withdrawn; the ledger has a row for each of these. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.routing.promise import (
    Promise,
    PromiseState,
    answered,
    at_risk,
    made_in_words,
    renegotiated,
)
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Ticket, entry, touched
from shared.messages import Notice, NoticeRequested, derived_id


def promise_made(ticket: Ticket, promise: Promise, s: Situation) -> Change:
    """A promise on a ticket that has none open."""
    risk_at = at_risk(promise, s.calendar(ticket.team))
    why = {**ticket.why, "promise": promise.reasons}
    made = entry(s.now, "promised", "desk", due_at=promise.due_at, reasons=list(promise.reasons))
    changed = touched(ticket, ticket.updated_at, promise=promise, risk_at=risk_at, why=why)
    return Change(changed, (made,), promises=(promise,))


def with_current_promise(change: Change, s: Situation) -> Change:
    """The same change, and a promise if none is open: somebody is owed an answer."""
    ticket = change.ticket
    if ticket.promise is not None and ticket.promise.is_open:
        return change
    return change.and_then(promise_made(ticket, s.promise(ticket), s))


def promise_settled(ticket: Ticket, now: datetime) -> Change:
    """The patron has heard: the promise, if one is open, is kept, or broken if it was too late."""
    settled = answered(ticket.promise, now)
    changed = touched(ticket, ticket.updated_at, promise=settled, risk_at=())
    if settled is None or settled is ticket.promise:
        return Change(changed, ())
    return Change(changed, (_ended(settled, now),), promises=(settled,))


def promise_withdrawn(ticket: Ticket, because: str, now: datetime) -> Change:
    """No answer is owed after all, for a reason that is kept."""
    if ticket.promise is None or not ticket.promise.is_open:
        return Change(touched(ticket, ticket.updated_at), ())
    ended = replace(
        ticket.promise,
        state=PromiseState.WITHDRAWN,
        settled_at=now,
        settled_because=because,
    )
    changed = touched(ticket, ticket.updated_at, promise=ended, risk_at=())
    return Change(changed, (_ended(ended, now),), promises=(ended,))


def renegotiate(ticket: Ticket, due_at: datetime, reason: str, by: str, s: Situation) -> Change:
    """Another time than the one promised, before that is due; the patron is told both.

    Raises: Refused; NotRenegotiable: that is no time one can promise.
    """
    if ticket.promise is None or not ticket.promise.is_open:
        raise Refused("there is no promise that is open", ticket.status)
    old, new = renegotiated(ticket.promise, due_at, reason, s.now, s.calendar(ticket.team))
    changed = touched(ticket, s.now, promise=old, risk_at=())
    said = entry(
        s.now, "promise_renegotiated", by, due_at=old.due_at, until=new.due_at, reason=reason
    )
    change = Change(changed, (said,), promises=(old,)).and_then(promise_made(changed, new, s))
    return replace(change, messages=told(ticket, Notice.PROMISE_CHANGED, s))


def promised_in_words(ticket: Ticket, due_at: datetime, by: str, s: Situation) -> Change:
    """What a reply promises: that more will come by then. Raises: NotRenegotiable."""
    promise = made_in_words(due_at, by, s.now, s.calendar(ticket.team))
    return promise_made(ticket, promise, s)


def promise_missed(ticket: Ticket, promise: Promise, s: Situation) -> Change:
    """It was not kept, and stays so; the patron is told, with what he can count on instead."""
    broken = replace(promise, state=PromiseState.BROKEN, settled_at=s.now)
    changed = touched(ticket, s.now, promise=broken, risk_at=())
    change = Change(changed, (_ended(broken, s.now),), promises=(broken,))
    change = change.and_then(promise_made(changed, s.promise(ticket), s))
    return replace(change, messages=told(ticket, Notice.PROMISE_MISSED, s))


def told(ticket: Ticket, notice: Notice, s: Situation) -> tuple[NoticeRequested, ...]:
    """A letter to the patron, if there is anywhere to send it."""
    if ticket.patron.address is None:
        return ()
    request = NoticeRequested(
        message_id=derived_id(s.cause, notice),
        reference=ticket.reference,
        at=s.now,
        notice=notice,
        about=ticket.thread[-1].letter_id if ticket.thread else None,
    )
    return (request,)


def _ended(promise: Promise, now: datetime) -> Mapping[str, Any]:
    more = {"reason": promise.settled_because} if promise.settled_because else {}
    return entry(now, f"promise_{promise.state}", "desk", due_at=promise.due_at, **more)
