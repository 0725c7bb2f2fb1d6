"""The library that this desk serves, as its own people describe it in LIBRARY_FILE (TOML)."""

import re
import tomllib
from datetime import date, time, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from shared.topic_rules import ANY, Phrase, TopicRule

WEEKDAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_PERIOD: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class LibraryFileError(Exception):
    """The file can't be used; the text says where and why."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"no such time zone: {name}")
    return name


def _plain_address(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise ValueError("wanted: a plain address such as enquiries@library.example")
    return address.lower()


def _period(text: str) -> str:
    if not _PERIOD.fullmatch(text) or text[:5] >= text[6:]:
        raise ValueError(f"wanted: opening and closing time such as 09:00-17:30, not {text!r}")
    return text


Address = Annotated[str, AfterValidator(_plain_address)]
Period = Annotated[str, AfterValidator(_period)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class About(_Part):
    """Who the library is."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    enquiry_address: Address
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    """The first is the one used where nothing else is known."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Closure(_Part):
    """A day on which the library is closed, whatever the week says."""

    on: date
    reason: str


class Hours(_Part):
    """When the library is open, in its own time zone. A day that is not named is closed."""

    monday: tuple[Period, ...] = ()
    tuesday: tuple[Period, ...] = ()
    wednesday: tuple[Period, ...] = ()
    thursday: tuple[Period, ...] = ()
    friday: tuple[Period, ...] = ()
    saturday: tuple[Period, ...] = ()
    sunday: tuple[Period, ...] = ()
    closures: tuple[Closure, ...] = ()

    @model_validator(mode="after")
    def _open_at_all(self) -> Self:
        if not any(getattr(self, day) for day in WEEKDAYS):
            raise ValueError("the library is never open: name at least one day")
        return self

    @field_validator(*WEEKDAYS)
    @classmethod
    def _one_after_the_other(cls, periods: tuple[Period, ...]) -> tuple[Period, ...]:
        if any(first[6:] > second[:5] for first, second in pairwise(sorted(periods))):
            raise ValueError("the opening periods of a day overlap")
        return periods

    def periods(self, day: date) -> list[tuple[time, time]]:
        """The opening periods of a day, in order."""
        if any(closure.on == day for closure in self.closures):
            return []
        return [
            (time.fromisoformat(text[:5]), time.fromisoformat(text[6:]))
            for text in sorted(getattr(self, WEEKDAYS[day.weekday()]))
        ]


class Team(_Part):
    """People who answer for each other."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: str
    address: Address | None = None
    """Mail to it is for this team, whatever it is about."""
    hours: Hours | None = None
    """When this team is there, if not whenever the library is open."""
    lead: Address | None = None
    """The staff member who answers for the team."""
    room: Annotated[int, Field(ge=1, le=10_000)] = 40
    """How many open tickets one of its people takes at most, unless it is set for that person."""
    owner_within_open_hours: Annotated[float, Field(gt=0, le=1000)] = 2.0
    """How long a ticket may wait in the team's queue without an owner."""


class Topic(_Part):
    """What an enquiry may be about, and who answers it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    team: str
    phrases: tuple[Phrase, ...] = ()
    """The short form of a rule: these words, in whatever language, in subject or new words."""
    rules: tuple[TopicRule, ...] = ()
    """Tried in order, after the phrases."""
    names: dict[Language, Annotated[str, Field(min_length=1, max_length=100)]] = {}
    """What the ask page calls it, by language."""
    asks: frozenset[Literal["format", "needed_by"]] = frozenset()
    """What the ask page asks besides, of whoever chooses this topic."""

    @cached_property
    def every_rule(self) -> tuple[TopicRule, ...]:
        """The phrases as a rule, and the rules."""
        short = (TopicRule(phrases={ANY: self.phrases}),) if self.phrases else ()
        return (*short, *self.rules)

    def name(self, language: str) -> tuple[str, str]:
        """A name and its language: this one if it has a name there; else that of its first name;
        else a name made of its id, of which nobody knows."""
        if language in self.names:
            return self.names[language], language
        first = ((name, spoken) for spoken, name in self.names.items())
        return next(first, (self.id.replace("-", " ").capitalize(), ""))


class PromiseStandard(_Part):
    """What the library has published that it will do."""

    first_answer_open_hours: Annotated[float, Field(gt=0, le=1000)]

    @property
    def first_answer(self) -> timedelta:
        """In open time."""
        return timedelta(hours=self.first_answer_open_hours)


class Escalation(_Part):
    """Where a ticket goes when its team can't help."""

    ladder: tuple[Address, ...] = ()
    """Staff above the team leads, the nearest first."""
    accept_within_open_hours: Annotated[float, Field(gt=0, le=1000)] = 4.0
    """How long somebody has to accept a ticket that was escalated to them."""


class Contact(_Part):
    """How a contact that was lost is made again."""

    first_try_open_minutes: Annotated[float, Field(gt=0, le=10_000)] = 2.0
    """After a call or chat that was cut off."""
    next_try_open_hours: Annotated[float, Field(gt=0, le=1000)] = 4.0
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """After so many without success it rests."""


class Library(_Part):
    """The whole file."""

    library: About
    hours: Hours
    teams: Annotated[tuple[Team, ...], Field(min_length=1)]
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
    """Tried in order; the last one takes what none has taken, and so names no phrases or rules."""
    promise: PromiseStandard
    escalation: Escalation = Escalation()
    contact: Contact = Contact()
    sign_off: dict[Language, str]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        known = {team.id for team in self.teams}
        if len(known) < len(self.teams):
            raise ValueError("two teams have the same id")
        if len(self.addresses) <= sum(team.address is not None for team in self.teams):
            raise ValueError("two teams, or a team and the enquiry desk, have the same address")
        for topic in self.topics:
            if topic.team not in known:
                raise ValueError(
                    f"topic {topic.id!r} names team {topic.team!r}, which is not there"
                )
            for rule in topic.rules:
                if fault := rule.fault(self.library.languages, [one.id for one in self.topics]):
                    raise ValueError(f"topic {topic.id!r}: {fault}")
        if self.topics[-1].phrases or self.topics[-1].rules:
            raise ValueError(
                "the last topic takes what no other has taken: it can't name phrases or rules"
            )
        missing = set(self.library.languages) - self.sign_off.keys()
        if missing:
            raise ValueError(f"sign_off has no words in: {', '.join(sorted(missing))}")
        return self

    @property
    def addresses(self) -> frozenset[str]:
        """All that patrons may write to, in lower case: the enquiry address and the teams'."""
        teams = (team.address for team in self.teams if team.address is not None)
        return frozenset({self.library.enquiry_address, *teams})

    def team_name(self, team_id: str) -> str:
        """What patrons call the team."""
        return next((team.name for team in self.teams if team.id == team_id), team_id)


def read_library(path: Path) -> Library:
    """The library of a file. Raises: LibraryFileError, which says where and why."""
    try:
        return Library.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise LibraryFileError(f"{path} can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LibraryFileError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(step) for step in fault["loc"]) or "the file"
        reason = fault["msg"].removeprefix("Value error, ")
        raise LibraryFileError(f"{path}: {where}: {reason}") from error
