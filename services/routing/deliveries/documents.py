"""Deliveries as MongoDB holds them, in their ticket's document. Pure: what is empty is left out."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.routing.deliveries.delivery import Delivery, Handover, Kind, Pace, Sent
from services.routing.deliveries.item import (
    Conversion,
    File,
    Item,
    Outcome,
    Plan,
    State,
    Try,
    Work,
)

Document = dict[str, Any]
_ITEM = (
    *("number", "since", "next_at", "needed_by", "press_at", "is_first", "needs_somebody"),
    *("expected_at", "reason", "alternative", "faults"),
)
_TRY = ("publisher", "since", "asks", "last_at", "chased", "heard_at", "ended_at", "had")
_CONVERSION = ("id", "by", "began_at", "ended_at", "failures")
_WORK = ("title", "authors", "year", "isbn", "doi", "url", "written")
_SENT = ("id", "at", "publisher", "words", "ends")
_DELIVERY = (
    *("id", "format", "needs", "rights", "opened_at", "opened_by", "list_by", "place"),
    *("meet_at", "needed_by", "accounted_at", "wishes", "format_by"),
)


def documents_of(deliveries: Iterable[Delivery]) -> list[Document]:
    """To be stored."""
    return [_delivery(one) for one in deliveries]


def deliveries_of(documents: Iterable[Mapping[str, Any]]) -> tuple[Delivery, ...]:
    """As they were stored."""
    return tuple(map(_read, documents))


def _known(value: object, names: Iterable[str]) -> Document:
    known = {name: getattr(value, name) for name in names}
    return {name: one for name, one in known.items() if one not in (None, "", False, {})}


def _delivery(one: Delivery) -> Document:
    return _known(one, _DELIVERY) | {
        "handover": one.handover.value,
        "pace": one.pace.value,
        "items": [_item(item) for item in one.items],
        "sent": [
            _known(sent, _SENT) | {"kind": sent.kind.value, "items": list(sent.items)}
            for sent in one.sent
        ],
    }


def _item(one: Item) -> Document:
    found = _known(one, _ITEM) | {"state": one.state.value, "work": _known(one.work, _WORK)}
    if one.plan is not None:
        found["plan"] = one.plan.value
    if one.file is not None:
        found["file"] = _file(one.file)
    if one.conversion is not None:
        found["conversion"] = _conversion(one.conversion)
    if one.tries:
        found["tries"] = [_try(it) for it in one.tries]
    return found


def _file(one: File) -> Document:
    return {"letter_id": one.letter_id, "number": one.number}


def _conversion(one: Conversion) -> Document:
    return _known(one, _CONVERSION) | {
        "source": _file(one.source),
        "wishes": dict(one.wishes),
        "outcome": one.outcome.value if one.outcome else None,
        "result": _file(one.result) if one.result else None,
    }


def _try(one: Try) -> Document:
    found = _known(one, _TRY)
    return found if one.had is None else found | {"had": one.had}


def _read(document: Mapping[str, Any]) -> Delivery:
    known = {name: document[name] for name in _DELIVERY if name in document}
    return Delivery(
        **{"format": "", "needs": "", "rights": "", "list_by": None} | known,
        handover=Handover(document["handover"]),
        pace=Pace(document["pace"]),
        items=tuple(map(_read_item, document["items"])),
        sent=tuple(map(_read_sent, document["sent"])),
    )


def _read_sent(document: Mapping[str, Any]) -> Sent:
    known = {name: document[name] for name in _SENT if name in document}
    return Sent(**known, kind=Kind(document["kind"]), items=tuple(document["items"]))


def _read_item(document: Mapping[str, Any]) -> Item:
    known = {name: document[name] for name in _ITEM if name in document}
    plan, file = document.get("plan"), document.get("file")
    conversion = document.get("conversion")
    return Item(
        **{"next_at": None} | known,
        work=Work(**{"title": ""} | dict(document["work"])),
        state=State(document["state"]),
        plan=Plan(plan) if plan else None,
        file=File(**file) if file else None,
        conversion=_read_conversion(conversion) if conversion else None,
        tries=tuple(Try(**one) for one in document.get("tries", ())),
    )


def _read_conversion(document: Mapping[str, Any]) -> Conversion:
    result, outcome = document["result"], document["outcome"]
    return Conversion(
        **{name: document[name] for name in _CONVERSION if name in document},
        source=File(**document["source"]),
        wishes=dict(document["wishes"]),
        outcome=Outcome(outcome) if outcome else None,
        result=File(**result) if result else None,
    )
