"""The words of the library's letters: templates by kind and language, moments as people say them.
Pure, but for reading the templates once at start. Who a letter goes to is not decided here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from shared.library import Library

TEMPLATES: Final = Path(__file__).parent / "templates"
_PARTS: Final = ("subject.txt", "body.txt", "body.html")


@dataclass(frozen=True)
class Worded:
    """What a letter says."""

    subject: str
    text: str
    html: str


class Wording:
    """Every kind of letter in every language that there is a folder for."""

    def __init__(self, library: Library, folder: Path = TEMPLATES) -> None:
        self._library = library
        self._sets = _read_templates(folder)

    def language(self, kind: str, *wanted: str) -> str:
        """The first of these in which there is such a letter; else the library's first."""
        known = (*wanted, *self._library.library.languages, "en")
        return next(one for one in known if (kind, one) in self._sets)

    def words(self, kind: str, language: str, facts: Mapping[str, Any]) -> Worded:
        """The letter, from these facts and what is the same in all."""
        known = {
            "library": self._library.library.name,
            "language": language,
            "sign_off": self._sign_off(language),
            **facts,
        }
        subject, text, html = (one.render(known) for one in self._sets[kind, language])
        return Worded(subject, text + "\n", html)

    def moment(self, at: datetime, language: str) -> dict[str, str]:
        """The `date` and `time` in the library's own time."""
        local = at.astimezone(self._library.library.zone)
        return _in_words(local.replace(second=0, microsecond=0), language)

    def _sign_off(self, language: str) -> str:
        words = self._library.sign_off
        return words.get(language) or words[self._library.library.languages[0]]


@lru_cache(maxsize=256)
def _in_words(local: datetime, language: str) -> dict[str, str]:
    """Promises fall on few moments; Babel is slow enough to ask it once for each."""
    return {
        "date": format_date(local, "EEEE d MMMM y", locale=language),
        "time": format_time(local, "HH:mm", locale=language),
    }


def _read_templates(folder: Path) -> dict[tuple[str, str], tuple[Template, ...]]:
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return {
        (kind.name, place.name): tuple(
            environment.get_template(f"{kind.name}/{place.name}/{part}") for part in _PARTS
        )
        for kind in sorted(folder.iterdir())
        for place in sorted(kind.iterdir())
    }
