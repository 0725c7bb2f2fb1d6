"""How much may be under way at a door at once: connections in all and from one address, and the
bytes of letters that are not kept yet. It only counts; who must go is told why."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from shared.peer import Network, address_of, counted

__all__ = ["ALWAYS_WELCOME", "Hold", "Network", "Room"]

ALWAYS_WELCOME: Final = 256 * 1024
"""Bytes of each letter that are not counted: large letters that never end must not keep ordinary
ones out. They are bounded by the number of connections."""
_FULL: Final = "421 4.7.0 Too many connections, please try again later"
_FULL_OF_YOU: Final = "421 4.7.0 Too many connections from your address"


class Room:
    """What is under way."""

    def __init__(
        self, connections: int, per_address: int, letter_bytes: int, trusted: tuple[Network, ...]
    ) -> None:
        self._connections = connections
        self._per_address = per_address
        self._bytes_left = letter_bytes
        self._trusted = trusted
        self._inside = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, peer: str) -> str | None:
        """None, and `leave` must follow; or what is said to who can't come in."""
        if self._inside >= self._connections:
            return _FULL
        whose = self._whose(peer)
        if whose and self._by_address[whose] >= self._per_address:
            return _FULL_OF_YOU
        self._inside += 1
        self._by_address[whose] += 1
        return None

    def leave(self, peer: str) -> None:
        """A connection that came in has ended."""
        whose = self._whose(peer)
        self._inside -= 1
        self._by_address[whose] -= 1
        if not self._by_address[whose]:
            del self._by_address[whose]

    def _whose(self, peer: str) -> str:
        """Who is counted; "" for this machine and the mail servers in front."""
        address = address_of(peer)
        if address is None:
            return "unknown"
        if address.is_loopback or any(address in network for network in self._trusted):
            return ""
        return counted(address)

    def has(self, size: int) -> bool:
        """Whether a letter of so many bytes could be held now."""
        return size - ALWAYS_WELCOME <= self._bytes_left

    @contextmanager
    def hold(self) -> Iterator["Hold"]:
        """A place for one letter until it is kept or refused."""
        place = Hold(self)
        try:
            yield place
        finally:
            place.grow_to(0)

    def take(self, size: int) -> bool:
        """Count so many bytes more (or fewer), if there is room."""
        if size > self._bytes_left:
            return False
        self._bytes_left -= size
        return True


class Hold:
    """What one letter takes up."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._held = 0

    def grow_to(self, size: int) -> bool:
        """Whether so many bytes of the letter may be held."""
        counted = max(0, size - ALWAYS_WELCOME)
        if counted != self._held:
            if not self._room.take(counted - self._held):
                return False
            self._held = counted
        return True
