"""`desk dead`: messages that could not be handled, shown, put back or thrown away."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Final

import typer

from services.desk.session import fail
from services.desk.shown import AsJson, objects, print_json, progress, show
from shared.config import Settings, load
from shared.dead_letters import DeadLetter, Verdict, go_through

app = typer.Typer(no_args_is_help=True, help="Messages that could not be handled.")
_COLUMNS: Final = ("id", "queue", "type", "reference", "since", "reason")


@app.command("list")
def list_letters(as_json: AsJson = False) -> None:
    """Every dead letter, a line each: id, queue, type, reference, since when, and why."""
    found = _go_through(lambda _: Verdict.KEEP)
    show(_COLUMNS, map(_row, found), as_json=as_json)


def _row(one: DeadLetter) -> tuple[object, ...]:
    return one.id, one.queue, one.type, one.reference, one.put_aside_at, one.reason


@app.command("show")
def show_letter(letter_id: str, as_json: AsJson = False) -> None:
    """One dead letter with its body."""
    for one in _go_through(lambda _: Verdict.KEEP):
        if one.id == letter_id and as_json:
            [known] = objects(_COLUMNS, [_row(one)])
            print_json({**known, "body": one.body.decode("utf-8", "replace")})
            return
        if one.id == letter_id:
            print(one.reason)
            print(one.body.decode("utf-8", "replace"))
            return
    raise fail(f"There is no dead letter {letter_id}")


@app.command("replay")
def replay(
    letter_id: Annotated[str | None, typer.Argument(help="One letter's id.")] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
) -> None:
    """Put dead letters back into their queues, once what stopped them is mended."""
    _carry_out(Verdict.REPLAY, letter_id, all_of_them, "put back")


@app.command("discard")
def discard(letter_id: str) -> None:
    """Throw one dead letter away. What it stood for is then never done."""
    _carry_out(Verdict.DISCARD, letter_id, False, "thrown away")


def _carry_out(verdict: Verdict, letter_id: str | None, everything: bool, done: str) -> None:
    if (letter_id is None) == (not everything):
        raise fail("Name one letter, or say --all")
    count = 0
    with progress(None, "Going through them") as step:

        def decide(letter: DeadLetter) -> Verdict:
            nonlocal count
            step()
            if everything or letter.id == letter_id:
                count += 1
                return verdict
            return Verdict.KEEP

        _go_through(decide)
    if not count and letter_id is not None:
        raise fail(f"There is no dead letter {letter_id}")
    print(f"{count} {done}")


def _go_through(decide: Callable[[DeadLetter], Verdict]) -> list[DeadLetter]:
    try:
        return asyncio.run(go_through(load(Settings).amqp_url, decide))
    except (ConnectionError, TimeoutError) as error:
        raise fail("RabbitMQ can't be reached. Is AMQP_URL right, and RabbitMQ running?") from error
