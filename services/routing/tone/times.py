"""Days as people say them in a reply: where they stand, and which days they may mean. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from services.routing.tone import arabic, english, french, welsh
from services.routing.tone.heard import Heard, folded
from services.routing.tone.phrases import Spot, number_of, spots
from services.routing.urgency_phrases import MONTHS, WEEKDAYS

_MOST: Final = 200
"""Times of one text that are looked at."""
_DAY: Final = timedelta(days=1)
_LANGUAGES: Final = {"en": english, "cy": welsh, "fr": french, "ar": arabic}
_NAMED: Final = frozenset(
    [
        "good",
        "black",
        "bloody",
        "palm",
        "ruby",
        "man",
        "girl",
        "fat",
        "ash",
        "shrove",
        "maundy",
        "easter",
        "whit",
        "plough",
        "cyber",
        "super",
        "throwback",
        "saint",
        "vendredi",
    ]
)
"""What makes the name of a day part of another name, before it."""
_TITLED: Final = frozenset({"agreement", "treaty"})


@dataclass(frozen=True)
class When:
    """A time in words: the first and the last day that it may mean."""

    first: int
    after: int
    since: date
    until: date
    is_one_day: bool
    """Whether it names a day, and not a time up to it."""


def times(text: Heard, today: date) -> list[When]:
    """Every one of them, in order; of two that share a word the longer."""
    every = (*_spoken(text, today), *_weekdays(text, today), *_dates(text, today))
    found = sorted(every, key=lambda it: it.first)[:_MOST]
    kept: list[When] = []
    for one in sorted(found, key=lambda it: (it.first - it.after, it.first)):
        if not any(one.first < other.after and other.first < one.after for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.first)


def _spoken(text: Heard, today: date) -> Iterator[When]:
    sunday = today + _DAY * (6 - today.weekday())
    fixed = {
        "today": (today, today, True),
        "tomorrow": (today + _DAY, today + _DAY, True),
        "after tomorrow": (today + _DAY * 2, today + _DAY * 2, True),
        "this week": (today, sunday, False),
        "weekend": (sunday - _DAY * 2, sunday, False),
        "next week": (today + _DAY, sunday + _DAY * 7, False),
        "month": (today, today + _DAY * 62, False),
        "few days": (today, today + _DAY * 14, False),
    }
    for kind, (since, until, is_one_day) in fixed.items():
        for one in spots(kind, text):
            if kind != "tomorrow" or not _is_title(one, text):
                yield When(one.first, one.after, since, until, is_one_day)
    for one in spots("within", text):
        yield When(one.first, one.after, today, today + _length(one, text), False)


def _is_title(spot: Spot, text: Heard) -> bool:
    """A capital within a sentence is a name's."""
    return (
        any(
            one.is_capital and not one.is_first and not one.said.isupper()
            for one in text.words[spot.first : spot.after]
        )
        and not text.text.isupper()
    )


def _length(spot: Spot, text: Heard) -> timedelta:
    said = text.words[spot.first : spot.after]
    numbers = [number for one in said if (number := number_of(one)) is not None]
    units = _LANGUAGES[spot.language].UNITS
    unit = next(
        (days for words, days in units.items() for one in said if _is_one_of(one.forms, words)), 1
    )
    count = max(numbers, default=1)
    return timedelta(hours=count) if unit == 0 else timedelta(days=min(count * unit, 400))


def _is_one_of(forms: tuple[str, ...], words: str) -> bool:
    several = folded(words).split("|")
    return any(
        form.startswith(one[:-1]) if one.endswith("*") else form == one
        for one in several
        for form in forms
    )


@lru_cache(maxsize=1)
def _weekday_words() -> dict[str, int]:
    named: dict[str, int] = {"mon": 0, "tues": 1, "weds": 2, "thurs": 3, "fri": 4}
    for language in _LANGUAGES:
        for number, several in enumerate(WEEKDAYS[language].split(";")):
            for one in several.split(","):
                named[folded(one).split()[-1]] = number
    # Said alone they are a moon, a month, and Jupiter.
    return {word: number for word, number in named.items() if word not in {"mon", "fri"}}


_WITH_DAY: Final = frozenset(
    ["llun", "mawrth", "mercher", "iau", "gwener", "sadwrn", "sul", "الاحد"]
)
_DAY_WORDS: Final = frozenset(
    ["dydd", "ddydd", "nos", "fore", "bore", "يوم", "مساء", "صباح", "نهار", "بيوم", "ليوم"]
)


def _weekdays(text: Heard, today: date) -> Iterator[When]:
    named = _weekday_words()
    for at, word in enumerate(text.words):
        number = next((named[one] for one in word.forms if one in named), None)
        before = text.words[at - 1].said if at and not word.is_first else ""
        following = text.words[at + 1].said if at + 1 < len(text.words) else ""
        is_named = before in _NAMED or following in _TITLED
        alone = word.said in _WITH_DAY and before not in _DAY_WORDS
        if (
            number is None
            or is_named
            or alone
            or text.is_aside(word.start, word.end)
            or text.is_signed(word.start)
        ):
            continue
        ahead = (number - today.weekday()) % 7 or 7
        day = today + _DAY * ahead
        is_next = before == "next" or following in {"prochain", "nesaf", "القادم", "المقبل"}
        yield When(at - (before in _DAY_WORDS), at + 1, day, day + _DAY * 7 * is_next, not is_next)


@lru_cache(maxsize=1)
def _month_words() -> dict[str, int]:
    named: dict[str, int] = {}
    for language in _LANGUAGES:
        for number, several in enumerate(MONTHS[language].split(";"), 1):
            named |= {folded(one): number for one in several.split(",")}
    return named


def _dates(text: Heard, today: date) -> Iterator[When]:
    """`27 November`, `November 27th`, `27 November 2026`; never a year that has been."""
    named, words = _month_words(), text.words
    for at, word in enumerate(words):
        month = next((named[one] for one in word.forms if one in named), None)
        if month is None or text.is_aside(word.start, word.end):
            continue
        beside = [(at - 1, at), (at - 2, at), (at + 1, at)]
        day = next(
            (
                (place, found)
                for place, _ in beside
                if 0 <= place < len(words)
                and words[place].sentence == word.sentence
                and (found := _day_of(words[place].said))
            ),
            None,
        )
        if day is None:
            continue
        first, last = min(day[0], at), max(day[0], at) + 1
        year = (
            words[last].said if last < len(words) and words[last].sentence == word.sentence else ""
        )
        meant = _made(month, day[1], year, today)
        if meant is not None:
            yield When(first, last, meant, meant, True)


def _day_of(said: str) -> int | None:
    bare = said.rstrip("stndrheaf") if said[:1].isdecimal() else said
    return int(bare) if bare.isdecimal() and len(bare) < 3 and 1 <= int(bare) <= 31 else None


def _made(month: int, day: int, year: str, today: date) -> date | None:
    is_year = len(year) == 4 and year.isdecimal()
    try:
        found = date(int(year) if is_year else today.year, month, day)
        if found < today and not is_year and (today - found).days > 180:
            found = date(today.year + 1, month, day)
    except ValueError:
        return None
    return found if found >= today else None
