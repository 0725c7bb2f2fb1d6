"""The ask page as HTML, in the languages that there are words for. Pure, but for reading its files
once at start. Everything that a patron wrote is escaped by the templates.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.intake.form import (
    FORMATS,
    MOST_FILES,
    MOST_NAME,
    MOST_QUESTION,
    MOST_SUBJECT,
    Form,
    asked_besides,
)
from services.intake.item import from_openurl
from shared.library import Library

FOLDER: Final = Path(__file__).parent / "pages"
_LAST_RESORT: Final = "en"
_ITEM: Final = (
    "title",
    "journal",
    "authors",
    "edition",
    "publisher",
    "date",
    "volume",
    "issue",
    "pages",
    "isbn",
    "issn",
    "doi",
    "record_id",
    "url",
)
_COUNTS: Final = {
    "question_long": MOST_QUESTION,
    "subject_long": MOST_SUBJECT,
    "name_long": MOST_NAME,
    "files_many": MOST_FILES,
}


@dataclass(frozen=True)
class Tongue:
    """The language of a page, and the one that was wished for."""

    spoken: str
    """There are words in it."""
    wished: str
    """One of the library's; the answer is offered in it."""


@dataclass(frozen=True)
class Shown:
    """What the form's page says besides the form."""

    form: Form
    token: str
    faults: Mapping[str, str]
    notice: str | None = None
    until: datetime | None = None
    """When it may be sent again."""
    chosen: Sequence[str] = ()
    """The names of files that the browser won't keep."""


class Pages:
    """Every page, in every language."""

    def __init__(self, library: Library, most_bytes: int) -> None:
        self._library = library
        self._megabytes = max(1, most_bytes // 1_000_000)
        self._words = _read_words(FOLDER)
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.style = (FOLDER / "style.css").read_bytes()
        self._style_tag = hashlib.sha256(self.style).hexdigest()[:12]
        self.widget = self._widget()
        self.widget_tag = hashlib.sha256(self.widget).hexdigest()[:32]

    def tongue(self, asked: str | None, accepted: str) -> Tongue:
        """The language to use: as the address says, else as the browser wishes, else the library's
        first. Where there are no words in it: the library's first language that has some."""
        known = self._library.library.languages
        wishes = [asked, *_accepted(accepted), known[0]]
        wished = next(one for one in wishes if one in known)
        return Tongue(self._with_words(wished), wished or known[0])

    def _with_words(self, language: str | None) -> str:
        candidates = (language, *self._library.library.languages, _LAST_RESORT)
        return next(one for one in candidates if one in self._words)

    def form(self, tongue: Tongue, shown: Shown) -> str:
        """The form, with what was typed, and what is wrong with it."""
        form, language = shown.form, tongue.spoken
        return self.render(
            "ask.html",
            tongue,
            form=form,
            token=shown.token,
            item=_item_rows(form.item),
            faults={name: self._fault(language, fault) for name, fault in shown.faults.items()},
            notice=self._notice(language, shown),
            chosen=shown.chosen,
            topics=self._topics(tongue.wished),
            asks=asked_besides(form, self._library),
            formats=FORMATS,
            answers=[(one, _name_of(one)) for one in self._library.library.languages],
            most_files=MOST_FILES,
            megabytes=self._megabytes,
        )

    def thanks(self, tongue: Tongue, reference: str | None) -> str:
        """That the question is kept."""
        return self.render("thanks.html", tongue, reference=reference)

    def gone(self, tongue: Tongue) -> str:
        """That there is no such page."""
        return self.render("gone.html", tongue)

    def fetch(self, tongue: Tongue, there: str, filename: str, size: int, until: datetime) -> str:
        """What a link leads to, and until when."""
        local = until.astimezone(self._library.library.zone)
        return self.render(
            "fetch.html",
            tongue,
            there=there,
            filename=filename,
            megabytes=max(1, round(size / 1_000_000)),
            until=format_date(local, "d MMMM y", locale=tongue.spoken),
        )

    def render(self, template: str, tongue: Tongue, **more: Any) -> str:
        """A page of this template."""
        about, words = self._library.library, self._words[tongue.spoken]
        return self._templates.get_template(template).render(
            t=words,
            title=words["title"].format(library=about.name),
            library=about.name,
            address=about.enquiry_address,
            language=tongue.spoken,
            style_tag=self._style_tag,
            direction=_direction(tongue.spoken),
            tongue=tongue,
            name_of=_name_of,
            others=[(one, _name_of(one)) for one in about.languages],
            **more,
        )

    def _fault(self, language: str, fault: str) -> str:
        words: str = self._words[language]["faults"][fault]
        return words.format(count=_COUNTS.get(fault, ""), size=self._megabytes)

    def _notice(self, language: str, shown: Shown) -> str | None:
        if shown.notice is None:
            return None
        words: str = self._words[language]["notices"][shown.notice]
        return words.format(time=self._time(shown.until, language) if shown.until else "")

    def _time(self, moment: datetime, language: str) -> str:
        local = moment.astimezone(self._library.library.zone)
        return str(format_time(local, "HH:mm", locale=language))

    def moment(self, at: datetime, language: str) -> dict[str, str]:
        """The `date` and `time` in the library's own time."""
        local = at.astimezone(self._library.library.zone)
        day = format_date(local, "EEEE d MMMM y", locale=language)
        return {"date": day, "time": self._time(at, language), "exact": at.isoformat()}

    def team(self, name: str) -> str:
        """What a team is called."""
        return self._library.team_name(name)

    def _topics(self, language: str) -> list[tuple[str, str, str, str]]:
        """Each with its name, the name's language, and what it asks; none to choose from if there
        is one only."""
        topics = self._library.topics
        rows = [(one.id, *one.name(language), " ".join(sorted(one.asks))) for one in topics]
        return rows if len(rows) > 1 else []

    def _widget(self) -> bytes:
        labels = {name: words["widget"]["label"] for name, words in self._words.items()}
        ours = {one: labels[one] for one in self._library.library.languages if one in labels}
        first = self._with_words(None)
        script = (FOLDER / "widget.js").read_text(encoding="utf-8")
        filled = script.replace(
            "LABELS", json.dumps({first: labels[first]} | ours, ensure_ascii=False)
        )
        return filled.replace("FIRST", json.dumps(first)).encode()


def _read_words(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted(folder.glob("*.toml"))
    return {one.stem: tomllib.loads(one.read_text(encoding="utf-8")) for one in files}


def _accepted(header: str) -> list[str]:
    """The languages of Accept-Language without their regions, the most wished for first.

    RFC 9110 §12.5.4.
    """
    weighed: list[tuple[float, str]] = []
    for one in header[:500].split(","):
        language, _, weight = one.partition(";")
        try:
            wish = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        weighed.append((-wish, language.strip().partition("-")[0].lower()))
    return [language for wish, language in sorted(weighed, key=lambda one: one[0]) if wish < 0]


def _locale(language: str) -> Locale | None:
    try:
        return Locale(language)
    except UnknownLocaleError:
        return None


def _name_of(language: str) -> str:
    """What its speakers call it."""
    locale = _locale(language)
    name = locale.get_language_name(language) if locale else None
    return name[:1].upper() + name[1:] if name else language


def _direction(language: str) -> str:
    locale = _locale(language)
    return locale.text_direction if locale else "ltr"


def _item_rows(openurl: str) -> list[tuple[str, str]]:
    """What the item is, as rows of the name of a label and a text."""
    known = from_openurl(openurl).as_document()
    rows = ((name, known[name]) for name in _ITEM if name in known)
    return [(name, "; ".join(one) if isinstance(one, list) else one) for name, one in rows]
