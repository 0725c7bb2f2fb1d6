"""Who may know of a ticket. A confidential one is its team's, its owner's and the leads' alone; to
anybody else it is not there. Pure.

The restriction is a part of every query, never a look at what a query has found.
"""

from collections.abc import Mapping
from typing import Any, Final

from shared.keys import Caller
from shared.messages import TicketState
from shared.staff import Role

Document = dict[str, Any]
_SEE_ALL: Final = frozenset({Role.LEAD, Role.ADMIN, Role.AUDITOR})
_NAMES: Final = ("reference", "into")
"""Where a link or a row of the timeline names another ticket."""
EVERYTHING: Final[Document] = {}
"""What the desk itself sees."""


def sees_all(caller: Caller) -> bool:
    """Whether nothing is hidden from them."""
    return caller.role in _SEE_ALL


def sight_of(caller: Caller) -> Document:
    """The tickets that a caller may know of, as a condition of MongoDB's."""
    if sees_all(caller):
        return EVERYTHING
    return {
        "$or": [
            {"confidential": {"$ne": True}},
            {"team": {"$eq": caller.team, "$type": "string"}},
            {"owner.id": {"$eq": caller.id}},
            {"handover.companion.id": {"$eq": caller.id}},
        ]
    }


def both(one: Document, other: Document) -> Document:
    """What both conditions hold for."""
    return {"$and": [one, other]} if one and other else one or other


def told_to_all_of(team: str | None) -> Document:
    """The tickets whose words may stand where all the staff read them, or, with a team, where only
    that one does: what is taken from one ticket to another. As a condition of MongoDB's."""
    return {"$or": [{"confidential": {"$ne": True}}, *([{"team": team}] if team else [])]}


def may_see(caller: Caller, ticket: Document) -> bool:
    """The same of a document that is at hand, such as one that has changed."""
    return knows_of(caller, TicketState.of(ticket))


def knows_of(caller: Caller, ticket: TicketState) -> bool:
    """The same of how a ticket stands."""
    return (
        not ticket.confidential
        or sees_all(caller)
        or (caller.team is not None and ticket.team == caller.team)
        or caller.id in {ticket.owner, ticket.companion}
    )


def named_in(ticket: Mapping[str, Any]) -> list[str]:
    """The other tickets that a ticket names: by its links, and in its timeline."""
    rows = (*ticket.get("links", ()), *ticket.get("timeline", ()))
    named = [one[name] for one in rows for name in _NAMES if name in one]
    return list(dict.fromkeys([*named, *filter(None, [ticket.get("merged_into")])]))


def without_others(ticket: Mapping[str, Any], hidden: set[str]) -> Document:
    """The ticket without what would tell of those."""
    if not hidden:
        return dict(ticket)
    kept = {
        name: [
            one
            for one in ticket.get(name, ())
            if hidden.isdisjoint(one[it] for it in _NAMES if it in one)
        ]
        for name in ("links", "timeline")
    }
    into = ticket.get("merged_into")
    return {**ticket, **kept, "merged_into": None if into in hidden else into}
