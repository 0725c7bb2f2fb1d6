"""A pasted list of references, read into items that staff look over. Pure: it asks no catalogue,
and guesses nothing that does not stand in the line."""

import re
from collections.abc import Iterable
from typing import Final

from stdnum import isbn

from services.routing.deliveries.item import Work

MOST_LINES: Final = 400
LONGEST: Final = 300
"""Characters of a title or name that are kept."""
_LONGEST_LINE: Final = 1000
# The handle of a DOI, as Crossref recommends to match it.
_DOI: Final = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]{1,200})", re.IGNORECASE)
_ISBN: Final = re.compile(r"\b(?:ISBN(?:-1[03])?:?\s*)?((?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx])\b")
_URL: Final = re.compile(r"\bhttps?://[^\s<>\"]{1,500}", re.IGNORECASE)
_YEAR: Final = re.compile(r"\(?\b(1[5-9]\d\d|20\d\d)[a-z]?\b\)?")
_BULLET: Final = re.compile(r"^\s*(?:[-*•‣–]|\(?\d{1,3}[.)\]]|\[\d{1,3}\])\s+")
_QUOTED: Final = re.compile(r"[\"“‘«]([^\"”’»]{5,300})[\"”’»]")
_LABELS: Final = re.compile(r"\b(?:ISBN(?:-1[03])?|doi|DOI)\b:?\s*", re.IGNORECASE)
_ENDS: Final = " \t.,;:-–()[]"


def works_of(text: str) -> list[Work]:
    """A work for each line, or each paragraph if the list has paragraphs; what names no title has
    the line as one. Lines that say nothing are left out; the same twice is one."""
    found = (work_of(one) for one in _entries(text))
    return distinct(one for one in found if one is not None)


def distinct(works: Iterable[Work]) -> list[Work]:
    """Each once, where it stood first."""
    known: dict[str, Work] = {}
    for one in works:
        known.setdefault(_key(one), one)
    return list(known.values())


def _entries(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[: MOST_LINES * 3]
    lines = [one for one in lines if not one.strip() or any(map(str.isalnum, one))]
    blocks = [one for one in re.split(r"\n\s*\n", "\n".join(lines)) if one.strip()]
    # Where every entry is a paragraph of its own, its lines belong together.
    is_in_blocks = len(blocks) > 1 and any("\n" in one.strip() for one in blocks)
    has_bullets = sum(bool(_BULLET.match(one)) for one in lines) > 1
    if is_in_blocks and not has_bullets:
        return [" ".join(one.split()) for one in blocks][:MOST_LINES]
    return [one for one in lines if one.strip()][:MOST_LINES]


def work_of(line: str) -> Work | None:
    """What one line names; None: no letter or digit stands in it."""
    written = " ".join(_BULLET.sub("", line[:_LONGEST_LINE]).split())
    if not any(one.isalnum() for one in written):
        return None
    doi, url, number = doi_in(written), _first(_URL, written), isbn_in(written)
    rest = _without(written)
    year = _YEAR.search(rest)
    title, authors = _title(rest, year)
    return Work(
        title=(title or rest or written)[:LONGEST],
        authors=authors[:LONGEST],
        year=year[1] if year else "",
        isbn=number,
        doi=doi,
        url="" if doi and "doi.org/" in url.lower() else url,
        written=written[:LONGEST],
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0].rstrip(".,;)") if found else ""


def doi_in(text: str) -> str:
    """The first, as it is compared; empty: there is none."""
    found = _DOI.search(text)
    return found[1].rstrip(".,;)").lower() if found else ""


def isbn_in(text: str) -> str:
    """The first whose check digit is right, as 13 digits."""
    bare = _DOI.sub(" ", _URL.sub(" ", text))
    for one in _ISBN.finditer(bare):
        if isbn.is_valid(one[1]):
            return str(isbn.to_isbn13(isbn.compact(one[1])))
    return ""


def _without(text: str) -> str:
    """The line without what is not said in words."""
    for pattern in (_URL, _DOI, _ISBN, _LABELS):
        text = pattern.sub(" ", text)
    return " ".join(text.split()).strip(" \t,;:")


def _title(rest: str, year: re.Match[str] | None) -> tuple[str, str]:
    """Title and authors, by what stands in quotation marks, or after a year near the beginning."""
    quoted = _QUOTED.search(rest)
    if quoted:
        return quoted[1].strip(_ENDS), rest[: quoted.start()].strip(_ENDS)
    if year is not None and year.start() > 0:
        before, after = rest[: year.start()].strip(_ENDS), rest[year.end() :].strip(_ENDS)
        if len(after) > len(before) // 2 and after:
            return after.split(". ")[0].strip(_ENDS), before
    return rest.strip(_ENDS), ""


def _key(work: Work) -> str:
    if work.doi:
        return work.doi
    if work.isbn:
        # Chapters of one book have its number all together.
        return f"{work.isbn} {work.title.casefold()}"
    return (work.written or f"{work.title} {work.authors} {work.year}").casefold()
