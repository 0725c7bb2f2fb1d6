"""`desk completion`, by the shell that it is for."""

import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from services.desk.__main__ import app
from services.desk.completion import script

DESK: Any = typer.main.get_command(app)


def offered(*words: str) -> list[str]:
    """What bash offers for the last of these words."""
    line = " ".join(shlex.quote(one) for one in words)
    asked = f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _desk"
    told = "printf '%s\\n' \"${COMPREPLY[@]}\""
    done = subprocess.run(
        ["bash", "--norc", "-c", f"set -eu\n{script(DESK)}\n{asked}\n{told}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stderr == ""
    return done.stdout.split()


def commands(path: tuple[str, ...], command: Any) -> Iterator[tuple[str, ...]]:
    for name, one in getattr(command, "commands", {}).items():
        yield (*path, name)
        yield from commands((*path, name), one)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("sta",), ["staff"]),
        (("dead", ""), ["list", "show", "replay", "discard", "--help"]),
        (("staff", "add", "Mair", "mair@llanfair.example", "--ro"), ["--role"]),
        (("staff", "add", "Mair", "m@l.example", "--role", "a"), ["admin", "auditor"]),
        (("token", "staff", "--scope", "tickets:w"), ["tickets:write"]),
        (("patron", "erase", "--"), ["--dry-run", "--yes", "--even-open", "--json", "--help"]),
        (("rules", "test", "library"), []),
        (("nonsense", "x"), []),
    ],
)
def test_it_offers_what_may_stand_there(words: tuple[str, ...], wanted: list[str]) -> None:
    assert offered("desk", *words) == wanted


def test_every_command_is_offered() -> None:
    found = list(commands((), DESK))
    assert len(found) > 25
    for path in found[::4]:
        assert path[-1] in offered("desk", *path), path


def test_a_listing_offers_json() -> None:
    for path in (("staff", "list"), ("token", "list"), ("dead", "list"), ("quarantine", "list")):
        assert offered("desk", *path, "--j") == ["--json"]
