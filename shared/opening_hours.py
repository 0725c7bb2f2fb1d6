"""When a library or a team is open, day by day, and why it is closed. Knows days and the clock on
the wall; how much time that is, is for whoever knows the time zone.

What decides about a day, the first that says anything: an exception, a closure, a public holiday,
the week.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator

from shared.toml_file import STRICT, refused, repeated

WEEKDAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
NONE: Final = "none"
"""Instead of a country: its public holidays are days like any other."""
_PERIOD: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")


def _period(text: str) -> str:
    if not _PERIOD.fullmatch(text) or text[:5] >= text[6:]:
        raise ValueError(f"wanted: opening and closing time such as 09:00-17:30, not {text!r}")
    return text


def _one_after_the_other(periods: tuple[str, ...]) -> tuple[str, ...]:
    if any(first[6:] > second[:5] for first, second in pairwise(sorted(periods))):
        raise ValueError("the opening periods of a day overlap")
    return periods


Period = Annotated[str, AfterValidator(_period)]
Periods = Annotated[tuple[Period, ...], AfterValidator(_one_after_the_other)]


@lru_cache(maxsize=200)
def public_holidays(country: str, region: str | None, year: int) -> Mapping[date, str]:
    """The names of a year's public holidays. Raises: ValueError: nobody knows of any there."""
    # Slow to load and large (half a second, 45 MB): only for whoever names a country.
    from holidays import country_holidays, list_supported_countries  # noqa: PLC0415

    try:
        found = country_holidays(country, subdiv=region, years=year)
    except NotImplementedError as error:
        regions = list_supported_countries().get(country)
        if regions is None:
            raise ValueError(f"no public holidays are known of a country {country!r}") from error
        known = ", ".join(sorted(regions)) or "none"
        raise ValueError(f"{country} has no region {region!r}; it has: {known}") from error
    return dict(found.items())


class _Part(BaseModel):
    model_config = STRICT


class Holidays(_Part):
    """Whose public holidays are kept: ISO 3166 codes of a country and of a region of it."""

    country: Annotated[str, Field(pattern=rf"^([A-Z]{{2}}|{NONE})$")]
    region: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.country == NONE and self.region is not None:
            raise refused([(("region",), f"a region without a country: country is {NONE!r}")])
        try:
            self.names(2026)
        except ValueError as error:
            place = "country" if self.region is None else "region"
            raise refused([((place,), str(error))]) from error
        return self

    def names(self, year: int) -> Mapping[date, str]:
        """That year's, by date."""
        return {} if self.country == NONE else public_holidays(self.country, self.region, year)


class Closure(_Part):
    """A day on which the library is closed, whatever a holiday or the week says."""

    on: date
    reason: str


class OtherHours(_Part):
    """A day with hours of its own, whatever a closure, a holiday or the week says."""

    on: date
    open: Annotated[Periods, Field(min_length=1)]
    reason: str = ""


class Hours(_Part):
    """When the library is open, in its own time zone. A day that is not named is closed."""

    monday: Periods = ()
    tuesday: Periods = ()
    wednesday: Periods = ()
    thursday: Periods = ()
    friday: Periods = ()
    saturday: Periods = ()
    sunday: Periods = ()
    holidays: Holidays | None = None
    closures: tuple[Closure, ...] = ()
    exceptions: tuple[OtherHours, ...] = ()

    @model_validator(mode="after")
    def _open_at_all(self) -> Self:
        if not any(getattr(self, day) for day in WEEKDAYS):
            raise ValueError("never open: name at least one day of the week")
        return self

    @field_validator("closures", "exceptions")
    @classmethod
    def _one_a_day(cls, days: tuple[Any, ...]) -> tuple[Any, ...]:
        twice = list(repeated(one.on for one in days))
        if twice:
            raise refused([((at, "on"), f"{day} is there already") for at, day in twice])
        return days

    def periods(self, day: date) -> list[tuple[time, time]]:
        """The opening periods of a day, in order; one that closes at 00:00 lasts till midnight."""
        return [
            (time.fromisoformat(text[:5]), time.fromisoformat(text[6:].replace("24:", "00:")))
            for text in sorted(self._open(day))
        ]

    def _open(self, day: date) -> Sequence[str]:
        other = self._exception(day)
        if other is not None:
            return other.open
        return () if self._closed_all_day(day) else self._of_the_week(day)

    def _exception(self, day: date) -> OtherHours | None:
        return next((one for one in self.exceptions if one.on == day), None)

    def _closed_all_day(self, day: date) -> str | None:
        closure = next((one.reason or "closed" for one in self.closures if one.on == day), None)
        if closure is not None or self.holidays is None:
            return closure
        return self.holidays.names(day.year).get(day)

    def _of_the_week(self, day: date) -> Sequence[str]:
        periods: Sequence[str] = getattr(self, WEEKDAYS[day.weekday()])
        return periods

    def closed_by(self, day: date) -> str | None:
        """The exception, closure or holiday that has it closed all day, in the library's own words;
        None if it is open, or closed by the week alone."""
        if self._open(day):
            return None
        other = self._exception(day)
        if other is not None:
            return other.reason or "closed"
        return self._closed_all_day(day)

    def within(self, library: "Hours") -> "Hours":
        """These hours, a team's own, in a library: its closures and exceptions hold here too, and
        its holidays unless others are named. A word of the team's own about a day goes first. On
        one of the library's exceptions the team is there when by its week it would be and the
        library is open."""
        own = {one.on for one in self.closures} | {one.on for one in self.exceptions}
        shared = [
            one.model_copy(update={"open": _overlap(self._of_the_week(one.on), one.open)})
            for one in library.exceptions
            if one.on not in own
        ]
        closed = [one for one in library.closures if one.on not in own]
        return self.model_copy(
            update={
                "holidays": self.holidays or library.holidays,
                "closures": (*self.closures, *closed),
                "exceptions": (*self.exceptions, *shared),
            }
        )


def _overlap(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """What lies in periods of both."""
    both = ((max(a[:5], b[:5]), min(a[6:], b[6:])) for a in first for b in second)
    return tuple(f"{opens}-{closes}" for opens, closes in both if opens < closes)
