"""What catalogues say of an item: read where it can be, cleaned, and never in the patron's way."""

from typing import Final
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.intake.item import (
    MOST_AUTHORS,
    Item,
    checked_isbn,
    checked_issn,
    checked_url,
    from_openurl,
    one_line,
)

BOOK: Final = "9780000000002"
SHORT: Final = "0000000000"
SERIAL: Final = "0000-0019"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (BOOK, BOOK),
        ("978-0-00-000000-2", BOOK),
        (" 978 0 00 000000 2 ", BOOK),
        (SHORT, BOOK),
        ("0-00-000000-0", BOOK),
        ("0-8044-2957-X", "9780804429573"),
        ("0-8044-2957-x", "9780804429573"),
        ("ISBN 0-00-000000-0 (hardback)", BOOK),
        ("ISBN-13: 978-0-00-000000-2", BOOK),
        ("urn:ISBN:9780000000002", BOOK),
        ("978\u20110\u201100\u2011000000\u20112", BOOK),
        ("\u202a9780000000002\u202c", BOOK),
        ("9780000000003", None),
        ("0000000001", None),
        ("9770000000005", None),
        ("978000000000", None),
        ("٩٧٨٠٠٠٠٠٠٠٠٠٢", None),
        ("", None),
        ("ISBN", None),
        ("X" * 13, None),
        ("9780000000002 9780000000002", None),
        ('{"$ne": 1}', None),
        ("\x00" + BOOK, BOOK),
        ("\ud800", None),
    ],
)
def test_an_isbn_is_read_as_people_write_it(text: str, number: str | None) -> None:
    assert checked_isbn(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (SERIAL, SERIAL),
        ("00000019", SERIAL),
        ("ISSN 0000-0019 (online)", SERIAL),
        ("2434-561x", "2434-561X"),
        ("0000-0018", None),
        ("0000-001", None),
        ("X", None),
        ("", None),
    ],
)
def test_an_issn_is_read_as_people_write_it(text: str, number: str | None) -> None:
    assert checked_issn(text) == number


def test_a_book_is_read_from_an_openurl() -> None:
    query = urlencode(
        [
            ("url_ver", "Z39.88-2004"),
            ("rft_val_fmt", "info:ofi/fmt:kev:mtx:book"),
            ("rft.genre", "book"),
            ("rft.btitle", "The Ferry\nBefore the Bridge"),
            ("rft.aulast", "Pretend"),
            ("rft.aufirst", "Mair"),
            ("rft.au", "Dummy, Owain"),
            ("rft.au", "Pretend, Mair"),
            ("rft.isbn", "0-00-000000-0"),
            ("rft.date", "1911"),
            ("rft.pub", "Made-up Press"),
            ("rft.edition", "2nd"),
            ("rft_id", "info:oclcnum/0000000"),
            ("rft_id", "https://catalogue.llanfair.example/record/7"),
        ]
    )
    wanted = Item(
        title="The Ferry Before the Bridge",
        authors=("Pretend, Mair", "Dummy, Owain"),
        isbn=BOOK,
        date="1911",
        publisher="Made-up Press",
        edition="2nd",
        record_id="info:oclcnum/0000000",
        url="https://catalogue.llanfair.example/record/7",
    )
    for text in (
        query,
        f"?{query}",
        f"https://resolver.example/find?{query}#top",
        f"http://resolver.example/a=b?{query}",
        f"/ask?{query}",
        query.replace("&", "&amp;"),
        query.replace("rft.", "RFT."),
    ):
        assert from_openurl(text) == wanted


def test_an_article_is_read_with_the_journal_it_stands_in() -> None:
    found = from_openurl(
        "ctx_ver=Z39.88-2004&rft.genre=article&rft.atitle=On+tides&rft.jtitle=Sea+Letters"
        "&rft.issn=0000-0018&rft.eissn=00000019&rft.volume=4&rft.issue=2&rft.spage=11&rft.epage=19"
        "&rft_id=info:doi/10.5555/tides.4&rft.auinit=M.&rft.aulast=Pretend"
    )
    assert found == Item(
        title="On tides",
        journal="Sea Letters",
        authors=("Pretend, M.",),
        issn=SERIAL,
        volume="4",
        issue="2",
        pages="11-19",
        doi="10.5555/tides.4",
        unchecked=("issn: 0000-0018",),
    )


def test_the_older_openurl_is_read_too() -> None:
    found = from_openurl(
        "sid=cat:old&genre=book&title=Old+Maps&aulast=Dummy&isbn=0000000000&date=1899&pages=3"
        "&id=doi:10.5555/maps&record_id=b7&url=https://cat.example/b7"
    )
    assert found == Item(
        title="Old Maps",
        authors=("Dummy",),
        isbn=BOOK,
        date="1899",
        pages="3",
        doi="10.5555/maps",
        record_id="b7",
        url="https://cat.example/b7",
    )


def test_identifiers_are_read_from_rft_id() -> None:
    for written, name, value in (
        ("urn:ISBN:0000000000", "isbn", BOOK),
        ("urn:issn:0000-0019", "issn", SERIAL),
        ("https://doi.org/10.5555/abc", "doi", "10.5555/abc"),
        ("info:pmid/12", "record_id", "info:pmid/12"),
        ("https://cat.example/1", "url", "https://cat.example/1"),
    ):
        assert from_openurl(urlencode({"rft_id": written})).as_document() == {name: value}


def test_a_number_that_is_none_stops_nobody_and_is_kept_as_written() -> None:
    found = from_openurl("rft.btitle=Old+Maps&rft.isbn=12345&rft.isbn=see%0Ashelf&rft.issn=7")
    assert found == Item(title="Old Maps", unchecked=("isbn: 12345", "isbn: see shelf", "issn: 7"))
    assert found.as_document() == {
        "title": "Old Maps",
        "unchecked": ["isbn: 12345", "isbn: see shelf", "issn: 7"],
    }


def test_a_catalogue_that_writes_latin_1_is_read() -> None:
    assert from_openurl("rft.btitle=T%EA+p%F4l").title == "Tê pôl"
    assert from_openurl("rft.btitle=T%C3%AA").title == "Tê"


@pytest.mark.parametrize(
    "text", ["", "?", "&&&", "=", "rft.btitle=", "rft.btitle=%0A%00", "https://a.example/", "??"]
)
def test_what_says_nothing_is_nothing(text: str) -> None:
    assert from_openurl(text).as_document() == {}


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "https://a.example/\u202ecod",
        "https://user:secret@a.example/",
        "https://a.example/a b",
        "//a.example/",
        "ftp://a.example/",
        "https://[a.example/",
        "https:///path",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_what_is_no_plain_web_address_is_no_link(text: str) -> None:
    assert checked_url(text) is None
    assert from_openurl(urlencode({"rft_id": text}, errors="replace")).url is None


def test_nothing_unseen_is_in_a_line() -> None:
    assert one_line("a\x00b\r\nBcc: c\u2028d\u202ee\u200bf\ufeff\ud800", 100) == "a b Bcc: c def"
    assert one_line("می\u200cخواهم", 100) == "می\u200cخواهم"
    assert one_line("x" * 20, 10) == "x" * 10


def test_only_so_much_of_a_link_is_looked_at() -> None:
    assert from_openurl("x=1&" * 200 + "rft.btitle=late").title is None
    assert from_openurl("x=" + "y" * 8000 + "&rft.btitle=late").title is None
    many = "&".join(f"rft.au=Author{number}" for number in range(150))
    assert len(from_openurl(many).authors) == MOST_AUTHORS


_KEYS = st.sampled_from(
    [
        "rft.btitle",
        "rft.title",
        "title",
        "rft.atitle",
        "rft.jtitle",
        "rft.au",
        "rft.aulast",
        "rft.isbn",
        "isbn",
        "rft.issn",
        "rft.date",
        "rft.pub",
        "rft.volume",
        "rft.spage",
        "rft.epage",
        "rft_id",
        "id",
        "url",
        "doi",
        "genre",
    ]
)
_ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)
_VALUES = st.one_of(
    _ANY.map(lambda one: quote(one, errors="replace")),
    _ANY,
    st.sampled_from(["urn:ISBN:", "info:doi/10.1/", "%", "%FF", "https://[", "978-", "{'$ne': 1}"]),
)
_QUERIES = st.one_of(
    _ANY,
    st.lists(st.tuples(_KEYS, _VALUES), max_size=250).map(
        lambda pairs: "&".join(f"{key}={value}" for key, value in pairs)
    ),
)


@given(_QUERIES)
@example("rft.isbn=" + "9" * 7000)
@example("rft.btitle=" + "%F0" * 2000)
@example("rft_id=https://[::1&rft_id=https://a:99999999/")
def test_no_link_raises_or_says_more_than_it_may(query: str) -> None:
    known = from_openurl(query).as_document()
    for name, value in known.items():
        for one in value if isinstance(value, list) else [value]:
            most = {"title": 1000, "journal": 1000, "url": 2000, "authors": 402}.get(name, 402)
            assert 0 < len(one) <= most
            assert one == one_line(one, most)
            one.encode()
        assert not isinstance(value, list) or len(value) <= MOST_AUTHORS
    assert "isbn" not in known or checked_isbn(known["isbn"]) == known["isbn"]
    assert "issn" not in known or checked_issn(known["issn"]) == known["issn"]


@given(_ANY, st.integers(1, 400))
def test_a_line_cleaned_twice_is_the_line_cleaned_once(text: str, most: int) -> None:
    once = one_line(text, most)
    assert one_line(once, most) == once
    assert len(once) <= most


@given(_ANY)
def test_no_text_makes_the_checks_raise(text: str) -> None:
    checked_isbn(text)
    checked_issn(text)
    checked_url(text)
