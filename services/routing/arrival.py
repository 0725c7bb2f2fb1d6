"""What a patron's letter does to a ticket: it opens one, or is added to one. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from services.routing.assign import Assignment
from services.routing.promise import Promise, PromiseState
from services.routing.ticket import (
    Change,
    Event,
    Letter,
    Owner,
    Patron,
    Status,
    Thread,
    Ticket,
    entry,
    moved,
)
from shared.messages import Notice, NoticeRequested, derived_id

_ENDED: Final = frozenset({Status.RESOLVED, Status.CLOSED})


def open_ticket(
    reference: str, letter: Letter, assignment: Assignment, promise: Promise, now: datetime
) -> Change:
    """A patron's first letter: a ticket with an owner, a promise, and an acknowledgement."""
    owner = Owner(assignment.owner.id, assignment.owner.name) if assignment.owner else None
    ticket = Ticket(
        reference=reference,
        version=1,
        status=Status.ASSIGNED if owner else Status.NEW,
        subject=letter.subject,
        patron=letter.patron,
        owner=owner,
        team=letter.team,
        topic=letter.topic,
        language=letter.language,
        format=letter.format,
        promise=promise,
        created_at=letter.at,
        updated_at=now,
        unread=True,
        thread=(Thread(letter.id, letter.message_id),),
    )
    entries = (
        entry(now, "opened", letter.released_by or "patron", letter=letter.id),
        *_lost(ticket, letter, now),
        entry(
            now,
            "assigned" if owner else "left_to_team",
            "desk",
            owner=owner.id if owner else None,
            reasons=[*letter.because, *assignment.reasons],
        ),
        entry(now, "promised", "desk", due_at=promise.due_at, reasons=list(promise.reasons)),
    )
    notices = () if letter.patron.address is None else (_automatic(ticket, letter, now),)
    return Change(ticket, entries, notices)


def _automatic(ticket: Ticket, letter: Letter, now: datetime) -> NoticeRequested:
    """An acknowledgement; where contact was lost, that it will be made again."""
    notice = Notice.CONTACT_LOST if letter.lost_by else Notice.ACKNOWLEDGEMENT
    return NoticeRequested(
        message_id=derived_id(letter.id, notice),
        reference=ticket.reference,
        at=now,
        notice=notice,
        about=letter.id,
    )


def _lost(ticket: Ticket, letter: Letter, now: datetime) -> tuple[Mapping[str, Any], ...]:
    """What the timeline says of a lost contact; nothing if that is not what the letter tells of."""
    if letter.lost_by is None:
        return ()
    more = {"names": letter.names} if letter.names not in {None, ticket.reference} else {}
    lost = entry(now, "contact_lost", "desk", letter=letter.id, channel=letter.lost_by, **more)
    return (lost,)


def add_letter(ticket: Ticket, letter: Letter, promise: Promise, now: datetime) -> Change:
    """A further letter on a ticket. `promise` is made if none is open: somebody owes an answer.

    Automatic mail is noted and changes nothing else.
    """
    if letter.automatic:
        noted = replace(ticket, version=ticket.version + 1)
        return Change(noted, (entry(now, "automatic_mail_noted", "desk", letter=letter.id),))
    renewed = ticket.promise is None or ticket.promise.state is not PromiseState.MADE
    patron = _patron(ticket, letter)
    changed = moved(
        ticket,
        Event.PATRON_WRITES,
        now,
        unread=True,
        patron=patron,
        promise=promise if renewed else ticket.promise,
        thread=(*ticket.thread, Thread(letter.id, letter.message_id))[-30:],
    )
    # Who has a letter of ours may write on its ticket; that he is the patron is not said by that.
    stranger = {} if letter.sender_is_known else {"sender_is_known": False}
    wrote = (entry(now, "patron_wrote", "patron", letter=letter.id, **stranger),)
    entries = [*(_lost(ticket, letter, now) or wrote)]
    if patron is not ticket.patron:
        entries.append(entry(now, "address_learned", "desk", letter=letter.id))
    if ticket.status in _ENDED:
        entries.append(entry(now, "reopened", "patron"))
    if renewed:
        reasons = list(promise.reasons)
        entries.append(entry(now, "promised", "desk", due_at=promise.due_at, reasons=reasons))
    return Change(changed, tuple(entries))


def _patron(ticket: Ticket, letter: Letter) -> Patron:
    """A patron whom no letter could reach has the address of whoever proves the ticket."""
    if ticket.patron.address is not None or letter.patron.address is None or not letter.is_proven:
        return ticket.patron
    return Patron(ticket.patron.name or letter.patron.name, letter.patron.address)
