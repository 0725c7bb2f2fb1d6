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
from pydantic import AwareDatetime, RootModel, TypeAdapter, ValidationError

from services.routing.filing import ESCALATED, EVERYTHING, NOBODY, OPEN
from services.routing.promise import PromiseState
from services.routing.search_words import Query
from services.routing.status import ENDED, Status
from shared.addresses import untagged
from shared.keys import Caller
from shared.problems import Problem
from shared.references import in_text

Document = dict[str, Any]
Place = tuple[datetime | None, str]
_LONGEST_PAGE: Final = 200
_LONGEST_TEXT: Final = 200
_KNOWN: Final = frozenset(
    {"status", "owner", "team", "topic", "patron", "escalated", "at_risk", "since", "until"}
) | {"q", "sort", "limit", "cursor"}
_MOMENT: Final = TypeAdapter(AwareDatetime)


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
    def of(cls, query: Mapping[str, str], caller: Caller, now: datetime) -> "Listing":
        """What a request asks for. Raises: Problem 422."""
        if unknown := query.keys() - _KNOWN:
            raise Problem(422, "invalid", "Unknown parameter", field=sorted(unknown)[0])
        if too_long := [name for name, value in query.items() if len(value) > _LONGEST_TEXT]:
            raise Problem(422, "invalid", "This is too long", field=too_long[0])
        looked_for = query.get("q", "")
        words = Query.of(looked_for)
        if "q" in query and not words.terms:
            raise Problem(422, "invalid", "No word to look for", field="q")
        sort = _sort_of(query, Sort.CREATED if words.terms else Sort.DUE)
        return cls(
            where=_where(query, caller, now, by_words=bool(words.terms)),
            sort=sort,
            after=_after(query.get("cursor"), sort),
            limit=limit_of(query),
            query=words if words.terms else None,
            reference=next(iter(in_text(looked_for)), None),
        )

    def cursor_after(self, last: Mapping[str, Any]) -> str:
        """What the client sends for the page after this ticket."""
        return _encoded([self.sort.value, last[ORDER[self.sort][0]].isoformat(), last["_id"]])


def _sort_of(query: Mapping[str, str], default: Sort) -> Sort:
    if query.get("sort", default) not in set(Sort):
        raise Problem(422, "invalid", f"sort is one of {', '.join(Sort)}", field="sort")
    sort = Sort(query.get("sort", default))
    if "q" in query and sort is not Sort.CREATED:
        raise Problem(422, "invalid", "What is looked for comes newest first", field="sort")
    return sort


def _where(query: Mapping[str, str], caller: Caller, now: datetime, *, by_words: bool) -> Document:
    status = _status_of(query)
    asked = tuple(_asked(query, caller, status, now))
    if by_words:  # these have an index of their own
        return {"$and": [one for _, one in asked]} if asked else {}
    heading = next((heading for heading, _ in asked if heading), EVERYTHING)
    return {"filed": heading} | ({"$and": [one for _, one in asked]} if asked else {})


def _asked(
    query: Mapping[str, str], caller: Caller, status: str | None, now: datetime
) -> Iterator[tuple[str | None, Document]]:
    """Each thing that is asked for: its heading, if it has one, and what a ticket must be. Those
    that keep most out come first."""
    is_open = status == OPEN or (status is not None and Status(status) not in ENDED)
    if "patron" in query:
        key = untagged(query["patron"])
        yield f"patron {key}", {"patron_key": key}
    if "owner" in query:
        wanted = {"me": caller.id, NOBODY: None}.get(query["owner"], query["owner"])
        one = {"owner.id": wanted} if wanted is not None else {"owner": None}
        yield _divided(f"owner {wanted or NOBODY}", is_open), one
    if _flag(query, "escalated"):
        yield ESCALATED, {"escalation": {"$ne": None}, "status": {"$in": AT_WORK}}
    for name in ("topic", "team"):
        if name in query:
            yield _divided(f"{name} {query[name]}", is_open), {name: query[name]}
    if _flag(query, "at_risk"):
        yield OPEN, _at_risk(now)
    if status is not None:
        yield (
            (OPEN, {"status": {"$in": AT_WORK}})
            if status == OPEN
            else (f"status {status}", {"status": status})
        )
    if moments := _moments(query):
        yield None, {"created_at": moments}


AT_WORK: Final = [one.value for one in Status if one not in ENDED]


def _divided(heading: str, is_open: bool) -> str:
    return f"{OPEN} {heading}" if is_open else heading


def _status_of(query: Mapping[str, str]) -> str | None:
    status = query.get("status")
    if status is not None and status not in {*Status, OPEN}:
        raise Problem(422, "invalid", "No such status", field="status")
    return status


def _flag(query: Mapping[str, str], name: str) -> bool:
    if query.get(name, "true") != "true":
        raise Problem(422, "invalid", f"{name} is true, or left out", field=name)
    return name in query


def _at_risk(now: datetime) -> Document:
    """Three quarters of its time are gone, and nobody has answered."""
    alerted = [{"risk_at": []}, {"risk_at.0": {"$lte": now}}]
    return {"promise.state": PromiseState.MADE.value, "$or": alerted}


def _moments(query: Mapping[str, str]) -> Document:
    """Between which moments it was opened: `since` <= it < `until`."""
    found: Document = {}
    for name, operator in (("since", "$gte"), ("until", "$lt")):
        if name in query:
            try:
                found[operator] = _MOMENT.validate_python(query[name])
            except ValidationError as error:
                raise Problem(
                    422, "invalid", "A moment such as 2026-11-22T09:00:00Z is wanted", field=name
                ) from error
    return found


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
