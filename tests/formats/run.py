"""Converts every sample to every format, and measures each copy."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import html

from services.notify.formats.convert import convert
from services.notify.formats.findings import Finding, Refused
from services.notify.formats.limits import ConversionSettings
from services.notify.formats.options import Format, Options
from services.notify.formats.pdf_lines import opened
from tests.formats import samples
from tests.formats.measures import Measures, Sample, measured

WANTED: Final = {
    "html": Options(format=Format.HTML),
    "pdf": Options(format=Format.PDF),
    "print 18": Options(format=Format.LARGE_PRINT, point_size=18),
    "print 24": Options(format=Format.LARGE_PRINT, point_size=24),
    "epub": Options(format=Format.EPUB),
    "docx": Options(format=Format.DOCX),
    "text": Options(format=Format.TEXT),
    "brf 1": Options(format=Format.BRF, braille_grade=1),
    "brf 2": Options(format=Format.BRF, braille_grade=2),
    "pef": Options(format=Format.PEF),
    "mp3": Options(format=Format.MP3),
    "daisy": Options(format=Format.DAISY),
}
"""What every sample is made into."""
_DOCUMENTATION: Final = Path("/usr/share/doc")
_ARTICLE: Final = ("en", "cy", "fr", "ar")
_BOOK: Final = ("nettle-dev/nettle.html", "nodejs/api/dns.html", "nodejs/api/path.html")
_LINES: Final = (
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "div", "br", "caption"),
    *("li", "dt", "dd", "td", "th", "tr"),
)
"""What ends a line of a web page: other marks stand within words."""


@dataclass
class Outcome:
    """A copy, and all that is said of it."""

    sample: Sample
    form: str
    options: Options
    file: Path | None = None
    findings: tuple[Finding, ...] = ()
    wrong: list[str] = field(default_factory=list)
    measured: Measures = field(default_factory=Measures)
    seconds: float = 0.0


def sources(folder: Path) -> Iterator[Sample]:
    """The documents of the project."""
    everything = samples.article(paragraphs=3)
    article = samples.write_markdown(folder, everything, "article")
    said = samples.said_in(everything)
    for form in ("docx", "odt", "html", "epub"):
        file = samples.office(folder, article, form)
        yield Sample(f"article {form}", file, said, languages=_ARTICLE, pages=12)
    paper = samples.two_columns(folder)
    yield Sample("two columns pdf", paper, paper.with_suffix(".said").read_text(encoding="utf-8"))
    scan = samples.scan(folder)
    yield Sample("scan pdf", scan, _first_pages(folder / "unscanned.pdf", 2), is_scan=True)
    french = samples.paper("fr", samples.FRENCH, "Documents")
    notes = samples.write_markdown(folder, french, "french")
    yield Sample("french md", notes, samples.said_in(french), languages=("fr",))
    plain = folder / "plain.txt"
    plain.write_text(samples.plain(), encoding="utf-8")
    yield Sample("plain txt", plain, samples.plain())
    for name, language, text in (
        ("slides", "en", samples.slides()),
        ("arabic", "ar", samples.paper("ar", samples.ARABIC, "الوثائق")),
        ("welsh", "cy", samples.paper("cy", samples.WELSH, "Dogfennau")),
        ("table", "en", samples.spreadsheet()),
    ):
        written = samples.write_markdown(folder, text, name)
        form = "pptx" if name == "slides" else "docx"
        file = samples.office(folder, written, form)
        yield Sample(f"{name} {form}", file, samples.said_in(text), languages=(language,))


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
    for one in bound.iter(*_LINES):
        one.tail = f"\n{one.tail or ''}"
    return Sample("book html", file, bound.text_content(), pages=150)


def made(sample: Sample, form: str, options: Options, folder: Path) -> Outcome:
    """The copy, with its own check; the validators come after."""
    outcome = Outcome(sample, form, options)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        try:
            wishes = options.model_copy(update={"language": sample.languages[0]})
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
    outcome.measured = measured(sample, options, outcome.file)
    return outcome
