"""Contact that was lost is made again by us, not by the patron. Pure.

A call or chat that was cut off, or a letter of ours that came back, is a task for the ticket's
owner, with a time by which it is tried. Each try is recorded; when all were in vain it says so, and
rests where everybody can see it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.routing.actions import heard
from services.routing.ledger import with_current_promise
from services.routing.ownership import alerts_above, owned_by, sought
from services.routing.situation import Situation
from services.routing.status import Event, Refused
from services.routing.ticket import (
    Attempt,
    Change,
    LostContact,
    Owner,
    Ticket,
    entry,
    moved,
    touched,
)


def lose_contact(ticket: Ticket, channel: str, letter_id: str, s: Situation) -> Change:
    """Somebody has to reach the patron again. A resolved ticket is not resolved then."""
    minutes = s.library.contact.first_try_open_minutes
    due_at = s.calendar(ticket.team).add_open_time(s.now, timedelta(minutes=minutes))
    lost = LostContact(s.now, channel, due_at)
    if ticket.lost is not None:
        lost = replace(lost, since=ticket.lost.since, attempts=ticket.lost.attempts)
    changed = moved(
        ticket, Event.LOSE_CONTACT, s.now, lost=lost, is_unanswered=True, close_at=None, unread=True
    )
    entries = [entry(s.now, "contact_lost", "desk", letter=letter_id, channel=channel)]
    if ticket.is_ended:
        entries.append(entry(s.now, "reopened", "desk"))
    alerts = alerts_above(ticket, "contact_lost", s, urgent=True)
    if ticket.owner is not None:
        alerts = (s.alert(ticket, ticket.owner.id, "contact_lost", urgent=True),)
    change = sought(Change(changed, tuple(entries), alerts=alerts), s)
    return with_current_promise(change, s)


def reach(ticket: Ticket, by: Owner, how: str, letter_id: str, s: Situation) -> Change:
    """A staff member has spoken with the patron; what was said stands in that note."""
    said = entry(s.now, "contact_tried", by.id, how=how, is_reached=True, letter=letter_id)
    return _reached(ticket, by, said, s)


def miss(ticket: Ticket, by: Owner, how: str, letter_id: str, s: Situation) -> Change:
    """A staff member has tried to reach the patron, in vain."""
    said = entry(s.now, "contact_tried", by.id, how=how, is_reached=False, letter=letter_id)
    if ticket.lost is None:
        return Change(touched(ticket, s.now), (said,))
    attempts = (*ticket.lost.attempts, Attempt(s.now, by.id, how))
    if len(attempts) >= s.library.contact.attempts:
        rests = replace(ticket.lost, attempts=attempts, due_at=None)
        rested = entry(s.now, "contact_rests", "desk", attempts=len(attempts))
        return Change(touched(ticket, s.now, lost=rests), (said, rested))
    lost = replace(ticket.lost, attempts=attempts, due_at=_next_try(ticket, s))
    return Change(touched(ticket, s.now, lost=lost), (said,))


def _reached(ticket: Ticket, by: Owner, said: Mapping[str, Any], s: Situation) -> Change:
    taken = {} if ticket.owner else owned_by(by, ticket, s)
    changed = moved(ticket, Event.MAKE_CONTACT, s.now, lost=None, unread=False, **taken)
    change = Change(changed, (said,))
    if ticket.lost is not None:
        change = replace(change, entries=(*change.entries, recovered(ticket.lost, by.id, s)))
    return heard(change, by.id, s)


def recovered(lost: LostContact, by: str, s: Situation) -> Mapping[str, Any]:
    """What the timeline says when contact has been made again, and after how long."""
    seconds = (s.now - lost.since).total_seconds()
    return entry(s.now, "contact_made", by, after_seconds=seconds, tries=len(lost.attempts))


def call_overdue(ticket: Ticket, s: Situation) -> Change:
    """Nobody has tried in time: who is above is told, and it stays the owner's task."""
    if ticket.lost is None:
        raise Refused("no contact was lost", ticket.status)
    lost = replace(ticket.lost, due_at=_next_try(ticket, s))
    changed = touched(ticket, ticket.updated_at, lost=lost)
    said = entry(s.now, "call_back_overdue", "desk")
    return Change(
        changed, (said,), alerts=alerts_above(ticket, "call_back_overdue", s, urgent=True)
    )


def _next_try(ticket: Ticket, s: Situation) -> datetime:
    hours = timedelta(hours=s.library.contact.next_try_open_hours)
    return s.calendar(ticket.team).add_open_time(s.now, hours)
