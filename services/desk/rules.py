"""`desk rules`: tries the rules of another library file on past tickets. Changes nothing.

It runs routing's own pure rules: a copy of them would not be what routing will do.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.desk.store import Past
from services.routing.understanding import FIELDS, understood
from shared.config import Settings, load
from shared.errors import Transient
from shared.library import Library, LibraryFileError, read_library
from shared.mongo import open_client

app = typer.Typer(help="The rules by which enquiries get their topics.")


@app.callback()
def _group() -> None:
    """The rules by which enquiries get their topics."""


@app.command("test")
def test(
    file: Annotated[Path, typer.Argument(help="A library file, such as a changed copy of yours.")],
) -> None:
    """Try that file's rules on the first letter of every ticket. A line for each ticket that would
    have another topic: reference, topic now and then, why. Last, how many of how many."""
    try:
        library = read_library(file)
    except LibraryFileError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    settings = load(Settings)
    try:
        asyncio.run(_compare(settings, library))
    except Transient as error:
        print(f"{error}. Is MONGODB_URI right, and MongoDB running?", file=sys.stderr)
        raise typer.Exit(1) from error


async def _compare(settings: Settings, library: Library) -> None:
    looked_at = changed = 0
    client = open_client(settings.mongodb_uri)
    try:
        past = Past(client[settings.mongodb_database])
        async for reference, topic, letter in past.first_letters(FIELDS):
            judged = understood(letter, library).judgement
            looked_at += 1
            if judged.topic.id != topic:
                changed += 1
                print(reference, f"{topic} -> {judged.topic.id}", judged.reason, sep="\t")
    finally:
        client.close()
    print(f"{changed} of {looked_at} tickets would have another topic")
