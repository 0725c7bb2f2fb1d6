"""Which documents mean harm, and how each may end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.formats.abuse.files import (
    SECRET,
    TRAP,
    busy_pdf,
    deep_word,
    docx,
    epub,
    hungry_formula,
    laughs,
    locked_archive,
    locked_pdf,
    locked_word,
    lying_archive,
    noise,
    odt,
    page,
    paragraph,
    plain_pdf,
    png,
    spying_formula,
    spying_notes,
    spying_page,
    spying_word,
    wide_page,
    zipped,
)
from tests.formats.abuse.fonts import (
    book_with_fonts_and_scripts,
    pdf_with_a_broken_font,
    word_with_fonts_and_macros,
)

MADE: Final = "made"
"""That a copy is made of it, without what is bad in it."""


@dataclass(frozen=True)
class Bad:
    """A document that means harm."""

    name: str
    make: Callable[[], bytes]
    wanted: frozenset[str]
    """Which ends are good ones: reasons, or `made`."""


def bad(name: str, make: Callable[[], bytes], *wanted: str) -> Bad:
    return Bad(name, make, frozenset(wanted))


_LIMITS: Final = ("too_large", "too_much", "too_long", "too_deep")
ALL: Final = (
    bad("bomb.docx", lambda: docx("x" * 110_000_000), "too_large"),
    bad("parts.docx", lambda: docx("", **{f"x{n}": "" for n in range(10_500)}), "too_large"),
    bad("lies_of_its_size.docx", lying_archive, "damaged", "too_large"),
    bad("bomb_in_epub.epub", lambda: epub("", big__css="a" * 110_000_000), "too_large"),
    bad("laughs.docx", lambda: docx(paragraph("&e9;"), laughs("w:document")), "damaged", MADE),
    bad("laughs.odt", lambda: odt("&e9;", prolog=laughs("x")), "damaged", MADE),
    bad("laughs.epub", lambda: epub("<p>&e9;</p>"), "damaged", "empty", MADE),
    bad(
        "stranger.docx",
        lambda: docx(paragraph("&x;"), f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{SECRET}">]>'),
        *("damaged", MADE),
    ),
    bad(
        "stranger.odt",
        lambda: odt("&x;", prolog=f'<!DOCTYPE d [<!ENTITY x SYSTEM "{TRAP}">]>'),
        *("damaged", "empty", MADE),
    ),
    bad("spy.docx", spying_word, MADE),
    bad("spy.html", spying_page, MADE),
    bad("spy.md", spying_notes, MADE),
    bad("spy_in_a_formula.md", spying_formula, MADE, "damaged"),
    bad("spy.epub", lambda: epub(f'<img src="{TRAP}" alt="x"/><script>1</script>'), MADE),
    bad("hungry.md", hungry_formula, MADE, *_LIMITS, "damaged"),
    bad("deep.md", lambda: b">" * 50_000 + b" x", MADE, *_LIMITS, "damaged"),
    bad("brackets.md", lambda: b"[" * 50_000 + b"*a_ " * 10_000, MADE, *_LIMITS),
    bad("deep.html", lambda: page("<div>" * 20_000 + "x"), MADE, *_LIMITS, "damaged"),
    bad("deep.docx", lambda: deep_word(3_000), *_LIMITS, "damaged", MADE),
    bad("lists.html", lambda: page("<ul><li>x" * 3_000), MADE, *_LIMITS, "damaged"),
    bad("cells.html", lambda: wide_page(2_000, 20), MADE, *_LIMITS),
    bad("much.html", lambda: wide_page(20_000, 60), MADE, *_LIMITS),
    bad("cut_off.docx", lambda: docx(paragraph())[:-200], "damaged"),
    bad("no_text.docx", lambda: zipped({"word/document.xml": "<a>"}), "damaged"),
    bad("noise.pdf", lambda: b"%PDF-1.7\n" + noise(50_000), "damaged"),
    bad("noise.png", lambda: png(8, 8)[:40] + noise(500), "damaged", "empty", "too_much"),
    bad("noise.docx", lambda: b"PK\x03\x04" + noise(5_000), "damaged", "mistyped"),
    bad("picture.docx", lambda: png(80, 80), "mistyped"),
    bad("program.txt", lambda: b"\x7fELF" + noise(500), "mistyped", "unknown"),
    bad("word.pdf", lambda: docx(paragraph()), "mistyped"),
    bad("script.md", lambda: b"#!/bin/sh\nrm -rf /\n", "mistyped"),
    bad("nothing.txt", lambda: b"   \n ", "empty"),
    bad("locked.docx", locked_word, "encrypted"),
    bad("locked_parts.docx", locked_archive, "encrypted"),
    bad("locked.pdf", locked_pdf, "encrypted"),
    bad("locked.odt", lambda: odt("x", manifest="<m:encryption-data/>"), "encrypted"),
    bad("sold.epub", lambda: epub("", **{"META-INF_of_rights__xml": "<r/>"}), "protected"),
    bad(
        "sold_too.epub",
        lambda: epub("", **{"META-INF_of_encryption__xml": "<e><EncryptedData/></e>"}),
        "protected",
    ),
    bad("lent.epub", lambda: epub("", **{"META-INF_of_license__lcpl": "{}"}), "protected"),
    bad("busy.pdf", busy_pdf, MADE),
    bad("font.docx", word_with_fonts_and_macros, MADE),
    bad("font.epub", book_with_fonts_and_scripts, MADE),
    bad("font.pdf", pdf_with_a_broken_font, MADE, "empty", "damaged"),
    bad("pages.pdf", lambda: plain_pdf(pages=2_500), "too_many_pages", "damaged"),
    bad(
        "stream.pdf", lambda: plain_pdf(content=b"q Q " * 60_000_000), *_LIMITS, "empty", "damaged"
    ),
    bad("huge.png", lambda: png(60_000, 60_000), *_LIMITS, "damaged", "empty"),
    bad("false.png", lambda: png(40_000, 40_000, 3), *_LIMITS, "damaged", "empty"),
)
