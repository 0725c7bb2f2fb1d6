"""The queue's query: what is asked for, how much, and from where. Pure."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from pydantic import AwareDatetime, RootModel

from services.routing.status import Status
from services.routing.tags import cleaned
from shared.keys import Caller
from shared.problems import Problem

_LONGEST_PAGE: Final = 200


class _Place(RootModel[tuple[AwareDatetime | None, str]]):
    """When the last ticket of a page is due, and its reference."""


def filter_of(query: Mapping[str, str], caller: Caller) -> dict[str, Any]:
    """What the store is asked for. Raises: Problem 422."""
    unknown = query.keys() - {"status", "owner", "team", "tag", "limit", "cursor"}
    if unknown:
        raise Problem(422, "invalid", "Unknown parameter", field=sorted(unknown)[0])
    where: dict[str, Any] = {}
    if "status" in query:
        if query["status"] not in set(Status):
            raise Problem(422, "invalid", "No such status", field="status")
        where["status"] = query["status"]
    if "owner" in query:
        wanted = {"me": caller.id, "none": None}.get(query["owner"], query["owner"])
        where |= {"owner.id": wanted} if wanted is not None else {"owner": None}
    if "team" in query:
        where["team"] = query["team"]
    if "tag" in query:
        where["tags"] = _tag(query["tag"])
    return where


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


def cursor_after(last: Mapping[str, Any]) -> str:
    """What the client sends for the page after this ticket."""
    return cursor_of(last["promise"]["due_at"] if last["promise"] else None, last["_id"])


def cursor_of(at: datetime | None, name: str) -> str:
    """A place in a list that is in the order of a moment and a name."""
    place = [at.isoformat() if at else None, name]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def place_of(cursor: str | None) -> tuple[datetime | None, str] | None:
    """The place in a list that a cursor names. Raises: Problem 422: it is none of ours."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = _Place.model_validate_json(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError) as error:
        raise Problem(422, "invalid", "This cursor is none of ours", field="cursor") from error
    return place.root
