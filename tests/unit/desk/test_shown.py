"""How commands show what they have found."""

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import pytest

from services.desk.shown import print_json, progress, show

COLUMNS: Final = ("id", "at", "scopes", "name")
AT: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ROWS: Final = [("1", AT, ["a", "b"], "Siân\x1b[2J\u202e"), ("2", None, [], "[red]Mair")]


def test_programs_get_a_line_each_with_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    show(COLUMNS, ROWS, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "1\t2026-11-22T09:30:00+00:00\ta,b\tSiân\ufffd[2J\ufffd",
        "2\t-\t\t[red]Mair",
    ]


def test_json_is_one_value_and_acts_on_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(COLUMNS, ROWS, as_json=True)
    out = capsys.readouterr().out
    assert out.isascii()
    assert "\x1b" not in out
    assert json.loads(out) == [
        {"id": "1", "at": "2026-11-22T09:30:00+00:00", "scopes": ["a", "b"], "name": ROWS[0][3]},
        {"id": "2", "at": None, "scopes": [], "name": "[red]Mair"},
    ]


def test_what_is_no_json_is_a_fault_and_not_made_up() -> None:
    with pytest.raises(TypeError, match="set"):
        print_json({"id": {1}})


def on_a_terminal(code: str) -> str:
    """What this prints where a person sits before it."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=theirs,
        stderr=theirs,
        env={"TERM": "xterm", "COLUMNS": "120"},
    ) as process:
        os.close(theirs)
        said = b""
        with suppress(OSError):  # the terminal's end
            while found := os.read(ours, 65536):
                said += found
    os.close(ours)
    assert process.returncode == 0, said.decode()
    return said.decode()


def test_a_person_gets_a_table_whose_words_are_only_words() -> None:
    said = on_a_terminal(
        "from services.desk.shown import show;"
        "show(('id', 'made_at'), [('1', '[red]x\\x1b[2J'), ('2', None)], as_json=False)"
    )
    assert "made at" in said
    assert "[red]x\ufffd[2J" in said
    assert "\x1b[2J" not in said


def test_a_bar_is_shown_on_a_terminal_and_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    steps = "from services.desk.shown import progress\nwith progress(2, 'Erasing') as step: step()"
    assert "Erasing" in on_a_terminal(steps)
    with progress(2, "Erasing") as step:
        step()
    assert capsys.readouterr() == ("", "")
