"""Tickets that have to do with each other. Pure.

A letter that had no right to join a ticket opened one of its own, or one that goes on where a
closed ticket ended; and staff link what belongs together. It is seen on both; nothing else of
either changes, and the patron of neither is told of the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Link, Ticket, entry, touched
from shared.messages import PairChanged, derived_id

_PAIRS: Final = (
    ("continues", "continued_by"),
    ("duplicates", "duplicated_by"),
    ("related", "related"),
    ("named", "named_by"),
    ("merged_from", "merged_into"),
    ("split_from", "split_into"),
)
BACK: Final[Mapping[str, str]] = dict(_PAIRS) | {back: kind for kind, back in _PAIRS}
"""What a link is called from the other end."""
OF_STAFF: Final = ("related", "continues", "continued_by", "duplicates", "duplicated_by")
"""What staff may make."""
LASTING: Final = frozenset({"merged_from", "merged_into", "split_from", "split_into"})
"""What nobody takes away: by these a ticket's letters are found."""
_TOLD: Final[Mapping[str, str]] = {
    "continues": "continues_a_closed_ticket",
    "continued_by": "continued_by_a_new_ticket",
    "named": "named_another_ticket",
    "named_by": "named_by_a_stranger",
    "split_from": "split_from_another_ticket",
}
MOST: Final = 50


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
    if link in ticket.links or len(ticket.links) >= MOST:
        return None
    changed = replace(ticket, version=ticket.version + 1, links=(*ticket.links, link))
    return Change(changed, (_entry(link, now),))


def link(ticket: Ticket, one: Link, by: str, s: Situation) -> Change:
    """A staff member says that they belong together. Raises: Refused."""
    if one in ticket.links:
        raise Refused("that link is there", ticket.status)
    if len(ticket.links) >= MOST:
        raise Refused(f"it has {MOST} links", ticket.status)
    said = entry(s.now, "linked", by, kind=one.kind, reference=one.reference)
    return _relinked(ticket, (*ticket.links, one), said, one, s)


def unlink(ticket: Ticket, one: Link, by: str, s: Situation) -> Change:
    """They don't, after all. Raises: Refused."""
    if one not in ticket.links:
        raise Refused("there is no such link", ticket.status)
    if one.kind in LASTING:
        raise Refused("letters are found by that link", ticket.status)
    left = tuple(known for known in ticket.links if known != one)
    said = entry(s.now, "unlinked", by, kind=one.kind, reference=one.reference)
    return _relinked(ticket, left, said, one, s)


def _relinked(
    ticket: Ticket, links: tuple[Link, ...], said: Mapping[str, Any], one: Link, s: Situation
) -> Change:
    follows = PairChanged(
        message_id=derived_id(s.cause, "linked", one.kind, one.reference),
        reference=one.reference,
        at=s.now,
        other=ticket.reference,
        what="linked",
        link=one.kind,
    )
    return Change(touched(ticket, s.now, links=links), (said,), (follows,))


def follow_link(
    ticket: Ticket, other: Ticket, kind: str, names: Iterable[str], now: datetime
) -> Change | None:
    """The other end, as the first has it now, in whatever order it is told of it. `names`: what
    this ticket was called when the link was made. None: so it is."""
    back = Link(BACK[kind], other.reference)
    wanted = any(Link(kind, name) in other.links for name in {*names, ticket.reference})
    if wanted == (back in ticket.links):
        return None
    links = tuple(one for one in ticket.links if one != back) + ((back,) if wanted else ())
    event = "linked" if wanted else "unlinked"
    said = entry(now, event, "desk", kind=back.kind, reference=back.reference)
    # As in `link_back`: nothing that anybody who reads the ticket has to know before he answers,
    # but its version says that it is another one.
    return Change(replace(ticket, version=ticket.version + 1, links=links), (said,))


def family(ticket: str, links: Iterable[Link]) -> tuple[str, ...]:
    """The ticket, and all that were merged into it: their letters are its own."""
    return (ticket, *(one.reference for one in links if one.kind == "merged_from"))


def _entry(link: Link, now: datetime) -> Mapping[str, object]:
    return {"at": now, "event": _TOLD[link.kind], "by": "desk", "reference": link.reference}
