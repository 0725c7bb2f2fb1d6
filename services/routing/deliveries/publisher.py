"""Whoever is asked for a copy: where to write, and how they did before. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final

FEWEST: Final = 3
"""Of what they answered, before anything is said of how long they take."""


@dataclass(frozen=True)
class Outcome:
    """How one item went with them."""

    since: datetime
    heard_at: datetime | None
    ended_at: datetime | None
    had: bool | None


@dataclass(frozen=True)
class Record:
    """How they did."""

    asked: int = 0
    had: int = 0
    refused: int = 0
    median_days: float | None = None
    """From the first letter until the copy was there; None: too few came to say."""

    @property
    def share(self) -> float | None:
        """Of what was decided, how much was had; None: nothing was decided yet."""
        decided = self.had + self.refused
        return self.had / decided if decided else None


@dataclass(frozen=True)
class Publisher:
    """Somebody who is asked for copies."""

    id: str
    version: int
    name: str
    address: str
    language: str
    note: str = ""
    record: Record = Record()

    @property
    def median_days(self) -> float | None:
        return self.record.median_days


def record_of(outcomes: Iterable[Outcome]) -> Record:
    """How they did, from all that they were asked for."""
    known = list(outcomes)
    came = [one for one in known if one.had is True and one.ended_at is not None]
    days = [(one.ended_at - one.since).total_seconds() / 86_400 for one in came if one.ended_at]
    return Record(
        asked=len(known),
        had=len(came),
        refused=sum(one.had is False for one in known),
        median_days=round(median(days), 1) if len(days) >= FEWEST else None,
    )


def publisher_of(document: Mapping[str, Any], record: Record = Record()) -> Publisher:
    """From the document that is kept of them."""
    return Publisher(
        document["_id"],
        document["version"],
        document["name"],
        document["address"],
        document["language"],
        document.get("note", ""),
        record,
    )
