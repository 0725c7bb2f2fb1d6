"""Two enquiries in one ticket: some of its letters go to a ticket of their own. Pure.

The old ticket decides, in one write that says what goes where; the new one is opened from what
stands there, by the code that opens every ticket, so that it may be done again or later. Its patron
is told its reference, and by when they hear about it: that is a promise of its own. What was
promised on the old one stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from services.routing.arrival import open_ticket
from services.routing.ledger import told
from services.routing.links import MOST, linked
from services.routing.merging import is_same_patron
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Letter, Link, Thread, Ticket, entry, touched
from shared.messages import Notice, PairChanged, derived_id

_HERE: Final = "split_from_another_ticket"


@dataclass(frozen=True)
class Part:
    """What goes to a ticket of its own."""

    letters: tuple[str, ...]
    """Ids of letters that came in; one of them at least is the patron's."""
    notes: tuple[str, ...] = ()
    subject: str | None = None


def split(ticket: Ticket, part: Part, reference: str, by: str, s: Situation) -> Change:
    """That part goes to a new ticket of this reference. Raises: Refused."""
    if len(ticket.links) >= MOST:
        raise Refused(f"it has {MOST} links", ticket.status)
    changed = touched(
        ticket,
        s.now,
        links=(*ticket.links, Link("split_into", reference)),
        thread=tuple(one for one in ticket.thread if one.letter_id not in part.letters),
    )
    said = entry(
        s.now,
        "split",
        by,
        reference=reference,
        letters=list(part.letters),
        notes=list(part.notes),
        subject=part.subject,
    )
    follows = PairChanged(
        message_id=derived_id(s.cause, "split", reference),
        reference=reference,
        at=s.now,
        other=ticket.reference,
        what="split",
    )
    return Change(changed, (said,), (follows,))


def open_apart(
    source: Ticket, letters: Sequence[Letter], row: Mapping[str, Any], s: Situation
) -> Change:
    """The new ticket, of these letters of its patron's, oldest first. `row`: what the old one's
    timeline says of it."""
    first = letters[0]
    is_theirs = is_same_patron(first.patron, source.patron)
    letter = replace(
        first,
        # What is confidential stays with the team that has it.
        team=source.team if source.confidential else first.team,
        is_confidential=source.confidential,
        patron=source.patron if is_theirs else first.patron,
        subject=row["subject"] or first.subject,
        lost_by=None,
        owner=source.owner,
        taken_by=row["by"],
        # The letter was acknowledged when it came: this is another notice, with another id.
        is_acknowledged=False,
    )
    reference = str(row["reference"])
    change = open_ticket(reference, letter, s)
    thread = tuple(Thread(one.id, one.message_id) for one in letters)[-30:]
    change = replace(change, ticket=replace(change.ticket, thread=thread))
    change = linked(change, (Link("split_from", source.reference),), s.now)
    *others, last = change.entries
    came = {name: list(row[name]) for name in ("letters", "notes")}
    return replace(
        change,
        entries=(*others, {**last, **came}),
        messages=told(change.ticket, Notice.ACKNOWLEDGEMENT, s),
    )


def letters_named(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The letters that these rows of a timeline say are the ticket's."""
    return [one for row in rows for one in _named(row)]


def _named(row: Mapping[str, Any]) -> Iterable[str]:
    if row["event"] == _HERE:
        return (*row["letters"], *row["notes"])
    return (row["letter"],) if "letter" in row else ()


def letters_gone(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """The letters that went to another ticket and have not come back with it: these rows are of
    all that a ticket stands for."""
    gone: set[str] = set()
    for row in sorted(rows, key=lambda one: (one["at"], one["event"] == _HERE)):
        if row["event"] == "split":
            gone |= {*row["letters"], *row["notes"]}
        elif row["event"] == _HERE:
            gone -= {*row["letters"], *row["notes"]}
    return gone
