"""Who judges which copy: each check by its name, which says what is wrong."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from services.notify.formats.options import Format, Options
from tests.formats import cells, outside
from tests.formats.measures import Sample, measured
from tests.formats.run import Outcome

OF_FORMAT: Final[Mapping[Format, tuple[str, ...]]] = {
    Format.HTML: ("axe",),
    Format.EPUB: ("epubcheck", "Ace"),
    Format.DAISY: ("DAISY",),
    Format.MP3: ("sound",),
    Format.BRF: ("size",),
    Format.PEF: ("size",),
}
"""What is asked of one copy after the other; veraPDF is asked of all at once."""


class Judges:
    """All of them, with what they need."""

    def __init__(self, browser: Browser, script: str, folder: Path) -> None:
        """`script`: axe's; `folder`: where Ace may write."""
        self._browser, self._script, self._folder = browser, script, folder
        self._checks: dict[str, Callable[[Path], list[str]]] = {
            "veraPDF": lambda file: outside.verapdf([file])[file],
            "axe": lambda file: outside.axe(self._browser, file, self._script),
            "epubcheck": outside.epubcheck,
            "Ace": lambda file: outside.ace(file, self._folder / f"{file.stem}-ace"),
            "DAISY": outside.daisy,
            "sound": _heard,
            "size": sized,
        }

    def all(self, outcomes: Iterable[Outcome]) -> None:
        """What is wrong with each, into its `wrong`."""
        there = [(one, one.file) for one in outcomes if one.file is not None]
        printed = outside.verapdf(file for _, file in there if file.suffix == ".pdf")
        for one, file in there:
            one.wrong += printed.get(file, [])
            for name in OF_FORMAT.get(one.options.format, ()):
                one.wrong += self._checks[name](file)
            one.wrong += one.measured.wrong(one.sample, one.options)

    def one(self, name: str, file: Path, sample: Sample, options: Options) -> list[str]:
        """What the check of this name says of this file."""
        if name in self._checks:
            return self._checks[name](file)
        wrong = measured(sample, options, file).wrong(sample, options)
        return [said for said in wrong if said.startswith(f"{name}:")]


def _heard(file: Path) -> list[str]:
    seconds, chapters = outside.mp3(file.read_bytes())
    return [] if seconds > 1 and chapters else [f"{seconds:.0f} seconds, {chapters} chapters"]


def sized(file: Path) -> list[str]:
    """Braille of at most 40 cells and 25 lines, and nothing but braille."""
    try:
        pages = cells.read(file, Format(file.suffix[1:]))
    except (KeyError, UnicodeDecodeError):
        return ["letters that are no braille"]
    wrong = sum(len(one) > 25 for one in pages)
    wrong += sum(len(line) > 40 for one in pages for line in one)
    odd = {cell for one in pages for line in one for cell in line if not "⠀" <= cell <= "⠿"} - {" "}
    return [f"{wrong} pages or lines are too large"] * bool(wrong) + ["no braille"] * bool(odd)
