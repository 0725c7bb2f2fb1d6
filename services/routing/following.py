"""What one ticket has decided, and another follows: a merge, a split, a link.

The deciding write saves a message to ourselves; whoever handles it reads what was decided, and does
what is missing of it. So it may come twice, late, or not before the next start, and two tickets
never say different things for longer than that.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import structlog

from services.routing.documents import ticket_of
from services.routing.handlers import MOST_MERGES, Desk, change_standing, heed_since, standing
from services.routing.links import follow_link
from services.routing.merging import absorb, as_hidden_as, unmerge
from services.routing.search_words import words_of
from services.routing.splitting import open_apart
from services.routing.ticket import Change, Letter, Ticket
from shared.crash import crash_point
from shared.errors import Permanent, Transient
from shared.messages import Message, PairChanged, derived_id

log = structlog.get_logger()

Row = Mapping[str, Any]


async def on_pair_changed(message: PairChanged, *, desk: Desk) -> None:
    """Do what is missing. Raises: Transient; Permanent: there is nothing to follow."""
    found = await desk.tickets.whole(message.other)
    if found is None:
        raise Permanent(f"there is no ticket {message.other}")
    crash_point("pair.before_effect")
    await _FOLLOWS[message.what](message, ticket_of(found), found["timeline"], desk)
    crash_point("pair.after_effect")
    log.info("tickets_paired", reference=message.reference, change=message.what)


async def follow_now(messages: Iterable[Message], *, desk: Desk) -> None:
    """The same at once, so that whoever asked sees it; else the saved message does it."""
    crash_point("pair.decided")
    for one in messages:
        if isinstance(one, PairChanged):
            try:
                await on_pair_changed(one, desk=desk)
            except Transient as error:
                log.warning("pair_postponed", reference=one.reference, reason=str(error))


async def hide_together(change: Change, *, desk: Desk) -> None:
    """What was merged into a ticket is hidden with it, before anybody is told that it is."""
    told = (one for one in change.outgoing if isinstance(one, PairChanged) and one.what == "sight")
    await follow_now(told, desk=desk)


async def _merged(
    message: PairChanged, source: Ticket, timeline: Iterable[Row], desk: Desk
) -> None:
    rows = [one for one in timeline if one["event"] == "merged"]
    is_it = source.merged_into == message.reference and bool(rows) and source.erased_at is None
    if not is_it or await _stands_again(source, desk):
        return
    target = await standing(message.reference, desk)
    if target is not None and target.erased_at is not None:
        await _let_stand(source, derived_id(message.message_id, "erased"), desk)
        return
    row, words = rows[-1], await desk.tickets.words(source.reference)

    def decide(ticket: Ticket) -> Change | None:
        if ticket.merged_into is not None:
            raise Transient("they are merged into each other: one of them stands in a moment")
        if ticket.erased_at is not None:
            raise Transient("its patron was erased at this moment")
        change = absorb(ticket, source, row, desk.situation(message.message_id))
        return replace(change, words=_found_by(words, source, ticket)) if change else None

    change = await change_standing(message.reference, message.message_id, decide, desk)
    if change is not None:
        desk.gave(change)
        desk.outbox.send(change.ticket.reference, change.outgoing)
        await hide_together(change, desk=desk)


def _found_by(words: frozenset[str], source: Ticket, ticket: Ticket) -> frozenset[str]:
    """The words by which the ticket is found from now on; not by those of letters that its own team
    may not read."""
    is_hidden = source.confidential and source.team != ticket.team
    return frozenset() if is_hidden else words


async def _stands_again(source: Ticket, desk: Desk) -> bool:
    """Whether this ticket stands after all, being the first, by name, of those that were merged
    into each other in a circle."""
    circle = await _circle(source, desk)
    if not circle:
        return False
    first = min(circle, key=lambda one: one.reference)
    cause = derived_id("circle", *sorted(one.reference for one in circle), str(first.version))
    await _let_stand(first, cause, desk)
    log.info("circle_broken", reference=first.reference)
    return first.reference == source.reference


async def _let_stand(ticket: Ticket, cause: str, desk: Desk) -> None:
    change = unmerge(ticket, desk.situation(cause))
    if not await desk.tickets.save(change, caused_by=cause):
        raise Transient("somebody else lets it stand again")
    desk.outbox.send(ticket.reference, change.outgoing)


async def _circle(source: Ticket, desk: Desk) -> list[Ticket]:
    """The tickets that are merged into each other, if those above this one are."""
    above, one = [source], source
    for _ in range(MOST_MERGES):
        if one.merged_into is None:
            return []
        names = [known.reference for known in above]
        if one.merged_into in names:
            return above[names.index(one.merged_into) :]
        following = await desk.tickets.find(one.merged_into)
        if following is None:
            return []
        one = following
        above.append(one)
    return []


async def _split(message: PairChanged, source: Ticket, timeline: Iterable[Row], desk: Desk) -> None:
    named = message.reference
    rows = [one for one in timeline if one["event"] == "split" and one.get("reference") == named]
    if not rows and source.erased_at is not None:
        return  # its letters went with it
    if not rows:
        raise Permanent(f"{source.reference} says nothing of {named}")
    row = rows[0]
    letters = await _letters(row["letters"], desk)
    if not letters:
        return  # who wrote them was erased meanwhile
    notes = await desk.tickets.letters((), row["notes"])
    change = open_apart(source, letters, row, desk.situation(message.message_id))
    noted = words_of([one["text"] for one in notes], desk.library.library.languages)
    change = replace(change, words=noted.union(*(one.words for one in letters)))
    # Its letters had their effect where they came in: they are never added to it again.
    also = tuple(row["letters"])
    if await desk.tickets.open(change, caused_by=message.message_id, also=also):
        desk.gave(change)
        desk.outbox.send(named, change.outgoing)
    await heed_since(letters[0], named, desk)
    crash_point("pair.before_move")
    await desk.tickets.move_letters([*row["letters"], *row["notes"]], source.reference, named)


async def _letters(ids: Iterable[str], desk: Desk) -> list[Letter]:
    """Those of them that the patron wrote, oldest first."""
    found = [await desk.tickets.letter(one) for one in ids]
    theirs = [one for one in found if one is not None and not one.automatic]
    if not theirs:
        raise Permanent("none of these letters is a patron's")
    theirs = [one for one in theirs if not one.is_erased]
    return sorted(theirs, key=lambda one: one.at)


async def _sight(message: PairChanged, _: Ticket, __: Iterable[Row], desk: Desk) -> None:
    """By how the ticket stands that stands for it now, whichever has told."""
    merged = await desk.tickets.find(message.reference)
    stands = await standing(message.reference, desk)
    if merged is None or stands is None or merged.erased_at or merged.merged_into is None:
        return
    change = as_hidden_as(merged, stands, message.team, desk.clock())
    if change is None or await desk.tickets.has_applied(merged.reference, message.message_id):
        return
    if not await desk.tickets.save(change, caused_by=message.message_id):
        raise Transient("somebody else changes it at this moment")
    desk.outbox.send(merged.reference, change.outgoing)


async def _linked(message: PairChanged, source: Ticket, _: Iterable[Row], desk: Desk) -> None:
    kind = message.link or ""

    def decide(ticket: Ticket) -> Change | None:
        if ticket.erased_at is not None:
            return None
        return follow_link(ticket, source, kind, [message.reference], desk.clock())

    await change_standing(message.reference, message.message_id, decide, desk)


_FOLLOWS: Final[
    Mapping[str, Callable[[PairChanged, Ticket, Iterable[Row], Desk], Awaitable[None]]]
] = {"merged": _merged, "split": _split, "linked": _linked, "sight": _sight}
