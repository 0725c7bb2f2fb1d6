"""The queue's query: what is asked for, in which order, how much, and from where. Pure.

Of what is asked for, the heading that keeps most tickets out is looked up in an index that is in
the wanted order; the rest is looked at in the tickets that stand under it.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

import orjson
from pydantic import AwareDatetime, RootModel

from services.routing.filing import ESCALATED, EVERYTHING, NOBODY, OPEN
from services.routing.promise import PromiseState
from services.routing.questions import QueueQuery
from services.routing.search_words import Query
from services.routing.status import ENDED
from services.routing.tags import cleaned
from services.routing.workload import AT_WORK
from shared.addresses import untagged
from shared.keys import Caller
from shared.problems import Problem
from shared.references import in_text

Document = dict[str, Any]
Place = tuple[datetime | None, str]
_LONGEST_PAGE: Final = 200


class Sort(StrEnum):
    """In which order."""

    DUE = "due"
    CREATED = "created"
    UPDATED = "updated"


ORDER: Final[Mapping[Sort, tuple[str, int]]] = {
    Sort.DUE: ("queue_at", 1),
    Sort.CREATED: ("created_at", -1),
    Sort.UPDATED: ("updated_at", -1),
}
"""The field, and whether the first is the least (1) or the greatest (-1)."""


class _Place(RootModel[tuple[AwareDatetime | None, str]]):
    """The moment and the name of the last of a page."""


class _PlaceIn(RootModel[tuple[Sort, AwareDatetime, str]]):
    """The same, and of which order."""


Decoded = TypeVar("Decoded", _Place, _PlaceIn)


@dataclass(frozen=True)
class Listing:
    """A page that somebody asks for."""

    where: Document
    """What the tickets must be; with one heading (`filed`), unless words are looked for."""
    sort: Sort
    after: tuple[datetime, str] | None
    limit: int
    query: Query | None = None
    reference: str | None = None
    """If it was a reference that was looked for."""

    @classmethod
    def of(cls, asked: QueueQuery, caller: Caller, now: datetime) -> "Listing":
        """What a request asks for. Raises: Problem 422."""
        query = Query.of(asked.q) if asked.q is not None else None
        if query is not None and not query.terms:
            raise Problem(422, "invalid", "No word to look for", field="q")
        if query is not None and asked.sort not in {None, Sort.CREATED}:
            raise Problem(422, "invalid", "What is looked for comes newest first", field="sort")
        sort = Sort(asked.sort or (Sort.DUE if query is None else Sort.CREATED))
        return cls(
            where=_where(asked, caller, now),
            sort=sort,
            after=_after(asked.cursor, sort),
            limit=asked.limit,
            query=query,
            reference=next(iter(in_text(asked.q or "")), None),
        )

    def cursor_after(self, last: Mapping[str, Any]) -> str:
        """What the client sends for the page after this ticket."""
        return _encoded([self.sort.value, last[ORDER[self.sort][0]].isoformat(), last["_id"]])


def _where(asked: QueueQuery, caller: Caller, now: datetime) -> Document:
    conditions = tuple(_conditions(asked, caller, now))
    rest = {"$and": [one for _, one in conditions]} if conditions else {}
    if asked.q is not None:  # words have an index of their own
        return rest
    return {"filed": next((one for one, _ in conditions if one), EVERYTHING)} | rest


def _conditions(
    asked: QueueQuery, caller: Caller, now: datetime
) -> Iterator[tuple[str | None, Document]]:
    """Each thing that is asked for: the heading under which such tickets stand, if they have one,
    and what they must be. Those that keep most out come first."""
    is_open = asked.status is not None and asked.status not in ENDED
    if asked.patron is not None:
        key = untagged(asked.patron)
        yield f"patron {key}", {"patron_key": key}
    if asked.owner is not None:
        owner = caller.id if asked.owner == "me" else asked.owner
        one: Document = {"owner": None} if owner == NOBODY else {"owner.id": owner}
        yield _divided(f"owner {owner}", is_open), one
    if asked.escalated:
        yield ESCALATED, {"escalation": {"$ne": None}, "status": {"$in": AT_WORK}}
    if asked.tag is not None:
        tag = _tag(asked.tag)
        yield f"tag {tag}", {"tags": tag}
    for name, value in (("topic", asked.topic), ("team", asked.team)):
        if value is not None:
            yield _divided(f"{name} {value}", is_open), {name: value}
    if asked.at_risk:
        yield OPEN, _at_risk(now)
    if asked.status == OPEN:
        yield OPEN, {"status": {"$in": AT_WORK}}
    elif asked.status is not None:
        yield f"status {asked.status}", {"status": asked.status}
    if opened := _opened(asked):
        yield None, {"created_at": opened}


def _divided(heading: str, is_open: bool) -> str:
    return f"{OPEN} {heading}" if is_open else heading


def _at_risk(now: datetime) -> Document:
    """Three quarters of its time are gone, and nobody has answered."""
    alerted = [{"risk_at": []}, {"risk_at.0": {"$lte": now}}]
    return {"promise.state": PromiseState.MADE.value, "$or": alerted}


def _opened(asked: QueueQuery) -> Document:
    """Between which moments: `since` <= it < `until`."""
    edges = {"$gte": asked.since, "$lt": asked.until}
    return {operator: at for operator, at in edges.items() if at is not None}


def _tag(text: str) -> str:
    try:
        return cleaned(text)
    except ValueError as error:
        raise Problem(422, "invalid", f"No such tag: {error}", field="tag") from error


def limit_of(query: Mapping[str, str]) -> int:
    """How many tickets a page has. Raises: Problem 422."""
    text = query.get("limit", "50")
    is_number = text.isascii() and text.isdigit() and len(text) <= 3
    if not is_number or not 1 <= int(text) <= _LONGEST_PAGE:
        raise Problem(422, "invalid", f"limit is a number from 1 to {_LONGEST_PAGE}", field="limit")
    return int(text)


def cursor_of(at: datetime | None, name: str) -> str:
    """A place in a list that is in the order of a moment and a name."""
    return _encoded([at.isoformat() if at else None, name])


def place_of(cursor: str | None) -> Place | None:
    """The place in a list that a cursor names. Raises: Problem 422: it is none of ours."""
    return None if cursor is None else _decoded(cursor, _Place).root


def _after(cursor: str | None, sort: Sort) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    its_sort, at, name = _decoded(cursor, _PlaceIn).root
    if its_sort is not sort:
        raise Problem(422, "invalid", "This cursor is of another order", field="cursor")
    return at, name


def _encoded(place: list[str | None]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def _decoded(cursor: str, wanted: type[Decoded]) -> Decoded:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return wanted.model_validate_json(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError) as error:
        raise Problem(422, "invalid", "This cursor is none of ours", field="cursor") from error
