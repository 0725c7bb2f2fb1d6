"""`desk patron`: what is held about a patron, given to them or taken away; and holds.

It writes no address and no word of a patron to a log, and none of them into the proof.
"""

import asyncio
import getpass
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from services.desk.erasing import Erasing, Forbidden, Found, forbid
from services.desk.export import Export, NotEmpty
from services.desk.proofs import Holds
from shared.config import Settings, load
from shared.erasure import OnHold
from shared.errors import Transient
from shared.mongo import Database, open_client
from shared.references import in_text

app = typer.Typer(no_args_is_help=True, help="What is held about a patron.")

Address = Annotated[str, typer.Argument(help="Any address of theirs; a tag after + is no matter.")]
Reference = Annotated[str, typer.Argument(metavar="REF", help="The ticket.")]


def with_database(work: Callable[[Database, Settings], Coroutine[Any, Any, Any]]) -> Any:
    """Do this on the database; the command ends with status 1 where it can't be reached."""
    settings = load(Settings)

    async def session() -> Any:
        client = open_client(settings.mongodb_uri)
        try:
            return await work(client[settings.mongodb_database], settings)
        finally:
            client.close()

    try:
        return asyncio.run(session())
    except Transient as error:
        print(f"{error}. Is MONGODB_URI right, and MongoDB running?", file=sys.stderr)
        raise typer.Exit(1) from error


def _fail(text: str) -> typer.Exit:
    print(text, file=sys.stderr)
    return typer.Exit(1)


def _by() -> str:
    return f"desk:{getpass.getuser()}"


def _mailbox(address: str) -> str:
    if "@" not in address.strip("@"):
        raise _fail(f"{address} is not a mail address")
    return address.strip()


@contextmanager
def progress(total: int, what: str, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, and nothing elsewhere; what it gives is called at each step."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


@app.command("export")
def export(
    address: Address,
    to: Annotated[Path, typer.Option(help="A folder that is empty, or not there yet.")],
    as_json: Annotated[bool, typer.Option("--json", help="Say what was written as JSON.")] = False,
) -> None:
    """Write everything that is held about a patron: patron.json, and files beside it."""
    mailbox = _mailbox(address)

    async def work(database: Database, _: Settings) -> Any:
        exporting = Export(database)
        held, count = await exporting.find(mailbox)
        with progress(count, "Exporting", quiet=as_json) as step:
            return (await exporting.write(mailbox, held, to, step)).as_json()

    try:
        done = with_database(work)
    except NotEmpty as error:
        raise _fail(f"{to} is not empty") from error
    if as_json:
        print(json.dumps(done))
        return
    counts = f"{done['tickets']} tickets, {done['letters']} letters, {done['notices']} notices"
    print(f"{counts}, {len(done['files'])} files: {done['document']}")
    if done["withheld"]:
        print(
            f"{done['withheld']} letters on their tickets were written by somebody else: left out"
        )


@app.command("erase")
def erase(
    address: Address,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    even_open: Annotated[
        bool, typer.Option("--even-open", help="Close tickets that are open, unanswered.")
    ] = False,
) -> None:
    """Take a patron and all their words out of everything. Counts stay, and a proof."""
    mailbox = _mailbox(address)

    async def work(database: Database, settings: Settings) -> None:
        erasing = Erasing(database, settings.desk_secret)
        await erasing.make_indexes()
        found = await erasing.find(mailbox)
        if found.held.is_nothing and found.begun is None:
            print("Nothing is held about this address")
            return
        print(", ".join(f"{number} {name}" for name, number in found.counts.items()))
        forbid(found.held, even_open=even_open)
        if dry_run:
            print("Nothing was erased: this was a dry run")
        elif yes or typer.confirm("Erase all this for good?"):
            await _carry_out(erasing, mailbox, found, even_open=even_open)

    try:
        with_database(work)
    except (Forbidden, OnHold) as error:
        raise _fail(str(error)) from error


async def _carry_out(erasing: Erasing, mailbox: str, found: Found, *, even_open: bool) -> None:
    total = len(found.held.tickets) + len(found.held.elsewhere)
    with progress(total, "Erasing") as step:
        erasure = await erasing.erase(mailbox, found, _by(), even_open=even_open, step=step)
    print(f"Erased. Proof: {erasure}")


@app.command("proof")
def proof(address: Address) -> None:
    """Whether and when this patron was erased, a line each time: when, by whom, how many, proof."""
    mailbox = _mailbox(address)

    async def work(database: Database, settings: Settings) -> Any:
        return await Erasing(database, settings.desk_secret).proofs.of(mailbox)

    for one in with_database(work):
        counts = ", ".join(f"{number} {name}" for name, number in one["counts"].items())
        at = one["finished_at"] or one["at"]
        state = "" if one["finished_at"] else "broken off: erase again"
        print(at.isoformat(timespec="seconds"), one["by"], counts, one["_id"], state, sep="\t")


@app.command("hold")
def hold(
    reference: Reference,
    reason: Annotated[str, typer.Option(help="Why; it stands in the ticket's timeline.")],
) -> None:
    """Keep a ticket as it is: nobody erases it, and no time ends it."""
    _change_hold(reference, reason)


@app.command("release")
def release(reference: Reference) -> None:
    """End a hold."""
    _change_hold(reference, None)


def _change_hold(named: str, reason: str | None) -> None:
    found = in_text(named)
    if not found:
        raise _fail(f"{named} is no reference")

    async def work(database: Database, _: Settings) -> bool:
        holds = Holds(database)
        if reason is None:
            return await holds.release(found[0], _by())
        return await holds.place(found[0], reason, _by())

    if not with_database(work):
        what = "on hold" if reason is None else "there to be held: unknown, erased, or held already"
        raise _fail(f"{found[0]} is not {what}")
    print(f"{found[0]} {'released' if reason is None else 'on hold'}")
