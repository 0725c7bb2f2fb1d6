"""Passing a ticket on: to who can solve it, from who is away, to who is free at last. Pure.

Whoever has it, the patron knows, and has a promise that counts. It never goes back to somebody who
has passed it on, and after two hand-overs it is the lead's: no ping-pong.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from services.routing.assign import LEAD, Given
from services.routing.ledger import told, with_current_promise
from services.routing.situation import Candidate, Situation
from services.routing.status import TRANSITIONS, Event, NotAllowed, Refused
from services.routing.ticket import (
    Alert,
    Change,
    Escalation,
    Handover,
    Owner,
    Ticket,
    entry,
    moved,
    touched,
)
from shared.messages import Notice

_MOST_HANDOVERS: Final = 2
_MOST_GIVEN: Final = 10
"""Who had it before the last ten is not counted for turns."""
SEEK_AGAIN: Final = timedelta(minutes=10)
"""Open time after which an owner is looked for again."""


@dataclass(frozen=True)
class _Step:
    """Why a ticket goes on, and who stays beside whoever gets it."""

    event: str
    by: str
    reason: str
    companion: Owner | None


def escalate(ticket: Ticket, by: Owner, reason: str, s: Situation) -> Change:
    """The owner, or a colleague for him, can't solve it: it goes to who can. Who had it stays
    beside the new owner until it is accepted. Raises: NotAllowed."""
    return _passed_on(ticket, _Step("escalated", by.id, reason, ticket.owner), s)


def accept(ticket: Ticket, by: Owner, s: Situation) -> Change:
    """The new owner takes it. Raises: Refused."""
    _check_is_asked(ticket, by)
    changed = touched(ticket, s.now, handover=None)
    return Change(changed, (entry(s.now, "accepted", by.id),))


def decline(ticket: Ticket, by: Owner, reason: str, s: Situation) -> Change:
    """The new owner can't either: it goes on to the next. Raises: Refused."""
    handover = _check_is_asked(ticket, by)
    return _passed_on(ticket, _Step("declined", by.id, reason, handover.companion), s)


def not_accepted(ticket: Ticket, s: Situation) -> Change:
    """Whoever was asked has not said a word in time: it goes on to the next."""
    companion = ticket.handover.companion if ticket.handover else None
    step = _Step("not_accepted", "desk", "it was not accepted in time", companion)
    return _passed_on(ticket, step, s)


def relieve(ticket: Ticket, s: Situation) -> Change:
    """Its owner is away: it goes to somebody else, with its promise; or to the team's queue."""
    chosen = s.owner_for(ticket, excluding=frozenset(_ids(ticket.owner)))
    reasons = (f"{ticket.owner.name if ticket.owner else 'its owner'} is away", *chosen.reasons)
    if chosen.owner is None:
        return left_to_team(ticket, reasons, s)
    owner = Owner(chosen.owner.id, chosen.owner.name)
    return _given(ticket, owner, "desk", reasons, s)


def find_owner(ticket: Ticket, s: Situation) -> Change:
    """Look again for an owner of what waits in the team's queue; when the team's time is over, ask
    who else can, then the lead, then the ladder."""
    chosen = s.owner_for(ticket, excluding=frozenset(ticket.carried))
    if chosen.owner is not None:
        owner = Owner(chosen.owner.id, chosen.owner.name)
        return _given(ticket, owner, "desk", chosen.reasons, s)
    if ticket.owner_by is None or s.now < ticket.owner_by:
        seek_at = s.calendar(ticket.team).add_open_time(s.now, SEEK_AGAIN)
        return Change(touched(ticket, ticket.updated_at, seek_at=seek_at), ())
    reason = "nobody of the team was free in its time"
    return _passed_on(ticket, _Step("escalated", "desk", reason, None), s)


def left_to_team(ticket: Ticket, reasons: tuple[str, ...], s: Situation) -> Change:
    """Nobody is free: the team has it, and its clock runs."""
    changed = moved(ticket, Event.LEAVE, s.now, owner=None, handover=None, **queued(ticket.team, s))
    changed = replace(changed, why={**ticket.why, "owner": reasons})
    said = entry(s.now, "left_to_team", "desk", reasons=list(reasons))
    change = Change(changed, (said,), told(ticket, Notice.HANDED_OVER, s))
    return with_current_promise(change, s)


def owned_by(owner: Owner, ticket: Ticket, s: Situation) -> dict[str, Any]:
    """What somebody's having it changes: it was their turn, nobody is looked for, and nothing is to
    be accepted."""
    given = Given(s.now, owner.id, s.turn_among(ticket, owner))
    return {
        "owner": owner,
        "given": (*ticket.given, given)[-_MOST_GIVEN:],
        "handover": None,
        "owner_by": None,
        "seek_at": None,
    }


def queued(team: str, s: Situation) -> dict[str, Any]:
    """The clocks of a ticket without an owner."""
    seek_at = s.calendar(team).add_open_time(s.now, SEEK_AGAIN)
    return {"owner_by": s.owner_by(team), "seek_at": seek_at}


def sought(change: Change, s: Situation) -> Change:
    """The same change; and what is worked at again without an owner is in its team's queue."""
    ticket = change.ticket
    if ticket.owner is not None or ticket.is_ended or ticket.seek_at is not None:
        return change
    why = ticket.why if "owner" in ticket.why else {**ticket.why, "owner": ("nobody had it",)}
    changed = touched(ticket, ticket.updated_at, why=why, **queued(ticket.team, s))
    return change.and_then(Change(changed, ()))


def alerts_above(
    ticket: Ticket, kind: str, s: Situation, *, urgent: bool = False
) -> tuple[Alert, ...]:
    """That the nearest of lead and ladder who is there be told; all of them, if nobody is."""
    above = [one for _, one, _ in s.above(ticket.team)]
    here = [one for one in above if not one.is_away(s.now)][:1]
    return tuple(s.alert(ticket, one.id, kind, urgent=urgent) for one in here or above)


def _given(ticket: Ticket, owner: Owner, by: str, reasons: tuple[str, ...], s: Situation) -> Change:
    """It is theirs from now on, and the patron is told so."""
    before = ticket.owner.id if ticket.owner else None
    changed = moved(
        ticket,
        Event.HAND_OVER,
        s.now,
        why={**ticket.why, "owner": reasons},
        **owned_by(owner, ticket, s),
    )
    said = entry(s.now, "handed_over", by, owner=owner.id, before=before, reasons=list(reasons))
    change = Change(
        changed,
        (said,),
        told(ticket, Notice.HANDED_OVER, s),
        alerts=(s.alert(changed, owner.id, "handed_to_you"),),
    )
    return with_current_promise(change, s)


def _passed_on(ticket: Ticket, step: _Step, s: Situation) -> Change:
    """To the next who can, with the reason. If there is none, everybody above is told.

    Raises: NotAllowed.
    """
    if Event.HAND_OVER not in TRANSITIONS[ticket.status]:
        raise NotAllowed(ticket.status, Event.HAND_OVER)
    excluding = frozenset({*ticket.carried, *_ids(ticket.owner)})
    candidates = s.who_can(ticket, excluding)
    if len(ticket.carried) >= _MOST_HANDOVERS:
        candidates = [one for one in candidates if one.level >= LEAD]
    said = entry(s.now, step.event, step.by, reason=step.reason)
    begun = Change(touched(ticket, s.now), (said,))
    if candidates:
        return begun.and_then(_asked(begun.ticket, candidates[0], step, s))
    reasons = s.passed_over(ticket, excluding)
    return begun.and_then(_nobody_can(begun.ticket, step, reasons, s))


def _asked(ticket: Ticket, candidate: Candidate, step: _Step, s: Situation) -> Change:
    owner = Owner(candidate.member.id, candidate.member.name)
    given = _given(ticket, owner, step.by, (candidate.reason, step.reason), s)
    hours = timedelta(hours=s.library.escalation.accept_within_open_hours)
    accept_by = s.calendar(ticket.team).add_open_time(s.now, hours)
    changed = touched(
        given.ticket,
        s.now,
        handover=Handover(step.companion, accept_by),
        escalation=Escalation(candidate.level, step.reason, step.by, s.now),
        carried=(*ticket.carried, *_ids(ticket.owner)),
    )
    return given.and_then(Change(changed, ()))


def _nobody_can(ticket: Ticket, step: _Step, reasons: tuple[str, ...], s: Situation) -> Change:
    """It goes back to its companion, if he is there, or stays; and everybody above is told. The
    timeline says why those who might be able to were not asked."""
    above = s.above(ticket.team)
    level = max((one for one, _, _ in above), default=LEAD)
    was_asked = ticket.handover is not None
    changed = touched(
        ticket,
        s.now,
        escalation=Escalation(level, step.reason, step.by, s.now),
        handover=None,
        carried=(*ticket.carried, *_ids(ticket.owner)) if was_asked else ticket.carried,
    )
    alerts = tuple(s.alert(ticket, one.id, "nobody_can", urgent=True) for _, one, _ in above)
    change = Change(
        changed, (entry(s.now, "nobody_found", "desk", reasons=list(reasons)),), alerts=alerts
    )
    companion = step.companion
    if was_asked and companion is not None and not s.is_away(companion):
        reasons = ("nobody else can take it, and it was theirs",)
        return change.and_then(_given(changed, companion, "desk", reasons, s))
    if was_asked or ticket.owner is None:
        return change.and_then(left_to_team(changed, ("nobody can take it now",), s))
    return with_current_promise(change, s)


def _ids(owner: Owner | None) -> list[str]:
    return [] if owner is None else [owner.id]


def _check_is_asked(ticket: Ticket, by: Owner) -> Handover:
    if ticket.handover is None or ticket.owner is None or ticket.owner.id != by.id:
        raise Refused("nothing of yours waits to be accepted here", ticket.status)
    return ticket.handover
