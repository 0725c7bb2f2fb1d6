"""What the staff's API is asked in the part of an address after `?`, as models: the description is
made from them, and a parameter that does not stand there is refused. Pure."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.routing.status import Status

_Text = Annotated[str, Field(min_length=1, max_length=200)]
Limit = Annotated[int, Field(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str, Field(max_length=500, description="`next` of the page before.")]
Team = Annotated[_Text, Field(description="A team's id.")]


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QueueQuery(_Query):
    """`GET /v1/tickets`."""

    status: Status | None = None
    owner: Annotated[_Text, Field(description="`me`, `none`, or somebody's id.")] | None = None
    team: Team | None = None
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
