"""The row of a letter in the collection `notices`: how it is made, read and changed. Pure:
MongoDB's own expressions, and no call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.notify.letters import Outgoing
from shared.messages import AlertRequested, Notice, NoticeRequested

Row = dict[str, Any]
Request = NoticeRequested | AlertRequested
"""That a letter be sent: to a patron, or to staff."""

LEASE: Final = 17_000
"""Milliseconds in which whoever claimed a letter finds room on its way, sends it and says so, or it
is anybody's."""
_BEYOND: Final = 1.5
"""How much longer the lease of a letter is than whoever has it waits for the relay."""
MOST_TOLD: Final = 20
"""Attempts that a row tells of, the last ones."""
WAITING: Final = ("queued", "sending", "deferred")
"""States of a letter that is still to go."""
_ALERT: Final = "alert"
"""What stands for a notice's kind in the row of a letter to staff."""


@dataclass(frozen=True)
class Claim:
    """The right to send a letter, until the lease ends."""

    request: Request
    fence: int
    """Which claim this is: one that has been overtaken changes nothing."""
    attempts: int
    """How often it was tried before."""
    waited: timedelta = timedelta()
    """Since its row was made, by the database's clock."""
    patience: float | None = None
    """Seconds to wait for the relay, where that was too short before."""


@dataclass(frozen=True)
class Other:
    """Another letter of the same ticket, as its row stands."""

    id: str
    at: datetime
    notice: str
    state: str


def new_row(request: Request, letter: Outgoing) -> Row:
    """What a row holds of a letter, whatever becomes of it."""
    row: Row = {
        "at": request.at,
        "to": letter.to,
        "domain": domain_of(letter.to),
        "subject": letter.subject,
        "text": letter.text,
    }
    if isinstance(request, AlertRequested):
        # No `reference`: it is about many tickets, and stands among the letters of none.
        return row | {
            "notice": _ALERT,
            "digest": {"id": request.digest_id, "reference": request.reference},
        }
    return row | {
        "reference": request.reference,
        "notice": request.notice.value,
        "about": request.about,
        "letter_id": request.letter_id,
    }


def domain_of(address: str) -> str:
    """Whose mail system takes letters to it."""
    return address.rpartition("@")[2].lower()


def if_new(row: Row, milliseconds: int | None) -> list[Row]:
    """An upsert that leaves a row that is there as it is. `milliseconds`: when it is due; None:
    never."""
    moments: Row = {"made_at": "$$NOW"}
    if milliseconds is not None:
        moments["due_at"] = {"$add": ["$$NOW", milliseconds]}
    made = {"$mergeObjects": ["$$ROOT", {"$literal": row}, moments]}
    is_new = {"$eq": [{"$type": "$state"}, "missing"]}
    return [{"$replaceWith": {"$cond": [is_new, made, "$$ROOT"]}}]


def taking() -> Row:
    """What claiming a row sets."""
    lease = {"$max": [LEASE, {"$multiply": [{"$ifNull": ["$patience", 0]}, 1000 * _BEYOND]}]}
    return {
        "state": "sending",
        "due_at": {"$add": ["$$NOW", {"$toLong": lease}]},
        "claimed_at": "$$NOW",
        "fence": {"$add": ["$fence", 1]},
        "attempts": {"$add": ["$attempts", 1]},
    }


def told(what: str, reason: str | None = None) -> Row:
    """One more attempt in the row's history."""
    said: Row = {"at": "$$NOW", "what": what}
    if reason is not None:
        said["reason"] = {"$literal": reason}
    known = {"$ifNull": ["$history", []]}
    return {"history": {"$slice": [{"$concatArrays": [known, [said]]}, -MOST_TOLD]}}


def if_held(fence: int, outcome: Row) -> Row:
    """These changes, if the claim still holds."""
    holds = {"$eq": ["$fence", fence]}
    return {"$set": {key: {"$cond": [holds, to, f"${key}"]} for key, to in outcome.items()}}


def claim_of(found: Mapping[str, Any]) -> Claim:
    """Raises: ValueError: a kind of letter that this version does not know."""
    since: datetime = found.get("made_at") or found["at"]
    now: datetime = found.get("claimed_at") or since
    return Claim(
        request_of(found),
        found["fence"],
        found["attempts"],
        now.astimezone(UTC) - since.astimezone(UTC),
        found.get("patience"),
    )


def request_of(found: Mapping[str, Any]) -> Request:
    """What was asked for. Raises: ValueError."""
    if found["notice"] == _ALERT:
        return AlertRequested(
            message_id=found["_id"],
            reference=found["digest"]["reference"],
            at=found["at"],
            digest_id=found["digest"]["id"],
        )
    return NoticeRequested(
        message_id=found["_id"],
        reference=found["reference"],
        at=found["at"],
        notice=Notice(found["notice"]),
        about=found["about"],
        letter_id=found["letter_id"],
    )


def other_of(found: Mapping[str, Any]) -> Other:
    """A letter among those of its ticket."""
    return Other(found["_id"], found["at"], found["notice"], found["state"])
