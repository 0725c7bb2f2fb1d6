"""Deliveries as the API shows them. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from services.routing.deliveries.delivery import Delivery
from services.routing.deliveries.item import Conversion, File, Item
from services.routing.deliveries.outlook import outlook_of
from services.routing.deliveries.publisher import Publisher
from services.routing.deliveries.refusals import for_patron
from shared.copy_formats import called

Shown = dict[str, Any]
_PLAIN = (
    *("id", "format_by", "needs", "rights", "place", "meet_at", "needed_by", "opened_at"),
    *("opened_by", "next_at", "accounted_at"),
)
_ITEM = (
    *("number", "since", "next_at", "needed_by", "is_first", "needs_somebody", "asks"),
    *("expected_at", "reason", "alternative", "faults"),
)
_NO_ROWS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType({})
_RUNNING: Final = {"converting": "converting"}
_TRY = ("publisher", "since", "asks", "last_at", "heard_at", "ended_at", "had")


def delivery_shown(
    one: Delivery,
    version: int,
    now: datetime,
    rows: Mapping[str, Mapping[str, Any]] = _NO_ROWS,
    language: str = "en",
) -> Shown:
    """One of them. `rows`: of its conversions, by id; `language`: its patron's."""
    return {
        **{name: getattr(one, name) for name in _PLAIN},
        "format": one.format or called(one.wishes, "en"),
        "wishes": {**one.wishes},
        "version": version,
        "handover": one.handover.value,
        "pace": one.pace.value,
        "items": [_item(item, rows, language) for item in one.items],
        "outlook": asdict(outlook_of(one, now)),
    }


def _item(one: Item, rows: Mapping[str, Mapping[str, Any]], language: str) -> Shown:
    made = one.conversion
    return {
        **{name: getattr(one, name) for name in _ITEM},
        "work": asdict(one.work),
        "state": one.state.value,
        "plan": one.plan.value if one.plan else None,
        "tries": [{name: getattr(it, name) for name in _TRY} for it in one.tries],
        "attachment": _place(one.file),
        "conversion": _conversion(made, rows.get(made.id, {}), language) if made else None,
    }


def _place(file: File | None) -> str | None:
    return f"{file.letter_id}.{file.number}" if file else None


def _conversion(one: Conversion, row: Mapping[str, Any], language: str) -> Shown:
    """What is to be made of which file, how far it is, and what came of it; `row` is notify's."""
    running = row.get("state") if one.outcome is None else None
    return {
        "id": one.id,
        "source": _place(one.source),
        "wishes": {**one.wishes},
        "by": one.by,
        "began_at": one.began_at,
        "ended_at": one.ended_at,
        "state": one.outcome.value if one.outcome else _RUNNING.get(running or "", "waiting"),
        "progress": row.get("progress") if running == "converting" else None,
        "result": _place(one.result),
        "is_sendable": not one.failures if one.is_made else None,
        "findings": list(row.get("findings", ())),
        # Of what has no pages (sound, plain text) nobody counts any.
        "pages": row.get("pages") or None,
        "reason": row.get("reason"),
        "said": row.get("said"),
        "for_patron": for_patron(row.get("reason"), language),
    }


def publisher_shown(one: Publisher) -> Shown:
    """Where they are written to, and how they did."""
    record = one.record
    return {
        **{name: getattr(one, name) for name in ("id", "version", "name", "address", "language")},
        "note": one.note,
        "asked": record.asked,
        "had": record.had,
        "refused": record.refused,
        "median_days": record.median_days,
        "share": record.share,
    }
