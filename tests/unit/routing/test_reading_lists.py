"""Reading lists as files: what programs write, and what would harm."""

import zipfile
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.deliveries.item import Work
from services.routing.deliveries.office import MOST_ROWS, Unreadable
from services.routing.deliveries.parsing import MOST_LINES
from services.routing.deliveries.reading_list import (
    MOST_BYTES,
    works_in_file,
    works_in_text,
    works_named,
)

W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
X: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ODF: Final = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def packed(parts: Mapping[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    into = BytesIO()
    with zipfile.ZipFile(into, "w", how) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return into.getvalue()


def paragraph(text: str, style: str = "") -> str:
    of_style = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    half = len(text) // 2
    runs = "".join(
        f'<w:r><w:t xml:space="preserve">{one}</w:t></w:r>' for one in (text[:half], text[half:])
    )
    return f"<w:p>{of_style}{runs}</w:p>"


def docx(body: str) -> bytes:
    document = f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def xlsx(rows: str, strings: str = "") -> bytes:
    shared = f"<sst {X}>{strings}</sst>"
    sheet = f"<worksheet {X}><sheetData>{rows}</sheetData></worksheet>"
    return packed(
        {
            "xl/workbook.xml": f"<workbook {X}/>",
            "xl/sharedStrings.xml": shared,
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def opened(body: str, kind: str = "spreadsheet") -> bytes:
    document = (
        f"<office:document-content {ODF}><office:body><office:{kind}>{body}</office:{kind}>"
        "</office:body></office:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument", "content.xml": document})


def titles(content: bytes, name: str = "list") -> list[str]:
    return [one.title for one in works_in_file(content, name)]


def test_a_word_list_is_read_by_its_paragraphs_and_the_rows_of_its_tables() -> None:
    cells = "".join(f"<w:tc>{paragraph(one)}</w:tc>" for one in ("Hills of Powys", "Evans, B."))
    gone = "<w:p><w:del><w:r><w:delText>Struck out</w:delText></w:r></w:del></w:p>"
    body = (
        paragraph("Week 1", "Heading1")
        + paragraph("Jones, A. (2019). Rivers of Gwynedd. ISBN 978-0-306-40615-7")
        + paragraph("")
        + gone
        + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    )
    found = works_in_file(docx(body), "whatever.bin")
    assert [one.title for one in found] == ["Rivers of Gwynedd", "Hills of Powys, Evans, B"]
    assert found[0].isbn == "9780306406157"


def test_a_table_is_read_by_what_its_columns_are_called() -> None:
    strings = "".join(f"<si><t>{one}</t></si>" for one in ("Teitl", "Awdur", "ISBN", "Rivers"))
    rows = (
        '<row><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="D1" t="s"><v>2</v></c></row>'
        '<row><c r="A2" t="s"><v>3</v></c><c r="D2"><v>9.780306406157E12</v></c></row>'
        '<row><c r="A3" t="inlineStr"><is><t>Hills</t></is></c>'
        '<c r="B3" t="str"><f>CONCAT("B. ","Evans")</f><v>B. Evans</v></c></row>'
        '<row><c r="A4" t="s"><v>77</v></c></row>'
    )
    assert works_in_file(xlsx(rows, strings), "l.xlsx") == [
        Work("Rivers", isbn="9780306406157", written="Rivers, 9780306406157"),
        Work("Hills", authors="B. Evans", written="Hills, B. Evans"),
    ]


def test_an_open_document_is_read_and_what_it_says_to_repeat_is_there_once() -> None:
    def row(*cells: str) -> str:
        inside = "".join(
            f"<table:table-cell><text:p>{one}</text:p></table:table-cell>" for one in cells
        )
        return f'<table:table-row table:number-rows-repeated="1000000">{inside}</table:table-row>'

    body = f"<table:table>{row('Title', 'Year')}{row('Rivers', '2019')}</table:table>"
    assert works_in_file(opened(body), "l.ods") == [
        Work("Rivers", year="2019", written="Rivers, 2019")
    ]
    text = "<text:h>Week 1</text:h><text:p>Rivers<text:s/>of Gwynedd</text:p><text:p/>"
    assert titles(opened(text, "text")) == ["Rivers of Gwynedd"]


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_table_of_text_is_read_however_it_was_saved(between: str, encoding: str) -> None:
    lines = (
        ("Titre", "Auteur", "Année"),
        ('"Rivières, et collines"', "Évans", "2019"),
        ("=1+1", "Nobody", ""),
    )
    text = "\r\n".join(between.join(one) for one in lines)
    found = works_in_file(text.encode(encoding), "liste.csv")
    assert (found[0].title, found[0].authors) == ("Rivières, et collines", "Évans")
    assert "=" not in "".join(one.title for one in found), "no formula is a title"


BIBTEX: Final = """% my list
@comment{nothing}
@article{a1,
  title = {The {Rivers} of {\\'E}vreux -- a guide},
  author = "Jones, A. and Evans, B.",
  year = 2019, doi = {10.1000/ABC},
  url = {https://rivers.example/~jones}
}
@book{b2, title="Hills", isbn={0-306-40615-2}, date={2020-05}}
@book{b3, title={unclosed
"""
RIS: Final = """TY  - JOUR
TI  - The rivers
AU  - Jones, A.
AU  - Evans, B.
PY  - 2019/05//
DO  - 10.1000/abc
ER  -
TY  - BOOK
T1  - Hills
SN  - 978-0-306-40615-7
ER  -
"""


def test_what_reference_managers_write_is_read() -> None:
    first, second, third = works_in_text(BIBTEX)
    assert first == Work(
        "The Rivers of Évreux – a guide",
        *("Jones, A.; Evans, B.", "2019", "", "10.1000/abc", "https://rivers.example/~jones"),
    )
    assert (second.title, second.isbn, second.year) == ("Hills", "9780306406157", "2020")
    assert third.title == "unclosed"
    assert works_in_file(RIS.encode(), "list.ris") == [
        Work("The rivers", "Jones, A.; Evans, B.", "2019", doi="10.1000/abc"),
        Work("Hills", isbn="9780306406157"),
    ]


def test_two_chapters_of_one_book_are_two() -> None:
    chapters = RIS.replace("Hills", "One").split("TY  - BOOK")[1]
    found = works_in_text(f"TY  - CHAP{chapters}TY  - CHAP{chapters.replace('One', 'Two')}")
    assert [one.title for one in found] == ["One", "Two"]


def test_what_the_catalogue_named_is_proposed_once() -> None:
    article = {"title": "Rivers", "authors": ["Jones, A.", "Evans, B."], "journal": "Water"}
    number = {"isbn": "9780306406157"}
    assert works_named([article, number, article, {"record_id": "7"}]) == [
        Work("Rivers", "Jones, A.; Evans, B.", written="Water"),
        Work("ISBN 9780306406157", isbn="9780306406157"),
    ]


BOMB: Final = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
)
OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (packed({"word/document.xml": b"<a>" + b" " * 40_000_000}), "too large when"),
        (packed({"word/document.xml": f"{BOMB}<a>&c;</a>"}), "document type"),
        (packed({"word/document.xml": '<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>'}), "type"),
        (packed({f"{one}": "" for one in range(2100)}), "too many parts"),
        (packed({"word/document.xml": "<a/>"}, zipfile.ZIP_LZMA), "no office program packs"),
        (packed({"word/document.xml": "<a><b></a>"}), "damaged"),
        (packed({"a.txt": "a"}), "neither a text nor a table"),
        (docx(paragraph("Rivers"))[:-40], "damaged"),
        (OLD, "password"),
        (b"%PDF-1.7\0\1\2", "no list that can be read"),
        (b"a" * (MOST_BYTES + 1), "MB is not read"),
        (xlsx("", "<si><t>a</t></si>" * 50_001), "too many words"),
    ],
)
def test_what_would_harm_is_refused_and_says_why(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        works_in_file(content, "list.csv")


def test_a_table_without_end_is_read_up_to_what_one_looks_over() -> None:
    rows = "".join(f'<row><c t="str"><v>Work {one}</v></c></row>' for one in range(100_000))
    found = works_in_file(xlsx(rows), "l.xlsx")
    assert len(found) == MOST_LINES
    assert len(found) < MOST_ROWS
    wide = "<row>" + '<c t="str"><v>a</v></c>' * 100_000 + "</row>"
    [one] = works_in_file(xlsx(wide), "l.xlsx")
    assert len(one.written) <= 300
    deep = docx("<w:tbl>" * 20_000 + paragraph("Rivers") + "</w:tbl>" * 20_000)
    assert works_in_file(deep, "l.docx") == []


WHOLE: Final = docx(paragraph("Rivers") + paragraph("Hills"))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, byte: int) -> None:
    changed = bytearray(WHOLE)
    changed[at] = byte
    with suppress(Unreadable):
        assert len(works_in_file(bytes(changed), "l.docx")) <= MOST_LINES


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='@{}=,"\\ab1\n TYER-', max_size=300))
def test_whatever_is_pasted_as_references_is_read_within_bounds(text: str) -> None:
    for begin in ("@book{a,", "TY  - BOOK\n"):
        assert len(works_in_text(begin + text)) <= MOST_LINES
