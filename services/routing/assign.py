"""Who owns a ticket, and why. Pure: the reasons are kept with the ticket and shown to staff."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.addresses import untagged
from shared.library import Team
from shared.staff import StaffMember


@dataclass(frozen=True)
class Assignment:
    """An owner, or the reason why there is none."""

    owner: StaffMember | None
    reasons: tuple[str, ...]


def team_written_to(recipients: Iterable[str], teams: Sequence[Team]) -> Team | None:
    """The first team whose own address, with whatever tag, a letter was sent to."""
    by_address = {team.address: team for team in teams if team.address is not None}
    return next((by_address[one] for one in map(untagged, recipients) if one in by_address), None)


def choose_owner(
    team: str, topic: str, language: str, staff: Iterable[StaffMember], load: Mapping[str, int]
) -> Assignment:
    """The least busy of who is here (`staff`) and can: the team's own first, then the skilled.

    `load`: open tickets by staff id.
    """
    here = list(staff)
    able = [one for one in here if one.team == team]
    reason = f"in the team {team}"
    if not able:
        able = [one for one in here if topic in one.skills]
        reason = f"nobody of {team} is here; has the skill {topic}"
    speaking = [one for one in able if language in one.languages]
    if not able:
        return Assignment(None, (f"nobody of {team} is here, and nobody else has the skill",))
    owner = min(speaking or able, key=lambda one: (load.get(one.id, 0), one.id))
    spoken = f"speaks {language}" if speaking else f"nobody here speaks {language}"
    return Assignment(owner, (reason, spoken, f"has {load.get(owner.id, 0)} open, the fewest"))
