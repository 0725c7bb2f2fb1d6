"""Writes braille: BRF (NABCC letters, form feeds) and PEF 2008-1, and reads it back to check it.

Contractions are liblouis's. What it can't judge, a person who reads braille must.
"""

import textwrap
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from services.notify.formats.compare import words_of
from services.notify.formats.findings import Finding, Reason, Refused, failure, found
from services.notify.formats.linear import Passage, passages
from services.notify.formats.louis import Louis, has
from services.notify.formats.options import Format, Options
from services.notify.formats.tree import Document

TABLES: Final = {
    "en": ("en-ueb-g1.ctb", "en-ueb-g2.ctb"),
    "cy": ("cy-cy-g1.utb", "cy-cy-g2.ctb"),
    "fr": ("fr-bfu-comp6.utb", "fr-bfu-g2.ctb"),
    "ar": ("ar-ar-g1.utb", "ar-ar-g1.utb"),
    "de": ("de-g1.ctb", "de-g2.ctb"),
    "es": ("es-g1.ctb", "es-g1.ctb"),
    "it": ("it-it-comp6.utb", "it-it-comp6.utb"),
    "ga": ("ga-g1.utb", "ga-g2.ctb"),
    "nl": ("nl-NL-g0.utb", "nl-NL-g0.utb"),
    "pt": ("pt-pt-g1.utb", "pt-pt-g2.ctb"),
}
_NABCC: Final = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="
_LEAST_READ_BACK: Final = 0.97
_READ_BACK_BADLY: Final = {"cy-cy-g1.utb": 0.9, "cy-cy-g2.ctb": 0.75}
"""Tables that liblouis writes better than it reads: the least share of the words, each read alone,
that must be as it was. Measured of a Welsh text: 0.97 and 0.88."""
_STOPS: Final = "⠂⠆⠒⠖⠦⠲⠴⠄⠶⠤ "
"""Which it takes for figures where they end a word."""
_ACROSS: Final = "─━┄┅┈┉╌╍═╴╶╸╺╼╾"
_DOWN: Final = "│┃┆┇┊┋╎╏║╵╷╹╻╽╿"
_DRAWN: Final = (
    dict.fromkeys(range(0x2500, 0x2580), "+")
    | dict.fromkeys(map(ord, _ACROSS), "-")
    | dict.fromkeys(map(ord, _DOWN), "|")
)
"""Lines that are drawn with letters, which no code has: as typewriters drew them."""
_BLANK: Final = ""
_LAST_CELL: Final = 0x283F
"""Of six dots."""


@dataclass
class _Writer:
    """Translates, and counts how much of it reads back as it was."""

    options: Options
    language: str
    louis: Louis = field(default_factory=Louis)
    other: set[str] = field(default_factory=set)
    words: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    """Passages with letters that the code does not have."""

    def table(self, language: str) -> str:
        """Raises: Refused: there is none for the document's own language."""
        own = self.options.braille_table
        if own and has(own) and language == self.language:
            return own
        pair = TABLES.get(language.split("-", maxsplit=1)[0].lower())
        table = pair[self.options.braille_grade - 1] if pair else ""
        if has(table):
            return table
        if language == self.language:
            raise Refused(Reason.NO_LANGUAGE, f"There is no braille table for {language}.")
        self.other.add(language)
        return self.table(self.language)

    def cells(self, passage: Passage) -> str:
        """Runs of one language and weight are translated together: contractions span words."""
        joined: list[tuple[str, str, str]] = []
        for run in passage.runs:
            key = (self.table(run.language), run.emphasis)
            if joined and joined[-1][:2] == key:
                joined[-1] = (*key, joined[-1][2] + run.text)
            else:
                joined.append((*key, run.text))
        made = " ".join("".join(self._translated(*one) for one in joined).split())
        odd = {one for one in made if ord(one) > _LAST_CELL}
        if odd:
            self.unknown += 1
            # Cells of eight dots stand for letters that the code does not have.
            made = "".join(chr(0x2800 + (ord(one) & 63)) if one in odd else one for one in made)
        return made

    def _translated(self, table: str, emphasis: str, text: str) -> str:
        plain = " ".join(text.translate(_DRAWN).split())
        if not plain:
            return " " if text else ""
        made = self.louis.cells(table, plain, emphasis)
        self._read_back(table, plain, made)
        before, after = text[0].isspace(), text[-1].isspace()
        return " " * before + made + " " * after

    def _read_back(self, table: str, plain: str, made: str) -> None:
        wanted = Counter(words_of(plain))
        got = Counter(words_of(read_by(self.louis, table, made)))
        self.words[table] += wanted.total()
        self.lost[table] += (wanted - got).total()


def read_by(louis: Louis, table: str, cells: str) -> str:
    """What the cells say: all at once, or word by word where liblouis reads badly otherwise."""
    if table not in _READ_BACK_BADLY:
        return louis.text(table, cells)
    return " ".join(louis.text(table, one.strip(_STOPS)) for one in cells.split())


def write(document: Document, target: Path, options: Options) -> list[Finding]:
    """What reading it back found. Raises: Refused."""
    writer = _Writer(options, document.language)
    lines: list[str] = []
    for passage in passages(document):
        lines += _laid_out(passage, writer.cells(passage), options.cells)
    pages = list(_pages(lines, writer, options))
    if options.format is Format.BRF:
        target.write_text(_brf(pages), encoding="ascii", newline="")
    else:
        target.write_text(_pef(pages, document, options), encoding="utf-8")
    return _findings(writer) + _complete(target, lines, options) + check(target, options)


def _laid_out(passage: Passage, cells: str, width: int) -> list[str]:
    match passage.kind:
        case "title":
            return [*_centred(cells, width), _BLANK]
        case "heading" if passage.level == 1:
            return [_BLANK, *_centred(cells, width), _BLANK]
        case "heading":
            return [_BLANK, *_wrapped(cells, 4, 4, width)]
        case "item":
            inset = 2 * min(passage.level - 1, 4)
            return _wrapped(cells, inset, inset + 2, width)
        case "row" | "code":
            return _wrapped(cells, 0, 2, width)
        case "text":
            return _wrapped(cells, 2, 0, width)


def _centred(cells: str, width: int) -> list[str]:
    return [line.strip().center(width).rstrip() for line in _wrapped(cells, 0, 0, width - 6)]


def _wrapped(cells: str, first: int, rest: int, width: int) -> list[str]:
    return textwrap.wrap(
        cells,
        width,
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_on_hyphens=False,
    )


def _pages(lines: list[str], writer: _Writer, options: Options) -> list[list[str]]:
    """Each of as many lines as a page has, its number on the last."""
    room = options.lines - 1
    table = writer.table(writer.language)
    made = []
    for start in range(0, len(lines), room):
        page = lines[start : start + room]
        number = writer.louis.cells(table, str(start // room + 1)).strip()
        made.append([*page, *[_BLANK] * (room - len(page)), number.rjust(options.cells)])
    return made


def _brf(pages: list[list[str]]) -> str:
    return "\f".join("".join(_ascii(line) + "\r\n" for line in page) for page in pages)


def _ascii(line: str) -> str:
    return "".join(_NABCC[(ord(one) - 0x2800) & 63] if one != " " else one for one in line)


def _pef(pages: list[list[str]], document: Document, options: Options) -> str:
    rows = [
        "<page>"
        + "".join(f"<row>{line.replace(' ', chr(0x2800))}</row>" for line in page)
        + "</page>"
        for page in pages
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<pef version="2008-1" xmlns="http://www.daisy.org/ns/2008/pef"><head>'
        '<meta xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:format>application/x-pef+xml</dc:format>"
        f"<dc:identifier>{escape(document.title)}</dc:identifier>"
        f"<dc:title>{escape(document.title)}</dc:title>"
        f"<dc:language>{escape(document.language)}</dc:language></meta></head><body>"
        f'<volume cols="{options.cells}" rows="{options.lines}" rowgap="0" duplex="true">'
        f"<section>{''.join(rows)}</section></volume></body></pef>\n"
    )


def _findings(writer: _Writer) -> list[Finding]:
    made = [found("other_language", len(writer.other))] if writer.other else []
    if writer.unknown:
        said = "Passages have letters that this braille code has no cells for."
        made.append(failure("braille_letters", said, writer.unknown))
    lost = sum(writer.lost.values())
    made += [found("letters_changed", lost)] if lost else []
    for table, words in writer.words.items():
        share = 1 - writer.lost[table] / words if words else 1.0
        least = _READ_BACK_BADLY.get(table)
        said = f"{share:.1%} of the words read back as they were. A braille reader should look."
        if share < (least or _LEAST_READ_BACK):
            made.append(failure("braille_read_back", f"Only {said}"))
        elif least is not None:
            said = f"Programs read Welsh braille badly: {said}"
            made.append(Finding(kind="braille_unchecked", words=said))
    return made


def _complete(target: Path, lines: list[str], options: Options) -> list[Finding]:
    """Whether every cell is in the file."""
    pages = read_pages(target, options.format)
    there = "".join(line for page in pages for line in page[:-1])
    if there.replace(" ", "") == "".join(lines).replace(" ", ""):
        return []
    return [failure("braille_lost", "Cells were lost on the way to the file.")]


def check(target: Path, options: Options) -> list[Finding]:
    """The file as a display or an embosser takes it: its letters, and its size."""
    try:
        pages = read_pages(target, options.format)
    except (ValueError, Refused):
        return [failure("braille_file", "The file has signs in it that are no braille.")]
    found_here = []
    if any(len(page) > options.lines for page in pages):
        found_here.append(failure("braille_lines", "A page has too many lines."))
    if any(len(line) > options.cells for page in pages for line in page):
        found_here.append(failure("braille_cells", "A line is too long."))
    return found_here


def read_pages(target: Path, form: Format) -> list[list[str]]:
    """The file's pages, as lines of braille in Unicode."""
    if form is Format.PEF:
        from services.notify.formats.xml_parts import parsed  # noqa: PLC0415  lxml is slow

        rows = "{http://www.daisy.org/ns/2008/pef}"
        return [
            [(row.text or "").replace(chr(0x2800), " ").rstrip() for row in page.iter(f"{rows}row")]
            for page in parsed(target.read_bytes()).iter(f"{rows}page")
        ]
    text = target.read_text(encoding="ascii")
    return [[_unicode(line) for line in page.splitlines()] for page in text.split("\f")]


def _unicode(line: str) -> str:
    return "".join(chr(0x2800 + _NABCC.index(one)) if one != " " else one for one in line)
