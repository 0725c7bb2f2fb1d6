"""What an enquiry is about, as catalogues describe it: ISBN, ISSN and OpenURL. Pure, never raises.

OpenURL 1.0 (ANSI/NISO Z39.88-2004) in its key/value form, and the older 0.1, which many catalogues
still send. What a link says is data of strangers: it is cut, cleaned and never followed. An ISBN in
it that is none stops nobody: it is kept as written, under `unchecked`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from stdnum import isbn, issn
from stdnum.exceptions import ValidationError

MOST_CHARACTERS: Final = 8_000
"""Of a link; the rest of a longer one is not looked at."""
MOST_KEYS: Final = 200
MOST_AUTHORS: Final = 20
_LONGEST: Final = 1_000
_SHORT: Final = 200
_LONGEST_URL: Final = 2_000
_JOINERS: Final = "\u200c\u200d"
"""Persian and Indian words are spelt with them; all other invisible characters go."""
_DOI: Final = re.compile(r"10\.\d{4,9}/\S{1,190}")
_DOI_AT: Final = re.compile(r"(?:info:doi/|doi:|https?://(?:dx\.)?doi\.org/)\s{0,3}", re.IGNORECASE)
# As MARC 020 $a has it: `ISBN 0-00-000000-0 (hardback)`.
_LABEL: Final = re.compile(r"(?:urn:)?is[bs]n(?:-1[03])?[:\s]{0,3}", re.IGNORECASE)
_QUALIFIER: Final = re.compile(r"\s{0,9}\([^()]{0,40}\)\s{0,9}$")

_Keys = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Item:
    """A book, a chapter, a journal or an article; all that is not known is None."""

    title: str | None = None
    """Of the article or chapter if it is one, else of the whole."""
    authors: tuple[str, ...] = ()
    isbn: str | None = None
    """Thirteen digits, checked."""
    issn: str | None = None
    """As `0000-0000`, checked."""
    date: str | None = None
    publisher: str | None = None
    journal: str | None = None
    """The journal, or the book, that an article or chapter stands in."""
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    record_id: str | None = None
    """What the catalogue, or `info:oclcnum/` and the like, calls it."""
    url: str | None = None
    """`http` or `https`: to be shown, never fetched."""
    edition: str | None = None
    unchecked: tuple[str, ...] = ()
    """What a link called an ISBN or ISSN and is none, as written: `isbn: 12345`."""

    def as_document(self) -> dict[str, Any]:
        """What is known, with tuples as lists; empty if nothing is."""
        known = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in known
            if value
        }


def checked_isbn(text: str) -> str | None:
    """The ISBN-13 of an ISBN-10 or -13, without hyphens or spaces; None if it is none."""
    try:
        return str(isbn.validate(_number(text), convert=True))
    except ValidationError:
        return None


def checked_issn(text: str) -> str | None:
    """The ISSN as ISO 3297 writes it, `0000-0000`; None if it is none."""
    try:
        return str(issn.format(issn.validate(_number(text))))
    except ValidationError:
        return None


def _number(text: str) -> str:
    return _QUALIFIER.sub("", _LABEL.sub("", one_line(text, 100), count=1))


def checked_url(text: str) -> str | None:
    """A web address that may be shown as a link; None for anything else, such as `javascript:`."""
    cleaned = one_line(text, _LONGEST_URL + 1)
    if cleaned != text.strip() or " " in cleaned or len(cleaned) > _LONGEST_URL:
        return None
    try:
        parts = urlsplit(cleaned)
        is_plain = parts.username is None and parts.password is None and bool(parts.hostname)
    except ValueError:
        return None
    return cleaned if is_plain and parts.scheme in {"http", "https"} else None


def one_line(text: str, most: int) -> str:
    """At most so many characters on one line, with nothing in them that is not seen: control
    characters and line ends become spaces, marks of direction and half characters go."""
    shown = (_shown(one) for one in text[: most * 4])
    return " ".join("".join(shown).split())[:most].strip()


def _shown(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" if character not in _JOINERS:
            return ""
        case "Cs":
            return ""
    return character


def from_openurl(query: str) -> Item:
    """The item that an OpenURL describes: the part after its `?`, or all of it."""
    keys = _keys(query)
    identifiers = _every(keys, "rft_id", "id", "rft.identifier")
    title, journal = _titles(keys)
    books = _every(keys, "rft.isbn", "isbn", "rft.eisbn") + _urns(identifiers, "isbn")
    serials = _every(keys, "rft.issn", "issn", "rft.eissn", "eissn") + _urns(identifiers, "issn")
    unchecked = [*_none_of("isbn", books, checked_isbn), *_none_of("issn", serials, checked_issn)]
    return Item(
        title=title,
        authors=_authors(keys),
        isbn=next(filter(None, map(checked_isbn, books)), None),
        issn=next(filter(None, map(checked_issn, serials)), None),
        date=_first(keys, "rft.date", "date"),
        publisher=_first(keys, "rft.pub", "rft.publisher", "pub", "publisher", "rft.inst"),
        journal=journal,
        volume=_first(keys, "rft.volume", "volume"),
        issue=_first(keys, "rft.issue", "issue"),
        pages=_pages(keys),
        doi=_doi(identifiers + _every(keys, "doi", "rft.doi")),
        record_id=_record_id(keys, identifiers),
        url=next((url for one in _links(keys, identifiers) if (url := checked_url(one))), None),
        edition=_first(keys, "rft.edition", "edition"),
        unchecked=tuple(dict.fromkeys(unchecked))[:5],
    )


def _none_of(
    name: str, written: Iterable[str], check: Callable[[str], str | None]
) -> tuple[str, ...]:
    shown = (one_line(one, _SHORT) for one in written if check(one) is None)
    return tuple(f"{name}: {one}" for one in shown if one)


def _keys(query: str) -> _Keys:
    """Each key in lower case, with its values in order; links in pages have `&amp;` for `&`."""
    query = query[:MOST_CHARACTERS].replace("&amp;", "&").strip()
    before, _, after = query.partition("?")
    if "=" not in before or query.startswith(("http://", "https://", "/")):
        query = after or query
    pairs = "&".join(query.partition("#")[0].split("&")[:MOST_KEYS])
    found: dict[str, tuple[str, ...]] = {}
    for key, value in _decoded(pairs):
        name = key.strip().lower()
        if value.strip() and len(name) <= _SHORT:
            found[name] = (*found.get(name, ()), value)
    return found


def _decoded(pairs: str) -> list[tuple[str, str]]:
    """UTF-8; a catalogue that still writes Latin-1 is read as that, whatever `ctx_enc` says."""
    try:
        return parse_qsl(pairs, errors="strict")
    except UnicodeDecodeError:
        return parse_qsl(pairs, encoding="cp1252", errors="replace")


def _every(keys: _Keys, *names: str) -> tuple[str, ...]:
    return tuple(value for name in names for value in keys.get(name, ()))


def _first(keys: _Keys, *names: str, most: int = _SHORT) -> str | None:
    cleaned = (one_line(one, most) for one in _every(keys, *names))
    return next(filter(None, cleaned), None)


def _titles(keys: _Keys) -> tuple[str | None, str | None]:
    """The title, and that of the whole if the first is only a part of it.

    `title` is the journal's with an article, the book's with a chapter (Z39.88-2004, both formats).
    """
    part = _first(keys, "rft.atitle", "atitle", most=_LONGEST)
    names = ("btitle", "jtitle", "title", "stitle")
    wholes = (name for one in names for name in (f"rft.{one}", one))
    whole = _first(keys, *wholes, most=_LONGEST)
    return (part, whole) if part else (whole, None)


def _authors(keys: _Keys) -> tuple[str, ...]:
    last = _first(keys, "rft.aulast", "aulast")
    given = _first(keys, "rft.aufirst", "aufirst", "rft.auinit", "auinit")
    first = [f"{last}, {given}" if given else last] if last else []
    others = _every(keys, "rft.au", "au", "rft.aucorp", "aucorp", "rft.creator")
    names = [*first, *(one_line(one, _SHORT) for one in others)]
    return tuple(dict.fromkeys(filter(None, names)))[:MOST_AUTHORS]


def _pages(keys: _Keys) -> str | None:
    begin, end = _first(keys, "rft.spage", "spage"), _first(keys, "rft.epage", "epage")
    together = f"{begin}-{end}" if begin and end and begin != end else begin
    return _first(keys, "rft.pages", "pages") or together


def _urns(identifiers: Iterable[str], name: str) -> tuple[str, ...]:
    # RFC 8254, which names both.
    prefix = f"urn:{name}:"
    cleaned = (one_line(one, _SHORT) for one in identifiers)
    return tuple(one[len(prefix) :] for one in cleaned if one.lower().startswith(prefix))


def _doi(identifiers: Iterable[str]) -> str | None:
    bare = (_DOI_AT.sub("", one_line(one, 250), count=1) for one in identifiers)
    return next((one for one in bare if _DOI.fullmatch(one)), None)


def _record_id(keys: _Keys, identifiers: Iterable[str]) -> str | None:
    """The catalogue's own number, else an `info:` name of a kind that is not read here."""
    own = _first(keys, "record_id", "rft.mms_id", "mms_id", "rft.record_id", "rft_dat")
    cleaned = (one_line(one, _SHORT) for one in identifiers)
    named = (one for one in cleaned if one.startswith("info:") and not _DOI_AT.match(one))
    return own or next(named, None)


def _links(keys: _Keys, identifiers: tuple[str, ...]) -> tuple[str, ...]:
    return (*_every(keys, "url"), *(one for one in identifiers if not _DOI_AT.match(one)))
