"""Binds chapters into one MP3 with an ID3v2.3 tag that names them (ID3v2 Chapter Frame Addendum
1.0)."""

from pathlib import Path
from typing import Final

from services.notify.formats import mp3
from services.notify.formats.tree import Document

_THREE_LETTERS: Final = {
    "en": "eng",
    "cy": "wel",
    "fr": "fre",
    "ar": "ara",
    "de": "ger",
    "es": "spa",
    "it": "ita",
    "ga": "gle",
    "nl": "dut",
    "pt": "por",
}
_NO_OFFSET: Final = b"\xff" * 8


def bind(document: Document, chapters: list[tuple[str, Path]], target: Path) -> None:
    """`chapters`: a name and a file each; they follow each other without a gap."""
    moments, at = [], 0.0
    for name, file in chapters:
        long = mp3.seconds(file)
        moments.append((name, round(at * 1000), round((at + long) * 1000)))
        at += long
    with target.open("wb") as made:
        made.write(_tag(document, moments))
        for _, file in chapters:
            made.write(file.read_bytes())


def _tag(document: Document, moments: list[tuple[str, int, int]]) -> bytes:
    language = _THREE_LETTERS.get(document.language.split("-")[0].lower(), "und")
    names = [f"c{number}".encode() + b"\0" for number in range(len(moments[:255]))]
    contents = b"toc\0\x03" + bytes([len(names)]) + b"".join(names) + _text("TIT2", document.title)
    frames = _text("TIT2", document.title) + _frame("TLAN", b"\0" + language.encode())
    if document.authors:
        frames += _text("TPE1", "/".join(document.authors))
    frames += _frame("CTOC", contents)
    for element, (name, begins, ends) in zip(names, moments, strict=False):
        times = begins.to_bytes(4) + ends.to_bytes(4) + _NO_OFFSET
        frames += _frame("CHAP", element + times + _text("TIT2", name))
    return b"ID3\x03\0\0" + _seven_bits(len(frames)) + frames


def _text(name: str, text: str) -> bytes:
    return _frame(name, b"\x01" + b"\xff\xfe" + text.encode("utf-16-le"))


def _frame(name: str, content: bytes) -> bytes:
    return name.encode() + len(content).to_bytes(4) + b"\0\0" + content


def _seven_bits(size: int) -> bytes:
    return bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
