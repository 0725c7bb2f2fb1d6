"""Converts every sample to every format, has each copy validated and compared with its source."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import html
from playwright.sync_api import Browser

from services.notify.formats import braille
from services.notify.formats.compare import in_order, recall, words_of
from services.notify.formats.convert import convert
from services.notify.formats.findings import Finding, Refused
from services.notify.formats.limits import ConversionSettings
from services.notify.formats.louis import Louis
from services.notify.formats.options import Format, Options
from services.notify.formats.pdf_check import smallest_glyph
from services.notify.formats.pdf_lines import opened
from tests.formats import outside, samples
from tests.formats.copies import said_by

WANTED: Final = (
    ("html", Options(format=Format.HTML)),
    ("pdf", Options(format=Format.PDF)),
    ("print 18", Options(format=Format.LARGE_PRINT, point_size=18)),
    ("print 24", Options(format=Format.LARGE_PRINT, point_size=24)),
    ("epub", Options(format=Format.EPUB)),
    ("docx", Options(format=Format.DOCX)),
    ("text", Options(format=Format.TEXT)),
    ("brf 1", Options(format=Format.BRF, braille_grade=1)),
    ("brf 2", Options(format=Format.BRF, braille_grade=2)),
    ("pef", Options(format=Format.PEF)),
    ("mp3", Options(format=Format.MP3)),
    ("daisy", Options(format=Format.DAISY)),
)
LEAST_RECALL: Final = 0.995
LEAST_OF_A_SCAN: Final = 0.97
LEAST_IN_ORDER: Final = 0.98
_DOCUMENTATION: Final = Path("/usr/share/doc")
_BOOK: Final = ("nettle-dev/nettle.html", "nodejs/api/dns.html", "nodejs/api/path.html")


@dataclass(frozen=True)
class Sample:
    """A source, and what is really in it."""

    name: str
    file: Path
    said: str
    is_scan: bool = False
    language: str = "en"
    pages: int = 0
    """Which its PDF has at least."""


@dataclass
class Outcome:
    """A copy, and all that is said of it."""

    sample: Sample
    form: str
    options: Options
    file: Path | None = None
    findings: tuple[Finding, ...] = ()
    wrong: list[str] = field(default_factory=list)
    recall: float | None = None
    order: float | None = None
    braille: float | None = None
    glyph: float | None = None
    seconds: float = 0.0


def sources(folder: Path) -> Iterator[Sample]:
    """The documents of the project."""
    everything = samples.article(paragraphs=2)
    article = samples.write_markdown(folder, everything, "article")
    said = samples.said_in(everything)
    for form in ("docx", "odt", "html", "epub"):
        yield Sample(f"article {form}", samples.office(folder, article, form), said)
    paper = samples.two_columns(folder)
    yield Sample("two columns pdf", paper, paper.with_suffix(".said").read_text(encoding="utf-8"))
    scan = samples.scan(folder)
    yield Sample("scan pdf", scan, _first_pages(folder / "unscanned.pdf", 2), is_scan=True)
    for name, text in (
        ("slides", samples.slides()),
        ("arabic", samples.paper("ar", samples.ARABIC, "الوثائق")),
        ("welsh", samples.paper("cy", samples.WELSH, "Dogfennau")),
        ("table", samples.spreadsheet()),
    ):
        written = samples.write_markdown(folder, text, name)
        form = "pptx" if name == "slides" else "docx"
        yield Sample(f"{name} {form}", samples.office(folder, written, form), samples.said_in(text))


def _first_pages(born: Path, count: int) -> str:
    pdf = opened(str(born))
    text = "\n".join(pdf[number].get_textpage().get_text_bounded() for number in range(count))
    # What stands at the head of every page is left out on purpose.
    text = text.replace("Running head", "")
    return text.replace("\ufffe\r\n", "").replace("\ufffe", "").replace("\x02", "")


def book(folder: Path) -> Sample | None:
    """Manuals of the machine's own documentation packages, bound as one of 150 pages and more."""
    manuals = [_DOCUMENTATION / one for one in _BOOK]
    if not all(one.exists() for one in manuals):
        return None
    bound, *others = [html.document_fromstring(one.read_bytes()) for one in manuals]
    for number, other in enumerate(others, 2):
        for one in other.xpath("//*[@id]"):
            one.set("id", f"part{number}-{one.get('id')}")
        for one in other.xpath("//a[starts-with(@href, '#')]"):
            one.set("href", f"#part{number}-{one.get('href')[1:]}")
        bound.body.extend(list(other.body))
    file = folder / "book.html"
    file.write_bytes(html.tostring(bound, encoding="utf-8"))
    for one in bound.xpath("//head|//script|//style|//nav|//comment()|//select|//svg"):
        if one.getparent() is not None:
            one.drop_tree()
    return Sample("book html", file, "\n".join(bound.itertext()), pages=150)


def made(sample: Sample, form: str, options: Options, folder: Path) -> Outcome:
    """The copy, with its own check; the validators come after."""
    outcome = Outcome(sample, form, options)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        try:
            wishes = options.model_copy(update={"language": sample.language})
            limits = ConversionSettings(convert_seconds=7200)
            copy = asyncio.run(convert(sample.file, wishes, Path(work), limits=limits))
        except Refused as error:
            outcome.wrong.append(f"refused: {error}")
            return outcome
        name = f"{sample.name}-{form}".replace(" ", "-")
        outcome.file = folder / f"{name}{copy.file.suffix}"
        shutil.copyfile(copy.file, outcome.file)
    outcome.seconds = time.monotonic() - begun
    outcome.findings = copy.findings
    outcome.wrong += [f"own: {one.words}" for one in copy.findings if one.is_failure]
    _compared(outcome, copy.language)
    return outcome


def _compared(outcome: Outcome, language: str) -> None:
    assert outcome.file is not None
    form = outcome.options.format
    if form in {Format.BRF, Format.PEF}:
        outcome.braille = _read_back(outcome, language)
        return
    said = said_by(outcome.file, form)
    if said is not None:
        wanted, got = words_of(outcome.sample.said), words_of(said)
        outcome.recall = recall(wanted, got)
        outcome.order = in_order(wanted, got)
    if form is Format.PDF and len(opened(str(outcome.file))) < outcome.sample.pages:
        outcome.wrong.append(f"the sample has fewer than {outcome.sample.pages} pages")
    if form is Format.LARGE_PRINT:
        pages = opened(str(outcome.file))
        outcome.glyph = min(smallest_glyph(page.get_textpage()) for page in pages)


def _read_back(outcome: Outcome, language: str) -> float | None:
    """The share of the source's words that the file's cells say when liblouis reads them."""
    pair = braille.TABLES.get(language.split("-", maxsplit=1)[0])
    if pair is None or outcome.file is None:
        return None
    table = pair[outcome.options.braille_grade - 1]
    pages = braille.read_pages(outcome.file, outcome.options.format)
    # The last line of a page is its number.
    cells = " ".join(line.strip() for page in pages for line in page[:-1] if line.strip())
    return recall(words_of(outcome.sample.said), words_of(braille.read_by(Louis(), table, cells)))


def validated(outcomes: list[Outcome], browser: Browser, script: str, folder: Path) -> None:
    """What the outside validators say, into `wrong` of each."""
    by_format: dict[Format, Callable[[Outcome, Path], list[str]]] = {
        Format.HTML: lambda one, file: outside.axe(browser, file, script),
        Format.EPUB: lambda one, file: (
            outside.epubcheck(file) + outside.ace(file, folder / f"{file.stem}-ace")
        ),
        Format.DAISY: lambda one, file: outside.daisy(file),
        Format.MP3: lambda one, file: _heard(file),
        Format.BRF: lambda one, file: sized(file),
    }
    printed = [one for one in outcomes if one.file is not None and one.file.suffix == ".pdf"]
    said = outside.verapdf(one.file for one in printed if one.file is not None)
    for one in outcomes:
        if one.file is None:
            continue
        one.wrong += said.get(one.file, [])
        check = by_format.get(one.options.format)
        one.wrong += check(one, one.file) if check is not None else []
        least = LEAST_OF_A_SCAN if one.sample.is_scan else LEAST_RECALL
        if one.recall is not None and one.recall < least:
            one.wrong.append(f"recall {one.recall:.4f}")
        if one.glyph is not None and one.glyph < one.options.point_size - 0.05:
            one.wrong.append(f"a letter of {one.glyph:.1f} points")


def _heard(file: Path) -> list[str]:
    seconds, chapters = outside.mp3(file.read_bytes())
    return [] if seconds > 1 and chapters else [f"{seconds:.0f} seconds, {chapters} chapters"]


def sized(file: Path) -> list[str]:
    """Plain braille ASCII: at most 40 cells and 25 lines."""
    pages = file.read_bytes().decode("ascii").split("\f")
    wrong = [one for one in pages if one.count("\r\n") > 25]
    wrong += [line for one in pages for line in one.split("\r\n") if len(line) > 40]
    return [f"{len(wrong)} pages or lines are too large"] if wrong else []
