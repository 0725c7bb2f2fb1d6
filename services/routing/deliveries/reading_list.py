"""A reading list, pasted or as a file, read into works that staff look over. Pure: it asks nobody,
keeps nothing, and takes no formula for a title.

A file is known by what is in it, whatever it is called.
"""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any, Final

from services.routing.deliveries.bibliography import (
    is_bibtex,
    is_ris,
    works_of_bibtex,
    works_of_ris,
)
from services.routing.deliveries.item import Work
from services.routing.deliveries.office import MOST_ROWS, Row, Unreadable, is_office, rows_of
from services.routing.deliveries.parsing import (
    LONGEST,
    MOST_LINES,
    distinct,
    doi_in,
    isbn_in,
    work_of,
    works_of,
)

MOST_BYTES: Final = 5 * 1024 * 1024
"""Of a list that is a file."""
_LONGEST_TEXT: Final = 1_000_000
_HEADERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("title", "teitl", "titre", "العنوان", "book", "llyfr", "livre"), "title"),
    **dict.fromkeys(("author", "authors", "awdur", "awduron", "auteur", "auteurs"), "authors"),
    **dict.fromkeys(("المؤلف", "author(s)", "by", "editor"), "authors"),
    **dict.fromkeys(("year", "date", "blwyddyn", "année", "annee", "السنة", "published"), "year"),
    **dict.fromkeys(("isbn", "isbn-13", "isbn13", "isbn-10", "ردمك"), "isbn"),
    "doi": "doi",
    **dict.fromkeys(("url", "link", "dolen", "lien", "رابط"), "url"),
}
"""What a column may be called."""


def works_in_text(text: str) -> list[Work]:
    """BibTeX, RIS, or a line for each work."""
    if is_ris(text):
        return distinct(works_of_ris(text))
    if is_bibtex(text):
        return distinct(works_of_bibtex(text))
    return works_of(text)


def works_in_file(content: bytes, filename: str) -> list[Work]:
    """Of a Word, Excel, OpenDocument, CSV, BibTeX, RIS or text file. Raises: Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"a list of more than {MOST_BYTES // 2**20} MB is not read")
    if is_office(content):
        return _of_rows(rows_of(content))
    text = _text(content)
    is_table = filename.lower().endswith((".csv", ".tsv"))
    return _of_rows(_of_csv(text)) if is_table else works_in_text(text)


def _text(content: bytes) -> str:
    """Raises: Unreadable."""
    for begins, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(begins):
            return content.decode(encoding, "replace")[:_LONGEST_TEXT]
    if b"\0" in content:
        raise Unreadable("it is no list that can be read: send it as DOCX, XLSX, ODS, CSV or text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel writes in western Europe; every byte is some character.
        text = content.decode("cp1252", "replace")
    return text[:_LONGEST_TEXT]


def _of_csv(text: str) -> list[Row]:
    first = text.partition("\n")[0]
    between = max(",;\t", key=first.count)
    found = []
    try:
        for row in csv.reader(StringIO(text), delimiter=between):
            found.append([" ".join(one.split()) for one in row[:40]])
            if len(found) >= MOST_ROWS:
                break
    except csv.Error as error:
        raise Unreadable("a cell of the table is too long, or the file is no table") from error
    return found


def _of_rows(rows: Iterable[Row]) -> list[Work]:
    """By what the columns are called, if a row says that; else each row as a line."""
    columns: dict[int, str] = {}
    found: list[Work | None] = []
    for row in ([_no_formula(one) for one in row] for row in rows):
        named = {at: _HEADERS[one] for at, one in enumerate(map(_bare, row)) if one in _HEADERS}
        if "title" in named.values() or len(named) > 1:
            columns = named
        elif columns:
            found.append(_by_columns(row, columns))
        else:
            found.append(work_of(", ".join(one for one in row if one)))
    return distinct(one for one in found if one is not None)[:MOST_LINES]


def _bare(cell: str) -> str:
    return cell.lower().strip(" :*")


def _no_formula(cell: str) -> str:
    return "" if cell.startswith("=") else cell


def _by_columns(row: Row, columns: Mapping[int, str]) -> Work | None:
    known = {name: row[at] for at, name in reversed(list(columns.items())) if at < len(row)}
    line = ", ".join(one for one in row if one)
    if not known.get("title"):
        return work_of(line)
    url = known.get("url", "")
    return Work(
        title=known["title"][:LONGEST],
        authors=known.get("authors", "")[:LONGEST],
        year=known.get("year", "")[:20],
        isbn=isbn_in(known.get("isbn", "")),
        doi=doi_in(known.get("doi", "")),
        url=url[:LONGEST] if url.startswith(("http://", "https://")) else "",
        written=line[:LONGEST],
    )


def works_named(items: Iterable[Mapping[str, Any]]) -> list[Work]:
    """What the catalogue's integration said that enquiries are about."""
    found = []
    for one in items:
        number, doi = isbn_in(str(one.get("isbn") or "")), doi_in(str(one.get("doi") or ""))
        title = one.get("title") or (f"ISBN {number}" if number else doi and f"DOI {doi}")
        if not title:
            continue
        said = (one.get("journal"), one.get("volume"), one.get("issue"), one.get("pages"))
        within = ", ".join(str(it) for it in said if it)
        found.append(
            Work(
                title=str(title)[:LONGEST],
                authors="; ".join(map(str, one.get("authors") or ()))[:LONGEST],
                year=str(one.get("date") or "")[:20],
                isbn=number,
                doi=doi,
                url=str(one.get("url") or "")[:LONGEST],
                written=within[:LONGEST],
            )
        )
    return distinct(found)
