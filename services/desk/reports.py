"""`desk charter` and `desk causes`: the reports as routing computes them, at the command line.

It computes nothing of its own: two computations of the same figures would differ some day.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from services.desk.session import fail, with_database
from services.desk.shown import plain, print_json
from services.routing.charter import Span, flat, month_of
from services.routing.reporting import Reports
from shared.config import Settings, load
from shared.library import Library
from shared.mongo import Database

Answer = TypeVar("Answer")
_MONTH: Final = re.compile(r"2\d{3}-(0[1-9]|1[0-2])", re.ASCII)
_TIMES: Final = frozenset({"median", "p90"})
_SECONDS: Final = ((86_400, "d"), (3600, "h"), (60, "min"))


def print_charter(month: str | None, team: str | None, now: datetime, *, as_json: bool) -> None:
    """A line for each figure; what has changed since it was published stands beside it."""
    settings = load(Settings)
    library = settings.library
    if team is not None and team not in {one.id for one in library.teams}:
        raise fail(f"There is no team {team!r} in LIBRARY_FILE")
    span = _span(month, library, now)
    report = _with_reports(lambda it: it.charter(span, team, now))
    if as_json:
        print_json(report)
        return
    for line in charter_lines(report):
        print(line)


def print_causes(month: str | None, now: datetime, *, as_json: bool) -> None:
    """What caused enquiries, most first: how many, the cause, tickets; then what was done."""
    settings = load(Settings)
    span = _span(month, settings.library, now)
    causes = _with_reports(lambda it: it.causes(span))
    if as_json:
        print_json(causes)
        return
    for one in causes:
        print(one["count"], plain(one["cause"]), " ".join(one["tickets"]), sep="\t")
        for done in one["done"]:
            when = f"{done['at']:%Y-%m-%d}"
            print("", f"{when} {plain(done['by']['name'])}: {plain(done['what'])}", sep="\t")


def charter_lines(report: dict[str, Any]) -> Iterator[str]:
    """The report as lines of text."""
    yield f"{report['from']} to {report['to']}, {report['team'] or 'all teams'}"
    if report["published_at"] is not None:
        yield f"As published at {report['published_at']:%Y-%m-%d %H:%M} UTC"
    now = dict(flat(report["recomputed"] or {}))
    published = dict(flat(report["figures"]))
    for path in now | published:
        line = f"{_label(path):<58} {_value(path, published.get(path)):>14}"
        differs = path in report["changed"]
        yield f"{line}  now {_value(path, now.get(path))}" if differs else line
    for path, why in report["unknown"].items():
        yield f"{_label(path)}: {why}"


def _label(path: str) -> str:
    return path.replace("_", " ").replace(".", ": ")


def _value(path: str, value: Any) -> str:
    if value is None:
        return "-"
    if path.endswith("_share"):
        return f"{value:.1%}"
    return in_words(value) if path.rpartition(".")[2] in _TIMES else str(value)


def in_words(seconds: float) -> str:
    """Such as `1 h 5 min`: the two largest parts."""
    left = int(timedelta(seconds=round(seconds)).total_seconds())
    parts = []
    for size, name in _SECONDS:
        if left >= size:
            parts.append(f"{left // size} {name}")
            left %= size
    if len(parts) < 2 and (left or not parts):
        parts.append(f"{left} s")
    return " ".join(parts[:2])


def _span(month: str | None, library: Library, now: datetime) -> Span:
    """That month, or the present one, in the library's time zone."""
    zone = library.library.zone
    if month is None:
        return month_of(now.astimezone(zone).date(), zone)
    if not _MONTH.fullmatch(month):
        raise fail("--month is such as 2026-11")
    return month_of(date.fromisoformat(f"{month}-01"), zone)


def _with_reports(work: Callable[[Reports], Awaitable[Answer]]) -> Answer:
    async def session(database: Database, settings: Settings) -> Answer:
        return await work(Reports(database, settings.library))

    return with_database(session)
