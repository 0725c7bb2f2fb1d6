"""What a patron is shown of an enquiry: how it stands, what is promised, what has happened. Pure.

It shows moments and states, and the name of who has it. It never shows words: no letter, no note,
no reason of staff's; and no event that is not in its list.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

Document = Mapping[str, Any]

_MOST: Final = 300
"""Events that are shown, the last ones."""
_PLAIN: Final[Mapping[str, str]] = {
    "opened": "received",
    "patron_wrote": "you_wrote",
    "praised": "you_wrote",
    "handed_over": "handed",
    "assigned": "handed",
    "claimed": "handed",
    "left_to_team": "team",
    "contact_lost": "lost",
    "contact_made": "found",
    "resolved": "resolved",
    "reopened": "reopened",
    "closed": "closed",
}
"""The timeline's events that a patron may know of, and what they are called here."""
_PROMISES: Final[Mapping[str, tuple[str, str]]] = {
    "promised": ("promised", "due_at"),
    "promise_renegotiated": ("promise_changed", "until"),
    "promise_broken": ("promise_missed", "due_at"),
}
"""The same of promises, with the moment that each is about."""
_STATES: Final[Mapping[str, str]] = {
    "waiting_patron": "waits_for_you",
    "waiting_third_party": "waits_elsewhere",
    "resolved": "resolved",
    "closed": "closed",
}
_ENDED: Final = frozenset({"resolved", "closed"})


@dataclass(frozen=True)
class Happened:
    """One thing that happened."""

    at: datetime
    what: str
    """The name of a sentence."""
    until: datetime | None = None
    """The moment that it is about."""
    who: str | None = None


@dataclass(frozen=True)
class Story:
    """An enquiry as its patron sees it."""

    reference: str
    received_at: datetime
    state: str
    """The name of a sentence."""
    owner: str | None
    team: str
    """Its id."""
    is_ended: bool
    due_at: datetime | None
    """By when something is promised."""
    is_late: bool
    """Whether that has passed."""
    is_lost: bool
    """Whether letters do not reach the patron."""
    subject: str | None
    happened: tuple[Happened, ...]


def story_of(own: Document, standing: Document, now: datetime) -> Story:
    """`own`: the ticket that was asked after; `standing`: the one that it was merged into, if the
    same patron has it, else the same."""
    status, owner = standing["status"], standing["owner"]
    is_elsewhere = bool(standing.get("merged_into"))
    promise = standing["promise"]
    is_open = promise is not None and promise["state"] == "made"
    rows = [*own["timeline"], *(() if standing is own else standing["timeline"])]
    return Story(
        reference=own["_id"],
        received_at=own["created_at"],
        state="together" if is_elsewhere else _STATES.get(status, "open"),
        owner=owner["name"] if owner else None,
        team=standing["team"],
        is_ended=status in _ENDED and not is_elsewhere,
        due_at=promise["due_at"] if is_open else None,
        is_late=bool(is_open and promise["due_at"] <= now),
        is_lost=standing.get("lost") is not None,
        subject=_subject(own, standing),
        happened=tuple(_told(rows, owner))[-_MOST:],
    )


def _subject(own: Document, standing: Document) -> str | None:
    """As the patron wrote it, once a person has answered: until then anybody may have written it,
    to have it read on the library's page by whoever is sent the link."""
    if own.get("confidential") or standing.get("confidential") or own.get("answered_at") is None:
        return None
    return own["subject"] or None


def _told(rows: Iterable[Document], owner: Document | None) -> Iterator[Happened]:
    known = list(rows)
    renegotiated = {one["at"] for one in known if one["event"] == "promise_renegotiated"}
    begun = {one["at"] for one in known if one["event"] == "opened"}
    seen: set[Happened] = set()
    for row in sorted(known, key=lambda one: one["at"]):
        told = _one(row, owner)
        if told is None or told in seen:
            continue
        if told.what in {"handed", "handed_to", "team"} and told.at in begun:
            continue  # with whom it began
        if told.what == "promised" and told.at in renegotiated:
            continue
        seen.add(told)
        yield told


def _one(row: Document, owner: Document | None) -> Happened | None:
    at, event = row["at"], row["event"]
    if event in _PROMISES:
        what, moment = _PROMISES[event]
        return Happened(at, what, row[moment])
    name = _sentence(event, row)
    # Only who has it now is named: of colleagues who had it, a patron was told at their time.
    if name == "handed" and owner is not None and row.get("owner") == owner["id"]:
        return Happened(at, "handed_to", who=owner["name"])
    return Happened(at, name) if name else None


def _sentence(event: str, row: Document) -> str | None:
    match event:
        case "replied":
            return "we_asked" if row.get("asks") else "we_wrote"
        case "contact_tried":
            return "spoke" if row.get("is_reached") else None
        case "survey_answered":
            return "said_solved" if row["solved"] else "said_not_solved"
    return _PLAIN.get(event)
