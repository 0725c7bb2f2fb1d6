"""How much haste a letter has, by the day something is needed and by its words. Pure.

Shouting counts for nothing: capitals and exclamation marks are not looked at. A day in the text
counts only where it is simple and clear; whatever may be meant in two ways is no day.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import re2

from services.routing import urgency_phrases as said
from services.routing.words import Words, folded

_URGENT_WITHIN: Final = timedelta(days=2)
_SOON_WITHIN: Final = timedelta(days=7)
_FURTHEST: Final = timedelta(days=180)
"""A day without a year that is further off may as well have been."""
_DIGIT: Final = re.compile(r"\d")


class Urgency(StrEnum):
    """How much haste."""

    NORMAL = "normal"
    SOON = "soon"
    URGENT = "urgent"


_ORDER: Final = tuple(Urgency)


@dataclass(frozen=True)
class Haste:
    """How urgent, why, and by which day."""

    urgency: Urgency
    needed_by: date | None
    reason: str


def haste_of(
    texts: Sequence[Words], asked: str | None, written: date, languages: Sequence[str]
) -> Haste:
    """`asked`: the day that a form or an integration gave, as ISO 8601 has it. `written`: the day
    of the letter where the library is. Only these languages' phrases are looked for."""
    day, whence = _day(asked), "asked for"
    if day is None:
        found = (one for text in texts for one in _days(text.folded, written, languages))
        day, whence = min(found, default=None), "told in the letter"
    found_in = [_by_words(texts, languages)]
    if day is not None:
        found_in.insert(0, _by_day(day, whence, written))
    urgency, reason = max(found_in, key=lambda one: _ORDER.index(one[0]))
    return Haste(urgency, day, reason)


def _day(asked: str | None) -> date | None:
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        return None


def _by_day(day: date, whence: str, written: date) -> tuple[Urgency, str]:
    reason = f"needed by {day.isoformat()}, {whence}"
    if day - written <= _URGENT_WITHIN:
        return Urgency.URGENT, reason
    return (Urgency.SOON if day - written <= _SOON_WITHIN else Urgency.NORMAL), reason


def _by_words(texts: Sequence[Words], languages: Sequence[str]) -> tuple[Urgency, str]:
    if not any(_of_haste(tuple(languages)).search(one.folded) for one in texts):
        return Urgency.NORMAL, "nothing says that there is haste"
    if _said(texts, said.CALM, languages):
        return Urgency.NORMAL, "it says that there is no haste"
    for urgency, phrases in ((Urgency.URGENT, said.URGENT), (Urgency.SOON, said.SOON)):
        if phrase := _said(texts, phrases, languages):
            return urgency, f"the words {phrase!r}"
    return Urgency.NORMAL, "nothing says that there is haste"


def _said(
    texts: Sequence[Words], phrases: Mapping[str, str], languages: Sequence[str]
) -> str | None:
    wanted = [one for spoken in languages for one in _split(phrases.get(spoken, ""))]
    return next(filter(None, (text.first(wanted) for text in texts)), None)


@lru_cache(maxsize=64)
def _of_haste(languages: tuple[str, ...]) -> Any:
    """Any phrase of haste, folded: most letters have none, and are not looked at any further."""
    kinds = (said.CALM, said.URGENT, said.SOON)
    return _one_of(
        it for one in kinds for spoken in languages for it in _split(one.get(spoken, ""))
    )


def _one_of(phrases: Iterable[str]) -> Any:
    """RE2 reads the text once, however many phrases there are."""
    return re2.compile("|".join(re2.escape(folded(one)) for one in phrases))


@lru_cache(maxsize=256)
def _split(phrases: str) -> tuple[str, ...]:
    return tuple(one for one in phrases.split(",") if one)


def _days(text: str, written: date, languages: Sequence[str]) -> Iterator[date]:
    """The days by which something is needed, by this text."""
    for spoken in languages if _may_name_a_day(text, tuple(languages)) else ():
        if spoken in said.BY:
            for found in _expression(spoken).finditer(text):
                day = _date(found, written, spoken)
                if day is not None:
                    yield day


def _may_name_a_day(text: str, languages: tuple[str, ...]) -> bool:
    """Most letters do not, and are not looked at any further."""
    return bool(_DIGIT.search(text) or _near(languages).search(text))


@lru_cache(maxsize=64)
def _near(languages: tuple[str, ...]) -> Any:
    known = [one for one in languages if one in said.BY]
    days = (
        several
        for one in known
        for several in (said.TODAY[one], said.TOMORROW[one], *said.WEEKDAYS[one].split(";"))
    )
    return _one_of(one for several in days for one in several.split(","))


@lru_cache(maxsize=64)
def _expression(spoken: str) -> re.Pattern[str]:
    """A day with what makes it one by which something is needed."""
    weekdays = [_any(one) for one in said.WEEKDAYS[spoken].split(";")]
    months = [_any(one) for one in said.MONTHS[spoken].split(";")]
    near = rf"(?P<today>{_any(said.TODAY[spoken])})|(?P<tomorrow>{_any(said.TOMORROW[spoken])})"
    near += "".join(rf"|(?P<weekday{number}>{one})" for number, one in enumerate(weekdays))
    month = "|".join(rf"(?P<month{number}>{one})" for number, one in enumerate(months, 1))
    after = "|".join(rf"(?P<after{number}>{one})" for number, one in enumerate(months, 1))
    year = r"(?: (?:de )?(?P<{}>20\d\d)\b)?"
    dated = rf"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.|o)? (?:of )?(?:{month}){year.format('year')}"
    dated += rf"|(?:{after}) (?P<later>[0-3]?\d)(?:st|nd|rd|th)?,?{year.format('years')}"
    dated += r"|(?P<iso>20\d\d-\d\d-\d\d)|(?P<dotted>[0-3]?\d[./][01]?\d[./]20\d\d)"
    past = _any(said.PAST)
    return re.compile(
        rf"(?<!\w)(?:(?:{_any(said.EVENT[spoken])})(?: (?!(?:{past})\b)\w+){{0,4}} (?:{near})"
        rf"|(?:{_any(said.BY[spoken])}) (?:{_numbered(near)}|{dated}))"
        rf"(?![\w']|[ .,/-]\d| (?:{past})\b)"
    )


def _numbered(near: str) -> str:
    """The same groups once more, under other names."""
    return near.replace("(?P<", "(?P<by_")


def _any(phrases: str) -> str:
    longest_first = sorted(map(folded, phrases.split(",")), key=len, reverse=True)
    return "|".join(re.escape(one) for one in longest_first)


def _date(found: re.Match[str], written: date, spoken: str) -> date | None:
    groups = {name.removeprefix("by_"): one for name, one in found.groupdict().items() if one}
    if "today" in groups:
        return written
    if "tomorrow" in groups:
        return written + timedelta(days=1)
    if (weekday := _number(groups, "weekday")) is not None:
        ahead = (weekday - written.weekday()) % 7
        # On a Friday, "by Friday" may mean this one or the next.
        return written + timedelta(days=ahead) if ahead else None
    if "iso" in groups:
        return _day(groups["iso"])
    return _calendar_day(groups, written)


def _number(groups: Iterable[str], name: str) -> int | None:
    return next((int(one.removeprefix(name)) for one in groups if one.startswith(name)), None)


def _calendar_day(groups: Mapping[str, str], written: date) -> date | None:
    if "dotted" in groups:
        return _dotted(groups["dotted"])
    month = _number(groups, "month") or _number(groups, "after") or 0
    day = int(groups.get("day") or groups["later"])
    year = groups.get("year") or groups.get("years")
    if year:
        return _made(int(year), month, day)
    nearest = (_made(one, month, day) for one in (written.year, written.year + 1))
    ahead = (one for one in nearest if one is not None and one >= written)
    found = next(ahead, None)
    return found if found is not None and found - written <= _FURTHEST else None


def _dotted(text: str) -> date | None:
    day, month, year = (int(one) for one in re.split(r"[./]", text))
    # 5/12 is the fifth of December here and the twelfth of May elsewhere.
    is_clear = "." in text or day > 12 or day == month
    return _made(year, month, day) if is_clear else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
