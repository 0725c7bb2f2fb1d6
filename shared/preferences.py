"""How a patron wants letters: what the `format` of an enquiry says of it, in whatever words. Pure.

It stands with the enquiry as it was given: one of the ask page's words (`large-print`), or an
integration's or a staff member's own, several with commas between them. What is said of documents
alone (braille, an audio book) changes no letter.
"""

import re
from dataclasses import dataclass
from typing import Final

_SPLIT: Final = re.compile(r"[,;+&/]")
_PLAIN_TEXT: Final = frozenset(
    {
        *("plain text", "plain text only", "text only", "no html"),
        *("testun plaen", "testun yn unig"),
        *("texte brut", "texte seul"),
        *("نص عادي", "نص فقط"),
    }
)
_LARGE_PRINT: Final = frozenset(
    {
        *("large print", "large type", "big print"),
        *("print bras", "print mawr"),
        *("gros caracteres", "gros caractères", "grands caracteres", "grands caractères"),
        *("خط كبير", "طباعة كبيرة", "حروف كبيرة"),
    }
)
_LINKS: Final = frozenset(
    {
        *("links", "links only", "no attachments"),
        *("dolenni", "dim atodiadau"),
        *("liens", "pas de pieces jointes", "pas de pièces jointes"),
        *("روابط", "بدون مرفقات"),
    }
)
IN_FORMAT: Final = (
    "How the patron wants things: plain-text, large-print, links (instead of files), several with"
    " commas, which every letter keeps to; anything else is about documents."
)
"""What an API says of the field."""
KNOWN: Final = ("plain-text", "large-print", "links")
"""The words that are told to whoever has to choose one."""


@dataclass(frozen=True)
class Preferences:
    """What every letter to a patron keeps to."""

    plain_text: bool = False
    """No HTML at all."""
    large_print: bool = False
    """HTML of 18 points and more."""
    links: bool = False
    """Files by links, never with the letter."""


def preferences_of(asked: str | None) -> Preferences:
    """What a format asks of letters."""
    said = {_plain(one) for one in _SPLIT.split(asked or "")}
    return Preferences(
        plain_text=bool(said & _PLAIN_TEXT),
        large_print=bool(said & _LARGE_PRINT),
        links=bool(said & _LINKS),
    )


def for_next_time(asked: str | None) -> str | None:
    """A format that says how letters are to be, which holds for the patron's next enquiry too."""
    return asked if preferences_of(asked) != Preferences() else None


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("-", " ").replace("_", " ").split())
