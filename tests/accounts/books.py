"""What must add up: every message that a door accepted is in exactly one visible state, every new
ticket is acknowledged once, and nobody has somebody else's letter. Pure: it asks nobody, and it
takes no service's word for anything but what that shows to everybody."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

OPENED: Final = frozenset({"opened"})
ADDED: Final = frozenset({"added"})
NOTED: Final = frozenset({"noted"})
QUARANTINED: Final = frozenset({"quarantined"})
NOWHERE: Final[frozenset[str]] = frozenset()
"""Of what every door refused."""
STORM: Final = OPENED | QUARANTINED
STATES: Final = ("opened", "added", "noted", "quarantined")
MOST_LETTERS: Final = 3
"""Automatic letters that one address gets in an hour."""
_UNSEEN: Final = 2
"""Letters of a storm that may pass beyond the limit: those of one moment don't see each other, and
one whose door was killed may be written down after the next was counted."""


@dataclass
class Entry:
    """A message that somebody sent, and what ought to become of it."""

    code: str
    """Stands in its subject, or in its text where a door writes the subject."""
    kind: str
    states: frozenset[str]
    """Where it may end."""
    patron: str | None = None
    """Who is told if it opens a ticket; None if nobody can or must be."""
    joins: str | None = None
    """The code of the message whose ticket it belongs on."""
    files: tuple[str, ...] = ()
    """The SHA-256 of each attachment."""
    accepted: bool = False
    reference: str | None = None
    """What the door said that its ticket is."""
    ways: list[str] = field(default_factory=list)
    """By which doors it was sent, and how oddly."""

    @property
    def name(self) -> str:
        """As a fault tells of it."""
        return f"{self.code} ({', '.join((self.kind, *self.ways))})"


@dataclass(frozen=True)
class Sighting:
    """A message where it can be seen; `ticket` is None for what is kept aside."""

    code: str
    state: str
    ticket: str | None
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """A letter that the relay took."""

    to: str
    message_id: str
    ticket: str
    """By the reference in its subject."""
    is_addition: bool = False
    """Whether it says that what was added is there."""


@dataclass
class Account:
    """How the books stand."""

    accepted: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    copies: int = 0
    """Letters sent a second time with the Message-ID of the first, which only a crash explains."""
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """What is said of it in the end."""
        counts = " ".join(f"{state}={self.counts[state]}" for state in STATES)
        return f"accepted={self.accepted} {counts} lost={self.lost} doubled={self.doubled}"


def audit(
    entries: Sequence[Entry],
    sightings: Sequence[Sighting],
    letters: Sequence[Sent],
    most_enquiries: int,
) -> Account:
    """Hold what was accepted against what is seen; `faults` has a line for all that differs."""
    account = Account(accepted=sum(one.accepted for one in entries))
    account.counts.update(one.state for one in sightings)
    seen: dict[str, list[Sighting]] = defaultdict(list)
    for one in sightings:
        seen[one.code].append(one)
    account.lost = sum(one.accepted and not seen[one.code] for one in entries)
    opener: dict[str | None, str] = {
        one.ticket: one.code for one in sightings if one.state == "opened" and one.ticket
    }
    known = {one.code: one for one in entries}
    account.faults += [f"{one}: seen, and never sent" for one in sorted(seen.keys() - known.keys())]
    for entry in entries:
        account.faults += _entry_faults(entry, seen[entry.code], opener)
    account.faults += _ticket_faults(sightings, opener)
    account.faults += _storm_faults(entries, seen, most_enquiries)
    account.faults += _letter_faults(letters, opener, known)
    ids = {(one.ticket, one.is_addition, one.message_id) for one in letters}
    per_ticket = Counter((ticket, is_addition) for ticket, is_addition, _ in ids)
    account.doubled = sum(len(found) > 1 for found in seen.values())
    account.doubled += sum(count > 1 for count in per_ticket.values())
    account.copies = len(letters) - len({(one.to, one.message_id) for one in letters})
    if account.accepted != sum(account.counts[state] for state in STATES):
        account.faults.append(f"accepted is not the sum of the four states: {account.line()}")
    return account


def _entry_faults(
    entry: Entry, found: Sequence[Sighting], opener: Mapping[str | None, str]
) -> Iterator[str]:
    name = entry.name
    if not entry.states:
        if found or entry.accepted:
            yield f"{name}: was to be refused, and is {[one.state for one in found]}"
        return
    if not entry.accepted:
        yield f"{name}: was never accepted"
    if not found:
        yield f"{name}: lost"
    if len(found) > 1:
        yield f"{name}: doubled: {[(one.state, one.ticket) for one in found]}"
    for one in found:
        if one.state not in entry.states:
            yield f"{name}: is {one.state}, not {'/'.join(sorted(entry.states))}"
        if one.ticket is not None and entry.reference not in {None, one.ticket}:
            yield f"{name}: is on {one.ticket}; its door promised {entry.reference}"
        if entry.joins is not None and opener.get(one.ticket) != entry.joins:
            yield f"{name}: is on {one.ticket or 'no ticket'}, not on that of {entry.joins}"
        if one.state in {"opened", "added"} and sorted(one.files) != sorted(entry.files):
            told = f"{len(one.files)} seen, {len(entry.files)} sent"
            yield f"{name}: its attachments are not those that were sent ({told}), on {one.ticket}"


def _ticket_faults(
    sightings: Sequence[Sighting], opener: Mapping[str | None, str]
) -> Iterator[str]:
    opened: dict[str | None, list[str]] = defaultdict(list)
    joined: dict[str | None, list[str]] = defaultdict(list)
    for one in sightings:
        (opened if one.state == "opened" else joined)[one.ticket].append(one.code)
    for ticket, codes in opened.items():
        if len(codes) > 1:
            yield f"{ticket}: opened by {len(codes)} enquiries: {', '.join(codes)}"
    for ticket in joined.keys() - opener.keys() - {None}:
        yield f"{ticket}: nobody opened it, and it has {', '.join(joined[ticket])}"


def _storm_faults(
    entries: Sequence[Entry], seen: Mapping[str, Sequence[Sighting]], most: int
) -> Iterator[str]:
    storms: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.states == STORM and entry.patron:
            storms[entry.patron] += [one.state for one in seen[entry.code]]
    for whose, states in sorted(storms.items()):
        if not min(most, len(states)) <= states.count("opened") <= most + _UNSEEN:
            yield f"storm of {whose}: {states.count('opened')} of {len(states)} opened a ticket"


def _letter_faults(
    letters: Sequence[Sent], opener: Mapping[str | None, str], known: Mapping[str, Entry]
) -> Iterator[str]:
    ids: dict[str, set[str]] = defaultdict(set)
    added: dict[str, set[str]] = defaultdict(set)
    told: dict[str, set[str]] = defaultdict(set)
    besides: dict[str, set[str]] = defaultdict(set)
    for one in letters:
        (added if one.is_addition else ids)[one.ticket].add(one.message_id)
        (besides if one.is_addition else told)[one.to].add(one.message_id)
        entry = known.get(opener.get(one.ticket, ""))
        if entry is None:
            yield f"{one.ticket}: a letter to {one.to} about a ticket that nobody opened"
        elif entry.patron != one.to:
            yield f"{entry.name}: its letter went to {one.to}, not to {entry.patron or 'nobody'}"
    for ticket, found in ids.items():
        if len(found) > 1:
            yield f"{ticket}: acknowledged {len(found)} times: {', '.join(sorted(found))}"
    for ticket, found in added.items():
        if len(found) > 1:
            yield f"{ticket}: told {len(found)} times within hours what was added"
    whose = Counter(one for found in told.values() for one in found)
    yield from (f"{one}: one Message-ID for two patrons" for one in whose if whose[one] > 1)
    opened: dict[str, list[str]] = defaultdict(list)
    for code in opener.values():
        if code in known and (patron := known[code].patron):
            opened[patron].append(code)
    for patron, codes in opened.items():
        wanted = min(MOST_LETTERS, len(codes))
        # What confirms an addition is one of the letters that an address gets in an hour.
        if not wanted - len(besides[patron]) <= len(told[patron]) <= wanted:
            many = f"{len(told[patron])} letters for {len(codes)} tickets, not {wanted}"
            yield f"{', '.join(known[one].name for one in codes)}: {many}"
