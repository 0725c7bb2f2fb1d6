"""Composes the library's letters: to a patron about a ticket, to staff about what needs them. Pure.

No automatic letter has a word of the patron's in it. A letter to staff has nothing but a patron's
name: mail is not private.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.notify.answering import bare_subject, thread_of
from services.notify.copies import Copies, told_of
from services.notify.enclosing import Divided, divided, enclosed_of
from services.notify.letters import Automatic, Head, Outgoing, build
from services.notify.wording import Wording, name_of, size
from shared.file_links import link_to
from shared.library import Library
from shared.messages import Notice
from shared.names import name_to_greet
from shared.next_opening import Closed, closed_at
from shared.patron_pages import STATUS_LASTS, SURVEY_LASTS, status_link, survey_link
from shared.preferences import Preferences, preferences_of
from shared.references import Seal

ANSWERING: Final = frozenset(
    {Notice.ACKNOWLEDGEMENT, Notice.CONTACT_LOST, Notice.ADDED, Notice.REOPENED}
)
"""What answers something that came in, with no person between: two machines could answer each other
for ever, so these are counted."""
AUTOMATIC: Final = ANSWERING | {
    Notice.HANDED_OVER,
    Notice.PROMISE_CHANGED,
    Notice.PROMISE_MISSED,
    Notice.RESOLVED,
}
"""What no person wrote."""
BY_HAND: Final = frozenset({Notice.REPLY, Notice.NEED_MORE})
"""What a staff member wrote."""
ALERT: Final = "alert"
"""The kind of a letter to staff."""
_FIRST: Final = (
    *("contact_lost", "call_back_overdue", "missed", "nobody_can", "at_risk", "handed_to_you"),
    *("reminder", "patron_said"),
)
"""Kinds of alert, in the order in which they are told; others follow."""


@dataclass(frozen=True)
class Facts:
    """What a letter to a patron is about."""

    notice_id: str
    notice: Notice
    reference: str
    ticket: Mapping[str, Any]
    """The ticket's document: patron, owner, team, language, format, promise, subject, thread."""
    about: str | None
    """The patron's letter that this answers."""
    words: str | None
    """What a staff member wrote."""
    author: str | None
    """Who wrote it."""
    earlier: Mapping[str, Any] | None = None
    """The ledger's row of the promise that was changed or missed: `due_at`, `reason`."""
    letter_id: str | None = None
    """Of the words."""
    asked_at: datetime | None = None
    """When the letter was asked for: links to its files end so long after."""
    files: Sequence[Mapping[str, Any]] = ()
    """Rows of what goes with it."""
    most_bytes: int | None = None
    """The largest letter that the relay takes, if it has said so."""
    copies: Copies | None = None
    """What a letter of a delivery is about."""


@dataclass(frozen=True)
class Digest:
    """What a letter to a staff member is about."""

    digest_id: str
    staff: Mapping[str, Any]
    """Name, address, languages."""
    alerts: Sequence[Mapping[str, Any]]
    """Each `kind` and `reference`."""
    tickets: Mapping[str, Mapping[str, Any]]
    """By reference; of one that is gone the reference alone is told."""


class Composer:
    """Knows the library, its words and its seal."""

    def __init__(self, library: Library, seal: Seal, wording: Wording | None = None) -> None:
        self._library = library
        self._seal = seal
        self._address = library.library.enquiry_address
        self._wording = wording or Wording(library)
        self._hours = {one.id: library.hours_of(one) for one in library.teams}

    def compose(self, facts: Facts, now: datetime) -> Outgoing:
        """A whole letter to a patron."""
        to = _publisher(facts)
        language = self._language(facts)
        wish = _wish(facts)
        told = self.told(facts, language, now)
        words = self._wording.words(facts.notice, language, told, is_large=wish.large_print)
        make_head = self._head_to_publisher if to else self._head
        head = make_head(facts, words.subject, language, now)
        carried = self._divided(facts).carried
        enclosed = tuple(enclosed_of(facts.files[one]) for one in carried)
        return build(head, words.text, None if wish.plain_text else words.html, enclosed)

    def _language(self, facts: Facts) -> str:
        """A publisher's may be one that the library does not speak."""
        to, kind = _publisher(facts), facts.notice
        if to is None:
            return self._wording.language(kind, facts.ticket["language"])
        has_words = (kind, to["language"]) in self._wording.known
        return str(to["language"]) if has_words else self._wording.language(kind)

    def _divided(self, facts: Facts) -> Divided:
        may_link = self._library.links.address is not None
        wants_links = _wish(facts).links
        return divided(facts.files, facts.most_bytes, may_link=may_link, wants_links=wants_links)

    def _link(self, facts: Facts, number: int, language: str, now: datetime) -> dict[str, Any]:
        """A file that the patron fetches."""
        links, row = self._library.links, facts.files[number]
        until = (facts.asked_at or now) + timedelta(days=links.days)
        # A copy that staff have checked is a letter of its own, with one file.
        letter_id, place = (row["letter"], row["place"]) if "letter" in row else (None, number)
        whose = letter_id or facts.letter_id or ""
        url = link_to(self._seal, links.address or "", whose, place, until)
        return {
            "filename": row["filename"],
            "size": size(row["size"], language),
            "until": self._wording.moment(until, language)["date"],
            "url": url,
        }

    def compose_alert(self, digest: Digest, now: datetime) -> Outgoing:
        """A whole letter to a staff member."""
        spoken = digest.staff.get("languages") or ()
        ours = [one for one in self._library.library.languages if one in spoken]
        language = self._wording.language(ALERT, *ours)
        words = self._wording.words(ALERT, language, self.told_to_staff(digest, language))
        head = self._head_of_alert(digest, words.subject, language, now)
        return build(head, words.text, words.html)

    def told_to_staff(self, digest: Digest, language: str) -> dict[str, Any]:
        """The facts that the words of a letter to staff may name."""
        rows = [self._row(one, digest, language) for one in sorted(digest.alerts, key=_place)]
        return {
            "name": name_to_greet(digest.staff["name"]),
            "alerts": rows,
            "count": len({one["reference"] for one in rows}),
            "status_url": None,
            "instead_of": None,
        }

    def told(self, facts: Facts, language: str, now: datetime) -> dict[str, Any]:
        """The facts that the words of a letter to a patron, or to a publisher, may name."""
        of_copies = {}
        if facts.copies is not None:
            of_copies = told_of(
                facts.copies, lambda at: self._wording.moment(at, language), now, language
            )
        if _publisher(facts):
            # It is not even made of what is known of the patron.
            return of_copies
        return self._told_of_ticket(facts, language, now) | of_copies

    def _told_of_ticket(self, facts: Facts, language: str, now: datetime) -> dict[str, Any]:
        parted = self._divided(facts)
        ticket, earlier = facts.ticket, facts.earlier
        owner, promise = ticket["owner"], _counting(ticket["promise"], now)
        closed = self._closed(ticket["team"], now)
        return {
            "reference": facts.reference,
            "name": name_to_greet(ticket["patron"]["name"]),
            "owner": owner["name"] if owner else None,
            "team": self._library.team_name(ticket["team"]),
            "due": self._moment(promise, language),
            "is_late": bool(promise and promise.get("is_late")),
            "was_due": self._moment(earlier, language),
            "is_later": bool(promise and earlier and promise["due_at"] > earlier["due_at"]),
            "reason": ((earlier or {}).get("reason") or "").strip(),
            "words": facts.words,
            "author": facts.author,
            "subject": bare_subject(ticket["subject"]),
            "opens": self._opening(closed, language),
            "why_closed": closed.because if closed and language == self._first else "",
            "instead_of": self._instead_of(ticket["language"], language),
            "enclosed": [facts.files[one]["filename"] for one in parted.carried],
            "links": [self._link(facts, one, language, now) for one in parted.linked],
            "wants_links": _wish(facts).links,
            **self._pages(facts, now),
        }

    def _pages(self, facts: Facts, now: datetime) -> dict[str, str | None]:
        """The links to the patron's own pages, good from when the letter was asked for."""
        address, since = self._library.links.address, facts.asked_at or now
        if address is None:
            return {"status_url": None, "survey_url": None}
        where = self._seal, address, facts.reference
        asks = facts.notice is Notice.RESOLVED
        return {
            "status_url": status_link(*where, since + STATUS_LASTS),
            "survey_url": survey_link(*where, since + SURVEY_LASTS) if asks else None,
        }

    @property
    def _first(self) -> str:
        """The language that the library file itself is taken to be in."""
        return self._library.library.languages[0]

    def _closed(self, team: str, now: datetime) -> Closed | None:
        hours = self._hours.get(team, self._library.hours)
        return closed_at(hours, self._library.library.zone, now)

    def _opening(self, closed: Closed | None, language: str) -> dict[str, str] | None:
        """When its team is there again, if it is not there now."""
        opens = closed.opens if closed else None
        return self._wording.moment(opens, language) if opens else None

    def _instead_of(self, wanted: str, language: str) -> str | None:
        """The name of the language that the letter would be in if there were words in it."""
        return name_of(wanted, language) if wanted != language else None

    def _row(self, alert: Mapping[str, Any], digest: Digest, language: str) -> dict[str, Any]:
        ticket = digest.tickets.get(alert["reference"])
        row = {"kind": alert["kind"], "reference": alert["reference"], "is_known": bool(ticket)}
        if ticket is None:
            return row
        owner, promise = ticket["owner"], ticket["promise"]
        is_open = promise is not None and promise["state"] == "made"
        return row | {
            "owner": owner["name"] if owner else None,
            "team": self._library.team_name(ticket["team"]),
            "patron": name_to_greet(ticket["patron"]["name"]),
            "due": self._moment(promise if is_open else None, language),
        }

    def _moment(self, promise: Mapping[str, Any] | None, language: str) -> dict[str, str] | None:
        return self._wording.moment(promise["due_at"], language) if promise else None

    def _head(self, facts: Facts, subject: str, language: str, now: datetime) -> Head:
        patron = facts.ticket["patron"]
        thread = thread_of(facts.ticket["thread"], facts.about)
        return Head(
            from_name=self._library.library.name,
            from_address=self._address,
            reply_to=self._seal.reply_address(self._address, facts.reference),
            to_name=name_to_greet(patron["name"]) or "",
            to_address=patron["address"],
            subject=subject,
            date=now,
            message_id=self._seal.message_id(self._domain, facts.reference, facts.notice_id),
            in_reply_to=thread[-1] if thread else None,
            references=thread,
            language=language,
            automatic=_automatic(facts.notice),
        )

    def _head_to_publisher(self, facts: Facts, subject: str, language: str, now: datetime) -> Head:
        """An answer joins what was asked, and proves to be nothing else."""
        to = (facts.copies.publisher if facts.copies else None) or {}
        reference, ask = facts.reference, facts.notice_id
        return Head(
            from_name=self._library.library.name,
            from_address=self._address,
            reply_to=self._seal.ask_address(self._address, reference, ask),
            to_name=to["name"],
            to_address=to["address"],
            subject=subject,
            date=now,
            message_id=self._seal.ask_id(self._domain, reference, ask),
            in_reply_to=None,
            references=(),
            language=language,
            automatic=None,
        )

    def _head_of_alert(self, digest: Digest, subject: str, language: str, now: datetime) -> Head:
        """No seal: an answer to it must not join a ticket as its patron's."""
        return Head(
            from_name=self._library.library.name,
            from_address=self._address,
            reply_to=None,
            to_name=name_to_greet(digest.staff["name"]) or "",
            to_address=digest.staff["address"],
            subject=subject,
            date=now,
            message_id=f"<alert.{digest.digest_id}@{self._domain}>",
            in_reply_to=None,
            references=(),
            language=language,
            automatic="auto-generated",
        )

    @property
    def _domain(self) -> str:
        return self._address.partition("@")[2]


def _publisher(facts: Facts) -> Mapping[str, Any] | None:
    """Whom it is to, if that is not the patron."""
    return facts.copies.publisher if facts.copies else None


def _wish(facts: Facts) -> Preferences:
    """How it is to look: a publisher has told us nothing of that, and sees no patron's."""
    if _publisher(facts):
        return Preferences()
    wish = preferences_of(facts.ticket.get("format"))
    by_link = facts.copies is not None and facts.copies.delivery["handover"] == "link"
    return replace(wish, links=wish.links or by_link)


def _automatic(notice: Notice) -> Automatic | None:
    if notice in ANSWERING:
        return "auto-replied"
    return "auto-generated" if notice in AUTOMATIC else None


def _counting(promise: Mapping[str, Any] | None, now: datetime) -> Mapping[str, Any] | None:
    """The promise, if it is one that the patron can still count on: a letter may be late."""
    if promise is None or promise["state"] != "made" or promise["due_at"] <= now:
        return None
    return promise


def _place(alert: Mapping[str, Any]) -> tuple[int, str]:
    kind = alert["kind"]
    return (_FIRST.index(kind) if kind in _FIRST else len(_FIRST), alert["reference"])
