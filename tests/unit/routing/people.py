"""A library with a lead, a ladder and three teams' people. Everybody in it is made up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from services.routing.hours import calendars
from services.routing.situation import Situation
from services.routing.ticket import Change, Owner
from shared.library import Library
from shared.staff import Absence, StaffMember
from tests.unit.examples import DESCRIPTION, MAIR, NOW

HOUSE: Final = Library.model_validate(
    DESCRIPTION
    | {
        "teams": [
            {"id": "enquiries", "name": "Enquiry Desk", "lead": "lowri@llanfair.example"},
            {"id": "local-history", "name": "Local History", "lead": "owain@llanfair.example"},
        ],
        "escalation": {
            "ladder": ["head@llanfair.example", "director@llanfair.example"],
            "accept_within_open_hours": 4.0,
        },
        "contact": {
            "first_try_open_minutes": 2.0,
            "next_try_open_hours": 4.0,
            "attempts": 3,
        },
    }
)
LATER: Final = NOW + timedelta(hours=1)


def person(name: str, team: str = "enquiries", **more: Any) -> StaffMember:
    """Somebody by that name."""
    return StaffMember(name.lower(), name, f"{name.lower()}@llanfair.example", team, **more)


SIAN: Final = person("Sian")
LOWRI: Final = person("Lowri")
"""Leads the enquiries."""
OWAIN: Final = person("Owain", "local-history", skills=frozenset({"general"}))
"""Leads local history, and knows the desk's general questions."""
HEAD: Final = person("Head", "local-history")
DIRECTOR: Final = person("Director", "local-history")
EVERYBODY: Final = (MAIR, LOWRI, OWAIN, HEAD, DIRECTOR)


def away(member: StaffMember, since: datetime = NOW) -> StaffMember:
    """The same, not there."""
    return StaffMember(
        member.id,
        member.name,
        member.address,
        member.team,
        member.languages,
        member.skills,
        absences=(Absence(since),),
    )


def at(
    now: datetime = LATER, cause: str = "cause-1", staff: Sequence[StaffMember] = EVERYBODY
) -> Situation:
    """The house at this moment, with these people."""
    return Situation(HOUSE, calendars(HOUSE), staff, {}, now, cause)


def as_owner(member: StaffMember) -> Owner:
    return Owner(member.id, member.name)


def told(change: Change) -> list[str]:
    """The events that the timeline gains."""
    return [str(one["event"]) for one in change.entries]


def notices(change: Change) -> list[str]:
    """What the patron is told."""
    return [str(getattr(one, "notice", "")) for one in change.messages]


def alerted(change: Change) -> list[tuple[str, str]]:
    """Which of the staff are told, and of what."""
    return [(one.staff, one.kind) for one in change.alerts]
