"""The row of a conversion in the collection `conversions`: how it is made, claimed and changed.
Pure: MongoDB's own expressions, and no call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

Row = dict[str, Any]

LEASE: Final = 10_000
"""Milliseconds in which whoever makes a copy says that they still do, or it is anybody's."""
WAITING: Final = "queued"
RUNNING: Final = "converting"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"


@dataclass(frozen=True)
class Claim:
    """The right to make a copy, until the lease ends."""

    id: str
    fence: int
    """Which claim this is: one that has been overtaken changes nothing."""
    tries: int
    """How often it was begun before, and not given back."""
    claimed_at: datetime
    reference: str
    delivery_id: str
    item: int
    letter_id: str
    """Whose file it is."""
    number: int
    key: str
    """The same for the same file and the same wishes."""
    wishes: Mapping[str, Any]
    copy_id: str
    """The letter that the copy will be."""


def claim_of(found: Mapping[str, Any]) -> Claim:
    """From a row that has just been claimed."""
    return Claim(
        id=found["_id"],
        fence=found["fence"],
        tries=found["tries"] - 1,
        claimed_at=found["claimed_at"],
        reference=found["reference"],
        delivery_id=found["delivery_id"],
        item=found["item"],
        letter_id=found["source"]["letter_id"],
        number=found["source"]["number"],
        key=found["key"],
        wishes=found["wishes"],
        copy_id=found["copy_id"],
    )


def if_new(row: Row) -> list[Row]:
    """An upsert that leaves a row that is there as it is."""
    moments: Row = {"made_at": "$$NOW"}
    if row["state"] == WAITING:
        moments["due_at"] = "$$NOW"
    made = {"$mergeObjects": ["$$ROOT", {"$literal": row}, moments]}
    is_new = {"$eq": [{"$type": "$state"}, "missing"]}
    return [{"$replaceWith": {"$cond": [is_new, made, "$$ROOT"]}}]


def taking() -> Row:
    """What claiming a row sets."""
    return {
        "state": RUNNING,
        "due_at": {"$add": ["$$NOW", LEASE]},
        "claimed_at": "$$NOW",
        "fence": {"$add": ["$fence", 1]},
        "tries": {"$add": ["$tries", 1]},
    }


def going_on(progress: Mapping[str, Any] | None) -> Row:
    """What a sign of life sets."""
    step: Row = {"due_at": {"$add": ["$$NOW", LEASE]}}
    return step if progress is None else step | {"progress": {"$literal": dict(progress)}}


def released(seconds: float, *, counts: bool) -> Row:
    """What giving it back sets; `counts`: whether that it was begun is held against it."""
    given: Row = {"state": WAITING, "due_at": {"$add": ["$$NOW", int(seconds * 1000)]}}
    return given if counts else given | {"tries": {"$subtract": ["$tries", 1]}}


def ended(state: str, known: Mapping[str, Any]) -> Row:
    """What its end sets."""
    values = {key: {"$literal": value} for key, value in known.items()}
    moments = {"finished_at": "$$NOW", "due_at": "$$REMOVE", "progress": "$$REMOVE"}
    return {"state": state, **values, **moments}
