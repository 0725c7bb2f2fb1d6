"""A delivery: what a patron needs in a form that they can read, how they get it, and where each of
its items is. Pure values.

It stands in its ticket's document (services/README.md, decisions), so it is kept small: titles are
cut, letters are counted and named by their ids alone, and the oldest of those are forgotten.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.routing.deliveries.item import Item

MOST_ITEMS: Final = 200
"""Of one ticket, in all its deliveries."""
MOST_DELIVERIES: Final = 10
MOST_SENT: Final = 300
"""Letters that a delivery remembers: an answer to an older one is noted on the ticket alone."""


class Handover(StrEnum):
    """How the patron gets it."""

    MAIL = "mail"
    LINK = "link"
    DESK = "desk"
    HAND = "hand"
    """Somebody brings it, to a place and at a time."""


class Pace(StrEnum):
    """How the patron prefers it."""

    EACH = "each"
    """Each item as soon as it is ready."""
    BATCH = "batch"


class Kind(StrEnum):
    """The letters of a delivery."""

    ASK = "ask"
    CHASE = "chase"
    PART = "part"
    CANNOT = "cannot"
    ACCOUNT = "account"
    FORMAT = "format"
    """In which form the patron needs them: nobody has said it yet."""


@dataclass(frozen=True)
class Sent:
    """A letter about some items: the words are made when it goes."""

    id: str
    """The notice's."""
    kind: Kind
    at: datetime
    items: tuple[int, ...]
    publisher: str | None = None
    """Whom it is to; None: the patron."""
    words: str = ""
    """What somebody added."""
    ends: bool = False
    """Whether it gives the full account too: with what it is about, nothing is left to do."""


@dataclass(frozen=True)
class Delivery:
    """One request for accessible copies."""

    id: str
    format: str
    """In somebody's words; empty: `wishes` say it, or nobody yet."""
    needs: str
    """What else the patron needs of a copy; told to nobody outside."""
    rights: str
    """On what ground copies may be made and asked for."""
    handover: Handover
    pace: Pace
    opened_at: datetime
    opened_by: str
    list_by: datetime | None
    """When somebody is reminded that it has no items yet."""
    place: str = ""
    meet_at: datetime | None = None
    """Where and when it is handed over, if somebody brings it."""
    needed_by: datetime | None = None
    wishes: Mapping[str, Any] = field(default_factory=dict)
    """The same so that a program can make it: format, point size, braille grade, …"""
    format_by: datetime | None = None
    """When somebody is reminded that it waits for the patron to say in which form."""
    items: tuple[Item, ...] = ()
    sent: tuple[Sent, ...] = ()
    accounted_at: datetime | None = None
    """When the final account was given; an item that is reopened takes that back."""

    @property
    def has_format(self) -> bool:
        """Whether it is known in which form they are needed."""
        return bool(self.format or self.wishes.get("format"))

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        is_done = self.list_by is None and all(one.is_ended for one in self.items)
        return self.accounted_at is None and not is_done

    @property
    def next_at(self) -> datetime | None:
        """When the desk does something about it."""
        if not self.is_open:
            return None
        moments = [at for one in self.items for at in (one.next_at, one.press_at) if at is not None]
        moments += [at for at in (self.list_by, self.format_by) if at is not None]
        return min(moments, default=None)

    def item(self, number: int) -> Item | None:
        return next((one for one in self.items if one.number == number), None)

    def with_items(self, changed: Iterable[Item]) -> "Delivery":
        """These in place of those with their numbers."""
        known = {one.number: one for one in changed}
        return replace(self, items=tuple(known.get(one.number, one) for one in self.items))

    def with_sent(self, *letters: Sent) -> "Delivery":
        return replace(self, sent=(*self.sent, *letters)[-MOST_SENT:])


def next_of(deliveries: Iterable[Delivery]) -> datetime | None:
    """When the desk does something about any of them."""
    return min((at for one in deliveries if (at := one.next_at) is not None), default=None)
