"""Deliveries as the API shows them. Pure."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.routing.deliveries.delivery import Delivery
from services.routing.deliveries.item import Item
from services.routing.deliveries.outlook import outlook_of
from services.routing.deliveries.publisher import Publisher

Shown = dict[str, Any]
_PLAIN = (
    *("id", "format", "needs", "rights", "place", "meet_at", "needed_by", "opened_at"),
    *("opened_by", "next_at", "accounted_at"),
)
_ITEM = (
    *("number", "since", "next_at", "needed_by", "is_first", "needs_somebody", "asks"),
    *("expected_at", "reason", "alternative", "faults"),
)
_TRY = ("publisher", "since", "asks", "last_at", "heard_at", "ended_at", "had")


def delivery_shown(one: Delivery, version: int, now: datetime) -> Shown:
    """One of them."""
    return {
        **{name: getattr(one, name) for name in _PLAIN},
        "version": version,
        "handover": one.handover.value,
        "pace": one.pace.value,
        "items": [_item(item) for item in one.items],
        "outlook": asdict(outlook_of(one, now)),
    }


def _item(one: Item) -> Shown:
    return {
        **{name: getattr(one, name) for name in _ITEM},
        "work": asdict(one.work),
        "state": one.state.value,
        "plan": one.plan.value if one.plan else None,
        "tries": [{name: getattr(it, name) for name in _TRY} for it in one.tries],
        "attachment": f"{one.file.letter_id}.{one.file.number}" if one.file else None,
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
