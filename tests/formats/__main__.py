"""`make formats-check`: sample documents, each in every format, each copy judged by outside
validators and beside its source; then spoiled copies, each of which must be found out by the check
that is there for it. Some twenty minutes. The status is 1 where a goal is missed."""

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import sync_playwright

from tests.browser import CHROMIUM
from tests.formats import measures, run, sabotage
from tests.formats.judging import Judges
from tests.formats.measures import Measures
from tests.formats.run import Outcome


def main() -> int:
    """0 if all copies are valid and all spoiled ones were found out."""
    parser = argparse.ArgumentParser(prog="tests.formats", description=__doc__)
    parser.add_argument("--only", default="", help="samples whose name has this in it")
    parser.add_argument("--formats", default="", help="formats whose name has this in it")
    parser.add_argument("--keep", type=Path, help="leave the copies in this folder")
    asked = parser.parse_args()
    script = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (asked.keep or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        outcomes = _outcomes(folder, asked.only, asked.formats)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            try:
                judges = Judges(browser, script, folder)
                judges.all(outcomes)
                for one in outcomes:
                    _print(one)
                spoiled, missed = _spoiled(outcomes, judges, folder)
            finally:
                browser.close()
    for name in missed:
        print(f"NOT SEEN: {name}")
    _summary(outcomes, spoiled, len(missed))
    return int(not outcomes or any(one.wrong for one in outcomes) or bool(missed))


def _outcomes(folder: Path, only: str, forms: str) -> list[Outcome]:
    wanted = [one for one in run.sources(folder) if only in one.name]
    book = run.book(folder)
    if book is None:
        raise SystemExit("formats-check: the manuals that the book is made of are not installed")
    wanted += [book] if only in book.name else []
    outcomes = []
    for sample in wanted:
        for form, options in run.WANTED.items():
            if forms in form:
                outcomes.append(run.made(sample, form, options, folder))
                print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return outcomes


def _print(one: Outcome) -> None:
    def shown(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    found = one.measured
    print(
        f"{one.sample.name:16} {one.form:9} {'valid' if not one.wrong else 'WRONG':6}"
        f" recall {shown(found.recall, '.4f'):6} order {shown(found.order, '.3f'):5}"
        f" braille {shown(found.braille, '.4f'):6} glyph {shown(found.glyph, '.1f'):4}"
        f" {one.seconds:6.1f} s  findings {len(one.findings)}"
    )
    for said in one.wrong[:6]:
        print(f"    {said}")


def _spoiled(outcomes: list[Outcome], judges: Judges, folder: Path) -> tuple[int, list[str]]:
    """How many copies were spoiled, and what was not found out."""
    good = {one.form: one for one in outcomes if one.sample.name == sabotage.SAMPLE}
    missed: list[str] = []
    count = 0
    for one in sabotage.ALL:
        if one.form not in good:
            continue
        count += 1
        source, name = good[one.form], one.spoil.__name__
        if source.file is None:
            missed.append(f"{name}: there is no copy to spoil")
            continue
        bad = folder / f"{name}{source.file.suffix}"
        one.spoil(source.file, bad)
        options = run.WANTED[one.held_to or one.form]
        said = judges.one(one.check, bad, source.sample, options)
        print(f"spoiled: {name:34} {one.check:9} {said[0] if said else '-'}")
        if not said:
            missed.append(f"{name}, by {one.check}")
    return count, missed


def _least(outcomes: Sequence[Outcome], of: Callable[[Measures], float | None]) -> float:
    values = [of(one.measured) for one in outcomes]
    return min((one for one in values if one is not None), default=math.nan)


def _summary(outcomes: list[Outcome], spoiled: int, missed: int) -> None:
    scans = [one for one in outcomes if one.sample.is_scan]
    born = [one for one in outcomes if not one.sample.is_scan]
    orders = [one.measured.order for one in outcomes if one.measured.order is not None]
    in_order = sum(one >= measures.LEAST_IN_ORDER for one in orders)
    small = sum(said.startswith("letters:") for one in outcomes for said in one.wrong)
    print(f"sabotaged: copies={spoiled} found_out={spoiled - missed}")
    print(
        f"scan: word_recall_min={_least(scans, lambda one: one.recall):.4f}"
        f" braille_min={_least(scans, lambda one: one.braille):.4f}"
        f" (least: {measures.LEAST_OF_A_SCAN})"
    )
    print(
        f"read back by liblouis: born_digital_min={_least(born, lambda one: one.read_back):.4f}"
        " (told, no goal: it reads Welsh worse than it writes it)"
    )
    print(
        f"formats: outputs={len(outcomes)} valid={sum(not one.wrong for one in outcomes)}"
        f" word_recall_min={_least(born, lambda one: one.recall):.4f}"
        f" order_ok={in_order}/{len(orders)}"
        f" braille_min={_least(born, lambda one: one.braille):.4f}"
        f" glyph_min_pt={_least(outcomes, lambda one: one.glyph):.1f}"
        f" too_small={small}"
    )


if __name__ == "__main__":
    sys.exit(main())
