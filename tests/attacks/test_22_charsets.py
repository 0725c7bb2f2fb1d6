"""Class 22: text whose charset makes something else of it. What is shown to staff is made safe once
it is decoded, a header stays one line, no charset makes text that can't be stored, and none makes
much of little."""

import base64
import codecs
from typing import Final

import pytest

from services.intake.reading import Reading
from tests.attacks.costs import reading

EVIL: Final = '<script>alert(1)</script><img src="https://evil.example/x" onerror=alert(1)>Hello'
CHARSETS: Final = (
    "us-ascii", "utf-8", "utf-8-sig", "utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32",
    "utf-32le", "utf-32be", "iso-8859-1", "iso-8859-6", "iso-8859-8", "iso-8859-8-i",
    "iso-8859-15", "windows-1252", "windows-1255", "windows-1256", "windows-874", "koi8-r",
    "macintosh", "cp037", "cp850", "ibm500", "iso-2022-jp", "iso-2022-jp-2", "iso-2022-jp-2004",
    "iso-2022-kr", "iso-2022-cn", "shift_jis", "euc-jp", "euc-kr", "gb2312", "gb18030", "hz",
    "hz-gb-2312", "big5", "big5-hkscs", "johab", "x-user-defined", "unicode_escape",
    "raw_unicode_escape", "punycode", "idna", "rot13", "base64", "zip", "bz2", "undefined",
    "mbcs", "charmap", "../../etc/passwd", "\0", "a" * 5000,
)  # fmt: skip


def written(text: str, charset: str) -> bytes:
    """In that charset, if it is one; else as ASCII."""
    try:
        found = codecs.encode(text, charset)
    except (LookupError, UnicodeError, TypeError, ValueError):
        return text.encode()
    return found if isinstance(found, bytes) else text.encode()


def letter(head: str, content: bytes) -> bytes:
    top = f"From: Rhian <rhian@patrons.example>\r\nMIME-Version: 1.0\r\n{head}\r\n"
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return f"{top}Content-Transfer-Encoding: base64\r\n\r\n".encode() + encoded


def read(raw: bytes) -> Reading:
    found = reading(raw)
    assert isinstance(found, Reading), found
    return found


def test_there_are_enough() -> None:
    assert len(set(CHARSETS)) >= 40


@pytest.mark.parametrize("charset", CHARSETS, ids=lambda one: repr(one[:20]))
@pytest.mark.parametrize("is_declared", [True, False])
def test_no_charset_hides_what_html_does(charset: str, is_declared: bool) -> None:
    declared = f'; charset="{charset}"' if is_declared else ""
    for content in (written(EVIL, charset), EVIL.encode(), EVIL.encode("utf-7")):
        found = read(letter(f"Content-Type: text/html{declared}", content))
        assert found.html is not None
        shown = (found.html.html or "").lower()
        assert not any(one in shown for one in ("<script", '<img src="http', "onerror=alert(1)>"))
        (found.mail.text + found.mail.html + shown).encode()


@pytest.mark.parametrize("charset", CHARSETS, ids=lambda one: repr(one[:20]))
def test_no_charset_breaks_a_header(charset: str) -> None:
    evil = "a\r\nBcc: victim@elsewhere.example\r\n\r\nb\0"
    for content in (written(evil, charset), evil.encode(), b"+AA0ACg-Bcc: x", b"\x1b$B\r\n\x1b(B"):
        word = f"=?{charset}?b?{base64.b64encode(content).decode()}?="
        name = f"From: {word} <rhian@patrons.example>\r\nSubject: {word}\r\n\r\nwords"
        found = read(name.encode())
        for shown in (found.mail.subject, found.mail.name):
            assert not any(one in shown for one in "\r\n\0\u2028\u2029\x85")
            shown.encode()
        assert "bcc" not in found.mail.headers


@pytest.mark.parametrize("charset", CHARSETS, ids=lambda one: repr(one[:20]))
def test_no_charset_makes_much_of_little(charset: str) -> None:
    packed = (codecs.encode(bytes(100_000), one) for one in ("zip", "bz2"))
    signs = (b"\x1b$B" * 3000, b"+" * 9000, b"~{" * 4500, bytes(9000), b"\xff\xfe" * 4500)
    for content in (*signs, *packed):
        found = read(letter(f'Content-Type: text/plain; charset="{charset}"', content))
        assert len(found.mail.text) <= 2 * len(content)
        found.mail.text.encode()


def test_utf_7_is_only_what_says_that_it_is() -> None:
    for charset in ("utf-8", "us-ascii", "no-such"):
        found = read(letter(f"Content-Type: text/plain; charset={charset}", b"+ADw-script+AD4-"))
        assert found.mail.text.strip() == "+ADw-script+AD4-"
