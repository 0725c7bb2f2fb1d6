"""What grew and what it cost: as a table, as a picture, as numbers, in `docs/`. Pure but for the
writing at the end."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.measure import median
from bench.plots import Panel, picture
from bench.trial import Phase

PAGE: Final = "performance.md"
NUMBERS: Final = "growth.json"


@dataclass(frozen=True)
class Grown:
    """One dimension: a row for each step, and which columns are drawn."""

    name: str
    columns: Sequence[str]
    """The first is what grows."""
    steps: Sequence[str]
    rows: Sequence[Sequence[float]]
    """Without the step."""
    drawn: Mapping[str, Mapping[str, int]]
    """A panel's title, and for each of its curves the place of its value in a row."""
    figures: Mapping[str, float]
    """For the last line."""
    faults: Sequence[str]
    about: str = ""
    """How it was run, in a sentence or two."""
    setting: Sequence[str] = field(default_factory=tuple)
    """Machine, servers, libraries."""


@dataclass(frozen=True)
class Run:
    """What one run at one step showed."""

    step: int
    phase: Phase
    faults: Sequence[str]
    rss_mb: float = 0.0

    def line(self, what: str) -> str:
        """For the screen, with a line for each fault."""
        cpu = " ".join(f"{name} {value:.1f}" for name, value in self.phase.cpu_ms.items())
        told = [f"{self.step:>9,} {what}: {self.phase.rate:6.1f}/s, CPU ms a ticket: {cpu}"]
        return "\n".join([*told, *(f"  FAULT: {one}" for one in self.faults)])


def middle(runs: Sequence[Run], step: int) -> tuple[float, ...]:
    """Of all runs at one step: rate, and CPU ms a ticket of services, MongoDB, RabbitMQ, all."""
    phases = [one.phase for one in runs if one.step == step]
    cpu = (
        median([one.cpu_ms[name] for one in phases])
        for name in ("services", "mongodb", "rabbitmq", "total")
    )
    return (median([one.rate for one in phases]), *cpu)


def last_line(grown: Sequence[Grown]) -> str:
    """What is compared."""
    figures = {name: value for one in grown for name, value in one.figures.items()}
    told = " ".join(f"{name}={_figure(name, value)}" for name, value in figures.items())
    return f"bench-growth: {told} faults={sum(len(one.faults) for one in grown)}"


def table(one: Grown) -> list[str]:
    """In Markdown."""
    lines = [
        f"| {' | '.join(one.columns)} |",
        f"|{'---|' * len(one.columns)}",
    ]
    for step, row in zip(one.steps, one.rows, strict=True):
        lines.append(f"| {step} | {' | '.join(map(_cell, row))} |")
    return lines


def drawing(one: Grown) -> str:
    """In SVG: a dot for each step."""
    panels = [
        Panel(
            title,
            {
                name: [(float(place), row[column]) for place, row in enumerate(one.rows)]
                for name, column in curves.items()
            },
        )
        for title, curves in one.drawn.items()
    ]
    return picture(panels, one.steps)


def inserted(page: str, one: Grown) -> str:
    """The page with this dimension's part anew. Raises: ValueError: it has no place for it."""
    begin, end = f"<!-- growth: {one.name} -->\n", f"<!-- end of growth: {one.name} -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{PAGE} has no lines {begin.strip()} and {end}")
    told = [one.about, *_as_list(one.setting), "", *table(one), ""]
    told.append(f"![{_title(one)}](growth-{one.name}.svg)")
    return before + begin + "\n" + "\n".join(told) + "\n\n" + end + after


def write(one: Grown, folder: Path) -> None:
    """Picture, numbers, and the part of the page, where there is a page."""
    (folder / f"growth-{one.name}.svg").write_text(drawing(one), encoding="utf-8")
    numbers = folder / NUMBERS
    known: dict[str, Any] = json.loads(numbers.read_text("utf-8")) if numbers.exists() else {}
    known[one.name] = dataclasses.asdict(one)
    numbers.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    page = folder / PAGE
    if page.exists():
        page.write_text(inserted(page.read_text("utf-8"), one), encoding="utf-8")


def _title(one: Grown) -> str:
    return f"{'; '.join(one.drawn)}, by {one.columns[0]}"


def _as_list(lines: Sequence[str]) -> list[str]:
    return ["", *(f"- {line}" for line in lines)] if lines else []


def _cell(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"


def _figure(name: str, value: float) -> str:
    return f"{value:.2f}" if name.endswith("_ratio") else f"{value:.1f}"
