"""A copy beside its source: the words of one in the other, their order, the cells, the letters."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.notify.formats.compare import in_order, recall, words_of
from services.notify.formats.options import Format, Options
from services.notify.formats.pdf_check import smallest_glyph
from services.notify.formats.pdf_lines import opened
from tests.formats import cells
from tests.formats.copies import said_by

LEAST_RECALL: Final = 0.995
LEAST_OF_A_SCAN: Final = 0.97
LEAST_IN_ORDER: Final = 0.98
_ROUNDING: Final = 0.05
"""Points."""


@dataclass(frozen=True)
class Sample:
    """A source, and what is really in it."""

    name: str
    file: Path
    said: str
    is_scan: bool = False
    languages: tuple[str, ...] = ("en",)
    """The document's own, then those of its parts."""
    pages: int = 0
    """Which its PDF has at least."""


@dataclass(frozen=True)
class Measures:
    """None: not of this format."""

    recall: float | None = None
    order: float | None = None
    braille: float | None = None
    read_back: float | None = None
    """Told, and no goal: see `cells`."""
    glyph: float | None = None
    """Points, of the smallest letter."""
    pages: int | None = None

    def wrong(self, sample: Sample, options: Options) -> list[str]:
        """The goals that are missed."""
        least = LEAST_OF_A_SCAN if sample.is_scan else LEAST_RECALL
        missed = []
        if self.recall is not None and self.recall < least:
            missed.append(f"words: {self.recall:.4f} of them are there")
        if self.order is not None and self.order < LEAST_IN_ORDER:
            missed.append(f"order: {self.order:.3f} of the words are in it")
        if self.braille is not None and self.braille < least:
            missed.append(f"cells: those of {self.braille:.4f} of the words are there")
        if self.glyph is not None and self.glyph < options.point_size - _ROUNDING:
            missed.append(f"letters: one of {self.glyph:.1f} points")
        if self.pages is not None and self.pages < sample.pages:
            missed.append(f"pages: {self.pages} of at least {sample.pages}")
        return missed


def measured(sample: Sample, options: Options, file: Path) -> Measures:
    """Of a copy that is said to be one of this sample, in this format."""
    form = options.format
    if form in {Format.BRF, Format.PEF}:
        back = cells.read_back(sample.said, file, options, sample.languages[0])
        there = cells.there(sample.said, file, options, sample.languages)
        # A speck that is recognised as a point changes the cells of a word, and not the word.
        return Measures(braille=back if sample.is_scan else there, read_back=back)
    said = said_by(file, form)
    if said is None:
        return Measures()
    wanted, got = words_of(sample.said), words_of(said)
    pages = opened(str(file)) if form in {Format.PDF, Format.LARGE_PRINT} else []
    glyphs = [smallest_glyph(one.get_textpage()) for one in pages]
    return Measures(
        recall=recall(wanted, got),
        order=in_order(wanted, got),
        glyph=min(glyphs) if form is Format.LARGE_PRINT else None,
        pages=len(pages) if form is Format.PDF else None,
    )
