"""`make formats-check`: sample documents, each in every format, each copy judged by outside
validators; then spoiled copies, which must fail. Some twenty minutes."""

import argparse
import sys
import tempfile
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, sync_playwright

from services.notify.formats.options import Format
from tests.browser import CHROMIUM
from tests.formats import outside, run, sabotage
from tests.formats.run import Outcome


def main() -> int:
    """0 if all copies are valid and all spoiled ones were found out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="samples whose name has this in it")
    parser.add_argument("--formats", default="", help="formats whose name has this in it")
    parser.add_argument("--keep", type=Path, help="leave the copies in this folder")
    asked = parser.parse_args()
    script = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        outcomes = _outcomes(folder, asked.only, asked.formats)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            run.validated(outcomes, browser, script, folder)
            for one in outcomes:
                _print(one)
            spoiled, missed = _spoiled(outcomes, browser, script, folder)
            browser.close()
    for name in missed:
        print(f"NOT SEEN: {name}")
    _summary(outcomes, spoiled, len(missed))
    return int(any(one.wrong for one in outcomes) or bool(missed))


def _outcomes(folder: Path, only: str, forms: str) -> list[Outcome]:
    wanted = [one for one in run.sources(folder) if only in one.name]
    book = run.book(folder)
    if book is None:
        raise SystemExit("formats-check: the manuals that the book is made of are not installed")
    wanted += [book] if only in book.name else []
    outcomes = []
    for sample in wanted:
        for form, options in run.WANTED:
            if forms in form:
                outcomes.append(run.made(sample, form, options, folder))
                print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return outcomes


def _print(one: Outcome) -> None:
    def shown(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    print(
        f"{one.sample.name:16} {one.form:9} {'valid' if not one.wrong else 'WRONG':6}"
        f" recall {shown(one.recall, '.4f'):6} order {shown(one.order, '.3f'):5}"
        f" braille {shown(one.braille, '.4f'):6} glyph {shown(one.glyph, '.1f'):4}"
        f" {one.seconds:6.1f} s  findings {len(one.findings)}"
    )
    for said in one.wrong[:6]:
        print(f"    {said}")


def _spoiled(
    outcomes: list[Outcome], browser: Browser, script: str, folder: Path
) -> tuple[int, list[str]]:
    """How many were spoiled, and those that no validator minded."""
    good = {one.options.format: one.file for one in outcomes if one.sample.name == "article docx"}
    missed: list[str] = []
    count = 0
    for spoil, form in sabotage.ALL:
        source = good.get(form)
        if source is None:
            continue
        bad = folder / f"{spoil.__name__}{source.suffix}"
        spoil(source, bad)
        count += 1
        if not _minded(form, bad, browser, script, folder):
            missed.append(spoil.__name__)
    return count, missed


def _minded(form: Format, bad: Path, browser: Browser, script: str, folder: Path) -> list[str]:
    match form:
        case Format.PDF:
            return outside.verapdf([bad])[bad]
        case Format.EPUB:
            return outside.epubcheck(bad) + outside.ace(bad, folder / f"{bad.stem}-ace")
        case Format.HTML:
            return outside.axe(browser, bad, script)
        case Format.DAISY:
            return outside.daisy(bad)
        case _:
            return run.sized(bad)


def _summary(outcomes: list[Outcome], spoiled: int, missed: int) -> None:
    recalls = [one.recall for one in outcomes if one.recall is not None and not one.sample.is_scan]
    scans = [one.recall for one in outcomes if one.recall is not None and one.sample.is_scan]
    orders = [one.order for one in outcomes if one.order is not None]
    cells = [one.braille for one in outcomes if one.braille is not None]
    glyphs = [one.glyph for one in outcomes if one.glyph is not None]
    print(f"sabotaged: {spoiled} copies, {spoiled - missed} found out")
    print(f"scan: word_recall_min={min(scans, default=0):.4f}")
    print(
        f"formats: outputs={len(outcomes)} valid={sum(not one.wrong for one in outcomes)}"
        f" word_recall_min={min(recalls, default=0):.4f}"
        f" order_ok={sum(one >= run.LEAST_IN_ORDER for one in orders)}/{len(orders)}"
        f" braille_min={min(cells, default=0):.4f} glyph_min_pt={min(glyphs, default=0):.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
