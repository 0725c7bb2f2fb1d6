"""What a letter of a delivery says: the works, what is still to come, what became of all. Pure.

To a publisher it says works, format and ground, and nothing of whoever needs them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.copy_formats import called
from shared.messages import TO_PUBLISHERS, Notice

Moment = Callable[[datetime], Mapping[str, str]]
_TO_COME = frozenset(
    {"wanted", "found", "asked", "chasing", "received", "converting", "checking", "ready"}
)
_AT_PUBLISHER = frozenset({"asked", "chasing"})
_BY_LETTER = frozenset({"mail", "link"})


@dataclass(frozen=True)
class Copies:
    """What such a letter is about."""

    notice: Notice
    delivery: Mapping[str, Any]
    """As it stands in its ticket's document."""
    sent: Mapping[str, Any]
    """What the delivery knows of this letter: `items`, `words`, `at`."""
    publisher: Mapping[str, Any] | None = None
    """Whom it is to: `name`, `address`, `language`; None: the patron."""


def letter_in(
    ticket: Mapping[str, Any], notice_id: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """The delivery, and what it knows of its letter of this id."""
    for delivery in ticket.get("deliveries", ()):
        for sent in delivery["sent"]:
            if sent["id"] == notice_id:
                return delivery, sent
    return None


def files_of(delivery: Mapping[str, Any], sent: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Where the copies are that go with a letter: `letter_id` and `number` of each. What is handed
    over in another way goes with none."""
    if sent["kind"] != "part" or delivery["handover"] not in _BY_LETTER:
        return []
    items = [one for one in delivery["items"] if one["number"] in sent["items"]]
    return [one["file"] for one in items if one.get("file")]


def told_of(copies: Copies, moment: Moment, now: datetime, language: str) -> dict[str, Any]:
    """What its templates know."""
    delivery, named = copies.delivery, set(copies.sent["items"])
    items = delivery["items"]
    these = [_work(one, moment, now) for one in items if one["number"] in named]
    told: dict[str, Any] = {
        "works": these,
        "format": delivery.get("format") or called(delivery.get("wishes", {}), language),
        "added": copies.sent.get("words", ""),
    }
    if copies.notice in TO_PUBLISHERS:
        return told | _asked(copies, [one for one in items if one["number"] in named], moment)
    rest = [one for one in items if one["number"] not in named and one["state"] in _TO_COME]
    in_time = [one for one in rest if _is_in_time(one, delivery, now)]
    date = delivery.get("needed_by")
    by_state = {
        state: [_work(one, moment, now) for one in items if one["state"] == state]
        for state in ("delivered", "cannot_be_had", "withdrawn")
    }
    others = [one for one in items if one["number"] not in named]
    return told | {
        # The account of all, with the last of it; what was opened again since has its own.
        "is_last": bool(copies.sent.get("ends")) and not rest,
        "has_more": any(one["state"] not in _TO_COME for one in others),
        "handover": delivery["handover"],
        "place": delivery.get("place", ""),
        "meet": moment(delivery["meet_at"]) if delivery.get("meet_at") else None,
        "to_come": [_work(one, moment, now) for one in rest],
        "needed_by": moment(date) if date is not None and date > now and rest else None,
        "in_time": len(in_time),
        "delivered": by_state["delivered"],
        "cannot": by_state["cannot_be_had"],
        "withdrawn": by_state["withdrawn"],
    }


def _asked(copies: Copies, items: Sequence[Mapping[str, Any]], moment: Moment) -> dict[str, Any]:
    """Names nothing of a delivery but what a publisher must know."""
    to = copies.publisher or {}
    tries = [one["tries"][-1] for one in items if one.get("tries")]
    return {
        "publisher": to["name"],
        "rights": copies.delivery.get("rights", ""),
        "first_asked": moment(min(one["since"] for one in tries)) if tries else None,
    }


def _work(item: Mapping[str, Any], moment: Moment, now: datetime) -> dict[str, Any]:
    """A work, and how it stands. When it comes is said if it is known, and still to be."""
    work, expected = item["work"], item.get("expected_at")
    known = expected is not None and expected > now and item["state"] in _AT_PUBLISHER
    return {
        "title": work["title"],
        "details": ", ".join(_details(work)),
        "state": item["state"],
        "is_asked": item["state"] in _AT_PUBLISHER,
        "expected": moment(expected) if known and expected is not None else None,
        # They stand in the middle of a line.
        "reason": item.get("reason", "").strip().removesuffix("."),
        "alternative": item.get("alternative", "").strip().removesuffix("."),
    }


def _is_in_time(item: Mapping[str, Any], delivery: Mapping[str, Any], now: datetime) -> bool:
    """Whether it may be there by the day on which all is needed, from what is really known: it is
    ready, or they usually send it in time."""
    date, expected = item.get("needed_by") or delivery.get("needed_by"), item.get("expected_at")
    if date is None or date <= now:
        return False
    usual = expected is not None and now < expected <= date and item["state"] in _AT_PUBLISHER
    return item["state"] == "ready" or usual


def _details(work: Mapping[str, Any]) -> Iterable[str]:
    for name in ("authors", "year"):
        if work.get(name):
            yield work[name]
    for name, label in (("isbn", "ISBN"), ("doi", "DOI")):
        if work.get(name):
            yield f"{label} {work[name]}"
