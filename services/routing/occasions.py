"""When the library writes to a patron of its own accord, and when it keeps silent. Pure.

One thing that happens is one letter at most: where two would be due, the one that says more goes.
It decides nothing about how a letter is worded, nor how many one address may have.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.routing.ledger import told
from services.routing.situation import Situation
from services.routing.ticket import Change, Letter, Ticket
from shared.addresses import untagged
from shared.messages import Message, Notice, NoticeRequested
from shared.patron_pages import SURVEY

QUIET: Final = timedelta(hours=4)
"""For so long what a patron adds is confirmed once."""
IN_CONVERSATION: Final = timedelta(minutes=30)
"""Whoever heard from a person so lately knows who has it, and that we read."""
JUST_ACKNOWLEDGED: Final = timedelta(hours=1)
"""For so long it was but lately said that the enquiry is there; one more letter would only take an
acknowledgement's place among the few that an address gets in an hour."""
_BY_MAIL: Final = frozenset({"smtp", "imap"})


def with_confirmation(before: Ticket, letter: Letter, change: Change, s: Situation) -> Change:
    """The same change, and the letter that it is worth to the patron who wrote: that the ticket is
    open again, with whom and until when; or that what was added is there."""
    if not _is_the_patrons(letter, change.ticket):
        return change
    if before.is_ended:
        # It names whoever has it now: a letter that it was handed over would say the same.
        kept = tuple(one for one in change.messages if not _is_handing_over(one))
        return _confirmed(replace(change, messages=kept), Notice.REOPENED, s)
    if letter.door not in _BY_MAIL or any(_is_letter(one) for one in change.messages):
        return change
    if _was_since(before.created_at, JUST_ACKNOWLEDGED, s):
        return change
    if _was_since(before.confirmed_at, QUIET, s) or _was_since(before.heard_at, IN_CONVERSATION, s):
        return change
    return _confirmed(change, Notice.ADDED, s)


def _is_the_patrons(letter: Letter, ticket: Ticket) -> bool:
    """Who was sent a copy may write, but he is not told what the patron would be."""
    if letter.door == SURVEY:
        return True
    wrote, whose = letter.patron.address, ticket.patron.address
    return wrote is not None and whose is not None and untagged(wrote) == untagged(whose)


def _confirmed(change: Change, notice: Notice, s: Situation) -> Change:
    letters = told(change.ticket, notice, s)
    if not letters:
        return change
    ticket = replace(change.ticket, confirmed_at=s.now)
    return replace(change, ticket=ticket, messages=(*change.messages, *letters))


def _was_since(moment: datetime | None, time: timedelta, s: Situation) -> bool:
    return moment is not None and s.now - moment < time


def _is_letter(message: Message) -> bool:
    return isinstance(message, NoticeRequested)


def _is_handing_over(message: Message) -> bool:
    return isinstance(message, NoticeRequested) and message.notice is Notice.HANDED_OVER


def with_question(before: Ticket, because: str | None, change: Change, s: Situation) -> Change:
    """The same change, and whether it was solved is asked: once for each time that the patron wrote
    or was answered, and only of somebody who has heard from a person. A reason for which no answer
    is owed (spam, a duplicate, mere thanks) is no occasion."""
    is_answered = before.answered_at is not None and not before.is_unanswered
    is_reached = before.lost is None
    is_asked = before.asked_solved_at is not None
    if because is not None or not is_answered or not is_reached or is_asked or before.is_thanks:
        return change
    letters = told(change.ticket, Notice.RESOLVED, s)
    if not letters:
        return change
    ticket = replace(change.ticket, asked_solved_at=s.now)
    return replace(change, ticket=ticket, messages=(*change.messages, *letters))
