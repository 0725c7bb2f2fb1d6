"""What the routes to reports and to letters kept aside answer, as models. Pure."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from services.routing.answers import Answer, Cursor, Reference, StaffId, TeamId, WhoAnswer


class DecidedAnswer(Answer):
    """Who decided about a letter, when, and why."""

    by: StaffId
    at: AwareDatetime
    reason: str | None = None
    was_automatic: str | None = None
    address: str | None = None
    name: str | None = None


class AsideSenderAnswer(Answer):
    """Who wrote, as far as that could be read."""

    name: str
    address: str | None


class AsideAnswer(Answer):
    """A letter that has no ticket."""

    id: Annotated[str, Field(examples=["0f" * 32])]
    at: AwareDatetime
    door: Annotated[str, Field(examples=["smtp"])]
    state: Literal["opened", "added", "noted", "quarantined"]
    reason: Annotated[str, Field(examples=["unreadable"])] | None
    size: int
    sender: Annotated[AsideSenderAnswer, Field(alias="from")]
    subject: str
    reference: Reference | None
    released: DecidedAnswer | None = None
    discarded: DecidedAnswer | None = None


class AsideListAnswer(Answer):
    """Letters that wait for somebody to look."""

    items: list[AsideAnswer]
    next: Cursor | None


class AsideWholeAnswer(AsideAnswer):
    """One of them with its beginning as plain text."""

    headers: str
    text: str


class DoneAnswer(Answer):
    """What was done about a cause."""

    what: Annotated[str, Field(examples=["The page on opening hours was mended"])]
    by: WhoAnswer
    at: AwareDatetime


class CauseAnswer(Answer):
    """What caused enquiries, how many, and the newest of them."""

    cause: Annotated[str, Field(examples=["opening hours page wrong"])]
    count: int
    tickets: list[Reference]
    done: list[DoneAnswer]


class CausesAnswer(Answer):
    """Most first."""

    items: list[CauseAnswer]
    next: None


class CauseDoneAnswer(Answer):
    """A cause, and all that was done about it."""

    cause: str
    done: list[DoneAnswer]


class CharterAnswer(Answer):
    """The charter's figures. Durations are seconds; `unknown` says why a figure is null."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    team: TeamId | None
    published_at: AwareDatetime | None
    changed_since_published: bool
    changed: list[str]
    figures: Annotated[dict[str, Any], Field(examples=[{"tickets": 120}])]
    recomputed: dict[str, Any] | None
    unknown: dict[str, str]
