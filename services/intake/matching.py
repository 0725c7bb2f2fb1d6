"""Which ticket a letter ends in: what it claims, held against what the database knows.

A letter joins a ticket by a seal of ours, or because its sender has written on the ticket that it
names. It never joins by anything else: what it names without right is told to staff. A ticket that
was merged stands for the one it was merged into; a closed one is not opened again: the letter opens
another, which continues it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from services.intake.follow_up import Claims, ask_in, claims, sealed_in
from services.intake.letter import Letter
from shared.references import Seal

_MOST_MERGES: Final = 20
"""Steps that are followed from a ticket to the one that it was merged into."""
_TYPED: Final = frozenset({"form", "http"})
"""Doors at which an address is what somebody has typed: a catalogue passes on its user's words."""
_DOUBTFUL: Final = frozenset({"sender_ambiguous", "sender_taken_from"})
"""Remarks on a letter that is not believed to be from whom it says."""


class Known(Protocol):
    """What is asked of the store."""

    async def belongs(self, reference: str, address: str) -> bool: ...
    async def tickets_with(self, message_ids: tuple[str, ...]) -> tuple[str, ...]: ...
    async def ticket(self, reference: str) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Match:
    """Where a letter belongs."""

    joins: str | None = None
    """The ticket that it joins."""
    continues: str | None = None
    """The closed ticket that it would have joined."""
    named: tuple[str, ...] = ()
    """Tickets that it names without right to join them."""
    is_proven: bool = False
    sender_is_known: bool = True
    ask: str | None = None
    """It answers a letter of ours to a publisher: how that letter's id begins."""


async def match(letter: Letter, known: Known, seal: Seal) -> Match:
    """Raises: Transient."""
    claimed = _claims(letter, seal)
    if claimed.ask is not None:
        return await _asked(*claimed.ask, known)
    if claimed.proven is not None:
        return await _proven(claimed.proven, letter, known)
    candidates = (*claimed.named, *await _answered(claimed, known))
    for reference in dict.fromkeys(candidates):
        if await _belongs(reference, letter, known):
            return await standing(Match(joins=reference), letter, known)
    named = dict.fromkeys((*candidates, *claimed.tried))
    return Match(named=() if letter.automatic else tuple(named)[:5])


def _claims(letter: Letter, seal: Seal) -> Claims:
    returned = letter.bounce.original_message_id if letter.bounce else None
    replies_to = (returned, *letter.replies_to) if returned else letter.replies_to
    claimed = claims(letter.subject, (*letter.recipients, *letter.also_to), replies_to, seal)
    if letter.automatic and claimed.ask is None and (ask := ask_in(letter.raw, seal)):
        return Claims(None, (), (), ask=ask)
    if claimed.proven is None and letter.automatic and (quoted := sealed_in(letter.raw, seal)):
        return Claims(quoted, (), ())
    return claimed


async def _asked(reference: str, ask: str, known: Known) -> Match:
    """A publisher's answer is never an enquiry: it joins, even what is closed."""
    found, _ = await _followed(reference, known)
    return Match(found, is_proven=True, sender_is_known=False, ask=ask)


async def _answered(claimed: Claims, known: Known) -> Iterable[str]:
    return await known.tickets_with(claimed.answered) if claimed.answered else ()


async def _proven(reference: str, letter: Letter, known: Known) -> Match:
    is_known = letter.automatic is not None or await _belongs(reference, letter, known)
    found = Match(joins=reference, is_proven=True, sender_is_known=is_known)
    return await standing(found, letter, known)


async def _belongs(reference: str, letter: Letter, known: Known) -> bool:
    """Whether its sender has written on that ticket, as far as he is believed to be who he says:
    not where anybody types anything, nor against our own mail server's word (DMARC),
    nor where that server may have read another sender in it than we."""
    is_forged = letter.door in _TYPED or ("dmarc", "fail") in letter.verdicts.results
    is_doubtful = any(one.code in _DOUBTFUL for one in letter.remarks)
    if letter.address is None or is_forged or is_doubtful:
        return False
    return await known.belongs(reference, letter.address)


async def standing(found: Match, letter: Letter, known: Known) -> Match:
    """The same, with the ticket as it stands today. Raises: Transient."""
    reference, ticket = await _followed(found.joins or "", known)
    is_closed = ticket is not None and ticket.get("status") == "closed"
    if is_closed and not letter.automatic:
        return Match(continues=reference)
    return Match(reference, None, (), found.is_proven, found.sender_is_known)


async def _followed(reference: str, known: Known) -> tuple[str, dict[str, Any] | None]:
    """The ticket that stands for this one."""
    ticket = await known.ticket(reference)
    for _ in range(_MOST_MERGES):
        if ticket is None or not ticket.get("merged_into"):
            break
        reference = str(ticket["merged_into"])
        ticket = await known.ticket(reference)
    return reference, ticket
