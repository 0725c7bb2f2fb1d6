"""Copies that are spoiled in one way each: every check must say so."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.notify.formats.options import Format


def untagged_pdf(good: Path, bad: Path) -> None:
    raw = good.read_bytes()
    bad.write_bytes(
        raw.replace(b"/MarkInfo", b"/MarkGone").replace(b"/StructTreeRoot", b"/StructTreeGone")
    )


def pdf_without_claim(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes().replace(b"pdfuaid:part", b"pdfgone:part"))


def pdf_without_language(good: Path, bad: Path) -> None:
    bad.write_bytes(re.sub(rb"/Lang ?\((\w)", rb"/Gone(\1", good.read_bytes()))


def epub_without_metadata(good: Path, bad: Path) -> None:
    _zipped(
        good,
        bad,
        "EPUB/content.opf",
        lambda raw: re.sub(rb"<((?:\w+:)?)meta property=\"schema:.*?</\1meta>", b"", raw),
    )


def epub_without_language(good: Path, bad: Path) -> None:
    _zipped(
        good,
        bad,
        "EPUB/content.opf",
        lambda raw: re.sub(rb"<dc:language>.*?</dc:language>", b"", raw),
    )


def html_without_language(good: Path, bad: Path) -> None:
    bad.write_bytes(re.sub(rb"<html lang=\"[^\"]*\"", b"<html", good.read_bytes(), count=1))


def html_without_alt(good: Path, bad: Path) -> None:
    raw = re.sub(rb" (alt|aria-label|role)=\"[^\"]*\"", b"", good.read_bytes())
    bad.write_bytes(raw)


def daisy_with_a_broken_clip(good: Path, bad: Path) -> None:
    _zipped(
        good,
        bad,
        "s0001.smil",
        lambda raw: re.sub(rb'clip-end="npt=([\d.]+)s"', b'clip-end="npt=0.001s"', raw, count=1),
    )


def daisy_without_facts(good: Path, bad: Path) -> None:
    _zipped(
        good, bad, "ncc.html", lambda raw: re.sub(rb'<meta name="ncc:totalTime"[^>]*>', b"", raw)
    )


def braille_with_a_long_line(good: Path, bad: Path) -> None:
    lines = good.read_bytes().decode("ascii").split("\r\n")
    number = next(place for place, line in enumerate(lines) if len(line) > 20)
    lines[number] = lines[number].ljust(41, "A")
    bad.write_text("\r\n".join(lines), encoding="ascii", newline="")


def _zipped(good: Path, bad: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(bad, "w") as after:
        for part in before.infolist():
            content = before.read(part)
            after.writestr(part, change(content) if part.filename == name else content)


ALL: Final[tuple[tuple[Callable[[Path, Path], None], Format], ...]] = (
    (untagged_pdf, Format.PDF),
    (pdf_without_claim, Format.PDF),
    (pdf_without_language, Format.PDF),
    (epub_without_metadata, Format.EPUB),
    (epub_without_language, Format.EPUB),
    (html_without_language, Format.HTML),
    (html_without_alt, Format.HTML),
    (daisy_with_a_broken_clip, Format.DAISY),
    (daisy_without_facts, Format.DAISY),
    (braille_with_a_long_line, Format.BRF),
)
