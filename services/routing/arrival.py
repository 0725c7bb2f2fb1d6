"""What a patron's letter does to a ticket: it opens one, or is added to one. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from services.routing.contact import lose_contact, recovered
from services.routing.ledger import promise_made, with_current_promise
from services.routing.occasions import with_confirmation
from services.routing.ownership import owned_by, queued, relieve, sought
from services.routing.situation import Situation
from services.routing.status import Event, Status
from services.routing.ticket import (
    Change,
    Letter,
    Owner,
    Patron,
    Thread,
    Ticket,
    entry,
    moved,
)
from shared.messages import Notice, NoticeRequested, derived_id

_WHY: Final = ("topic", "language", "urgency")


def open_ticket(reference: str, letter: Letter, s: Situation) -> Change:
    """A patron's first letter: a ticket with an owner, a promise, and an acknowledgement."""
    owner, reasons = _first_owner(letter, s)
    ticket = _new(reference, letter, owner, reasons, s)
    by = letter.released_by or letter.taken_by or "patron"
    entries = (
        entry(s.now, "opened", by, letter=letter.id),
        entry(
            s.now,
            "assigned" if ticket.owner else "left_to_team",
            "desk",
            owner=owner.id if owner else None,
            reasons=list(reasons),
        ),
    )
    is_told = letter.patron.address is not None and letter.is_acknowledged
    notices = (_automatic(ticket, letter, s),) if is_told else ()
    change = Change(ticket, entries, notices).and_then(promise_made(ticket, s.promise(ticket), s))
    if letter.lost_by is None:
        return change
    return change.and_then(_lost(change.ticket, letter, letter.lost_by, s))


def _first_owner(letter: Letter, s: Situation) -> tuple[Owner | None, tuple[str, ...]]:
    """Who takes it, and why: whoever was settled on, if they are here; else who is chosen."""
    if letter.owner is not None and not s.is_away(letter.owner):
        return letter.owner, (*letter.because, "it was settled before that they have it")
    chosen = s.owner_for(letter, helped_before=letter.helped_before)
    reasons = (*letter.because, *chosen.reasons)
    if chosen.owner is None:
        return None, reasons
    return Owner(chosen.owner.id, chosen.owner.name), reasons


def going_on(letter: Letter, before: Ticket | None) -> Letter:
    """A letter that goes on where that ticket ended: what was confidential stays with the team that
    had it, and with who had it there."""
    if before is None or not before.confidential:
        return letter
    helped_before = before.owner.id if before.owner else letter.helped_before
    return replace(letter, team=before.team, helped_before=helped_before, is_confidential=True)


def _new(
    reference: str, letter: Letter, owner: Owner | None, reasons: tuple[str, ...], s: Situation
) -> Ticket:
    ticket = Ticket(
        reference=reference,
        version=1,
        status=Status.ASSIGNED if owner else Status.NEW,
        subject=letter.subject,
        patron=letter.patron,
        owner=None,
        team=letter.team,
        topic=letter.topic,
        language=letter.language,
        format=letter.format,
        promise=None,
        created_at=letter.at,
        updated_at=s.now,
        unread=True,
        thread=(Thread(letter.id, letter.message_id),),
        is_thanks=letter.is_bare_thanks,
        heeds=letter.heeds or 0,
        urgency=letter.urgency,
        needed_by=letter.needed_by,
        confidential=letter.is_confidential or s.library.is_confidential(letter.topic),
        why={
            "owner": reasons,
            **{name: (letter.reasons[name],) for name in _WHY if name in letter.reasons},
        },
    )
    begun = owned_by(owner, ticket, s) if owner else queued(ticket.team, s)
    return replace(ticket, **begun)


def _automatic(ticket: Ticket, letter: Letter, s: Situation) -> NoticeRequested:
    """An acknowledgement; where contact was lost, that it will be made again."""
    notice = Notice.CONTACT_LOST if letter.lost_by else Notice.ACKNOWLEDGEMENT
    return NoticeRequested(
        message_id=derived_id(letter.id, notice),
        reference=ticket.reference,
        at=s.now,
        notice=notice,
        about=letter.id,
    )


def add_letter(ticket: Ticket, letter: Letter, s: Situation) -> Change:
    """A further letter on a ticket.

    Automatic mail changes nothing, but that a letter of ours which came back means lost contact.
    Thanks and nothing else are praise. All else is an enquiry: somebody owes an answer. On a ticket
    that was erased whatever comes makes it one that is kept again, until its time is over.
    """
    if ticket.erased_at is not None:
        ticket = _kept_again(ticket, letter)
    if letter.automatic:
        return _noted(ticket, letter, s)
    if letter.lost_by is not None:
        return _lost(_in_thread(ticket, letter), letter, letter.lost_by, s)
    if letter.is_bare_thanks:
        return praised(ticket, letter, s)
    change = written(ticket, letter, entry(s.now, "patron_wrote", "patron", **_said(letter)), s)
    return with_confirmation(ticket, letter, change, s)


def _said(letter: Letter) -> Mapping[str, Any]:
    # Who has a letter of ours may write on its ticket; that he is the patron is not said by that.
    stranger = {} if letter.sender_is_known else {"sender_is_known": False}
    return {"letter": letter.id, **stranger}


def _kept_again(ticket: Ticket, letter: Letter) -> Ticket:
    """Nothing is left of what was, and so the ticket is its sender's; a mail system is nobody."""
    if letter.automatic:
        return replace(ticket, erased_at=None)
    return replace(ticket, erased_at=None, patron=letter.patron, subject=letter.subject)


def _noted(ticket: Ticket, letter: Letter, s: Situation) -> Change:
    noted = Change(
        replace(ticket, version=ticket.version + 1),
        (entry(s.now, "automatic_mail_noted", "desk", letter=letter.id),),
    )
    if not _came_back(ticket, letter):
        return noted
    return noted.and_then(lose_contact(noted.ticket, "mail", letter.id, s))


def _came_back(ticket: Ticket, letter: Letter) -> bool:
    """Whether this says, for good, that the patron's address can't be reached."""
    if not letter.is_returned or ticket.patron.address is None or not letter.is_proven:
        return False
    whom = {one.lower() for one in letter.returned_from}
    return not whom or ticket.patron.address.lower() in whom


def _lost(ticket: Ticket, letter: Letter, channel: str, s: Situation) -> Change:
    """A call or chat that was cut off."""
    change = lose_contact(ticket, channel, letter.id, s)
    if letter.names in {None, ticket.reference}:
        return change
    lost, *rest = change.entries
    return replace(change, entries=({**lost, "names": letter.names}, *rest))


def _in_thread(ticket: Ticket, letter: Letter) -> Ticket:
    thread = (*ticket.thread, Thread(letter.id, letter.message_id))[-30:]
    return replace(ticket, thread=thread)


def praised(ticket: Ticket, letter: Letter, s: Situation) -> Change:
    """Kept for owner and team; it reopens nothing and moves no clock."""
    owner = ticket.owner.id if ticket.owner else None
    said = entry(s.now, "praised", "patron", letter=letter.id, owner=owner, team=ticket.team)
    praised = _in_thread(ticket, letter)
    return Change(replace(praised, version=ticket.version + 1, praise=ticket.praise + 1), (said,))


def written(ticket: Ticket, letter: Letter, said: Mapping[str, Any], s: Situation) -> Change:
    """Somebody owes the patron an answer. `said`: what the timeline says of it."""
    patron = _patron(ticket, letter)
    changed = moved(
        _in_thread(ticket, letter),
        Event.PATRON_WRITES,
        s.now,
        unread=True,
        is_unanswered=True,
        patron=patron,
        lost=None,
        remind_at=None,
        close_at=None,
        asked_solved_at=None,
        is_thanks=False,
    )
    entries: list[Mapping[str, Any]] = [said]
    if patron is not ticket.patron:
        entries.append(entry(s.now, "address_learned", "desk", letter=letter.id))
    if ticket.lost is not None:
        entries.append(recovered(ticket.lost, "patron", s))
    if ticket.is_ended:
        entries.append(entry(s.now, "reopened", "patron"))
    change = Change(changed, tuple(entries))
    if changed.owner is not None and s.is_away(changed.owner):
        change = change.and_then(relieve(changed, s))
    return with_current_promise(sought(change, s), s)


def _patron(ticket: Ticket, letter: Letter) -> Patron:
    """A patron whom no letter could reach has the address of whoever proves the ticket."""
    if ticket.patron.address is not None or letter.patron.address is None or not letter.is_proven:
        return ticket.patron
    return Patron(ticket.patron.name or letter.patron.name, letter.patron.address)
