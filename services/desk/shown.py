"""How commands show things: a line each with tabs between for programs, a table on a terminal, one
JSON value where that is asked for, and nothing beside it; and how far a long command is. Nothing
that a stranger wrote acts on the terminal."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="As one JSON value.")]
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def show(columns: Sequence[str], rows: Iterable[Sequence[object]], *, as_json: bool) -> None:
    """A row each; as JSON an array of objects. `columns`: what is in them, by which name."""
    if as_json:
        print_json(objects(columns, rows))
        return
    texts = ([plain(_text(value)) for value in row] for row in rows)
    if not sys.stdout.isatty():
        for one in texts:
            print("\t".join(one))
        return
    table = Table(*(name.replace("_", " ") for name in columns), box=None, pad_edge=False)
    for one in texts:
        table.add_row(*map(Text, one))
    Console().print(table)


def objects(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[dict[str, object]]:
    """The rows as objects of JSON."""
    return [dict(zip(columns, row, strict=True)) for row in rows]


def print_json(value: Any) -> None:
    """On one line; moments in RFC 3339. What is not ASCII is escaped, so that it can't act."""
    print(json.dumps(value, default=_moment))


def plain(words: str) -> str:
    """On one line, and nothing that acts on a terminal."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", words)


@contextmanager
def progress(total: int | None, what: str, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, and nothing elsewhere; what it gives is called at each step. `total`:
    how many there will be, if that is known."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    # What is printed meanwhile stands above the bar, but never leaves a pipe for it.
    console, is_seen = Console(stderr=True), sys.stdout.isatty()
    with Progress(console=console, transient=True, redirect_stdout=is_seen) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def _text(value: object) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            return value.isoformat(timespec="seconds")
        case list() | tuple():
            return ",".join(map(str, value))
    return str(value)


def _moment(value: object) -> str:
    if isinstance(value, date):  # a moment too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing of JSON")
