"""Writes the library's letters from templates: what a patron reads. Pure, but for reading the
templates once at start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from services.notify.letters import Head, Outgoing, build, name_to_greet
from shared.library import Library
from shared.messages import Notice
from shared.references import Seal

TEMPLATES: Final = Path(__file__).parent / "templates"
_OUR_TAG: Final = re.compile(r"\[ENQ-[0-9A-Z]{4}-[0-9A-Z]{4}\]\s*", re.IGNORECASE)
_AGAIN: Final = re.compile(r"^\s*(re|aw|sv|atb|ynt|رد)\s*:\s*", re.IGNORECASE)

AUTOMATIC: Final = frozenset({Notice.ACKNOWLEDGEMENT, Notice.CONTACT_LOST})
"""What no person wrote."""


@dataclass(frozen=True)
class Facts:
    """What a letter is about."""

    notice_id: str
    notice: Notice
    reference: str
    ticket: Mapping[str, Any]
    """The ticket's document: patron, owner, team, language, promise, subject, thread."""
    about: str | None
    """The patron's letter that this answers."""
    words: str | None
    """What a staff member wrote."""
    author: str | None
    """Who wrote it."""


@dataclass(frozen=True)
class _Set:
    subject: Template
    text: Template
    html: Template


class Composer:
    """Knows the library, its templates and its seal."""

    def __init__(self, library: Library, seal: Seal) -> None:
        self._library = library
        self._seal = seal
        self._address = library.library.enquiry_address
        self._sets = _read_templates(TEMPLATES)

    def compose(self, facts: Facts, now: datetime) -> Outgoing:
        """The whole letter."""
        language = self._language(facts)
        words = self._words(facts, language)
        one = self._sets[facts.notice, language]
        head = self._head(facts, one.subject.render(words), language, now)
        return build(head, one.text.render(words) + "\n", one.html.render(words))

    def _language(self, facts: Facts) -> str:
        """The ticket's, where that letter exists in it; else the library's first that does."""
        known = (facts.ticket["language"], *self._library.library.languages, "en")
        return next(str(one) for one in known if (facts.notice, one) in self._sets)

    def _words(self, facts: Facts, language: str) -> dict[str, Any]:
        ticket = facts.ticket
        owner, promise = ticket["owner"], ticket["promise"]
        return {
            "reference": facts.reference,
            "library": self._library.library.name,
            "language": language,
            "name": name_to_greet(ticket["patron"]["name"]),
            "owner": owner["name"] if owner else None,
            "team": self._library.team_name(ticket["team"]),
            "due": self._moment(promise["due_at"], language) if promise else None,
            "sign_off": self._sign_off(language),
            "words": facts.words,
            "author": facts.author,
            "subject": _bare_subject(ticket["subject"]),
        }

    def _sign_off(self, language: str) -> str:
        words = self._library.sign_off
        return words.get(language) or words[self._library.library.languages[0]]

    def _moment(self, at: datetime, language: str) -> dict[str, str]:
        local = at.astimezone(self._library.library.zone)
        return _in_words(local.replace(second=0, microsecond=0), language)

    def _head(self, facts: Facts, subject: str, language: str, now: datetime) -> Head:
        patron = facts.ticket["patron"]
        domain = self._address.partition("@")[2]
        thread = _thread(facts.ticket["thread"], facts.about)
        return Head(
            from_name=self._library.library.name,
            from_address=self._address,
            reply_to=self._seal.reply_address(self._address, facts.reference),
            to_name=name_to_greet(patron["name"]) or "",
            to_address=patron["address"],
            subject=subject,
            date=now,
            message_id=self._seal.message_id(domain, facts.reference, facts.notice_id),
            in_reply_to=thread[-1] if thread else None,
            references=thread,
            language=language,
            automatic=facts.notice in AUTOMATIC,
        )


def _thread(thread: list[Mapping[str, Any]], about: str | None) -> tuple[str, ...]:
    """The Message-IDs of the patron's letters up to the one that is answered."""
    known: list[str] = []
    for one in thread:
        if one["message_id"]:
            known.append(one["message_id"])
        if one["letter_id"] == about:
            break
    return tuple(known)


def _bare_subject(subject: str) -> str:
    """The patron's subject without our tag and without what answering adds to it."""
    bare = _OUR_TAG.sub("", subject)
    while (shorter := _AGAIN.sub("", bare)) != bare:
        bare = shorter
    return bare.strip()


@lru_cache(maxsize=256)
def _in_words(local: datetime, language: str) -> dict[str, str]:
    """Promises fall on few moments; Babel is slow enough to ask it once for each."""
    return {
        "date": format_date(local, "EEEE d MMMM y", locale=language),
        "time": format_time(local, "HH:mm", locale=language),
    }


def _read_templates(folder: Path) -> dict[tuple[Notice, str], _Set]:
    """Every notice in every language that there is a folder for."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return {
        (notice, place.name): _Set(
            *(
                environment.get_template(f"{notice}/{place.name}/{part}")
                for part in ("subject.txt", "body.txt", "body.html")
            )
        )
        for notice in Notice
        for place in sorted((folder / notice).iterdir())
    }
