"""What was merged into a ticket is seen by whoever sees that ticket. Pure."""

from collections.abc import Iterable
from typing import Final

from shared.messages import PairChanged, TicketChanged, derived_id

_SEEN_BY: Final = ("confidential", "team", "owner")
"""By which of a ticket's fields it is decided who may know of it."""


def hidden_together(changed: TicketChanged, merged: Iterable[str]) -> tuple[PairChanged, ...]:
    """What these tickets, merged into the one that has changed, must hear of that: nothing where
    all the staff see both, or where those who see it are as before."""
    was, now = changed.was, changed.now
    if was is None or not (was.confidential or now.confidential):
        return ()
    is_seen_as_before = all(getattr(was, one) == getattr(now, one) for one in _SEEN_BY)
    if is_seen_as_before and "merged_here" not in changed.events:
        return ()
    return tuple(
        PairChanged(
            message_id=derived_id(changed.reference, str(changed.version), "sight", one),
            reference=one,
            at=changed.at,
            other=changed.reference,
            what="sight",
            team=was.team,
        )
        for one in merged
    )
