"""Tickets as the API shows them. Pure: documents in, JSON values out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

Shown = dict[str, Any]
_ASKED: Final = (
    *("topic", "language", "phone", "format", "needed_by", "item", "channel", "names", "survey"),
)
"""What a form or an integration may have said besides the words."""
_ATTACHMENT: Final = (
    *("filename", "content_type", "size", "declared_type", "declared_name", "sha256"),
    *("inline", "flags", "state", "finding", "text"),
)
"""What staff see of an attachment."""


_UNSEEN: Final[Shown] = {"state": "queued", "reason": None, "next_try_at": None}
_SAY: Final = {
    "mail": "A letter of ours came back. Say what it said, and ask which address reaches them.",
    "other": "We were cut off. Say that you are sorry, that you have what they told us, and go on"
    " where it ended.",
}
"""What to say, by how contact was lost."""


def as_item(found: Mapping[str, Any]) -> Shown:
    """A ticket as it stands in the queue."""
    promise = found["promise"]
    return {
        "reference": found["_id"],
        "version": found["version"],
        "status": found["status"],
        "subject": found["subject"],
        "patron": found["patron"],
        "owner": found["owner"],
        "team": found["team"],
        "topic": found["topic"],
        "language": found["language"],
        "format": found["format"],
        "promise": {"due_at": promise["due_at"], "state": promise["state"]} if promise else None,
        "escalation": _escalation(found.get("escalation")),
        "urgency": found.get("urgency", "normal"),
        "needed_by": _day(found.get("needed_by")),
        "tags": found.get("tags", []),
        "created_at": found["created_at"],
        "updated_at": found["updated_at"],
        "unread": found["unread"],
        "confidential": found.get("confidential", False),
    }


def as_whole(
    found: Mapping[str, Any],
    letters: Sequence[Mapping[str, Any]],
    notices: Sequence[Mapping[str, Any]],
    withdrawn: Mapping[str, datetime] = MappingProxyType({}),
) -> Shown:
    """A ticket with everything that was said about it, in time order. `withdrawn`: the files that
    were sent and are not to be fetched any more, since when."""
    states = {one["letter_id"]: _fate(one) for one in notices if one.get("letter_id")}
    messages = [_letter(one, found, states) for one in letters]
    messages += [_notice(one) for one in notices if not one.get("letter_id")]
    messages.sort(key=lambda one: (one["at"], one["id"]))
    for file in (file for one in messages for file in one["attachments"]):
        if file["id"] in withdrawn:
            file["withdrawn_at"] = withdrawn[file["id"]]
    return as_item(found) | {
        "messages": messages,
        "timeline": found["timeline"],
        "promises": found["promises"],
        "links": _links(found),
        "why": found.get("why", {}),
        "handover": found.get("handover"),
        "contact": _contact(found.get("lost"), letters),
        "praise": found.get("praise", 0),
        "cause": found.get("trouble"),
    }


def _escalation(known: Mapping[str, Any] | None) -> Shown | None:
    return {"level": known["level"], "reason": known["reason"]} if known else None


def _day(at: datetime | None) -> str | None:
    return at.date().isoformat() if at else None


def _contact(lost: Mapping[str, Any] | None, letters: Sequence[Mapping[str, Any]]) -> Shown | None:
    """What the owner needs to make contact again; None if it was not lost."""
    if lost is None:
        return None
    came_in = [one for one in letters if one["direction"] == "in" and not one.get("automatic")]
    theirs = [one for one in came_in if not one.get("ask")]
    phones = (one.get("asked", {}).get("phone") for one in theirs)
    addresses = (one.get("address_as_written") for one in theirs)
    return {
        **lost,
        "rests": lost["due_at"] is None,
        "ways": {
            "phone": list(dict.fromkeys(one for one in phones if one)),
            "mail": list(dict.fromkeys(one for one in addresses if one)),
        },
        "say": _SAY.get(lost["channel"], _SAY["other"]),
    }


def _links(found: Mapping[str, Any]) -> list[Shown]:
    links = [dict(one) for one in found.get("links", ())]
    into = found.get("merged_into")
    return [*links, {"kind": "merged_into", "reference": into}] if into else links


def _fate(notice: Mapping[str, Any]) -> Shown:
    """What became of a letter of ours: why, where there is a reason, and when it is tried again."""
    next_try = notice.get("due_at") if notice["state"] in {"queued", "deferred"} else None
    reason = None if notice["state"] in {"sending", "sent"} else notice.get("reason")
    return {"state": notice["state"], "reason": reason, "next_try_at": next_try}


def _letter(one: Mapping[str, Any], found: Mapping[str, Any], states: Mapping[str, Shown]) -> Shown:
    came_in = one["direction"] == "in"
    return {
        "id": one["_id"],
        "direction": one["direction"],
        "from": _sender(one) if came_in else one["by"],
        "to": _recipients(one, found),
        "at": one["at"],
        "subject": one.get("subject", found["subject"]),
        "text": one["text"],
        "attachments": [
            _attachment(f"{one['_id']}.{number}", attachment)
            for number, attachment in enumerate(one.get("attachments", ()))
        ],
        **(_understood(one) if came_in else {}),
        "automatic": came_in and one["automatic"] is not None,
        **(_provenance(one) if came_in else {}),
        **({"asked": _asked(one.get("asked", {}))} if came_in else {}),
        # What became of a letter of ours; one that notify has not seen yet is queued.
        **(states.get(one["_id"], _UNSEEN) if one["direction"] == "out" else {}),
    }


def _provenance(one: Mapping[str, Any]) -> Shown:
    """What staff should know of where it came from, where there is something to know."""
    return {
        "sender_is_known": one.get("sender_is_known", True),
        "reply_to": one.get("reply_to") or None,
        **({"party": "publisher"} if one.get("ask") else {}),
        "unreadable": one.get("unreadable"),
        "released": one.get("released"),
        **_taken_down(one.get("taken_down")),
    }


def _taken_down(known: Mapping[str, Any] | None) -> Shown:
    return {"taken_down": {"by": known["by"], "channel": known["channel"]}} if known else {}


def _asked(said: Mapping[str, Any]) -> Shown:
    return {name: said[name] for name in _ASKED if name in said}


def _sender(one: Mapping[str, Any]) -> Shown:
    """Who wrote, as he writes it; `can_answer`: whether mail can be sent there."""
    answered = one.get("address_as_written")
    return {
        "name": one["name"],
        "address": answered or one.get("sender") or None,
        "can_answer": answered is not None,
    }


def _understood(one: Mapping[str, Any]) -> Shown:
    """What intake made of a patron's letter besides its text."""
    return {
        "new_text": one.get("new_text", one["text"]),
        "quoted_text": one.get("quoted_text", ""),
        "signature": one.get("signature", ""),
        "html": one.get("html"),
        "blocked_loads": one.get("blocked_loads", 0),
        "sent_at": one.get("sent_at"),
        "remarks": one.get("remarks", []),
        "verdicts": one.get("verdicts", {}),
    }


def _attachment(shown_id: str, row: Mapping[str, Any]) -> Shown:
    known = {name: row[name] for name in _ATTACHMENT if name in row}
    return {"id": shown_id, **known}


def _recipients(one: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    if one["direction"] == "in":
        return list(one["recipients"])
    return [found["patron"]["address"]] if one["direction"] == "out" else []


def _notice(one: Mapping[str, Any]) -> Shown:
    return {
        "id": one["_id"],
        "direction": "out",
        "from": None,
        "to": [one["to"]],
        "at": one["at"],
        "subject": one["subject"],
        "text": one["text"],
        "attachments": [],
        "automatic": True,
        "notice": one["notice"],
        **_fate(one),
    }
