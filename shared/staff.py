"""The people who answer: what the command line writes of them and routing reads."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What somebody is here for. It bounds what their tokens may be used for."""

    STAFF = "staff"
    LEAD = "lead"
    """Of a team: sees what is confidential, whatever the team."""
    ADMIN = "admin"
    AUDITOR = "auditor"
    """Reads everything, and changes nothing."""


@dataclass(frozen=True)
class Absence:
    """A time when somebody is not there: planned, or since now."""

    since: datetime
    until: datetime | None = None
    """None: until it is ended by hand."""


@dataclass(frozen=True)
class StaffMember:
    """Someone who can own a ticket."""

    id: str
    name: str
    """As patrons are told it."""
    address: str
    team: str
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    """Topics that this person knows besides those of the team."""
    room: int | None = None
    """How many open tickets this person takes at most; None: what the team's people take."""
    absences: tuple[Absence, ...] = ()
    role: Role = Role.STAFF
    version: int = field(default=0, compare=False)
    """How often what is known of them was changed, absences aside."""

    def is_away(self, at: datetime) -> bool:
        """Whether this person is not there at that moment."""
        return any(
            one.since <= at and (one.until is None or at < one.until) for one in self.absences
        )


def from_document(document: dict[str, Any]) -> StaffMember:
    """The staff member that a document of the collection `staff` holds."""
    return StaffMember(
        id=document["_id"],
        name=document["name"],
        address=document["address"],
        team=document["team"],
        languages=frozenset(document.get("languages", ())),
        skills=frozenset(document.get("skills", ())),
        room=document.get("room"),
        absences=tuple(
            Absence(one["since"], one.get("until")) for one in document.get("absences", ())
        ),
        role=Role(document.get("role", Role.STAFF)),
        version=document.get("version", 0),
    )
