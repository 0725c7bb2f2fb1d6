"""Letters about nobody: what the templates are tried with at start, what `desk preview` shows, and
what the tests keep as golden. Pure. Everybody in them is made up."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.notify.compose import ALERT, BY_HAND, Composer, Digest, Facts
from services.notify.copy_samples import copies, copy_trials
from services.notify.letters import Outgoing
from services.notify.wording import Wording, size
from shared.library import Library
from shared.messages import OF_DELIVERIES, Notice
from shared.next_opening import closed_at

REFERENCE: Final = "ENQ-7K3M-92Q2"
_SINCE: Final = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A Monday morning."""
_URL: Final = "https://ask.library.example"
_WORDS: Final = (
    "The ferry landed below the old mill.\n\nCome and see the map: it shows the landing."
)
_SAID: Final[Mapping[str, tuple[str, str, str]]] = {
    "en": (
        _WORDS,
        "Which of the two ferries do you mean, the old one or the steamer?",
        "The old map is at the binder's.",
    ),
    "cy": (
        "Glaniai'r fferi islaw'r hen felin.\n\nDewch i weld y map: mae'n dangos y lanfa.",
        "Pa un o'r ddwy fferi sydd gennych mewn golwg, yr hen un ynteu'r stemar?",
        "Mae'r hen fap gyda'r rhwymwr.",
    ),
    "fr": (
        "Le bac accostait sous le vieux moulin.\n\nVenez voir la carte : on y voit la cale.",
        "Lequel des deux bacs voulez-vous dire, l'ancien ou le bateau à vapeur ?",
        "L'ancienne carte est chez le relieur.",
    ),
    "ar": (
        "كانت العبّارة ترسو أسفل الطاحونة القديمة.\n\nتفضلوا لرؤية الخريطة: ففيها موضع المرسى.",
        "أي العبّارتين تقصدون، القديمة أم البخارية؟",
        "الخريطة القديمة عند المجلِّد.",
    ),
}
"""What a staff member writes in a reply, as a question, and as the reason of another time."""
_ABSENT: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("name", "owner", "due", "was_due", "opens"), None),
    **dict.fromkeys(("status_url", "survey_url", "instead_of"), None),
    **dict.fromkeys(("is_late", "is_later", "wants_links"), False),
    **dict.fromkeys(("reason", "why_closed", "subject"), ""),
    **dict.fromkeys(("enclosed", "links"), ()),
}
"""What a letter to a patron may be without, and what it has then."""
_COUNTS: Final = (1, 2, 3, 11, 100)
"""One for each form that a language may have for a number."""


# What templates are tried with.


def trials(
    kind: str, language: str, wording: Wording, used: Container[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Facts for a kind of letter: all there, each one missing, each one alone, none. `used`: the
    names for which that makes a difference; None: not known."""
    if kind == ALERT:
        yield from _alerts(language, wording)
        return
    full = everything(language, wording)
    if kind in OF_DELIVERIES:
        yield from copy_trials(Notice(kind), full, language, wording, _SINCE)
        return
    nothing = {**full, **_ABSENT}
    yield from (full, nothing)
    for name, absent in _ABSENT.items():
        if used is not None and name not in used:
            continue
        yield full | {name: absent}
        yield nothing | {name: full[name]}
    if kind not in BY_HAND:
        yield full | {"words": None, "author": None}
        yield nothing | {"words": None, "author": None}


def names(kind: str, wording: Wording) -> frozenset[str]:
    """Every fact that a template of this kind may name."""
    one = next(trials(kind, "en", wording))
    return frozenset(one) | wording.common("en").keys()


def everything(language: str, wording: Wording) -> dict[str, Any]:
    """All that a letter to a patron may tell."""
    when = wording.moment(_SINCE, language)
    link = {"filename": "map.pdf", "url": f"{_URL}/a/x", "until": when["date"]}
    return {
        "reference": REFERENCE,
        "name": "Rhian Example",
        "owner": "Mair Pretend",
        "team": "Enquiry Desk",
        **dict.fromkeys(("due", "was_due", "opens"), when),
        **dict.fromkeys(("is_late", "is_later", "wants_links"), True),
        "reason": "The old map is at the binder's.",
        "why_closed": "Stocktaking",
        "words": _WORDS,
        "author": "Mair Pretend",
        "subject": "The ferry before the bridge",
        "instead_of": "Esperanto",
        "status_url": f"{_URL}/s/x",
        "survey_url": f"{_URL}/h/x",
        "enclosed": ("map.pdf", "notes.docx"),
        "links": (link | {"size": size(20_000_000, language)},),
    }


def _alerts(language: str, wording: Wording) -> Iterator[dict[str, Any]]:
    when = wording.moment(_SINCE, language)
    known = {"kind": "at_risk", "reference": REFERENCE, "is_known": True, "due": when}
    known |= {"patron": "Rhian Example", "owner": "Mair Pretend", "team": "Enquiry Desk"}
    gone = {"kind": "of_next_year", "reference": REFERENCE, "is_known": False}
    rows = [known, gone, *(known | {name: None} for name in ("patron", "owner", "due"))]
    for count in _COUNTS:
        for name in ("Mair Pretend", None):
            told = {"name": name, "alerts": rows, "count": count}
            yield told | {"status_url": None, "instead_of": None}


# Whole letters.


@dataclass(frozen=True)
class Sample:
    """A letter to look at."""

    kind: str
    about: str
    """What it shows, in a few words."""


SAMPLES: Final[Mapping[str, Sample]] = {
    "acknowledgement": Sample(Notice.ACKNOWLEDGEMENT, "an enquiry has come"),
    "acknowledgement_closed": Sample(Notice.ACKNOWLEDGEMENT, "an enquiry has come out of hours"),
    "added": Sample(Notice.ADDED, "what the patron added is there"),
    "reply": Sample(Notice.REPLY, "a staff member's answer"),
    "reply_files": Sample(Notice.REPLY, "a staff member's answer with files"),
    "contact_lost": Sample(Notice.CONTACT_LOST, "a call or chat was cut off"),
    "handed_over": Sample(Notice.HANDED_OVER, "somebody else has the enquiry now"),
    "promise_changed": Sample(Notice.PROMISE_CHANGED, "another time than the one promised"),
    "promise_missed": Sample(Notice.PROMISE_MISSED, "a promise was not kept"),
    "need_more": Sample(Notice.NEED_MORE, "a staff member has to know something first"),
    "resolved": Sample(Notice.RESOLVED, "did this solve it?"),
    "reopened": Sample(Notice.REOPENED, "the enquiry is open again"),
    "delivery_ask": Sample(Notice.DELIVERY_ASK, "a publisher is asked for accessible copies"),
    "delivery_chase": Sample(Notice.DELIVERY_CHASE, "a publisher is asked again"),
    "delivery_part": Sample(Notice.DELIVERY_PART, "some copies are ready"),
    "delivery_part_last": Sample(
        Notice.DELIVERY_PART, "the last copies, with what became of all that was wanted"
    ),
    "delivery_cannot": Sample(Notice.DELIVERY_CANNOT, "one work can't be had"),
    "delivery_account": Sample(Notice.DELIVERY_ACCOUNT, "what became of all that was wanted"),
    "delivery_format": Sample(Notice.DELIVERY_FORMAT, "in which form copies are needed"),
    "alert": Sample(ALERT, "a staff member is told of one enquiry"),
    "digest": Sample(ALERT, "a staff member is told of several"),
}


def letter(
    name: str, language: str, composer: Composer, library: Library, asked: str | None = None
) -> Outgoing:
    """One of the samples, as this library would send it. `asked`: the patron's format."""
    now = _moment(library, is_open=name != "acknowledgement_closed")
    if SAMPLES[name].kind == ALERT:
        return composer.compose_alert(_digest(name, language, library, now), now)
    return composer.compose(_facts(name, language, library, now, asked), now)


def _facts(name: str, language: str, library: Library, now: datetime, asked: str | None) -> Facts:
    notice = Notice(SAMPLES[name].kind)
    ticket = _ticket(language, library, now) | {"format": asked}
    answer, question, reason = _SAID.get(language, _SAID["en"])
    facts = Facts(
        notice_id="0" * 32,
        notice=notice,
        reference=REFERENCE,
        ticket=ticket,
        about="letter",
        words={Notice.REPLY: answer, Notice.NEED_MORE: question}.get(notice),
        author="Mair Pretend" if notice in BY_HAND else None,
        asked_at=now,
        letter_id="0" * 32,
    )
    if notice in {Notice.PROMISE_CHANGED, Notice.PROMISE_MISSED}:
        return replace(facts, earlier={"due_at": now + timedelta(hours=3), "reason": reason})
    if notice in OF_DELIVERIES:
        files = (_file("ferry.docx", 400_000),) if notice is Notice.DELIVERY_PART else ()
        about = copies(notice, language, now, is_last=name.endswith("_last"))
        return replace(facts, files=files, copies=about)
    if name == "reply_files":
        return replace(facts, files=(_file("map.pdf", 2_000_000), _file("notes.docx", 30_000_000)))
    return facts


def _ticket(language: str, library: Library, now: datetime) -> dict[str, Any]:
    return {
        "_id": REFERENCE,
        "patron": {"name": "Rhian Example", "address": "rhian@patrons.example"},
        "owner": {"id": "mair", "name": "Mair Pretend"},
        "team": library.teams[0].id,
        "language": language,
        "promise": {"made_at": now, "due_at": _due(library, now), "state": "made"},
        "subject": "The ferry before the bridge",
        "thread": [{"letter_id": "letter", "message_id": "<first@patrons.example>"}],
    }


def _due(library: Library, now: datetime) -> datetime:
    """When somebody is there, a day and a half on or more."""
    hours, zone = library.hours_of(library.teams[0]), library.library.zone
    later = (now + timedelta(hours=36 + one) for one in range(24 * 14))
    return next((one for one in later if closed_at(hours, zone, one) is None), now)


def _file(name: str, count: int) -> dict[str, Any]:
    return {"file": name, "filename": name, "content_type": "application/pdf", "size": count}


def _digest(name: str, language: str, library: Library, now: datetime) -> Digest:
    member = {"name": "Mair Pretend", "address": "mair@library.example", "languages": [language]}
    kinds = ("contact_lost", "at_risk", "reminder") if name == "digest" else ("at_risk",)
    references = ("ENQ-0000-0000", REFERENCE, "ENQ-1111-1111")[-len(kinds) :]
    if len(kinds) == 1:
        references = (REFERENCE,)
    pairs = zip(kinds, references, strict=True)
    alerts = [{"id": kind, "kind": kind, "reference": one} for kind, one in pairs]
    tickets = {one: _ticket(language, library, now) for one in references}
    return Digest("0" * 32, member, alerts, tickets)


def _moment(library: Library, *, is_open: bool) -> datetime:
    """One at which the first team is there; or is not, best for a reason that the library gives; if
    there is one in a fortnight."""
    hours, zone = library.hours_of(library.teams[0]), library.library.zone
    moments = [_SINCE + timedelta(hours=one) for one in range(24 * 14)]
    found = [(one, closed_at(hours, zone, one)) for one in moments]
    if is_open:
        return next((one for one, closed in found if closed is None), _SINCE)
    shut = [(one, closed.because) for one, closed in found if closed is not None]
    for_a_reason = [one for one, because in shut if because]
    return next(iter([*for_a_reason, *(one for one, _ in shut), _SINCE]))
