"""What those who look at the queue are told of its changes, as server-sent events, and which of
them. Pure. It tells ids, moments and states: never a word of a patron's.

WHATWG HTML §9.2, server-sent events.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from services.routing.filing import NOBODY
from services.routing.sight import knows_of
from shared.keys import Caller
from shared.messages import TicketState

_SHOWN: Final = ("status", "team", "owner", "promise", "confidential")
"""What is told of how a ticket stands."""


@dataclass(frozen=True)
class Wanted:
    """Which tickets a listener wants to hear of."""

    team: str | None = None
    owner: str | None = None
    """Somebody's id, or `none`."""

    def holds(self, state: TicketState) -> bool:
        """Whether such a ticket is one of them."""
        is_team = self.team is None or state.team == self.team
        return is_team and (self.owner is None or (state.owner or NOBODY) == self.owner)


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as it stands in the journal, and what is said of it."""

    number: int
    reference: str
    now: TicketState
    was: TicketState | None
    changed: bytes
    """For those who may know of the ticket."""
    hidden: bytes
    """For those who might, and may not any more."""

    def is_of(self, wanted: Wanted) -> bool:
        """Whether the ticket is one of those, or was until now."""
        return wanted.holds(self.now) or (self.was is not None and wanted.holds(self.was))


def entries_of(page: Mapping[str, Any]) -> list[Entry]:
    """The changes of a page of the journal, whose first has the page's number."""
    return [_entry(number, row) for number, row in enumerate(page["changes"], page["_id"])]


def _entry(number: int, row: Mapping[str, Any]) -> Entry:
    now = TicketState.model_construct(**row["now"])
    was = TicketState.model_construct(**row["was"]) if row["was"] else None
    named = {"reference": row["reference"], "version": row["version"]}
    told = {
        **named,
        "at": row["at"],
        "events": row["events"],
        **{name: getattr(now, name) for name in _SHOWN},
        "was": _before(now, was) if was else None,
    }
    changed = event("ticket.changed", number, told)
    return Entry(number, row["reference"], now, was, changed, event("ticket.hidden", number, named))


def _before(now: TicketState, was: TicketState) -> dict[str, Any]:
    """What is not any more as it was."""
    return {name: getattr(was, name) for name in _SHOWN if getattr(was, name) != getattr(now, name)}


def event(name: str, number: int, told: Mapping[str, Any]) -> bytes:
    """One event. Its id is the number of the last change that whoever has it knows of."""
    data = orjson.dumps(told, option=orjson.OPT_UTC_Z).decode()
    return f"event: {name}\nid: {number}\ndata: {data}\n\n".encode()


def reset(number: int, reason: str) -> bytes:
    """That the client shall read its list anew; what changes after that, it is told."""
    return event("reset", number, {"reason": reason})


def beat(number: int) -> bytes:
    """That the line is alive; with the id, so that who was told nothing for long can resume."""
    return f":\nid: {number}\n\n".encode()


class Round:
    """Some changes that follow each other, to be told to many: what is the same for several of them
    is worked out once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._latest = {one.reference: one.now for one in entries}
        states = (state for one in entries for state in (one.now, one.was) if state is not None)
        self._has_secrets = any(one.confidential for one in states)
        self._said: dict[object, list[bytes]] = {}

    def told_to(self, caller: Caller, wanted: Wanted) -> list[bytes]:
        """What this caller is told of them. It goes by how the tickets stand after all of them:
        what has become confidential is not told of what it was before. Who knew of such a ticket
        before them is told, once, that it is hidden from them."""
        sight = (caller.id, caller.team, caller.role) if self._has_secrets else None
        if (sight, wanted) not in self._said:
            self._said[sight, wanted] = list(self._for(caller, wanted))
        return self._said[sight, wanted]

    def _for(self, caller: Caller, wanted: Wanted) -> Iterator[bytes]:
        unseen = set[str]()
        for one in self._entries:
            if knows_of(caller, self._latest[one.reference]):
                if one.is_of(wanted):
                    yield one.changed
            elif one.reference not in unseen:
                unseen.add(one.reference)
                if one.was is not None and knows_of(caller, one.was) and wanted.holds(one.was):
                    yield one.hidden
