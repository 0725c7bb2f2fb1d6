"""Two tickets that are one enquiry: one of them stands for both. Pure.

The one that goes decides, in one write; the one that stands follows from what it reads there, so
that it may be done again or later. No letter is moved: those of a merged ticket are found by it.

What was promised to the patron stays promised: the earlier of two promises stands, and the patron
is told nothing, for nothing changes for him. Another patron's ticket is merged only by somebody's
word that it may be: he is told who has his enquiry now, and the words of the one are not shown to
the other (`thread`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from services.routing.ledger import (
    promise_made,
    promise_withdrawn,
    told,
    with_current_promise,
)
from services.routing.links import family
from services.routing.ownership import owned_by, sought
from services.routing.promise import Promise, PromiseState
from services.routing.situation import Situation
from services.routing.status import Event, Refused
from services.routing.tags import MOST as MOST_TAGS
from services.routing.ticket import Change, Link, Patron, Ticket, entry, moved, touched
from services.routing.urgency import Urgency
from shared.addresses import untagged
from shared.messages import Notice, PairChanged, derived_id

MOST: Final = 20
"""Tickets that one may stand for."""
_ORDER: Final = list(Urgency)


def is_same_patron(one: Patron, other: Patron) -> bool:
    """By their mailboxes; by the name, where one of them has none."""
    if one.address is not None and other.address is not None:
        return untagged(one.address) == untagged(other.address)
    return one.name.strip().casefold() == other.name.strip().casefold() != ""


def merge(ticket: Ticket, into: Ticket, by: str, s: Situation) -> Change:
    """From now on the other stands for this one. Raises: Refused."""
    _check(ticket, into)
    is_same = is_same_patron(ticket.patron, into.patron)
    is_owed = not ticket.is_ended and _is_owed(ticket)
    promise = ticket.promise if ticket.promise and ticket.promise.is_open else None
    changed = moved(
        ticket,
        Event.MERGE,
        s.now,
        merged_into=into.reference,
        **_hidden(ticket, into),
        owner=ticket.owner if is_same else into.owner,
        unread=False,
        handover=None,
        **dict.fromkeys(("owner_by", "seek_at", "remind_at", "close_at", "held_until"), None),
    )
    said = entry(
        s.now,
        "merged",
        by,
        into=into.reference,
        is_owed=is_owed,
        is_same_patron=is_same,
        due_at=promise.due_at if promise else None,
        made_at=promise.made_at if promise else None,
    )
    follows = PairChanged(
        message_id=derived_id(s.cause, "merged", into.reference),
        reference=into.reference,
        at=s.now,
        other=ticket.reference,
        what="merged",
    )
    change = Change(changed, (said,), (follows,))
    if is_owed and not is_same:
        change = replace(change, messages=(follows, *told(changed, Notice.HANDED_OVER, s)))
    because = "merged into another ticket, where it stands"
    return change.and_then(promise_withdrawn(changed, because, s.now))


def _check(ticket: Ticket, into: Ticket) -> None:
    if ticket.reference == into.reference:
        raise Refused("a ticket is not merged into itself", ticket.status)
    if any(one.is_open for one in ticket.deliveries):
        why = "it has a delivery that is not at its end: merge the other into this one"
        raise Refused(why, ticket.status)
    if into.merged_into is not None:
        raise Refused("that one was merged itself", into.status)
    count = len(family(ticket.reference, ticket.links)) + len(family("", into.links)) - 1
    if count > MOST:
        raise Refused(f"a ticket stands for at most {MOST} others", into.status)


def _hidden(ticket: Ticket, into: Ticket) -> dict[str, Any]:
    """Who sees the one sees the other: one that is confidential by this goes to the team that has
    the other."""
    if ticket.confidential or not into.confidential:
        return {}
    return {"confidential": True, "team": into.team}


def _is_owed(ticket: Ticket) -> bool:
    has_promise = ticket.promise is not None and ticket.promise.is_open
    return ticket.is_unanswered or has_promise or ticket.lost is not None


def absorb(ticket: Ticket, merged: Ticket, row: Mapping[str, Any], s: Situation) -> Change | None:
    """The ticket that stands, with all that the merged one had. `row`: what that one's timeline
    says of it. None: it has it."""
    link = Link("merged_from", merged.reference)
    if link in ticket.links:
        return None
    is_same = bool(row["is_same_patron"])
    gained = dict.fromkeys(
        (link, *(one for one in merged.links if one.reference != ticket.reference))
    )
    changes: dict[str, Any] = {
        "links": tuple(dict.fromkeys((*ticket.links, *gained))),
        "tags": tuple(sorted({*ticket.tags, *merged.tags}))[:MOST_TAGS],
        "urgency": max(ticket.urgency, merged.urgency, key=_ORDER.index),
        "needed_by": min(filter(None, (ticket.needed_by, merged.needed_by)), default=None),
        "praise": ticket.praise + merged.praise,
        "trouble": ticket.trouble or merged.trouble,
        "confidential": ticket.confidential or merged.confidential,
    }
    if is_same:
        changes |= _of_the_same_patron(ticket, merged)
    said = entry(s.now, "merged_here", row["by"], reference=merged.reference)
    if not row["is_owed"]:
        return Change(touched(ticket, s.now, **changes), (said,))
    return _owed(ticket, merged, row, Change(_woken(ticket, merged, changes, s), (said,)), s)


def _of_the_same_patron(ticket: Ticket, merged: Ticket) -> dict[str, Any]:
    older, newer = sorted((ticket, merged), key=lambda one: (one.created_at, one.reference))
    thread = tuple(dict.fromkeys((*older.thread, *newer.thread)))[-30:]
    patron = ticket.patron if ticket.patron.address is not None else merged.patron
    name = ticket.patron.name or merged.patron.name
    called = tuple(dict.fromkeys((*ticket.patron.called, *merged.patron.called)))
    return {"thread": thread, "patron": Patron(name, patron.address, called)}


def _woken(ticket: Ticket, merged: Ticket, changes: dict[str, Any], s: Situation) -> Ticket:
    """It is as if the merged one's patron had written here."""
    return moved(
        ticket,
        Event.PATRON_WRITES,
        s.now,
        unread=True,
        is_unanswered=ticket.is_unanswered or merged.is_unanswered,
        lost=ticket.lost or merged.lost,
        remind_at=None,
        close_at=None,
        **changes,
    )


def _owed(
    ticket: Ticket, merged: Ticket, row: Mapping[str, Any], change: Change, s: Situation
) -> Change:
    if ticket.is_ended:
        change = replace(change, entries=(*change.entries, entry(s.now, "reopened", row["by"])))
    heir = merged.owner if row["is_same_patron"] and change.ticket.owner is None else None
    if heir is not None and not s.is_away(heir):
        owned = moved(change.ticket, Event.ASSIGN, s.now, **owned_by(heir, change.ticket, s))
        given = entry(s.now, "assigned", "desk", owner=heir.id)
        change = change.and_then(Change(owned, (given,)))
    change = sought(_with_the_earlier_promise(change, merged, row, s), s)
    return with_current_promise(change, s)


def _with_the_earlier_promise(
    change: Change, merged: Ticket, row: Mapping[str, Any], s: Situation
) -> Change:
    """Of what was promised on both, the patron counts on what comes first."""
    due_at: datetime | None = row["due_at"]
    own = change.ticket.promise if change.ticket.promise and change.ticket.promise.is_open else None
    if due_at is None or (own is not None and own.due_at <= due_at):
        return change
    because = "an earlier one, of what was merged into this, stands"
    change = change.and_then(promise_withdrawn(change.ticket, because, s.now))
    promise = Promise(
        row["made_at"],
        due_at,
        PromiseState.MADE,
        ("promised on what was merged into this",),
        is_first=False,
    )
    return change.and_then(promise_made(change.ticket, promise, s))


def as_hidden_as(
    merged: Ticket, standing: Ticket, team_before: str | None, now: datetime
) -> Change | None:
    """What was merged is seen by whoever sees the ticket that stands for it, and nobody else; None:
    it is so, or it was confidential on its own account, to another team than the standing one's
    until now (`team_before`), and stays so."""
    if merged.confidential and merged.team != team_before:
        return None
    wanted: dict[str, Any] = {"confidential": standing.confidential}
    if standing.confidential:
        wanted |= {"team": standing.team, "owner": standing.owner}
    if all(getattr(merged, name) == value for name, value in wanted.items()):
        return None
    event = "made_confidential" if standing.confidential else "made_common"
    if merged.confidential == standing.confidential:
        event = "hidden_as_before"
    said = entry(now, event, "desk", into=standing.reference)
    return Change(touched(merged, now, **wanted), (said,))


def unmerge(ticket: Ticket, s: Situation) -> Change:
    """Two people have merged two tickets into each other at the same moment, or the patron of the
    other one was erased at that moment: this one stands after all, and is owed what it was."""
    changed = moved(
        ticket, Event.PATRON_WRITES, s.now, merged_into=None, unread=True, is_unanswered=True
    )
    change = sought(Change(changed, (entry(s.now, "stands_again", "desk"),)), s)
    return with_current_promise(change, s)
