"""What the forms of accessible copies are called, in the languages of the letters. Pure. What a
program makes of them is not known here."""

from collections.abc import Mapping
from typing import Any, Final

_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "html": "web page (HTML)",
        "pdf": "tagged PDF",
        "large_print": "large print",
        "epub": "EPUB",
        "docx": "Word (DOCX)",
        "text": "plain text",
        "brf": "braille (BRF)",
        "pef": "braille (PEF)",
        "mp3": "audio (MP3)",
        "daisy": "DAISY",
    },
    "cy": {
        "html": "tudalen we (HTML)",
        "pdf": "PDF wedi’i dagio",
        "large_print": "print bras",
        "text": "testun plaen",
        "mp3": "sain (MP3)",
    },
    "fr": {
        "html": "page web (HTML)",
        "pdf": "PDF balisé",
        "large_print": "gros caractères",
        "text": "texte brut",
    },
    "ar": {
        "html": "صفحة ويب (HTML)",
        "pdf": "PDF موسوم",
        "large_print": "خط كبير",
        "text": "نص عادي",
        "brf": "برايل (BRF)",
        "pef": "برايل (PEF)",
        "mp3": "صوت (MP3)",
    },
}
"""What is not there is called as in English."""
_POINTS: Final = {"en": "{:g} pt", "cy": "{:g} pwynt", "fr": "{:g} points", "ar": "{:g} نقطة"}
_GRADES: Final = {
    "en": {1: "grade 1", 2: "grade 2"},
    "cy": {1: "gradd 1", 2: "gradd 2"},
    "fr": {1: "intégral", 2: "abrégé"},
    "ar": {1: "الدرجة 1", 2: "الدرجة 2"},
}
_BRAILLE: Final = frozenset({"brf", "pef"})


def called(wishes: Mapping[str, Any], language: str) -> str:
    """`large print, 24 pt`; empty: they name no format."""
    known = wishes.get("format")
    if known is None:
        return ""
    spoken = language if language in _NAMES else "en"
    said = [_NAMES[spoken].get(known, _NAMES["en"].get(known, str(known)))]
    if known == "large_print" and wishes.get("point_size"):
        said.append(_POINTS[spoken].format(wishes["point_size"]))
    if known in _BRAILLE and wishes.get("braille_grade"):
        said.append(_GRADES[spoken][wishes["braille_grade"]])
    return ("، " if spoken == "ar" else ", ").join(said)
