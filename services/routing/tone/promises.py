"""What a reply promises in words, held against the ledger and the opening hours. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from services.routing.tone.background import Background
from services.routing.tone.finding import Finding, Rule
from services.routing.tone.heard import Heard
from services.routing.tone.phrases import Spot, spots
from services.routing.tone.times import When, times

_SHORT: Final = 7
"""Words of a sentence without a verb."""


@dataclass(frozen=True)
class Promised:
    """A time by which the patron will count on something."""

    when: When
    is_kept: bool
    """Whether the ledger has a promise for it."""
    is_visit: bool
    """Whether it is the patron who would come then."""


def promised(text: Heard, background: Background) -> list[Promised]:
    """Every promise in words."""
    due = (
        background.due_at.astimezone(background.calendar.zone).date() if background.due_at else None
    )
    cues = _cues(text)
    found = []
    for when in times(text, background.today):
        cue = _cue(when, cues, text)
        if cue == "visit" or (cue == "commit" or (cue is None and _stands_alone(when, text))):
            is_kept = due is not None and when.since <= due <= when.until
            found.append(Promised(when, is_kept, cue == "visit"))
    return found


def promises(text: Heard, background: Background) -> Iterator[Finding]:
    """Those that nobody will be reminded of, that say otherwise than the ledger, or that fall on a
    time when nobody is there."""
    for one in promised(text, background):
        when = one.when
        start, end = text.words[when.first].start, text.words[when.after - 1].end
        if when.is_one_day and _is_closed(when.since, background):
            yield Finding(start, end, Rule.CLOSED, f"We are closed on {_told(when.since)}.")
        elif background.due_at is None and not one.is_visit:
            why = "This is a promise, and the ledger has none: nobody would be reminded of it."
            yield Finding(start, end, Rule.PROMISE, why)
        elif not one.is_kept and not one.is_visit and background.due_at is not None:
            due = background.due_at.astimezone(background.calendar.zone)
            why = f"The patron was promised {_told(due.date())} at {due:%H:%M}."
            yield Finding(start, end, Rule.CONTRADICTS, why)


def _told(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _is_closed(day: date, background: Background) -> bool:
    zone = background.calendar.zone
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return not background.calendar.open_time_between(max(start, background.now), end)


def _cues(text: Heard) -> list[tuple[Spot, str]]:
    """What says whether a time is promised, by its kind, in the order of the text."""
    stays = spots("stay", text)
    commits = [
        one
        for one in spots("commit", text)
        if not any(it.first <= one.first and one.after <= it.after for it in stays)
    ]
    kinds = (("stay", stays), ("visit", spots("visit", text)), ("commit", commits))
    found = [(one, kind) for kind, those in kinds for one in those]
    return sorted(found, key=lambda one: (one[0].after, one[1] == "commit"))


def _cue(when: When, cues: list[tuple[Spot, str]], text: Heard) -> str | None:
    """What the time belongs to: the nearest before it in its sentence, else the first after it."""
    sentence, clause = text.words[when.first].sentence, text.words[when.first].clause
    here = [
        (one, kind)
        for one, kind in cues
        if text.words[one.first].sentence == sentence
        and (one.after <= when.first or one.first >= when.after)
    ]
    earlier = [(one, kind) for one, kind in here if one.after <= when.first]
    if earlier:
        return _governing(earlier, clause, text)
    return next((kind for _, kind in here), None)


def _governing(earlier: list[tuple[Spot, str]], clause: int, text: Heard) -> str:
    """The kind of the last of them; what is only said to be possible is not promised."""
    spot, kind = earlier[-1]
    doubts = [
        one
        for one in spots("unsure", text)
        if text.words[one.first].clause == clause and one.after <= spot.first + 1
    ]
    if kind != "commit" or not doubts:
        return kind
    between = text.words[doubts[-1].after : spot.first]
    return kind if any(one.said in _AND for one in between) else "stay"


_AND: Final = frozenset(["and", "then", "et", "puis", "ac", "a", "wedyn", "ثم"])


def _stands_alone(when: When, text: Heard) -> bool:
    """Whether a few words without a verb promise it: `Ready by Friday.`"""
    sentence = text.words[when.first].sentence
    said = [at for at, one in enumerate(text.words) if one.sentence == sentence]
    deadlines = (
        one
        for one in spots("deadline", text)
        if one.after in {when.first, when.first + 1} or one.first == when.first
    )
    is_deadline = any(True for _ in deadlines)
    return is_deadline and len(said) <= _SHORT
