"""Who owns a ticket, and why. Pure: the reasons are kept with the ticket and shown to staff.

Nobody who is away or has no room is ever chosen. Among those who can it goes by turns: whoever has
been given the least beside an equal part of what they might have been given, so that over time
nobody has more than their share, and somebody who comes back from leave, or had no room for a
while, gets no more than others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.addresses import untagged
from shared.library import Library, Team
from shared.staff import StaffMember

HALVED: Final = timedelta(days=7)
"""What was given so long ago counts half in `turns_had`."""
GIVEN_WITHIN: Final = 4 * HALVED
"""What was given before counts no more: it would be less than a sixteenth."""
LEAD: Final = 2
"""The level of a team's lead; a colleague who can is one below, the ladder above."""
GROWS: Final = timedelta(days=14)
WAITING: Final = 0.25
_MORE: Final = 2.5
"""Whose open work weighs so many times the mean, and one more, is passed over, turn or no turn."""


@dataclass(frozen=True)
class Assignment:
    """An owner, or the reasons why there is none."""

    owner: StaffMember | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """What a ticket needs of whoever takes it."""

    team: str
    topic: str
    language: str
    helped_before: str | None = None
    """The id of the staff member who helped this patron last."""
    excluding: frozenset[str] = frozenset()
    """Staff ids: who may not be chosen, such as those who have declined."""


@dataclass(frozen=True)
class Load:
    """What somebody has to do."""

    count: int = 0
    """Open tickets."""
    weight: float = 0.0
    """The sum of their `weight_of`."""
    unanswered: int = 0
    """Those of them that still wait for their first answer."""
    given: float = 0
    """Tickets given to this person lately (`turns_had`)."""
    part: float = 0.0
    """What this person would have been given, had each ticket that was given out lately been shared
    by those among whom it was counted (`turn_among`)."""


NOTHING: Final = Load()


def weight_of(age: timedelta, *, is_waiting: bool) -> float:
    """What an open ticket weighs: one when it is new, up to two after a fortnight, because what
    is still open then is hard; a quarter of that while the next step is somebody else's."""
    grown = 1 + min(max(age / GROWS, 0.0), 1.0)
    return grown * WAITING if is_waiting else grown


@dataclass(frozen=True)
class Given:
    """That a ticket was given to somebody, as it keeps it: it was their turn, though it may be
    somebody else's by now, for whoever falls ill shall not have to make good what others took on.
    """

    at: datetime
    to: str
    among: tuple[str, ...]
    """`turn_among` at that moment."""


@dataclass(frozen=True)
class Able:
    """Those among whom it goes by turns, and why it is they; or nobody, and why."""

    people: tuple[StaffMember, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be asked to take over what an owner can't solve."""

    address: str
    staff: StaffMember | None
    """None: somebody whom the library file names and the staff list does not."""
    reason: str


def team_written_to(recipients: Iterable[str], teams: Sequence[Team]) -> Team | None:
    """The first team whose own address, with whatever tag, a letter was sent to."""
    by_address = {team.address: team for team in teams if team.address is not None}
    return next((by_address[one] for one in map(untagged, recipients) if one in by_address), None)


def choose_owner(
    wanted: Wanted,
    staff: Iterable[StaffMember],
    load: Mapping[str, Load],
    now: datetime,
    library: Library,
) -> Assignment:
    """Who helped before, else the team's own, else the skilled of other teams; in each those who
    speak the language first, and among them whose turn it is."""
    able = able_to(wanted, tuple(staff), load, now, library)
    if not able.people:
        return Assignment(None, able.reasons)
    owner = in_turn(able.people, load)[0]
    has = load.get(owner.id, NOTHING)
    turn = f"next in turn: lately given {has.given:.1f}, an equal part were {has.part:.1f}"
    return Assignment(owner, (*able.reasons, f"has {has.count} open", turn))


def able_to(
    wanted: Wanted,
    staff: Sequence[StaffMember],
    load: Mapping[str, Load],
    now: datetime,
    library: Library,
) -> Able:
    """Who may be given it: the first kind of which anybody is here and has room."""
    known = [one for one in staff if one.id not in wanted.excluding and _can(one, wanted)]
    free = _free(known, load, now, library)
    before = tuple(one for one in free if one.id == wanted.helped_before)
    own = tuple(one for one in free if one.team == wanted.team)
    if before:
        return Able(before, ("helped this patron before",))
    if own:
        return _speaking(own, wanted, f"in the team {wanted.team}")
    why = _why_nobody(wanted, known, now)
    if free:
        return _speaking(tuple(free), wanted, f"{why[0]}; has the skill {wanted.topic}")
    return Able((), why)


def turn_among(
    wanted: Wanted,
    staff: Sequence[StaffMember],
    load: Mapping[str, Load],
    now: datetime,
    library: Library,
    *,
    owner: str,
) -> tuple[str, ...]:
    """Among whom a ticket that is now given to this owner is counted as a turn (staff ids): whoever
    skill and presence let have it, and its owner.

    Room is part of presence: nobody can be given what would pass their cap, and what they could not
    be given is not owed to them later. Language and earlier help are not: whoever has a ticket for
    these, has less of the others.
    """
    # Fagin and Williams, A fair carpool scheduling algorithm (1983): each trip is owed in equal
    # parts by those who were on it, not by those who stayed at home.
    able = [one for one in staff if _can(one, wanted)]
    free = _free(able, load, now, library)
    own = [one.id for one in free if one.team == wanted.team]
    return tuple(sorted({owner, *(own or (one.id for one in free))}))


def _free(
    people: Iterable[StaffMember], load: Mapping[str, Load], now: datetime, library: Library
) -> list[StaffMember]:
    return [one for one in people if not one.is_away(now) and has_room(one, load, library)]


def has_room(one: StaffMember, load: Mapping[str, Load], library: Library) -> bool:
    """Whether somebody has fewer open tickets than they may have."""
    room = next((team.room for team in library.teams if team.id == one.team), 0)
    return load.get(one.id, NOTHING).count < (room if one.room is None else one.room)


def turns_had(given: Iterable[Given], now: datetime) -> Mapping[str, tuple[float, float]]:
    """`Load.given` and `Load.part` of each, from what was given out within `GIVEN_WITHIN`.

    Both fade at one rate. Were they all forgotten on one day, whoever had made good by then what he
    was given too much would seem to have had too little, and be given too much again.
    """
    had: defaultdict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for one in given:
        counts = faded(now - one.at)
        for each in one.among:
            given_to, part = had[each]
            had[each] = (given_to + counts * (each == one.to), part + counts / len(one.among))
    return had


def faded(age: timedelta) -> float:
    """What one ticket that was given so long ago still counts."""
    return float(0.5 ** (age / HALVED))


def in_turn(people: Sequence[StaffMember], load: Mapping[str, Load]) -> list[StaffMember]:
    """Who lacks most of an equal part comes first; those come last whose open work weighs more than
    most people's."""
    has = {one.id: load.get(one.id, NOTHING) for one in people}
    most = 1 + _MORE * sum(one.weight for one in has.values()) / max(len(people), 1)

    def turn(one: StaffMember) -> tuple[bool, float, float, str]:
        mine = has[one.id]
        return mine.weight > most, mine.given - mine.part, mine.weight, one.id

    return sorted(people, key=turn)


def who_can(
    wanted: Wanted,
    staff: Iterable[StaffMember],
    load: Mapping[str, Load],
    now: datetime,
    library: Library,
) -> Sequence[Candidate]:
    """Who may take what the owner can't solve, in the order in which they are asked: whoever knows
    the topic, in any team; then the team's lead; then the ladder. Room limits only the first."""
    everybody = tuple(staff)
    found = [*_knowing(wanted, everybody, load, now, library)]
    by_address = {one.address.lower(): one for one in everybody}
    for _, address, reason in above(wanted.team, library):
        known = by_address.get(address)
        if known is None or (known.id not in wanted.excluding and not known.is_away(now)):
            found.append(Candidate(address, known, reason))
    first: dict[str, Candidate] = {}
    for one in found:
        first.setdefault(one.address.lower(), one)
    return tuple(first.values())


def passed_over(
    wanted: Wanted,
    staff: Iterable[StaffMember],
    load: Mapping[str, Load],
    now: datetime,
    library: Library,
) -> tuple[str, ...]:
    """Who would be among `who_can`, but is not, and why: ids and reasons, for staff to read."""
    leading = {address for _, address, _ in above(wanted.team, library)}
    found = []
    for one in staff:
        knows, leads = _knows(one, wanted, library), one.address.lower() in leading
        if not (knows or leads):
            continue
        if one.id in wanted.excluding:
            found.append(f"{one.id} is not asked again")
        elif one.is_away(now):
            found.append(f"{one.id} is away")
        elif not leads and not has_room(one, load, library):
            found.append(f"{one.id} has no room")
    return tuple(found)


def _knowing(
    wanted: Wanted,
    staff: Sequence[StaffMember],
    load: Mapping[str, Load],
    now: datetime,
    library: Library,
) -> Iterator[Candidate]:
    able = [
        one
        for one in staff
        if one.id not in wanted.excluding
        and not one.is_away(now)
        and has_room(one, load, library)
        and _knows(one, wanted, library)
    ]
    speaking = [one for one in able if wanted.language in one.languages]
    silent = [one for one in able if wanted.language not in one.languages]
    for one in (*in_turn(speaking, load), *in_turn(silent, load)):
        spoken = "speaks" if one in speaking else "does not speak"
        reason = f"of {one.team}, knows {wanted.topic}, {spoken} {wanted.language}"
        yield Candidate(one.address, one, reason)


def above(team: str, library: Library) -> Iterator[tuple[int, str, str]]:
    """Whoever stands above a team, the nearest first: the level, the address, what they are."""
    for one in library.teams:
        if one.id == team and one.lead is not None:
            yield LEAD, one.lead, f"leads the team {team}"
    for step, address in enumerate(library.escalation.ladder, start=1):
        yield LEAD + step, address, f"step {step} of the ladder"


def _can(one: StaffMember, wanted: Wanted) -> bool:
    return one.team == wanted.team or wanted.topic in one.skills


def _knows(one: StaffMember, wanted: Wanted, library: Library) -> bool:
    teams = {topic.team for topic in library.topics if topic.id == wanted.topic}
    return one.team in teams or _can(one, wanted)


def _speaking(people: tuple[StaffMember, ...], wanted: Wanted, reason: str) -> Able:
    speaking = tuple(one for one in people if wanted.language in one.languages)
    if speaking:
        return Able(speaking, (reason, f"speaks {wanted.language}"))
    return Able(people, (reason, f"nobody here speaks {wanted.language}"))


def _why_nobody(wanted: Wanted, known: Sequence[StaffMember], now: datetime) -> tuple[str, str]:
    """Why nobody of the team, and nobody of the others, where none of them is free."""
    own = [one for one in known if one.team == wanted.team]
    others = [one for one in known if one.team != wanted.team]
    return (
        f"of the team {wanted.team} {_counted(own, now)}",
        f"of others with the skill {wanted.topic} {_counted(others, now)}",
    )


def _counted(people: Sequence[StaffMember], now: datetime) -> str:
    away = sum(one.is_away(now) for one in people)
    if not people:
        return "there is nobody"
    return f"{away} are away and {len(people) - away} have no room"
