"""Bytes in every charset, declared rightly, wrongly or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.charsets import read_bytes
from services.intake.remarks import Remarks


def found(content: bytes, charset: str | None) -> tuple[str, list[str]]:
    remarks = Remarks()
    return read_bytes(content, charset, remarks), [one.code for one in remarks.all()]


WRITTEN = {
    "Siân, tŷ": ["utf-8", "iso-8859-14", "utf-16", "utf-7"],
    "Übergröße": ["iso-8859-1", "iso-8859-15", "windows-1252", "macintosh", "cp850", "iso-8859-9"],
    "œuvre – 5 €": ["windows-1252", "iso-8859-15", "utf-8"],
    "Здравствуйте": ["koi8-r", "windows-1251", "iso-8859-5"],
    "Καλημέρα": ["iso-8859-7", "windows-1253"],
    "مكتبة": ["windows-1256", "iso-8859-6"],
    "ספרייה": ["iso-8859-8", "windows-1255"],
    "図書館": ["shift_jis", "euc-jp", "iso-2022-jp"],
    "图书馆": ["gb2312", "gbk", "gb18030", "hz"],
    "圖書館": ["big5"],
    "도서관": ["euc-kr", "ks_c_5601-1987"],
    "ห้องสมุด": ["tis-620", "windows-874"],
}
PYTHON = {"windows-874": "cp874", "ks_c_5601-1987": "cp949"}


def _can_write(text: str, charset: str) -> bool:
    try:
        text.encode(PYTHON.get(charset, charset))
    except UnicodeEncodeError:
        return False
    return True


CASES = [
    (text, charset)
    for text, charsets in WRITTEN.items()
    for charset in charsets
    if _can_write(text, charset)
]


@pytest.mark.parametrize(("text", "charset"), CASES)
def test_what_is_declared_rightly_is_read_without_a_word(text: str, charset: str) -> None:
    assert len(CASES) >= 25
    content = text.encode(PYTHON.get(charset, charset))
    assert found(content, charset) == (text, [])
    assert found(content, f' "{charset.upper()}" ') == (text, [])


@pytest.mark.parametrize(
    ("content", "charset", "text", "codes"),
    [
        ("Siân".encode(), "iso-8859-1", "Siân", ["charset_false"]),
        ("Siân".encode(), "us-ascii", "Siân", []),
        ("Siân".encode("cp1252"), "us-ascii", "Siân", []),
        ("5 €".encode("cp1252"), "iso-8859-1", "5 €", []),
        ("Siân".encode("cp1252"), "utf-8", "Siân", ["charset_false"]),
        ("Siân".encode(), "no-such", "Siân", ["charset_unknown"]),
        ("Siân".encode(), None, "Siân", []),
        ("Siân".encode("cp1252"), None, "Siân", ["charset_guessed"]),
        ("Siân".encode("cp1252"), "unknown-8bit", "Siân", ["charset_guessed"]),
        (b"plain", "utf-16", "plain", ["charset_false"]),
        (b"plain", "idna", "plain", []),
        ("Siân".encode(), "punycode", "Siân", ["charset_unknown"]),
        ("Siân Gwenllïan".encode() + b"\xc5", "utf-8", "Siân Gwenllïan�", ["letters_lost"]),
        ("図書館".encode("euc-jp") + b"\xff", "euc-jp", "図書館�", ["letters_lost"]),
        ("Siân et café".encode().decode("cp1252").encode(), "utf-8", "Siân et café",
         ["letters_restored"]),
        ("Ã la carte".encode(), "utf-8", "Ã la carte", []),
        ("图书馆".encode("gb2312"), "gb2312", "图书馆", []),
    ],
)  # fmt: skip
def test_what_is_declared_wrongly_is_read_and_said_to_be(
    content: bytes, charset: str | None, text: str, codes: list[str]
) -> None:
    assert found(content, charset) == (text, codes)


def test_short_text_is_never_guessed_by_its_look() -> None:
    assert found("Здравствуйте".encode("koi8-r"), None)[1] == ["charset_guessed"]
    assert found("Здравствуйте".encode("koi8-r"), None)[0] != "Здравствуйте"


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "undefined", "rot13"])
def test_no_codec_that_is_none_of_mail_is_used(charset: str) -> None:
    content = b"a-\xc3\xa2" * 200_000
    assert found(content, charset)[0].startswith("a-â")


@given(st.binary(max_size=300), st.sampled_from([one for _, one in CASES]) | st.text(max_size=12))
def test_whatever_it_is_it_is_text_that_can_be_stored(content: bytes, charset: str) -> None:
    found(content, charset)[0].encode()
