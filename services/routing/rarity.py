"""Which words of a search are looked up in their index alone, by how rare each is. Pure.

What has the words is either read newest first, by the rarest word, until a page is full, or named
by the index before anything is read. The first is quick where the words often meet, the second
where they seldom do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Final

_READING: Final = 10
"""Keys of an index that are gone through in the time in which one ticket is read."""


@dataclass(frozen=True)
class Extent:
    """All tickets that there are."""

    tickets: int
    oldest: datetime | None
    newest: datetime | None

    def having(self, newest: int, since: datetime | None) -> float:
        """About how many tickets have a word of which the `newest` latest go back to `since`; None:
        not even so many have it."""
        if since is None or self.oldest is None or self.newest is None:
            return newest
        all_time, its_time = self.newest - self.oldest, self.newest - since
        return min(self.tickets, newest * all_time / its_time) if its_time else self.tickets


def looked_up(having: Sequence[float], tickets: int, page: int, most_named: int) -> int:
    """How many of the words, the rarest first, the index is asked about before anything is read.

    `having`: how many tickets have each. `page`: how many are wanted. `most_named`: so many can be
    read by their names. One: the rarest word is read, newest first.
    """
    if tickets == 0:
        return 1

    def meeting(count: int) -> float:
        """Tickets that have the first so many of the words, if none goes with another."""
        return tickets * prod(min(one / tickets, 1) for one in having[:count])

    def keys(count: int) -> float:
        if count == 1:
            until_full = page * having[0] / meeting(len(having))
            return _READING * min(having[0], until_full)
        return sum(having[:count]) + _READING * meeting(count)

    possible = [one for one in range(2, len(having) + 1) if meeting(one) <= most_named]
    return min([1, *possible], key=keys)
