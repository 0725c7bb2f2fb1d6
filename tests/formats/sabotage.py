"""Copies that are spoiled in one way each: every check must say so."""

import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final


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


def daisy_with_a_broken_link(good: Path, bad: Path) -> None:
    _zipped(
        good, bad, "ncc.html", lambda raw: re.sub(rb'href="s0001', b'href="s9999', raw, count=1)
    )


def daisy_against_its_document_type(good: Path, bad: Path) -> None:
    _zipped(good, bad, "s0001.smil", lambda raw: raw.replace(b"<seq ", b'<seq song="1" ', 1))


def daisy_with_its_sound_cut_short(good: Path, bad: Path) -> None:
    _zipped(good, bad, "s0001.mp3", lambda raw: raw[: len(raw) // 2])


def epub_without_alt(good: Path, bad: Path) -> None:
    _every_page(good, bad, lambda raw: re.sub(rb" alt=\"[^\"]*\"", b"", raw))


def epub_with_a_link_to_nowhere(good: Path, bad: Path) -> None:
    _every_page(good, bad, lambda raw: raw.replace(b'href="#', b'href="#gone-'))


def html_too_wide(good: Path, bad: Path) -> None:
    raw = good.read_bytes()
    bad.write_bytes(raw.replace(b"<p>", b'<p style="width: 900px; display: block">', 1))


def mp3_without_chapters(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes().replace(b"CHAP", b"XCHA"))


def large_print_in_smaller_letters(good: Path, bad: Path) -> None:
    """It is one of 18 points, and held to 24."""
    shutil.copyfile(good, bad)


def text_without_some_words(good: Path, bad: Path) -> None:
    words = good.read_text(encoding="utf-8-sig").split()
    bad.write_text(" ".join(words[: len(words) * 99 // 100]), encoding="utf-8")


def text_in_another_order(good: Path, bad: Path) -> None:
    lines = good.read_text(encoding="utf-8-sig").split("\n\n")
    bad.write_text("\n\n".join(reversed(lines)), encoding="utf-8")


def braille_without_a_page(good: Path, bad: Path) -> None:
    pages = good.read_bytes().split(b"\f")
    bad.write_bytes(b"\f".join(pages[:3] + pages[4:]))


def braille_in_other_letters(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes().lower())


def pef_with_a_long_line(good: Path, bad: Path) -> None:
    raw = good.read_text(encoding="utf-8")
    bad.write_text(raw.replace("<row>", f"<row>{'⠿' * 41}", 1), encoding="utf-8")


def braille_with_a_long_line(good: Path, bad: Path) -> None:
    lines = good.read_bytes().decode("ascii").split("\r\n")
    number = next(place for place, line in enumerate(lines) if len(line) > 20)
    lines[number] = lines[number].ljust(41, "A")
    bad.write_text("\r\n".join(lines), encoding="ascii", newline="")


def _every_page(good: Path, bad: Path, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(bad, "w") as after:
        for part in before.infolist():
            raw = before.read(part)
            is_page = re.search(r"text/.*\.xhtml$", part.filename)
            after.writestr(part, change(raw) if is_page else raw)


def _zipped(good: Path, bad: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(bad, "w") as after:
        for part in before.infolist():
            content = before.read(part)
            after.writestr(part, change(content) if part.filename == name else content)


SAMPLE: Final = "article docx"
"""Whose copies are spoiled."""


@dataclass(frozen=True)
class Spoiled:
    """A way to spoil a copy, and the check that must say so: another's word is not its own."""

    spoil: Callable[[Path, Path], None]
    form: str
    """As `run.WANTED` calls it."""
    check: str
    held_to: str = ""
    """What it is said to be, if it is not said to be what it was."""


ALL: Final = (
    Spoiled(untagged_pdf, "pdf", "veraPDF"),
    Spoiled(pdf_without_claim, "pdf", "veraPDF"),
    Spoiled(pdf_without_language, "pdf", "veraPDF"),
    Spoiled(large_print_in_smaller_letters, "print 18", "letters", held_to="print 24"),
    Spoiled(epub_without_metadata, "epub", "Ace"),
    Spoiled(epub_without_alt, "epub", "Ace"),
    Spoiled(epub_without_language, "epub", "epubcheck"),
    Spoiled(epub_with_a_link_to_nowhere, "epub", "epubcheck"),
    Spoiled(html_without_language, "html", "axe"),
    Spoiled(html_without_alt, "html", "axe"),
    Spoiled(html_too_wide, "html", "axe"),
    Spoiled(daisy_with_a_broken_clip, "daisy", "DAISY"),
    Spoiled(daisy_without_facts, "daisy", "DAISY"),
    Spoiled(daisy_with_a_broken_link, "daisy", "DAISY"),
    Spoiled(daisy_against_its_document_type, "daisy", "DAISY"),
    Spoiled(daisy_with_its_sound_cut_short, "daisy", "DAISY"),
    Spoiled(mp3_without_chapters, "mp3", "sound"),
    Spoiled(text_without_some_words, "text", "words"),
    Spoiled(text_in_another_order, "text", "order"),
    Spoiled(braille_with_a_long_line, "brf 2", "size"),
    Spoiled(braille_in_other_letters, "brf 2", "size"),
    Spoiled(braille_without_a_page, "brf 2", "cells"),
    Spoiled(pef_with_a_long_line, "pef", "size"),
)
