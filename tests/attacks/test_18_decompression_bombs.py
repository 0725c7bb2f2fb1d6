"""Class 18: little files that unpack to much. Nothing here unpacks any: each is kept as it came and
said to be an archive, in two seconds and half a gigabyte at most."""

import bz2
import gzip
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Final

from services.intake.reading import Reading
from tests.attacks.costs import costs
from tests.builders import mail, with_files

MUCH: Final = 64 * 1024 * 1024
MOST_SECONDS: Final = 2.0
MOST_MEGABYTES: Final = 512
MOST_MORE: Final = 40
"""Megabytes that a bomb may take above what a letter with a file of a few bytes takes: fewer than
any of them unpacks to."""


@cache
def nothing() -> bytes:
    return bytes(MUCH)


def zipped(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def nested() -> bytes:
    """Sixteen times sixteen times a gigabyte, if somebody unpacked it all."""
    inner = zipped(("0", nothing()))
    for _ in range(3):
        inner = zipped(*((str(one), inner) for one in range(16)))
    return inner


def png() -> bytes:
    """A picture of 2,500 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(nothing())
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def pdf() -> bytes:
    stream = zlib.compress(nothing())
    head = b"%%PDF-1.7\n1 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(stream)
    return head + stream + b"\nendstream endobj\n%%EOF\n"


def laughs() -> bytes:
    """Entities of entities: three thousand million."""
    lines = "".join(
        f'<!ENTITY l{one} "{f"&l{one - 1};" * 10}">' if one else '<!ENTITY l0 "lol">'
        for one in range(10)
    )
    return f'<?xml version="1.0"?><!DOCTYPE svg [{lines}]><svg><text>&l9;</text></svg>'.encode()


def office(part: str) -> bytes:
    return zipped(("[Content_Types].xml", b"<Types/>"), (part, nothing()))


BOMBS: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "zip": ("a.zip", lambda: zipped(("0", nothing()))),
    "nested zip": ("nested.zip", nested),
    "gzip": ("a.gz", lambda: gzip.compress(nothing())),
    "bzip2": ("a.bz2", lambda: bz2.compress(nothing())),
    "xz": ("a.xz", lambda: lzma.compress(nothing(), preset=0)),
    "docx": ("a.docx", lambda: office("word/document.xml")),
    "xlsx": ("a.xlsx", lambda: office("xl/worksheets/sheet1.xml")),
    "png": ("a.png", png),
    "pdf": ("a.pdf", pdf),
    "svg": ("a.svg", laughs),
}


def counts_to_millions() -> bytes:
    """A winmail.dat of a few bytes that says of itself that it has four thousand million values."""
    value = (1).to_bytes(4, "little") + b"\x03\x10\x01\x66" + b"\xff\xff\xff\xff" + bytes(64)
    head = b"\x78\x9f\x3e\x22\x01\x00\x01\x03\x90\x06\x00"
    return head + len(value).to_bytes(4, "little") + value + bytes(9)


def test_a_bomb_is_a_file_like_any_other() -> None:
    files = {name: made() for name, made in BOMBS.values()}
    assert len(files) == 10
    letters = [with_files(mail(), {name: content}) for name, content in files.items()]
    harmless = with_files(mail(), {"a.zip": zipped(("0", b"words"))})
    _, usual, *each = costs([harmless, harmless, *letters])
    for (name, content), cost in zip(files.items(), each, strict=True):
        assert isinstance(cost.found, Reading), name
        [kept] = cost.found.mail.attachments
        assert kept.filename == name
        assert kept.sha256 == hashlib.sha256(content).hexdigest()
        is_archive = name.endswith(("zip", "gz", "bz2", "xz"))
        assert ("archive" in kept.flags) is is_archive, name
        assert cost.seconds <= MOST_SECONDS, name
        assert cost.megabytes <= min(MOST_MEGABYTES, usual.megabytes + MOST_MORE), name


def test_what_is_opened_counts_no_further_than_it_has_bytes() -> None:
    """Outlook's wrapping is the one thing that is opened."""
    [cost] = costs([with_files(mail(), {"winmail.dat": counts_to_millions()})])
    assert isinstance(cost.found, Reading)
    assert {one.code for one in cost.found.mail.remarks} == {"winmail_unreadable"}
    assert cost.seconds <= MOST_SECONDS
