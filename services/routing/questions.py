"""What the staff's API is asked in the part of an address after `?`, as models: the description is
made from them, and a parameter that does not stand there is refused. Pure."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.moments import Moment

_Text = Annotated[str, Field(min_length=1, max_length=200)]
_State = Literal[
    "open", "new", "assigned", "waiting_patron", "waiting_third_party", "resolved", "closed"
]
Limit = Annotated[int, Field(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str, Field(max_length=500, description="`next` of the page before.")]
Team = Annotated[_Text, Field(description="A team's id.")]


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QueueQuery(_Query):
    """`GET /v1/tickets`."""

    status: Annotated[_State | None, Field(description="`open`: not resolved, not closed.")] = None
    owner: Annotated[_Text, Field(description="`me`, `none`, or somebody's id.")] | None = None
    team: Team | None = None
    topic: Annotated[_Text, Field(description="A topic's id.")] | None = None
    tag: Annotated[_Text, Field(description="A tag, however it is spelt.")] | None = None
    patron: Annotated[_Text, Field(description="The patron's address.")] | None = None
    escalated: Literal["true"] | None = None
    at_risk: Annotated[
        Literal["true"] | None, Field(description="A promise is running out, or has.")
    ] = None
    since: Annotated[Moment, Field(description="Opened then or later.")] | None = None
    until: Annotated[Moment, Field(description="Opened before then.")] | None = None
    q: (
        Annotated[
            _Text,
            Field(
                pattern=r"\w",
                description='Words, all of which it has, accents or not; `"a phrase"`; a reference.'
                " What is found says why, and comes newest first.",
            ),
        ]
        | None
    ) = None
    sort: Annotated[
        Literal["due", "created", "updated"] | None,
        Field(description="What is due first (if not said), newest first, last changed first."),
    ] = None
    limit: Limit = 50
    cursor: Cursor | None = None


class EventsQuery(_Query):
    """`GET /v1/events`."""

    team: Team | None = None
    owner: Annotated[_Text, Field(description="`me`, `none`, or somebody's id.")] | None = None
    once: Annotated[
        Literal["true"] | None, Field(description="What there is now, and then the end.")
    ] = None


class AnswersQuery(_Query):
    """`GET /v1/answers`."""

    q: (
        Annotated[str, Field(max_length=1000, description="Words, or how they begin: all of them.")]
        | None
    ) = None
    language: Annotated[_Text, Field(description="In which there is a text.")] | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class AsideQuery(_Query):
    """`GET /v1/quarantine`."""

    state: Literal["quarantined", "noted"] = "quarantined"
    limit: Limit = 50
    cursor: Cursor | None = None


class SpanQuery(_Query):
    """`GET /v1/causes`: days in the library's time zone, both included."""

    first: Annotated[date, Field(alias="from", examples=["2026-11-01"])]
    last: Annotated[date, Field(alias="to", examples=["2026-11-30"])]


class CharterQuery(SpanQuery):
    """`GET /v1/reports/charter`."""

    team: Team | None = None
