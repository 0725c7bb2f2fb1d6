"""What staff do with a ticket, but for passing it on. Pure: a ticket in, a change out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.routing.ledger import (
    promise_made,
    promise_settled,
    promise_withdrawn,
    promised_in_words,
    told,
    with_current_promise,
)
from services.routing.occasions import with_question
from services.routing.ownership import owned_by, sought
from services.routing.situation import Situation
from services.routing.status import Event, Refused
from services.routing.ticket import Change, Owner, Ticket, entry, moved, touched
from shared.messages import Notice, NoticeRequested, derived_id

_REMIND: Final = {
    Event.WAIT_FOR_PATRON: timedelta(days=14),
    Event.WAIT_FOR_THIRD_PARTY: timedelta(days=7),
}
"""When the owner is reminded of what waits, unless he says when."""


def assign(ticket: Ticket, owner: Owner, by: str, s: Situation) -> Change:
    """Give the ticket to someone, or (`owner.id == by`) claim it. The patron is told of another
    name than the one that he knows, and always has a promise that counts."""
    before = ticket.owner
    changed = moved(
        ticket,
        Event.ASSIGN,
        s.now,
        remind_at=None,
        **owned_by(owner, ticket, s),
    )
    event = "claimed" if owner.id == by else "assigned"
    change = Change(changed, (entry(s.now, event, by, owner=owner.id),))
    if before is not None and before.id != owner.id:
        change = replace(change, messages=told(ticket, Notice.HANDED_OVER, s))
    return with_current_promise(change, s)


@dataclass(frozen=True)
class Overridden:
    """That a reply was sent in spite of what was found in it."""

    because: str
    rules: tuple[str, ...]


def reply(
    ticket: Ticket,
    author: Owner,
    letter_id: str,
    s: Situation,
    answer: str | None = None,
    *,
    promise_at: datetime | None = None,
    overridden: Overridden | None = None,
    notice: Notice = Notice.REPLY,
) -> Change:
    """Answer the patron. A ticket that nobody owns is then the author's. `answer`: the canned one
    that was used; `promise_at`: by when the reply says that more will come; `notice`: what kind of
    letter it is.

    Raises: NotAllowed; NotRenegotiable: that is no time one can promise.
    """
    taken = {} if ticket.owner else owned_by(author, ticket, s)
    changed = moved(ticket, Event.REPLY, s.now, unread=False, **taken)
    used: dict[str, Any] = {"answer": answer} if answer else {}
    if notice is Notice.NEED_MORE:
        used["asks"] = True
    if overridden is not None:
        used |= {"override": overridden.because, "found": list(overridden.rules)}
    said = entry(s.now, "replied", author.id, letter=letter_id, **used)
    letter = NoticeRequested(
        message_id=derived_id(s.cause, notice),
        reference=ticket.reference,
        at=s.now,
        notice=notice,
        about=ticket.thread[-1].letter_id if ticket.thread else None,
        letter_id=letter_id,
    )
    change = heard(Change(changed, (said,), (letter,)), author.id, s)
    if promise_at is None:
        return change
    return change.and_then(promised_in_words(change.ticket, promise_at, author.id, s))


def heard(change: Change, by: str, s: Situation) -> Change:
    """The patron has heard from a person: what was promised is settled, and who does the work has
    accepted it."""
    ticket = change.ticket
    first: dict[str, Any] = {}
    if ticket.answered_at is None:
        taken = s.calendar(ticket.team).open_time_between(ticket.created_at, s.now)
        first = {"answered_at": s.now, "answered_in": taken.total_seconds()}
    accepted = ticket.owner is not None and by == ticket.owner.id
    changed = touched(
        ticket,
        ticket.updated_at,
        is_unanswered=False,
        handover=None if accepted else ticket.handover,
        heard_at=s.now,
        asked_solved_at=None,
        **first,
    )
    return change.and_then(Change(changed, ())).and_then(promise_settled(changed, s.now))


def note(ticket: Ticket, by: str, letter_id: str, now: datetime) -> Change:
    """Something that staff say to each other; the patron is told nothing."""
    return Change(touched(ticket, now), (entry(now, "noted", by, letter=letter_id),))


def wait(ticket: Ticket, event: Event, by: str, now: datetime, until: datetime | None) -> Change:
    """The next step is somebody else's: the patron's, or a third party's. What the patron was
    promised stays promised."""
    remind_at = until or now + _REMIND[event]
    changed = moved(ticket, event, now, unread=False, remind_at=remind_at)
    return Change(changed, (entry(now, event, by, until=remind_at),))


def ask(
    ticket: Ticket,
    author: Owner,
    letter_id: str,
    s: Situation,
    *,
    until: datetime | None = None,
    overridden: Overridden | None = None,
) -> Change:
    """Ask the patron for what has to be known before it can go on, and wait for it."""
    asked = reply(ticket, author, letter_id, s, overridden=overridden, notice=Notice.NEED_MORE)
    return asked.and_then(wait(asked.ticket, Event.WAIT_FOR_PATRON, author.id, s.now, until))


def resolve(ticket: Ticket, by: str, because: str | None, s: Situation) -> Change:
    """The enquiry is answered; or, without an answer, why none is owed. The patron is asked whether
    it was solved, where there is somebody to ask.

    Raises: NotAllowed, Refused.
    """
    changed = moved(
        ticket,
        Event.RESOLVE,
        s.now,
        unread=False,
        handover=None,
        lost=None,
        owner_by=None,
        seek_at=None,
        remind_at=None,
        held_until=None,
        close_at=s.now + timedelta(days=s.library.closing.after_days),
    )
    if ticket.is_unanswered and because is None:
        raise Refused("the patron has had no answer: reply, or say why none is owed", ticket.status)
    if any(one.is_open for one in ticket.deliveries):
        raise Refused("it has a delivery that is not at its end", ticket.status)
    more = {"because": because} if because else {}
    change = Change(changed, (entry(s.now, "resolved", by, **more),))
    if ticket.is_unanswered and because is not None:
        return change.and_then(promise_withdrawn(changed, because, s.now))
    change = change.and_then(promise_settled(changed, s.now))
    return with_question(ticket, because, change, s)


def reopen(ticket: Ticket, by: str, s: Situation) -> Change:
    """It was not answered after all: it is owed an answer again."""
    changed = moved(ticket, Event.REOPEN, s.now, is_unanswered=True, close_at=None)
    change = sought(Change(changed, (entry(s.now, "reopened", by),)), s)
    return change.and_then(promise_made(change.ticket, s.promise(change.ticket), s))


def close(ticket: Ticket, s: Situation) -> Change:
    """Nobody has written for long since it was resolved."""
    changed = moved(ticket, Event.CLOSE, s.now, close_at=None)
    return Change(changed, (entry(s.now, "closed", "desk"),))


def correct(ticket: Ticket, by: str, now: datetime, **known: Any) -> Change:
    """Staff know better what it is about: `topic`, `team`, `language`, `urgency`, `needed_by`."""
    changes = {name: value for name, value in known.items() if getattr(ticket, name) != value}
    why = {**ticket.why, **dict.fromkeys(changes, (f"corrected by {by}",))}
    before = {name: getattr(ticket, name) for name in changes}
    changed = touched(ticket, now, why=why, **changes)
    said = entry(now, "corrected", by, now=_told(changes), before=_told(before))
    return Change(changed, (said,))


def _told(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """As the timeline keeps them: MongoDB has no days."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def keep_to_team(ticket: Ticket, confidential: bool, by: str, reason: str, now: datetime) -> Change:
    """From now on it is seen by its team and the leads alone; or by all the staff again."""
    changed = touched(ticket, now, confidential=confidential)
    event = "made_confidential" if confidential else "made_common"
    return Change(changed, (entry(now, event, by, reason=reason),))


def name_trouble(ticket: Ticket, trouble: str | None, by: str, now: datetime) -> Change:
    """What caused the enquiry, so that it can be made to stop."""
    changed = touched(ticket, now, trouble=trouble)
    return Change(changed, (entry(now, "cause_named", by, cause=trouble),))
