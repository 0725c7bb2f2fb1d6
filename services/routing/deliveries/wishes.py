"""What a delivery's format asks of a conversion, in whatever words it was written. Pure.

It stands with the delivery as somebody wrote it: "large print 24 pt", "UEB grade 1 braille", "PDF
for a screen reader"; and beside that, as far as somebody has said it, so that nothing need be
understood. What is not understood is nobody's guess: staff say it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.routing.deliveries.delivery import Delivery
from shared.unmarked import unmarked

_NAMED: Final = (
    # The more special before what is a part of it.
    ("daisy", ("daisy", "talking book")),
    ("pef", ("pef",)),
    ("brf", ("brf", "braille", "brail", "برايل")),
    ("mp3", ("mp3", "audio", "sound", "sain", "llyfr llafar", "livre audio", "spoken", "صوت")),
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
_GRADE: Final = re.compile(r"\b(?:grade|g?radd|contracted|level|الدرجة)\s*([12])\b")
_UNCONTRACTED: Final = re.compile(r"\buncontracted\b|\bintegral\b")
_CONTRACTED: Final = re.compile(r"\babrege\b")
_GRADE_AT_ALL: Final = re.compile(
    rf"{_GRADE.pattern}|{_UNCONTRACTED.pattern}|{_CONTRACTED.pattern}"
)
_SMALLEST, _LARGEST = 12.0, 72.0
_LONGEST: Final = 400
"""Characters of an answer in which a format may be said plainly."""
_NOT: Final = re.compile(
    r"\b(?:not?|never|neither|nor|without|cannot|instead|except|unless)\b|n['’]t\b"
    r"|\b(?:ddim|nid|nad|na|heb)\b|\b(?:pas|non|sans|jamais|ni)\b|(?<!\w)(?:لا|ليس|ليست|لست|بدون)(?!\w)"
)
"""What is not wanted is named like what is."""


def wishes_of(written: str) -> Mapping[str, Any]:
    """Format, point size and braille grade, as far as it says them."""
    plain = _folded(written)
    found = next(iter(_named_in(plain)), None)
    said: dict[str, Any] = {} if found is None else {"format": found}
    if found in {"brf", "pef"}:
        grade = _GRADE.search(plain)
        said |= {"braille_grade": int(grade[1])} if grade else {}
        said |= {"braille_grade": 1} if _UNCONTRACTED.search(plain) else {}
        said |= {"braille_grade": 2} if _CONTRACTED.search(plain) else {}
    points = _POINTS.search(plain)
    if found in {"large_print", None} and points:
        size = float(f"{points[1]}.{points[2] or 0}")
        if _SMALLEST <= size <= _LARGEST:
            said |= {"format": "large_print", "point_size": size}
    return said


def answered(written: str) -> Mapping[str, Any]:
    """The same of a patron's answer, if it says one format and nothing that might mean another;
    else nothing: it is for somebody to read."""
    if len(written) > _LONGEST or _NOT.search(written.casefold()):
        return {}
    plain = _folded(written)
    said = dict(wishes_of(written))
    if not said or set(_named_in(plain)) - {said["format"]}:
        return {}
    for name, values in (("point_size", _POINTS), ("braille_grade", _GRADE_AT_ALL)):
        if len({one[0] for one in values.finditer(plain)}) > 1:
            said.pop(name, None)
    return said


def wanted_by(delivery: Delivery) -> Mapping[str, Any]:
    """What its copies shall be: as it was said so that a program can make it; else as its words
    are understood, unless these are of another format."""
    said, wishes = wishes_of(delivery.format), delivery.wishes
    if wishes.get("format", said.get("format")) != said.get("format"):
        return wishes
    return {**said, **wishes}


def still_meant(wishes: Mapping[str, Any], before: str, after: str) -> Mapping[str, Any]:
    """What was wished for with other words for the format, if these mean the same one."""
    was, now = wishes.get("format", wishes_of(before).get("format")), wishes_of(after).get("format")
    return wishes if after == before or (was is not None and was == now) else {}


def _folded(written: str) -> str:
    folded = unmarked(unicodedata.normalize("NFKD", written)).casefold()
    return " ".join(re.sub(r"[-_/]", " ", folded).split())


def _named_in(plain: str) -> Iterator[str]:
    return (name for name, words in _NAMED if any(_has(plain, one) for one in words))


def _has(plain: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(words)}\b", plain) is not None
