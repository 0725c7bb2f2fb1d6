"""`desk quarantine`: letters that have no ticket, at the command line. Deletes none."""

import asyncio
import getpass
import re
import sys
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

import typer

from shared.addresses import is_address
from shared.config import Settings, load
from shared.errors import Transient
from shared.mongo import Document, open_client
from shared.quarantine import Aside, Quarantine, Release

app = typer.Typer(no_args_is_help=True, help="Letters that have no ticket.")

_SHOWN: Final = 10 * 1024
_PAGE: Final = 200
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
Letter = Annotated[str, typer.Argument(help="Its id, as `list` shows it.")]


def _with_quarantine(work: Callable[[Quarantine], Coroutine[Any, Any, Any]]) -> Any:
    settings = load(Settings)

    async def session() -> Any:
        client = open_client(settings.mongodb_uri)
        try:
            return await work(Quarantine(client[settings.mongodb_database]))
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


@app.command("list")
def list_letters(
    automatic: Annotated[
        bool, typer.Option("--automatic", help="Automatic mail about nothing instead.")
    ] = False,
) -> None:
    """A line each, the oldest first: id, since when, door, bytes, why, from, subject."""

    async def work(quarantine: Quarantine) -> None:
        aside: Aside = "noted" if automatic else "quarantined"
        after = None
        while page := await quarantine.page(aside, after, _PAGE):
            for one in page:
                _print(one)
            after = (page[-1]["at"], page[-1]["_id"])

    _with_quarantine(work)


def _print(one: Document) -> None:
    why = one["unreadable"] or one["held"] or one["automatic"]
    sender = one.get("address_as_written") or one["name"] or "-"
    at = one["at"].isoformat(timespec="seconds")
    fields = (one["_id"], at, one["door"], str(one["size"]), why, sender, one["subject"])
    print("\t".join(_CONTROLS.sub(" ", field) for field in fields))


@app.command("show")
def show(letter_id: Letter) -> None:
    """Why it is here, what was decided, and the first 10 KB of the message as it came."""

    async def work(quarantine: Quarantine) -> None:
        one = await _found(quarantine, letter_id)
        _print(one)
        for name in ("released", "discarded"):
            if decided := one.get(name):
                why = decided.get("reason") or one["reference"]
                print(f"{name} by {decided['by']} at {decided['at']:%Y-%m-%dT%H:%M:%SZ}: {why}")
        raw = (await quarantine.raw(letter_id, _SHOWN)).decode("utf-8", "replace")
        print("\n".join(_CONTROLS.sub("\ufffd", line) for line in raw.splitlines()))

    _with_quarantine(work)


@app.command("release")
def release(
    letter_ids: Annotated[list[str], typer.Argument(help="One or more ids.")],
    address: Annotated[
        str | None, typer.Option(help="Whom it is from, if nobody could read that.")
    ] = None,
) -> None:
    """Make an enquiry of each: it opens a ticket within seconds. Prints the references."""

    if address is not None and not is_address(address):
        raise _fail(f"{address} is not a mail address")

    async def work(quarantine: Quarantine) -> None:
        for letter_id in letter_ids:
            one = await _found(quarantine, letter_id)
            given = address if one["unreadable"] else None
            await quarantine.release(one, Release(_by(), given))
            one = await _found(quarantine, letter_id)
            if not one.get("released"):
                raise _fail(f"{letter_id} was discarded by {one['discarded']['by']}")
            print(one["reference"])

    _with_quarantine(work)


@app.command("discard")
def discard(
    letter_id: Letter, reason: Annotated[str, typer.Option(help="Why it is no enquiry.")]
) -> None:
    """It is no enquiry. The message stays; who said so, when and why stands in it."""

    async def work(quarantine: Quarantine) -> None:
        await _found(quarantine, letter_id)
        await quarantine.discard(letter_id, _by(), reason)
        one = await _found(quarantine, letter_id)
        if not one.get("discarded"):
            raise _fail(f"{letter_id} was released by {one['released']['by']}")
        print(f"discarded by {one['discarded']['by']}")

    _with_quarantine(work)


async def _found(quarantine: Quarantine, letter_id: str) -> Document:
    one = await quarantine.find(letter_id)
    if one is None:
        raise _fail(f"There is no letter {letter_id} that was kept aside")
    return one
