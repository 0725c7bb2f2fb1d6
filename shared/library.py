"""The library that this desk serves, as its own people describe it in LIBRARY_FILE (TOML)."""

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

from shared.library_agreement import disagreements
from shared.library_deliveries import Deliveries
from shared.opening_hours import WEEKDAYS as WEEKDAYS  # noqa: PLC0414  known from here
from shared.opening_hours import Hours as Hours  # noqa: PLC0414  known from here
from shared.toml_file import STRICT, faults_of, refused, told
from shared.topic_rules import ANY, Phrase, TopicRule

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


Address = Annotated[str, AfterValidator(_plain_address)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class _Part(BaseModel):
    model_config = STRICT


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


class Team(_Part):
    """People who answer for each other."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: str
    address: Address | None = None
    """Mail to it is for this team, whatever it is about."""
    hours: Hours | None = None
    """When this team is there, if not whenever the library is open; see `Hours.within`."""
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
    confidential: bool = False
    """Whether its tickets are seen by their team and the leads alone."""
    kept_days: Annotated[int | None, Field(ge=1, le=36_500)] = None
    """How long after closing it is known whose a ticket was, if not as `[retention]` says."""

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
    digest_after_minutes: Annotated[float, Field(ge=0, le=1000)] = 5.0
    """How long what is not urgent waits, so that staff are told it together with the rest."""


class Contact(_Part):
    """How a contact that was lost is made again."""

    first_try_open_minutes: Annotated[float, Field(gt=0, le=10_000)] = 2.0
    """After a call or chat that was cut off."""
    next_try_open_hours: Annotated[float, Field(gt=0, le=1000)] = 4.0
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """After so many without success it rests."""


class Closing(_Part):
    """When a resolved ticket is closed: a letter about it opens another one from then on."""

    after_days: Annotated[int, Field(ge=1, le=1000)] = 30


class Retention(_Part):
    """How long it is known whose an enquiry was, and what was said; counts stay for good."""

    closed_days: Annotated[int, Field(ge=1, le=36_500)] = 730
    """After a ticket was closed."""
    aside_days: Annotated[int, Field(ge=1, le=36_500)] = 30
    """Of letters that never got a ticket: those in quarantine, and automatic mail about nothing."""


class Links(_Part):
    """Where patrons fetch what is too large for a letter."""

    address: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$")] | None = None
    """That of intake's HTTP door, as the public reaches it; without one nothing is linked."""
    days: Annotated[int, Field(ge=1, le=365)] = 30
    """How long such a link works."""


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
    closing: Closing = Closing()
    retention: Retention = Retention()
    links: Links = Links()
    deliveries: Deliveries = Deliveries()
    sign_off: dict[Language, str]

    @model_validator(mode="wrap")
    @classmethod
    def _agrees_with_itself(cls, data: Any, parts: ModelWrapValidatorHandler[Self]) -> Self:
        """Its parts may be faulty, or not fit together: all of it is told at once."""
        faults = list(disagreements(data)) if isinstance(data, Mapping) else []
        try:
            library = parts(data)
        except ValidationError as error:
            faults = [*faults_of(error), *faults]
        if faults:
            raise refused(faults)
        return library

    @model_validator(mode="after")
    def _rules_agree(self) -> Self:
        topics = [one.id for one in self.topics]
        places = [
            (("topics", at, "rules", number), rule)
            for at, topic in enumerate(self.topics)
            for number, rule in enumerate(topic.rules)
        ]
        found = [(place, rule.fault(self.library.languages, topics)) for place, rule in places]
        faults = [(place, fault) for place, fault in found if fault]
        if self.topics[-1].rules:
            last = ("topics", len(topics) - 1, "rules", 0)
            faults.append((last, "the last topic takes what no other has taken: no rules"))
        if faults:
            raise refused(faults)
        return self

    @property
    def addresses(self) -> frozenset[str]:
        """All that patrons may write to, in lower case: the enquiry address and the teams'."""
        teams = (team.address for team in self.teams if team.address is not None)
        return frozenset({self.library.enquiry_address, *teams})

    def team_name(self, team_id: str) -> str:
        """What patrons call the team."""
        return next((team.name for team in self.teams if team.id == team_id), team_id)

    def is_confidential(self, topic_id: str) -> bool:
        """Whether what is about this is for its team and the leads alone."""
        return any(one.confidential for one in self.topics if one.id == topic_id)

    def hours_of(self, team: Team) -> Hours:
        """When a team is there."""
        return self.hours if team.hours is None else team.hours.within(self.hours)


def read_library(path: Path) -> Library:
    """The library of a file. Raises: LibraryFileError: a line for each fault, where and why."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise LibraryFileError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LibraryFileError(f"{path}:{line}: this is not TOML: {error}") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise LibraryFileError(f"{path}:{line}: this is not TOML: {error}") from error
    try:
        return Library.model_validate(data)
    except ValidationError as error:
        raise LibraryFileError(told(faults_of(error), path, text)) from error
