"""A calendar entry (RFC 5545, 5546) in words: what, when, where, and who asks. Pure."""

from datetime import date, datetime
from typing import Any, Final

_MOST_BYTES: Final = 200_000
_METHODS: Final = {"CANCEL": "Cancelled", "REPLY": "Answer", "COUNTER": "Other time proposed"}


def in_words(content: bytes) -> str | None:
    """The first entry, on one line; None if there is none that can be read."""
    if len(content) > _MOST_BYTES:
        return None
    from icalendar import Calendar  # noqa: PLC0415  rare, and slow to load

    try:
        calendar = Calendar.from_ical(content)
        entry = next((one for one in calendar.walk() if one.name in {"VEVENT", "VTODO"}), None)
        return _words(calendar, entry) if entry is not None else None
    except Exception:
        # Whatever the library stumbles over, the entry stays an attachment, and this is remarked.
        return None


def _words(calendar: Any, entry: Any) -> str:
    begins, ends = _moment(entry, "DTSTART"), _moment(entry, "DTEND")
    told = (
        _METHODS.get(str(calendar.get("METHOD", "")).upper(), ""),
        str(entry.get("SUMMARY", "")),
        " to ".join(one for one in (begins, ends) if one),
        str(entry.get("LOCATION", "")),
        _organiser(entry),
    )
    return "; ".join(" ".join(one.split()) for one in told if one.strip())


def _moment(entry: Any, name: str) -> str:
    value = entry.get(name)
    at = getattr(value, "dt", None)
    if isinstance(at, datetime):
        return f"{at:%Y-%m-%d %H:%M} {at.tzname() or ''}".strip()
    return f"{at:%Y-%m-%d}" if isinstance(at, date) else ""


def _organiser(entry: Any) -> str:
    value = entry.get("ORGANIZER")
    if value is None:
        return ""
    name = str(getattr(value, "params", {}).get("CN", ""))
    address = str(value)
    address = address[7:] if address.lower().startswith("mailto:") else address
    return f"organised by {name} <{address}>" if name else f"organised by {address}"
