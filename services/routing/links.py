"""Tickets that have to do with each other. Pure.

A letter that had no right to join a ticket opened one of its own, or one that goes on where a
closed ticket ended. Staff see it on both; nothing else of either changes, and the patron of neither
is told of the other.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.routing.ticket import Change, Link, Ticket

BACK: Final[Mapping[str, str]] = {"continues": "continued_by", "named": "named_by"}
"""What a link is called from the other end."""
_TOLD: Final[Mapping[str, str]] = {
    "continues": "continues_a_closed_ticket",
    "continued_by": "continued_by_a_new_ticket",
    "named": "named_another_ticket",
    "named_by": "named_by_a_stranger",
}
_MOST: Final = 50


def linked(change: Change, links: tuple[Link, ...], now: datetime) -> Change:
    """A ticket that is being opened, with its links."""
    if not links:
        return change
    entries = tuple(_entry(one, now) for one in links)
    ticket = replace(change.ticket, links=links)
    return replace(change, ticket=ticket, entries=(*change.entries, *entries))


def link_back(ticket: Ticket, link: Link, now: datetime) -> Change | None:
    """The other end. None: it stands there, or so many do that whoever names this ticket wants to
    fill it."""
    if link in ticket.links or len(ticket.links) >= _MOST:
        return None
    changed = replace(ticket, version=ticket.version + 1, links=(*ticket.links, link))
    return Change(changed, (_entry(link, now),))


def _entry(link: Link, now: datetime) -> Mapping[str, object]:
    return {"at": now, "event": _TOLD[link.kind], "by": "desk", "reference": link.reference}
