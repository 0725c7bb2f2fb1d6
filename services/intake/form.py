"""The ask page's form: what was typed, what is wrong with it, and the letter that it is. Pure.

What was typed is never thrown away: a form with faults is shown again as it came. It judges no
words; whether a form may be taken at all (token, trap, limits) is for `ask.py`.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import orjson

from services.intake.item import MOST_CHARACTERS, from_openurl, one_line
from services.intake.letter import Letter
from shared.addresses import is_address, untagged
from shared.attachments import attached_all
from shared.library import Library, Topic

FORMATS: Final = (
    "large-print",
    "braille",
    "audio",
    "daisy",
    "accessible-pdf",
    "epub",
    "word",
    "plain-text",
    "other",
)
MOST_FILES: Final = 10
MOST_QUESTION: Final = 20_000
MOST_SUBJECT: Final = 300
MOST_NAME: Final = 200
"""Characters."""
_LONGEST_LINE: Final = 1_000
"""What is shown again of a line that is too long."""
_LATEST: Final = timedelta(days=3660)
_OURS: Final = frozenset({"topic", "lang"})
"""Keys of the page's own in its address; the others are the item's."""
_OVERRIDES: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What makes text look like other text; marks that Arabic and Hebrew are spelt with stay."""


@dataclass(frozen=True)
class File:
    """A file as the browser sent it."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Form:
    """What was typed and chosen; each may be anything."""

    topic: str = ""
    format: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    question: str = ""
    subject: str = ""
    email: str = ""
    name: str = ""
    language: str = ""
    item: str = ""
    """The OpenURL that the patron came by: the part after its `?`."""
    token: str = ""
    website: str = ""
    """The trap: people don't see it."""
    files: tuple[File, ...] = field(default=(), repr=False)


def form_of(fields: Mapping[str, str], files: Sequence[File] = ()) -> Form:
    """The form in the fields of a request; what it does not know it leaves out."""
    known = {name: fields.get(name, "") for name in Form.__dataclass_fields__ if name != "files"}
    lines = {name: one_line(text, _LONGEST_LINE) for name, text in known.items()}
    lines["question"] = words_typed(known["question"])
    lines["item"] = known["item"][:MOST_CHARACTERS]
    return Form(**lines, files=tuple(files))


def item_query(query: str) -> str:
    """What an address of the page says of an item, without what it says of the page."""
    try:
        pairs = parse_qsl(query[:MOST_CHARACTERS], errors="strict", max_num_fields=200)
    except (UnicodeDecodeError, ValueError):
        return query[:MOST_CHARACTERS]  # in another charset: its reader knows more of those
    kept = urlencode([pair for pair in pairs if pair[0] not in _OURS])
    return kept[:MOST_CHARACTERS] if from_openurl(kept).as_document() else ""


def words_typed(text: str) -> str:
    """All that was written in a large field, with line ends as we have them and nothing that is
    not text."""
    lines = _OVERRIDES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(one for one in lines if one in "\n\t" or unicodedata.category(one) != "Cc")


def faults(form: Form, library: Library, today: date) -> dict[str, str]:
    """What has to be put right, by field, in the order of the page; the values are names of
    sentences in the language files."""
    asks = asked_besides(form, library)
    found = {
        "format": "format" in asks and form.format not in FORMATS and "format_missing",
        "needed_by": "needed_by" in asks and _day_fault(form, today),
        "question": _question_fault(form.question),
        "subject": len(form.subject) > MOST_SUBJECT and "subject_long",
        "email": _email_fault(form.email, library.addresses),
        "name": len(form.name) > MOST_NAME and "name_long",
        "files": len(form.files) > MOST_FILES and "files_many",
    }
    return {name: fault for name, fault in found.items() if isinstance(fault, str)}


def topic_of(form: Form, library: Library) -> Topic | None:
    """The topic that was chosen, if any."""
    return next((one for one in library.topics if one.id == form.topic), None)


def asked_besides(form: Form, library: Library) -> frozenset[str]:
    """What the chosen topic asks besides."""
    topic = topic_of(form, library)
    return topic.asks if topic else frozenset()


def _question_fault(question: str) -> str | None:
    if not question.strip():
        return "question_missing"
    return "question_long" if len(question) > MOST_QUESTION else None


def _email_fault(email: str, own: frozenset[str]) -> str | None:
    if not email:
        return "email_missing"
    if not is_address(email):
        return "email_wrong"
    # What we acknowledge to ourselves would come in again.
    return "email_ours" if untagged(email) in own else None


def _day_fault(form: Form, today: date) -> str | None:
    if not (form.day or form.month or form.year):
        return None
    day = needed_by(form)
    if day is None or day > today + _LATEST:
        return "needed_by_wrong"
    return "needed_by_past" if day < today else None


def needed_by(form: Form) -> date | None:
    """The day that was written, in any script's digits; None if that is none."""
    written = (form.year, form.month, form.day)
    if not all(one.isdecimal() and len(one) <= 4 for one in written) or len(form.year) != 4:
        return None
    try:
        return date(*(int(one) for one in written))
    except ValueError:
        return None


def letter_of(form: Form, library: Library, language: str, at: datetime) -> Letter:
    """The letter that a form without faults is.

    Its id is made of the token and of all that was said: the same form sent twice is one letter,
    and other words with the same token (after going back in the browser) are another.
    """
    said = _asked(form, library, language)
    raw = _raw(form, said)
    return Letter(
        id=hashlib.sha256(b"\0".join((b"form", form.token.encode(), raw))).hexdigest(),
        door="form",
        at=at,
        raw=raw,
        name=form.name,
        address=form.email,
        subject=form.subject or _subject(form),
        text=form.question,
        attachments=attached_all(
            (one.filename, one.content_type, one.content) for one in form.files
        ),
        asked=said,
    )


def _asked(form: Form, library: Library, language: str) -> dict[str, Any]:
    asks = asked_besides(form, library)
    day = needed_by(form) if "needed_by" in asks else None
    topic = topic_of(form, library)
    said = {
        "language": form.language if form.language in library.library.languages else language,
        "topic": topic.id if topic else None,
        "format": form.format if "format" in asks else None,
        "needed_by": day.isoformat() if day else None,
        "item": from_openurl(form.item).as_document() or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _subject(form: Form) -> str:
    """For who wrote none: the item's title, else the beginning of the question."""
    title = from_openurl(form.item).title
    return one_line(title or form.question.strip().partition("\n")[0], 100)


def _raw(form: Form, said: Mapping[str, Any]) -> bytes:
    """The form as the intake API would have got it, to be kept."""
    patron = {"name": form.name, "email": form.email}
    besides = {name: said[name] for name in ("language", "format") if name in said}
    body: dict[str, Any] = {
        "patron": patron | besides,
        "subject": form.subject,
        "body": form.question,
        "item": {"openurl": form.item} if form.item else None,
        "attachments": [_encoded(one) for one in form.files],
    } | {name: said.get(name) for name in ("topic", "needed_by")}
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _encoded(file: File) -> dict[str, str]:
    return {
        "filename": file.filename,
        "content_type": file.content_type,
        "content": base64.b64encode(file.content).decode(),
    }
