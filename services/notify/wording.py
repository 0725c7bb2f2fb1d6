"""The words of the library's letters: templates by kind and language, moments as people say them.
Pure, but for reading the templates once at start. Who a letter goes to is not decided here.

A library's own folder has files of the same names; each stands for the one here. They run in a
sandbox, and a fact that is not there is an error (`checking.py` finds it at start).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.units import format_unit
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2 import pass_context as with_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from services.notify.marking import BadMark, fact, html_of, inline_html, plain, text_of
from shared.library import Library

TEMPLATES: Final = Path(__file__).parent / "templates"
SUBJECT: Final = "subject.txt"
BODY: Final = "body.txt"
FRAME: Final = "_frame.html"
NO_LETTER: Final = ("_", ".")
"""What the name of a folder begins with that is no letter: `_`, what letters have in common."""
LAST_RESORT: Final = "en"
"""There is every letter in it."""
_TAG: Final = re.compile(r"^\[[^\]]*\]\s*")
_DATE: Final = "EEEE d MMMM y"
_DATES: Final = {"ar": "EEEE، d MMMM y"}
_TIME: Final = "HH:mm"


@dataclass(frozen=True)
class Worded:
    """What a letter says."""

    subject: str
    text: str
    html: str


class Wording:
    """Every kind of letter in every language that there is a folder for."""

    def __init__(self, library: Library, own: Path | None = None) -> None:
        self._library = library
        self.folders = (TEMPLATES,) if own is None else (own, TEMPLATES)
        loader = ChoiceLoader([FileSystemLoader(one) for one in self.folders])
        self.environment = _environment(loader)
        self.frames = Environment(
            loader=loader, undefined=StrictUndefined, autoescape=True, auto_reload=False
        )
        self.known = frozenset(_letters(self.folders))
        self.spoken = frozenset({*library.library.languages, LAST_RESORT})
        """The languages in which a letter may have to be written."""
        self._templates: dict[str, Template] = {}

    def language(self, kind: str, *wanted: str) -> str:
        """The first of these in which there is such a letter, if the library speaks it; else the
        library's first."""
        spoken = self._library.library.languages
        ours = [one for one in wanted if one in spoken]
        candidates = (*ours, *spoken, LAST_RESORT)
        return next(one for one in candidates if (kind, one) in self.known)

    def words(
        self, kind: str, language: str, facts: Mapping[str, Any], *, is_large: bool = False
    ) -> Worded:
        """The letter, from these facts and what is the same in all."""
        known = {**self.common(language), **facts}
        subject = self._template(f"{kind}/{language}/{SUBJECT}").render(known).strip()
        body = self._template(f"{kind}/{language}/{BODY}").render(known)
        html = self._framed(language, _TAG.sub("", subject) or subject, body, is_large)
        return Worded(plain(subject), text_of(body), html)

    def common(self, language: str) -> dict[str, Any]:
        """What every letter knows."""
        return {
            "library": self._library.library.name,
            "language": language,
            "sign_off": self._sign_off(language),
        }

    def _framed(self, language: str, heading: str, body: str, is_large: bool) -> str:
        way = direction(language)
        frame = self.frames.get_template(FRAME)
        return frame.render(
            language=language,
            direction=way,
            title=plain(heading),
            # Escaped there, piece by piece.
            heading=Markup(inline_html(heading, way)),  # noqa: S704
            body=Markup(html_of(body, way)),  # noqa: S704
            is_large=is_large,
        )

    def _template(self, name: str) -> Template:
        """Without asking each time whether its file has changed."""
        if name not in self._templates:
            self._templates[name] = self.environment.get_template(name)
        return self._templates[name]

    def moment(self, at: datetime, language: str) -> dict[str, str]:
        """The `date` and `time` in the library's own time."""
        local = at.astimezone(self._library.library.zone)
        return _in_words(local.replace(second=0, microsecond=0), language)

    def _sign_off(self, language: str) -> str:
        words = self._library.sign_off
        return words.get(language) or words[self._library.library.languages[0]]


def _environment(loader: ChoiceLoader) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=fact,
        auto_reload=False,
    )
    environment.globals |= {"counted": _counted, "listed": _listed}
    return environment


def _letters(folders: Sequence[Path]) -> set[tuple[str, str]]:
    """Each kind and language."""
    return {
        (place.parent.name, place.name)
        for folder in folders
        for place in folder.glob("*/*/")
        if not place.parent.name.startswith(NO_LETTER)
    }


# What templates may call.


@with_context
def _counted(context: Context, count: int, **forms: str) -> str:
    """The form for a number, with the number for its `#`: `one`, `other` and what else the
    language has (CLDR: zero, two, few, many)."""
    if "other" not in forms:
        raise BadMark("`counted` wants the form `other` at least")
    rule = _locale(context["language"]).plural_form(count)
    return forms.get(rule, forms["other"]).replace("#", str(count))


@with_context
def _listed(context: Context, items: Sequence[str]) -> str:
    """`a, b and c`, as the language has it."""
    return str(format_list(list(items), locale=_locale(context["language"])))


# What languages are like.


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return str(_locale(language).text_direction)


def name_of(language: str, told_in: str) -> str | None:
    """What a language is called in another; None: nobody knows it."""
    name = _locale(told_in).languages.get(language)
    return str(name) if name else None


def size(count: int, language: str) -> str:
    """Of a file, in megabytes."""
    megabytes = max(1, round(count / 1_000_000))
    return str(format_unit(megabytes, "digital-megabyte", "short", locale=_locale(language)))


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale(language)
    except UnknownLocaleError:
        return Locale(LAST_RESORT)


@lru_cache(maxsize=256)
def _in_words(local: datetime, language: str) -> dict[str, str]:
    """Promises fall on few moments; Babel is slow enough to ask it once for each."""
    locale = _locale(language)
    return {
        "date": format_date(local, _DATES.get(language, _DATE), locale=locale),
        "time": format_time(local, _TIME, locale=locale),
    }
