"""How a patron wants to be served, as staff have noted it: their name, the language and the form of
their letters. What that makes of an enquiry, and of a ticket that is not closed. Pure.

Each field knows with which version it was said last, and each ticket which version it heeds: so it
follows each change once, whichever comes first, and what staff have set on a ticket since is not
set back by what was noted before. It says nothing of tickets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final

from services.routing.deliveries.wishes import wishes_of
from services.routing.search_words import words_of
from services.routing.status import Status
from services.routing.ticket import Change, Letter, Owner, Patron, Ticket, entry, touched
from shared.addresses import untagged
from shared.messages import PatronChanged, derived_id
from shared.preferences import Preferences, preferences_of

SAID: Final = ("name", "language", "format")
"""What may be noted."""
_MOST_NAMES: Final = 10
_MAY_CHOOSE: Final = frozenset({"http", "staff"})
"""Doors where a language is somebody's own word; the ask page has that of the page."""


@dataclass(frozen=True)
class KnownPatron:
    """A patron's preferences."""

    key: str
    """Their mailbox (`shared.addresses.untagged`)."""
    mark: str
    """Random: by which messages name them, that say nothing of whom."""
    version: int = 0
    """0: nothing was noted yet."""
    name: str | None = None
    language: str | None = None
    format: str | None = None
    since: Mapping[str, int] = field(default_factory=dict)
    """The version with which each was said last, also that it is none; not there: it never was."""
    by: Owner | None = None
    at: datetime | None = None


def known_of(document: Mapping[str, Any]) -> KnownPatron:
    """The patron that a document of `patrons` holds."""
    known = {one.name: document[one.name] for one in fields(KnownPatron) if one.name in document}
    return KnownPatron(key=document["_id"], **{**known, "by": Owner(**document["by"])})


def fields_of(known: KnownPatron) -> dict[str, Any]:
    """The document, but for its id and its outbox."""
    by = {"id": known.by.id, "name": known.by.name} if known.by else None
    said = {name: getattr(known, name) for name in ("mark", "version", *SAID, "at")}
    return said | {"since": dict(known.since), "by": by}


def is_known_format(words: str) -> bool:
    """Whether letters keep to it, or a copy can be made so."""
    return preferences_of(words) != Preferences() or "format" in wishes_of(words)


def noted(
    known: KnownPatron, said: Mapping[str, str | None], by: Owner, now: datetime
) -> KnownPatron:
    """With these from now on (None: not any more); the same, if nothing is new."""
    new: dict[str, Any] = {
        name: value
        for name, value in said.items()
        if name not in known.since or getattr(known, name) != value
    }
    if not new:
        return known
    version = known.version + 1
    since = {**known.since, **dict.fromkeys(new, version)}
    return replace(known, version=version, since=since, by=by, at=now, **new)


def told(known: KnownPatron, reference: str, now: datetime) -> PatronChanged:
    """That their tickets shall follow; the same message for the same version. `reference`: any of
    these tickets."""
    return PatronChanged(
        message_id=derived_id(known.mark, str(known.version)),
        reference=reference,
        at=now,
        patron=known.mark,
    )


def as_wished(
    letter: Letter, asked: Mapping[str, Any], known: KnownPatron, languages: Sequence[str]
) -> Letter:
    """An enquiry of theirs. What it asks for itself (`asked`) goes before."""
    may_choose = letter.door in _MAY_CHOOSE and asked.get("language") in languages
    if known.language in languages and not may_choose:
        why = {**letter.reasons, "language": "the patron prefers it"}
        letter = replace(letter, language=known.language or letter.language, reasons=why)
    if "format" in known.since and not asked.get("format"):
        letter = replace(letter, format=known.format)
    if known.name:
        words = letter.words | words_of([known.name], languages)
        letter = replace(letter, patron=_called(letter.patron, known.name), words=words)
    return replace(letter, heeds=known.version)


def heed(
    ticket: Ticket, known: KnownPatron, languages: Sequence[str], now: datetime
) -> Change | None:
    """What was said since the version that the ticket heeds; None: nothing, or it is not theirs, or
    no letter of it will be sent."""
    address = ticket.patron.address
    is_theirs = address is not None and untagged(address) == known.key
    if not is_theirs or ticket.status is Status.CLOSED or ticket.heeds >= known.version:
        return None
    new = _new(known, ticket.heeds, languages)
    by = known.by.id if known.by else "desk"
    changes: dict[str, Any] = {name: new[name] for name in ("language", "format") if name in new}
    if "language" in new:
        changes["why"] = {**ticket.why, "language": (f"the patron prefers it, says {by}",)}
    if "name" in new:
        changes["patron"] = _called(ticket.patron, new["name"])
    changed = touched(ticket, now, heeds=known.version, **changes)
    found_by = words_of([new.get("name", "")], languages)
    return Change(changed, (entry(now, "patron_changed", by, now=new),), words=found_by)


def _called(patron: Patron, name: str) -> Patron:
    """By this name from now on; the others are kept, for they may stand where none may be told."""
    others = dict.fromkeys(one for one in (*patron.called, patron.name) if one.strip())
    others.pop(name, None)
    return replace(patron, name=name, called=tuple(others)[-_MOST_NAMES:])


def _new(known: KnownPatron, heeded: int, languages: Sequence[str]) -> dict[str, Any]:
    """What was said after that version, as far as a ticket can follow: it has a name and a language
    in any case, but need not have a form."""
    said = {name: getattr(known, name) for name in SAID if known.since.get(name, 0) > heeded}
    can = {"name": known.name is not None, "language": known.language in languages, "format": True}
    return {name: one for name, one in said.items() if can[name]}
