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


def _filled(head: bytes, piece: bytes, tail: bytes = b"", size: int = SIZE) -> bytes:
    count = max(1, (size - len(head) - len(tail)) // len(piece))
    return head + piece * count + tail


def _typed(kind: bytes, piece: bytes, encoding: bytes = b"8bit") -> bytes:
    head = _HEAD + b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: " + encoding
    return _filled(head + b"\r\n\r\n", piece)


def _multipart(piece: bytes, tail: bytes = b"\r\n--x--\r\n") -> bytes:
    return _filled(_HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n", piece, tail)


def _attached(kind: bytes, name: bytes, content: bytes) -> bytes:
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    part = (
        b"\r\n--x\r\nContent-Type: " + kind + b"; name=" + name
        + b"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n"
    )  # fmt: skip
    head = _HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee there.\r\n"
    return head + part + encoded + b"\r\n--x--\r\n"


GIANTS: Final[dict[str, Callable[[], bytes]]] = {
    "plain text": lambda: _typed(b"text/plain; charset=utf-8", b"words and words\r\n"),
    "one line": lambda: _typed(b"text/plain; charset=utf-8", b"words and words "),
    "bare carriage returns": lambda: _typed(b"text/plain", b"words\r"),
    "NUL bytes": lambda: _typed(b"text/plain", b"\0"),
    "nothing but quotes": lambda: _typed(b"text/plain", b"> > > > quoted\r\n"),
    "nothing but replies": lambda: _typed(b"text/plain", b"On Monday, Rhian wrote:\r\n> a\r\n"),
    "nothing but half replies": lambda: _typed(b"text/plain", b"On Monday On Monday\r\n"),
    "nothing but signatures": lambda: _typed(b"text/plain", b"-- \r\nRhian\r\n"),
    "nothing but addresses": lambda: _typed(b"text/plain", b"<a@b.example>: 550 5.1.1\r\n"),
    "flowed lines": lambda: _typed(b"text/plain; format=flowed; delsp=yes", b"words \r\n"),
    "other charset": lambda: _typed(b"text/plain; charset=nowhere", b"\xc3\xa9\xff words\r\n"),
    "UTF-7": lambda: _typed(b"text/plain; charset=utf-7", b"+AHg- "),
    "ISO 2022": lambda: _typed(b"text/plain; charset=iso-2022-jp", b"\x1b$B$3$s\x1b(B"),
    "quoted-printable": lambda: _typed(b"text/plain", b"=C3=A9=\r\n", b"quoted-printable"),
    "broken base64": lambda: _typed(b"text/plain", b"!A=", b"base64"),
    "uuencode": lambda: _typed(b"text/plain", b"begin 644 x\r\n#0V%T\r\n", b"x-uuencode"),
    "HTML, flat": lambda: _typed(b"text/html", b"<p>words <b>and</b> words</p>"),
    "HTML, deep": lambda: _typed(b"text/html", b"<div>"),
    "HTML, deep quotes": lambda: _typed(b"text/html", b"<blockquote>words"),
    "HTML, a table": lambda: _typed(b"text/html", b"<table><tr><td>words"),
    "HTML, open tags": lambda: _typed(b"text/html", b"<"),
    "HTML, open comments": lambda: _typed(b"text/html", b"<!--"),
    "HTML, entities": lambda: _typed(b"text/html", b"&amp;&#x26;&nosuch"),
    "HTML, attributes": lambda: _typed(b"text/html", b"<a " + b"x=1 " * 5000 + b">"),
    "HTML, images": lambda: _typed(b"text/html", b"<img src=cid:x>"),
    "HTML, styles": lambda: _typed(b"text/html", b"<style>a{background:url(x)}</style>"),
    "parts": lambda: _multipart(b"\r\n--x\r\n\r\na"),
    "parts with headers": lambda: _multipart(b"\r\n--x\r\nContent-Type: text/plain\r\n\r\na"),
    "a preamble": lambda: _multipart(b"words\r\n"),
    "boundaries of nobody": lambda: _multipart(b"\r\n--y\r\n"),
    "nested multiparts": lambda: _multipart(
        b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    ),
    "nested messages": lambda: _filled(
        _HEAD, b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n"
    ),
    "headers": lambda: _filled(b"", b"X-Header: words\r\n", b"\r\nwords"),
    "one header": lambda: _filled(b"X-Header: ", b"words ", b"\r\n\r\nwords"),
    "a folded header": lambda: _filled(b"Subject: a\r\n", b" words\r\n", b"\r\nwords"),
    "recipients": lambda: _filled(b"To: a@b.example", b", a@b.example", b"\r\n\r\nwords"),
    "a header of a part": lambda: _filled(
        _HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Disposition: a",
        b";",
        b"\r\n\r\nwords\r\n--x--\r\n",
    ),
    "an attachment": lambda: _attached(
        b"application/pdf", b"a.pdf", b"%PDF-1.7\n" + bytes(18_000_000)
    ),
    "a broken winmail.dat": lambda: _attached(
        b"application/ms-tnef", b"winmail.dat", _TNEF + b"\x01\x08\x00" * 6_000_000
    ),
    "a calendar": lambda: _typed(
        b"text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:words\r\n"
    ),
    "a delivery report": lambda: _filled(
        _HEAD + b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n",
        b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n",
        b"\r\n--x--\r\n",
    ),
    "signatures of signatures": lambda: _filled(
        _HEAD + b"Content-Type: multipart/signed; protocol=application/pgp-signature; boundary=x"
        b"\r\n\r\n",
        b"\r\n--x\r\nContent-Type: application/pgp-signature\r\n\r\nwords",
        b"\r\n--x--\r\n",
    ),
}  # fmt: skip
"""By what they are full of."""
