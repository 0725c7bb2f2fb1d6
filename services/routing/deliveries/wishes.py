"""What a delivery's format asks of a conversion, in whatever words it was written. Pure.

It stands with the delivery as somebody wrote it: "large print 24 pt", "UEB grade 1 braille", "PDF
for a screen reader". What is not understood is nobody's guess: staff say it.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from shared.unmarked import unmarked

_NAMED: Final = (
    # The more special before what is a part of it.
    ("daisy", ("daisy", "talking book")),
    ("pef", ("pef",)),
    ("brf", ("brf", "braille", "brail")),
    ("mp3", ("mp3", "audio", "sound", "sain", "llyfr llafar", "livre audio", "spoken")),
    ("large_print", ("large print", "large type", "big print", "print bras", "print mawr")),
    ("large_print", ("gros caracteres", "grands caracteres", "خط كبير", "طباعة كبيرة")),
    ("large_print", ("حروف كبيرة",)),
    ("epub", ("epub", "e book", "ebook", "e lyfr")),
    ("docx", ("docx", "word", "doc")),
    ("html", ("html", "web page", "webpage", "tudalen we")),
    ("text", ("plain text", "text only", "txt", "testun plaen", "texte brut", "نص عادي")),
    ("pdf", ("pdf", "tagged", "pdf ua")),
)
_POINTS: Final = re.compile(r"\b(\d{2})(?:[.,](\d))?\s*(?:pt|points?|pwynt|نقطة)\b")
_GRADE: Final = re.compile(r"\b(?:grade|gradd|contracted|level)\s*([12])\b")
_UNCONTRACTED: Final = re.compile(r"\buncontracted\b|\bintegral\b")
_SMALLEST, _LARGEST = 12.0, 72.0


def wishes_of(written: str) -> Mapping[str, Any]:
    """Format, point size and braille grade, as far as it says them."""
    folded = unmarked(unicodedata.normalize("NFKD", written)).casefold()
    plain = " ".join(re.sub(r"[-_/]", " ", folded).split())
    found = next(
        (name for name, words in _NAMED if any(_has(plain, one) for one in words)),
        None,
    )
    said: dict[str, Any] = {} if found is None else {"format": found}
    if found in {"brf", "pef"}:
        grade = _GRADE.search(plain)
        said |= {"braille_grade": int(grade[1])} if grade else {}
        said |= {"braille_grade": 1} if _UNCONTRACTED.search(plain) else {}
    points = _POINTS.search(plain)
    if found in {"large_print", None} and points:
        size = float(f"{points[1]}.{points[2] or 0}")
        if _SMALLEST <= size <= _LARGEST:
            said |= {"format": "large_print", "point_size": size}
    return said


def _has(plain: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(words)}\b", plain) is not None
