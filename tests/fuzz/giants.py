"""The largest letters that the door takes, each the worst of its kind for a parser."""

import base64
from collections.abc import Callable
from typing import Final

SIZE: Final = 25 * 1024 * 1024
"""Bytes of each."""
_TNEF: Final = b"\x78\x9f\x3e\x22\x01\x00"
_HEAD: Final = (
    b"From: Rhian <rhian@patrons.example>\r\nSubject: A question\r\nMIME-Version: 1.0\r\n"
)

_PARAMETERS: Final = (
    b'\r\n--x\r\nContent-Disposition: attachment; filename="'
    + (b"x" * 25 + b";") * 290
    + b"\r\n\r\na"
)
"""A header of a part as large as may be."""
_ENCODED: Final = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def _filled(size: int, head: bytes, piece: bytes, tail: bytes = b"") -> bytes:
    count = max(1, (size - len(head) - len(tail)) // len(piece))
    return head + piece * count + tail


def _typed(size: int, kind: bytes, piece: bytes, encoding: bytes = b"8bit") -> bytes:
    head = _HEAD + b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: " + encoding
    return _filled(size, head + b"\r\n\r\n", piece)


def _multipart(size: int, piece: bytes, tail: bytes = b"\r\n--x--\r\n") -> bytes:
    return _filled(size, _HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n", piece, tail)


def _attached(kind: bytes, name: bytes, content: bytes) -> bytes:
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    part = (
        b"\r\n--x\r\nContent-Type: " + kind + b"; name=" + name
        + b"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n"
    )  # fmt: skip
    head = _HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee there.\r\n"
    return head + part + encoded + b"\r\n--x--\r\n"


def _encoded(size: int, head: bytes, piece: bytes) -> bytes:
    """RFC 2046 §5.2.1 forbids it; parsers decode it all the same."""
    inner = _filled(size * 7 // 10, b"Subject: inner\r\n" + head, piece)
    return _HEAD + _ENCODED + base64.encodebytes(inner).replace(b"\n", b"\r\n")


def _winmail_of_values(size: int) -> bytes:
    """One property that has as many values as its bytes allow."""
    many = b"\x03\x10\x01\x66" + (size // 4).to_bytes(4, "little")
    value = (1).to_bytes(4, "little") + many + bytes(size)
    return _TNEF + b"\x01\x03\x90\x06\x00" + len(value).to_bytes(4, "little") + value + bytes(9)


GIANTS: Final[dict[str, Callable[[int], bytes]]] = {
    "plain text": lambda n: _typed(n, b"text/plain; charset=utf-8", b"words and words\r\n"),
    "one line": lambda n: _typed(n, b"text/plain; charset=utf-8", b"words and words "),
    "bare carriage returns": lambda n: _typed(n, b"text/plain", b"words\r"),
    "NUL bytes": lambda n: _typed(n, b"text/plain", b"\0"),
    "nothing but quotes": lambda n: _typed(n, b"text/plain", b"> > > > quoted\r\n"),
    "nothing but replies": lambda n: _typed(
        n, b"text/plain", b"On Monday, Rhian wrote:\r\n> a\r\n"
    ),
    "nothing but half replies": lambda n: _typed(n, b"text/plain", b"On Monday On Monday\r\n"),
    "nothing but signatures": lambda n: _typed(n, b"text/plain", b"-- \r\nRhian\r\n"),
    "nothing but addresses": lambda n: _typed(n, b"text/plain", b"<a@b.example>: 550 5.1.1\r\n"),
    "flowed lines": lambda n: _typed(n, b"text/plain; format=flowed; delsp=yes", b"words \r\n"),
    "other charset": lambda n: _typed(n, b"text/plain; charset=nowhere", b"\xc3\xa9\xff words\r\n"),
    "UTF-7": lambda n: _typed(n, b"text/plain; charset=utf-7", b"+AHg- "),
    "ISO 2022": lambda n: _typed(n, b"text/plain; charset=iso-2022-jp", b"\x1b$B$3$s\x1b(B"),
    "quoted-printable": lambda n: _typed(n, b"text/plain", b"=C3=A9=\r\n", b"quoted-printable"),
    "broken base64": lambda n: _typed(n, b"text/plain", b"!A=", b"base64"),
    "uuencode": lambda n: _typed(n, b"text/plain", b"begin 644 x\r\n#0V%T\r\n", b"x-uuencode"),
    "HTML, flat": lambda n: _typed(n, b"text/html", b"<p>words <b>and</b> words</p>"),
    "HTML, deep": lambda n: _typed(n, b"text/html", b"<div>"),
    "HTML, deep quotes": lambda n: _typed(n, b"text/html", b"<blockquote>words"),
    "HTML, a table": lambda n: _typed(n, b"text/html", b"<table><tr><td>words"),
    "HTML, open tags": lambda n: _typed(n, b"text/html", b"<"),
    "HTML, open comments": lambda n: _typed(n, b"text/html", b"<!--"),
    "HTML, entities": lambda n: _typed(n, b"text/html", b"&amp;&#x26;&nosuch"),
    "HTML, attributes": lambda n: _typed(n, b"text/html", b"<a " + b"x=1 " * 5000 + b">"),
    "HTML, images": lambda n: _typed(n, b"text/html", b"<img src=cid:x>"),
    "HTML, styles": lambda n: _typed(n, b"text/html", b"<style>a{background:url(x)}</style>"),
    "a winmail.dat of values": lambda n: _attached(
        b"application/ms-tnef", b"winmail.dat", _winmail_of_values(n * 7 // 10)
    ),
    "parts": lambda n: _multipart(n, b"\r\n--x\r\n\r\na"),
    "parts with headers": lambda n: _multipart(n, b"\r\n--x\r\nContent-Type: text/plain\r\n\r\na"),
    "parts with parameters": lambda n: _multipart(n, _PARAMETERS),
    "as many parts with parameters as may be": lambda n: _multipart(
        min(n, 190 * len(_PARAMETERS)), _PARAMETERS
    ),
    "parts with semicolons": lambda n: _multipart(
        n, b'\r\n--x\r\nContent-Type: text/plain; name="' + b";" * 7900 + b"\r\n\r\na"
    ),
    "a preamble": lambda n: _multipart(n, b"words\r\n"),
    "boundaries of nobody": lambda n: _multipart(n, b"\r\n--y\r\n"),
    "nested multiparts": lambda n: _multipart(
        n, b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    ),
    "nested messages": lambda n: _filled(
        n, _HEAD, b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n"
    ),
    "headers": lambda n: _filled(n, b"", b"X-Header: words\r\n", b"\r\nwords"),
    "one header": lambda n: _filled(n, b"X-Header: ", b"words ", b"\r\n\r\nwords"),
    "a folded header": lambda n: _filled(n, b"Subject: a\r\n", b" words\r\n", b"\r\nwords"),
    "folds": lambda n: _filled(n, b"Subject: a\r\n", b" b\r\n", b"\r\nwords"),
    "nothing but folds": lambda n: _filled(n, b"", b"ab\r\n "),
    "nothing but lines": lambda n: _filled(n, b"", b"From:\r\n", b"\r\nwords"),
    "recipients": lambda n: _filled(n, b"To: a@b.example", b", a@b.example", b"\r\n\r\nwords"),
    "a header of a part": lambda n: _filled(
        n,
        _HEAD
        + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        + b"Content-Disposition: attachment; filename=a",
        b";",
        b"\r\n\r\nwords\r\n--x--\r\n",
    ),
    "an open quotation": lambda n: _filled(
        n, _HEAD + b'Content-Type: text/plain; charset="', b";", b"\r\n\r\nwords"
    ),
    "an attachment": lambda n: _attached(
        b"application/pdf", b"a.pdf", b"%PDF-1.7\n" + bytes(n * 7 // 10)
    ),
    "an encoded message": lambda n: _encoded(n, b"\r\n", b"words and words\r\n"),
    "an encoded message of parts": lambda n: _encoded(
        n, b"Content-Type: multipart/mixed; boundary=y\r\n\r\n", b"--y\r\n\r\na\r\n"
    ),
    "a broken winmail.dat": lambda n: _attached(
        b"application/ms-tnef", b"winmail.dat", _TNEF + b"\x01\x08\x00" * (n // 4)
    ),
    "a calendar": lambda n: _typed(
        n, b"text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:words\r\n"
    ),
    "a delivery report": lambda n: _filled(
        n,
        _HEAD + b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n",
        b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n",
        b"\r\n--x--\r\n",
    ),
    "signatures of signatures": lambda n: _filled(
        n,
        _HEAD + b"Content-Type: multipart/signed; protocol=application/pgp-signature; boundary=x"
        b"\r\n\r\n",
        b"\r\n--x\r\nContent-Type: application/pgp-signature\r\n\r\nwords",
        b"\r\n--x--\r\n",
    ),
}
"""By what they are full of; each takes how many bytes it is to have."""
