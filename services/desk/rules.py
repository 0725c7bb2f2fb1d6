"""`desk rules`: tries the rules of another library file on past tickets. Changes nothing.

It runs routing's own pure rules: a copy of them would not be what routing will do.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from services.desk.session import fail, with_database
from services.desk.shown import AsJson, plain, print_json, progress
from services.desk.store import Past
from services.routing.understanding import FIELDS, understood
from shared.config import Settings
from shared.library import Library, LibraryFileError, read_library
from shared.mongo import Database

app = typer.Typer(help="The rules by which enquiries get their topics.")


@app.callback()
def _group() -> None:
    """The rules by which enquiries get their topics."""


@app.command("test")
def try_out(
    file: Annotated[Path, typer.Argument(help="A library file, such as a changed copy of yours.")],
    as_json: AsJson = False,
) -> None:
    """Try that file's rules on the first letter of every ticket. A line for each ticket that would
    have another topic: reference, topic now and then, why. Last, how many of how many."""
    try:
        library = read_library(file)
    except LibraryFileError as error:
        raise fail(str(error)) from error

    async def compare(database: Database, _: Settings) -> None:
        with progress(None, "Trying the rules", quiet=as_json) as step:
            looked_at, changed = await _compare(Past(database), library, step, as_json=as_json)
        if as_json:
            print_json({"looked_at": looked_at, "changed": changed})
        else:
            print(f"{len(changed)} of {looked_at} tickets would have another topic")

    with_database(compare)


async def _compare(
    past: Past, library: Library, step: Callable[[], None], *, as_json: bool
) -> tuple[int, list[dict[str, str]]]:
    looked_at, changed = 0, []
    async for reference, topic, letter in past.first_letters(FIELDS):
        judged = understood(letter, library).judgement
        looked_at += 1
        step()
        if judged.topic.id == topic:
            continue
        then, why = judged.topic.id, judged.reason
        changed.append({"reference": reference, "topic": topic, "then": then, "reason": why})
        if not as_json:
            print(reference, f"{topic} -> {then}", plain(why), sep="\t")
    return looked_at, changed
