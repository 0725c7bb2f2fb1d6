"""Every command that shows something shows it as JSON too, if that is asked for."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import typer

from services.desk.__main__ import app

DESK: Any = typer.main.get_command(app)
NOTHING_TO_SHOW: Final = {
    "completion": "a script for bash",
    "dead discard": "how many it was done to, in a word",
    "dead replay": "how many it was done to, in a word",
    "patron hold": "that it is done",
    "patron release": "that it is done",
    "preview": "a letter, as it looks",
    "quarantine discard": "that it is done",
    "quarantine release": "the references, a line each, and nothing else",
    "staff add": "the id, and nothing else",
    "staff away": "nothing",
    "token integration": "the key, and nothing else",
    "token revoke": "that it is done",
    "token staff": "the token, and nothing else",
}
"""What is told by commands without `--json`."""


def commands(path: tuple[str, ...], command: Any) -> Iterator[tuple[str, Any]]:
    for name, one in getattr(command, "commands", {}).items():
        if hasattr(one, "commands"):
            yield from commands((*path, name), one)
        else:
            yield " ".join((*path, name)), one


COMMANDS: Final = dict(commands((), DESK))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_shows_json_or_has_nothing_to_show(name: str) -> None:
    has_json = any("--json" in one.opts for one in COMMANDS[name].params)
    assert has_json != (name in NOTHING_TO_SHOW), name


def test_what_has_nothing_to_show_is_a_command() -> None:
    assert NOTHING_TO_SHOW.keys() <= COMMANDS.keys()
