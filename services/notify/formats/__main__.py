"""Converts one file, as an operator who wants to see what comes out:
`python -m services.notify.formats article.docx large_print --to copy.pdf --point-size 24`."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from services.notify.formats.convert import convert
from services.notify.formats.findings import Refused
from services.notify.formats.job import Progress
from services.notify.formats.options import Format, Options


def main(
    source: Path,
    form: Annotated[Format, typer.Argument(metavar="FORMAT")],
    *,
    to: Annotated[Path | None, typer.Option(help="Where the copy goes.")] = None,
    language: Annotated[str, typer.Option(help="Of a document that doesn't say.")] = "en",
    point_size: Annotated[float, typer.Option(help="Of large print.")] = 18,
    grade: Annotated[int, typer.Option(help="Of braille, 1 or 2.")] = 2,
) -> None:
    """Convert SOURCE, and say what the checks found. The limits are those of the environment."""
    options = Options(format=form, language=language, point_size=point_size, braille_grade=grade)
    with tempfile.TemporaryDirectory() as work:
        try:
            made = asyncio.run(convert(source, options, Path(work), told=_tell))
        except Refused as error:
            typer.echo(f"{error.reason}: {error}", err=True)
            raise typer.Exit(1) from error
        target = to or Path(f"{source.stem}-{form}{made.file.suffix}")
        shutil.copyfile(made.file, target)
    for one in made.findings:
        typer.echo(f"{'FAILED' if one.is_failure else 'found'}: {one.words}")
    typer.echo(f"{target}: {made.title!r}, {made.language}, from {made.kind}")


def _tell(progress: Progress) -> None:
    if progress.of:
        typer.echo(f"{progress.step} {progress.done} of {progress.of}", err=True)


if __name__ == "__main__":
    typer.run(main)
