"""Works out of what reference managers write: BibTeX and RIS. Pure: it looks nothing up."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from services.routing.deliveries.item import Work
from services.routing.deliveries.parsing import LONGEST, MOST_LINES, doi_in, isbn_in

_MOST: Final = 1_000_000
"""Characters that are read."""
_RIS: Final = re.compile(r"^([A-Z][A-Z0-9])  ?- ?(.*)$")
_ENTRY: Final = re.compile(r"@([A-Za-z]{1,40})[ \t\n]{0,20}\{")
_NO_WORKS: Final = frozenset({"comment", "preamble", "string"})
_AS_IT_IS: Final = frozenset({"url", "doi"})
_FIELD: Final = re.compile(r"[\s,]*([A-Za-z][A-Za-z0-9_-]{0,40})\s{0,20}=\s{0,20}")
_ACCENT: Final = re.compile(r"\\([`'^\"~=.uvHck])\s?\{?\\?([A-Za-z])\}?")
_ACCENTS: Final[Mapping[str, str]] = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
}


def is_ris(text: str) -> bool:
    """Whether a reference manager wrote it as RIS."""
    return bool(re.search(r"(?m)^TY  ?- ?[A-Z]{2,}", text[:_MOST]))


def is_bibtex(text: str) -> bool:
    """Whether it is BibTeX."""
    found = _ENTRY.search(text[:_MOST])
    return found is not None and not text[: found.start()].rpartition("\n")[2].strip()


def works_of_ris(text: str) -> list[Work]:
    """A work for each entry from `TY` to `ER`."""
    found: list[Work] = []
    known: dict[str, list[str]] = {}
    for line in text[:_MOST].splitlines():
        matched = _RIS.match(line.lstrip("\ufeff").rstrip())
        if matched is None:
            continue
        if matched[1] == "TY":
            known = {}
        elif matched[1] == "ER":
            found += _of_ris(known)
            known = {}
        else:
            known.setdefault(matched[1], []).append(matched[2].strip())
    return [*found, *_of_ris(known)][:MOST_LINES]


def _of_ris(known: Mapping[str, list[str]]) -> list[Work]:
    def first(*names: str) -> str:
        return next((one for name in names for one in known.get(name, ()) if one), "")

    authors = known.get("AU") or known.get("A1") or []
    date, number = first("PY", "Y1", "DA"), first("SN")
    title = first("TI", "T1", "CT", "BT")
    return _work(title, "; ".join(authors), date, number, first("DO"), first("UR"))


def works_of_bibtex(text: str) -> list[Work]:
    """A work for each entry that has a title."""
    found: list[Work] = []
    for fields in _entries(text[:_MOST]):
        authors = "; ".join(re.split(r"\s+and\s+", fields.get("author", "")[:2000]))
        at = (fields.get("year") or fields.get("date", ""), fields.get("isbn", ""))
        title = fields.get("title") or fields.get("booktitle", "")
        found += _work(title, authors, *at, fields.get("doi", ""), fields.get("url", ""))
        if len(found) >= MOST_LINES:
            break
    return found


def _work(title: str, authors: str, date: str, number: str, *more: str) -> list[Work]:
    if not any(one.isalnum() for one in title):
        return []
    doi, url = more
    year = re.search(r"\b(1[5-9]\d\d|20\d\d)\b", date)
    one = Work(
        title=title[:LONGEST],
        authors=authors[:LONGEST],
        year=year[1] if year else "",
        isbn=isbn_in(number),
        doi=doi_in(doi),
        url=url[:LONGEST] if url.startswith(("http://", "https://")) else "",
    )
    return [one]


def _entries(text: str) -> Iterator[Mapping[str, str]]:
    at = 0
    while found := _ENTRY.search(text, at):
        body, at = _in_braces(text, found.end())
        if found[1].lower() not in _NO_WORKS:
            yield dict(_fields(body))


def _in_braces(text: str, begin: int) -> tuple[str, int]:
    """What stands from here to the brace that closes it, and where one goes on."""
    depth = 1
    for at in range(begin, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return text[begin:at], at + 1
    return text[begin:], len(text)


def _fields(body: str) -> Iterator[tuple[str, str]]:
    at = body.find(",") + 1
    while at and (found := _FIELD.match(body, at)):
        begin = found.end()
        if body[begin : begin + 1] == "{":
            value, at = _in_braces(body, begin + 1)
        elif body[begin : begin + 1] == '"':
            end = body.find('"', begin + 1)
            value, at = (body[begin + 1 : end], end + 1) if end > 0 else (body[begin + 1 :], 0)
        else:
            end = body.find(",", begin)
            value, at = (body[begin:end], end) if end > 0 else (body[begin:], 0)
        name = found[1].lower()
        yield name, value.replace("\\", "").strip("{} ") if name in _AS_IT_IS else _plain(value)


def _plain(value: str) -> str:
    """Without TeX: `{\\'e}` is é."""
    whole = _ACCENT.sub(lambda one: one[2] + _ACCENTS[one[1]], value[:4000])
    bare = re.sub(r"\\[A-Za-z]+\s?|[{}\\]", "", whole.replace("--", "–").replace("~", " "))
    return " ".join(unicodedata.normalize("NFC", bare).split())
