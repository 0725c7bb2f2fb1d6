"""What a ticket becomes when its patron says, on the page "How it was for you", how it was. Pure.

"Not solved" is a patron's letter: somebody owes an answer. "Solved" moves nothing; the words beside
it are praise, or somebody has to read them.
"""

from dataclasses import replace
from typing import Final

from services.routing.arrival import praised, written
from services.routing.occasions import with_confirmation
from services.routing.situation import Situation
from services.routing.ticket import Change, Letter, Opinion, Ticket, entry, touched

SAID: Final = "patron_said"
"""The kind of alert: the patron has written something beside the answers."""


def take_opinion(ticket: Ticket, letter: Letter, opinion: Opinion, s: Situation) -> Change | None:
    """None: nothing is kept about whoever was erased."""
    if ticket.erased_at is not None:
        return None
    said = entry(
        s.now,
        "survey_answered",
        "patron",
        letter=letter.id,
        solved=opinion.solved,
        recommend=opinion.recommend,
    )
    if ticket.opinion is not None and ticket.opinion.at > opinion.at:
        # It was changed since: what counts came first.
        return Change(replace(ticket, version=ticket.version + 1), (said,))
    told = replace(ticket, opinion=opinion)
    if not opinion.solved:
        return with_confirmation(ticket, letter, written(told, letter, said, s), s)
    change = Change(replace(told, version=told.version + 1), (said,))
    if not letter.has_text:
        return change
    if letter.is_bare_thanks:
        return change.and_then(praised(change.ticket, letter, s))
    return change.and_then(_to_be_read(change.ticket, s))


def _to_be_read(ticket: Ticket, s: Situation) -> Change:
    """There may be a wish in it: whoever answered is told, and nothing is opened again."""
    whom = ticket.owner.id if ticket.owner is not None else None
    alerts = (s.alert(ticket, whom, SAID),) if whom else ()
    return Change(touched(ticket, s.now, unread=True), (), alerts=alerts)
