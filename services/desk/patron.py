"""`desk patron`: what is held about a patron, given to them or taken away; and holds.

It writes no address and no word of a patron to a log, and none of them into the proof.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.desk.erasing import Erasing, Forbidden, Found, forbid
from services.desk.export import Export, NotEmpty
from services.desk.proofs import Holds
from services.desk.session import by, fail, with_database
from services.desk.shown import AsJson, print_json, progress, show
from shared.config import Settings
from shared.erasure import OnHold
from shared.mongo import Database, Document
from shared.references import in_text

app = typer.Typer(no_args_is_help=True, help="What is held about a patron.")

Address = Annotated[str, typer.Argument(help="Any address of theirs; a tag after + is no matter.")]
Reference = Annotated[str, typer.Argument(metavar="REF", help="The ticket.")]


def _mailbox(address: str) -> str:
    if "@" not in address.strip("@"):
        raise fail(f"{address} is not a mail address")
    return address.strip()


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
        raise fail(f"{to} is not empty") from error
    if as_json:
        print_json(done)
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
    as_json: Annotated[
        bool, typer.Option("--json", help="As one JSON value; asks nothing.")
    ] = False,
) -> None:
    """Take a patron and all their words out of everything. Counts stay, and a proof."""
    mailbox = _mailbox(address)
    if as_json and not (dry_run or yes):
        raise fail("With --json say --dry-run or --yes: nothing is asked")

    async def work(database: Database, settings: Settings) -> None:
        erasing = Erasing(database, settings.desk_secret)
        found = await erasing.find(mailbox)
        if as_json:
            forbid(found.held, even_open=even_open)
            erasure = None if dry_run else await _carry_out(erasing, mailbox, found, even_open)
            print_json({"counts": found.counts, "proof": erasure})
            return
        if found.held.is_nothing and found.begun is None:
            print("Nothing is held about this address")
            return
        print(", ".join(f"{number} {name}" for name, number in found.counts.items()))
        forbid(found.held, even_open=even_open)
        if dry_run:
            print("Nothing was erased: this was a dry run")
        elif yes or typer.confirm("Erase all this for good?"):
            print(f"Erased. Proof: {await _carry_out(erasing, mailbox, found, even_open)}")

    try:
        with_database(work)
    except (Forbidden, OnHold) as error:
        raise fail(str(error)) from error


async def _carry_out(erasing: Erasing, mailbox: str, found: Found, even_open: bool) -> str | None:
    total = len(found.held.tickets) + len(found.held.elsewhere)
    with progress(total, "Erasing") as step:
        return await erasing.erase(mailbox, found, by(), even_open=even_open, step=step)


@app.command("proof")
def proof(address: Address, as_json: AsJson = False) -> None:
    """Whether and when this patron was erased, a line each time: when, by whom, how many, proof."""
    mailbox = _mailbox(address)

    async def work(database: Database, settings: Settings) -> Any:
        return await Erasing(database, settings.desk_secret).proofs.of(mailbox)

    rows = [_proof(one, as_json=as_json) for one in with_database(work)]
    show(("at", "by", "erased", "proof", "state"), rows, as_json=as_json)


def _proof(one: Document, *, as_json: bool) -> tuple[object, ...]:
    counts = one["counts"]
    erased = counts if as_json else ", ".join(f"{number} {it}" for it, number in counts.items())
    state = "" if one["finished_at"] else "broken off: erase again"
    return one["finished_at"] or one["at"], one["by"], erased, one["_id"], state


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
        raise fail(f"{named} is no reference")

    async def work(database: Database, _: Settings) -> bool:
        holds = Holds(database)
        if reason is None:
            return await holds.release(found[0], by())
        return await holds.place(found[0], reason, by())

    if not with_database(work):
        what = "on hold" if reason is None else "there to be held: unknown, erased, or held already"
        raise fail(f"{found[0]} is not {what}")
    print(f"{found[0]} {'released' if reason is None else 'on hold'}")
