"""What `desk doctor` finds in the library file and the staff. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from shared.library import Hours, Library
from shared.staff import StaffMember

_AHEAD: Final = 400
"""Days that are looked through for an opening."""


@dataclass(frozen=True)
class Finding:
    """What one check found, and, unless all is well, what to do."""

    state: Literal["ok", "warning", "fault"]
    what: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.state:7}  {self.what}" + (f". {self.do}" if self.do else "")


def of_library(library: Library, today: date) -> Iterator[Finding]:
    """What can be said of the file alone; that it can be read is known."""
    counts = f"{len(library.teams)} teams, {len(library.topics)} topics"
    yield Finding("ok", f"library file: {library.library.name}, {counts}")
    yield _holidays(library.hours, today)
    yield _closures(library.hours, today)
    for team in library.teams:
        yield _openings(team.id, library.hours_of(team), today)


def _holidays(hours: Hours, today: date) -> Finding:
    if hours.holidays is None:
        return Finding(
            "warning",
            "holidays: none are named, so that public holidays are days like any other",
            "Name country and region in [hours] holidays, or close each in closures",
        )
    whose = "/".join(one for one in (hours.holidays.country, hours.holidays.region) if one)
    counts = {year: len(hours.holidays.names(year)) for year in (today.year, today.year + 1)}
    what = f"holidays: {whose}: " + ", ".join(f"{one} in {year}" for year, one in counts.items())
    if all(counts.values()):
        return Finding("ok", what)
    return Finding("warning", what, "Close the days that nobody knows of in closures")


def _closures(hours: Hours, today: date) -> Finding:
    days = [one.on for one in hours.closures] + [one.on for one in hours.exceptions]
    coming = [day for day in days if day >= today]
    if days and not coming:
        what = f"closures and exceptions: all {len(days)} are past, the last was {max(days)}"
        return Finding("warning", what, "Add those of the coming year to [hours]")
    return Finding("ok", f"closures and exceptions: {len(coming)} to come")


def _openings(team_id: str, hours: Hours, today: date) -> Finding:
    days = (today + timedelta(days=one) for one in range(_AHEAD))
    first = next((day for day in days if hours.periods(day)), None)
    if first is None:
        what = f"hours of {team_id}: never open in the next {_AHEAD} days"
        return Finding("fault", what, "Nothing can be promised: mend its hours or closures")
    return Finding("ok", f"hours of {team_id}: there on {first}")


def of_staff(library: Library, staff: Sequence[StaffMember]) -> Iterator[Finding]:
    """Whether those whom the file needs are there."""
    for team in library.teams:
        yield _team(team.id, [one for one in staff if one.team == team.id])
        yield _lead(team.id, team.lead, staff, bool(library.escalation.ladder))
    for address in library.escalation.ladder:
        yield _known(f"ladder: {address}", address, staff)
    for topic in library.topics:
        able = [one for one in staff if one.team == topic.team or topic.id in one.skills]
        yield _somebody(f"topic {topic.id}: {len(able)} can answer", able, "--skill")
    for language in library.library.languages:
        speaking = [one for one in staff if language in one.languages]
        yield _somebody(f"language {language}: {len(speaking)} speak it", speaking, "--language")


def _team(team_id: str, members: Sequence[StaffMember]) -> Finding:
    what = f"team {team_id}: {len(members)} staff"
    if members:
        return Finding("ok", what)
    return Finding("fault", what, f"desk staff add NAME ADDRESS --team {team_id}")


def _lead(
    team_id: str, lead: str | None, staff: Sequence[StaffMember], has_ladder: bool
) -> Finding:
    if lead is not None:
        return _known(f"lead of {team_id}: {lead}", lead, staff)
    told = "the ladder is told instead" if has_ladder else "nobody is told when a promise slips"
    return Finding("warning", f"lead of {team_id}: none, {told}", "Name one in [[teams]] lead")


def _known(what: str, address: str, staff: Sequence[StaffMember]) -> Finding:
    if any(one.address == address for one in staff):
        return Finding("ok", what)
    return Finding(
        "fault", f"{what} is no staff member", f"desk staff add NAME {address} --team TEAM"
    )


def _somebody(what: str, found: Sequence[StaffMember], option: str) -> Finding:
    """A language that nobody speaks is answered in another; a topic without anybody is not."""
    if found:
        return Finding("ok", what)
    state: Literal["warning", "fault"] = "fault" if option == "--skill" else "warning"
    return Finding(state, what, f"desk staff add NAME ADDRESS --team TEAM {option} …")
