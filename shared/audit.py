"""The audit log: who has read what is confidential. Rows are only ever added, each with the hash of
the one before it, so that none can be changed, taken out or put in between unseen.

What it can't show: that the newest rows were cut off. Whoever must prove that too writes down the
newest hash elsewhere from time to time (`desk audit`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

BEGINNING: Final = "0" * 64
"""What stands before the first row."""


@dataclass(frozen=True)
class Reading:
    """Somebody has read something."""

    by: str
    what: str
    """`ticket`, `list`, `attachment`, …"""
    references: tuple[str, ...]
    at: datetime


def row_after(last: Mapping[str, Any] | None, reading: Reading) -> dict[str, Any]:
    """The document of a reading, after that one."""
    # MongoDB keeps milliseconds: what is hashed is what will be read.
    at = reading.at.replace(microsecond=reading.at.microsecond // 1000 * 1000)
    row: dict[str, Any] = {
        "_id": last["_id"] + 1 if last else 1,
        "at": at,
        "by": reading.by,
        "what": reading.what,
        "references": list(reading.references),
        "before": last["hash"] if last else BEGINNING,
    }
    return row | {"hash": hash_of(row)}


def hash_of(row: Mapping[str, Any]) -> str:
    """Of all that stands in a row but its own hash."""
    known = {name: row[name] for name in ("_id", "at", "by", "what", "references", "before")}
    plain = orjson.dumps(known, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    return hashlib.sha256(plain).hexdigest()


@dataclass
class Chain:
    """Rows, the oldest first, held against each other. The first may follow rows that were taken
    away when their time was over."""

    count: int = 0
    newest: str = BEGINNING
    number: int = 0

    def goes_on(self, row: Mapping[str, Any]) -> bool:
        """Whether this row is as it was written, and follows the one before it."""
        follows = not self.count or (row["_id"], row["before"]) == (self.number + 1, self.newest)
        if not follows or row["hash"] != hash_of(row):
            return False
        self.count, self.newest, self.number = self.count + 1, row["hash"], row["_id"]
        return True
