"""Letters of deliveries about nobody and about works that nobody wrote: what their templates are
tried with, and what is shown of them. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.notify.copies import Copies, told_of
from services.notify.wording import Wording
from shared.messages import TO_PUBLISHERS, Notice

_NAMED: Final[Mapping[Notice, tuple[int, ...]]] = {
    Notice.DELIVERY_ASK: (2, 3),
    Notice.DELIVERY_CHASE: (2,),
    Notice.DELIVERY_PART: (1,),
    Notice.DELIVERY_CANNOT: (5,),
    Notice.DELIVERY_ACCOUNT: (),
    Notice.DELIVERY_FORMAT: (),
}
"""Which of the works below each letter is about."""
_HANDOVERS: Final = ("mail", "link", "desk", "hand")
_ABSENT: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("added", "place"), ""),
    **dict.fromkeys(("to_come", "delivered", "cannot", "withdrawn"), ()),
    **dict.fromkeys(("first_asked", "meet", "needed_by"), None),
    "in_time": 0,
    **dict.fromkeys(("is_last", "has_more"), False),
}
"""What such a letter may be without, and what it has then."""


def copies(notice: Notice, language: str, now: datetime, *, is_last: bool = False) -> Copies:
    """What such a letter is about. `is_last`: with it, nothing is left to do."""
    delivery: dict[str, Any] = {
        "format": "large print",
        "handover": "mail",
        "place": "",
        "meet_at": None,
        "needed_by": now + timedelta(days=45),
        "rights": "Copyright, Designs and Patents Act 1988, section 31A",
        "items": [
            _item(1, "ready", "The ferry before the bridge", authors="Ifor Pretend", year="1911"),
            _item(2, "asked", "Tides of the estuary", expected_at=now + timedelta(days=30)),
            _item(3, "chasing", "Boats and their builders", doi="10.5555/12345678"),
            _item(4, "delivered", "A landing below the mill", authors="Mair Example"),
            _item(
                5,
                "cannot_be_had",
                "The lost ledger of Llanfair",
                reason="The only copy is on brittle paper that can't be scanned",
                alternative="somebody reads it to you at the library",
            ),
            _item(6, "withdrawn", "Coaches of the county"),
        ],
    }
    if is_last:
        ended = [one for one in delivery["items"] if one["state"] not in {"asked", "chasing"}]
        delivery["items"] = [{**ended[0], "state": "delivered"}, *ended[1:]]
    sent = {"items": _NAMED[notice], "words": "", "at": now, "ends": is_last}
    to = {"name": "Pretend Press", "address": "permissions@press.example", "language": language}
    return Copies(notice, delivery, sent, to if notice in TO_PUBLISHERS else None)


def _item(number: int, state: str, title: str, **more: Any) -> dict[str, Any]:
    about = {name: more.pop(name) for name in ("authors", "year", "doi") if name in more}
    since = datetime.fromisoformat("2026-10-12T10:00:00+00:00")
    return {
        "number": number,
        "state": state,
        "work": {"title": title, **about},
        "tries": [{"since": since}],
        **more,
    }


def copy_trials(
    notice: Notice, of_ticket: Mapping[str, Any], language: str, wording: Wording, now: datetime
) -> Iterator[dict[str, Any]]:
    """Facts for such a letter: all there, each one missing, and every way to hand over.
    `of_ticket`: what is known of the patron's enquiry; not told to a publisher."""
    about = copies(notice, language, now)
    told = told_of(about, lambda at: wording.moment(at, language), now, language)
    full = {**({} if notice in TO_PUBLISHERS else of_ticket), **told, "added": "A few words more."}
    if "handover" in full:
        full |= {"place": "the side door", "meet": wording.moment(now, language)}
    yield full
    bare = [{**one, "details": "", "reason": "", "alternative": ""} for one in full["works"]]
    yield full | {"works": bare * 2}
    yield from (full | {name: gone} for name, gone in _ABSENT.items() if name in full)
    for handover in _HANDOVERS if "handover" in full else ():
        yield full | {"handover": handover}
        yield full | {"handover": handover, "place": "", "meet": None, "works": bare * 2}
    states = [{**one, "expected": None, "is_asked": asks} for one in bare for asks in (True, False)]
    yield full | {name: states for name in ("to_come", "cannot", "delivered") if name in full}
    if notice is Notice.DELIVERY_ACCOUNT:
        yield full | {"format": ""}  # all was withdrawn before anybody had said it
    if "is_last" in full:
        last = full | {"is_last": True, "to_come": ()}
        yield from (last | {"has_more": more, "works": bare * 2} for more in (True, False))
    yield (
        full
        | {name: None for name in ("name", "owner") if name in full}
        | {name: () for name in ("links",) if name in full}
    )
