"""The people who answer: what the command line writes of them and routing reads."""

from dataclasses import dataclass
from typing import Any


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
    away: bool = False


def from_document(document: dict[str, Any]) -> StaffMember:
    """The staff member that a document of the collection `staff` holds."""
    return StaffMember(
        id=document["_id"],
        name=document["name"],
        address=document["address"],
        team=document["team"],
        languages=frozenset(document.get("languages", ())),
        skills=frozenset(document.get("skills", ())),
        away=document.get("away", False),
    )
