"""`desk quarantine`: letters that have no ticket, at the command line. Deletes none."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeVar

import typer

from services.desk.session import by, fail, with_database
from services.desk.shown import AsJson, objects, print_json, show
from shared.addresses import is_address
from shared.config import Settings
from shared.mongo import Database, Document
from shared.quarantine import Aside, Quarantine, Release

Answer = TypeVar("Answer")

app = typer.Typer(no_args_is_help=True, help="Letters that have no ticket.")

_SHOWN: Final = 10 * 1024
_PAGE: Final = 200
_COLUMNS: Final = ("id", "at", "door", "size", "reason", "from", "subject")
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
Letter = Annotated[str, typer.Argument(help="Its id, as `list` shows it.")]


def _with_quarantine(work: Callable[[Quarantine], Awaitable[Answer]]) -> Answer:
    async def session(database: Database, _: Settings) -> Answer:
        return await work(Quarantine(database))

    return with_database(session)


@app.command("list")
def list_letters(
    automatic: Annotated[
        bool, typer.Option("--automatic", help="Automatic mail about nothing instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """A line each, the oldest first: id, since when, door, bytes, why, from, subject."""

    async def work(quarantine: Quarantine) -> list[Document]:
        aside: Aside = "noted" if automatic else "quarantined"
        found: list[Document] = []
        after = None
        while page := await quarantine.page(aside, after, _PAGE):
            found += page
            after = (page[-1]["at"], page[-1]["_id"])
        return found

    show(_COLUMNS, map(_row, _with_quarantine(work)), as_json=as_json)


def _row(one: Document) -> tuple[object, ...]:
    why = one["unreadable"] or one["held"] or one["automatic"]
    sender = one.get("address_as_written") or one["name"] or None
    return one["_id"], one["at"], one["door"], one["size"], why, sender, one["subject"]


@app.command("show")
def show_letter(letter_id: Letter, as_json: AsJson = False) -> None:
    """Why it is here, what was decided, and the first 10 KB of the message as it came."""

    async def work(quarantine: Quarantine) -> None:
        one = await _found(quarantine, letter_id)
        if as_json:
            raw = (await quarantine.raw(letter_id, _SHOWN)).decode("utf-8", "replace")
            [known] = objects(_COLUMNS, [_row(one)])
            more = {name: one.get(name) for name in ("released", "discarded", "reference")}
            print_json({**known, **more, "raw": raw})
            return
        show(_COLUMNS, [_row(one)], as_json=False)
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
        raise fail(f"{address} is not a mail address")

    async def work(quarantine: Quarantine) -> None:
        for letter_id in letter_ids:
            one = await _found(quarantine, letter_id)
            given = address if one["unreadable"] else None
            await quarantine.release(one, Release(by(), given))
            one = await _found(quarantine, letter_id)
            if not one.get("released"):
                raise fail(f"{letter_id} was discarded by {one['discarded']['by']}")
            print(one["reference"])

    _with_quarantine(work)


@app.command("discard")
def discard(
    letter_id: Letter, reason: Annotated[str, typer.Option(help="Why it is no enquiry.")]
) -> None:
    """It is no enquiry. The message stays; who said so, when and why stands in it."""

    async def work(quarantine: Quarantine) -> None:
        await _found(quarantine, letter_id)
        await quarantine.discard(letter_id, by(), reason)
        one = await _found(quarantine, letter_id)
        if not one.get("discarded"):
            raise fail(f"{letter_id} was released by {one['released']['by']}")
        print(f"discarded by {one['discarded']['by']}")

    _with_quarantine(work)


async def _found(quarantine: Quarantine, letter_id: str) -> Document:
    one = await quarantine.find(letter_id)
    if one is None:
        raise fail(f"There is no letter {letter_id} that was kept aside")
    return one
