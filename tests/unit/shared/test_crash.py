"""Places where a process kills itself: nothing happens unless a test asks for it."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from shared.crash import POINTS, crash_point

ROOT: Final = Path(__file__).resolve().parents[3]


def reach(place: str, **environment: str) -> int:
    """How a process ends that reaches this place."""
    program = f"from shared.crash import crash_point; crash_point({place!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment}, cwd=ROOT, timeout=30
    )
    return done.returncode


def test_nothing_happens_unless_it_is_armed() -> None:
    assert "CRASH_AT" not in os.environ
    for one in POINTS:
        crash_point(one)


def test_the_armed_place_kills_as_sigkill_would_and_notes_it(tmp_path: Path) -> None:
    log = tmp_path / "hits"
    armed = {"CRASH_AT": "intake.before_store:1", "CRASH_LOG": str(log)}
    assert reach("intake.before_store", **armed) == -signal.SIGKILL
    assert log.read_text() == "intake.before_store\n"


@pytest.mark.parametrize("armed", ["intake.before_store:0", "intake.after_store:1"])
def test_another_place_or_no_share_does_nothing(armed: str) -> None:
    assert reach("intake.before_store", CRASH_AT=armed) == 0


def test_every_place_in_the_source_is_in_the_list_and_the_other_way_round() -> None:
    used = [
        node.args[0].value
        for folder in ("services", "shared")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "crash_point"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert sorted(used, key=str) == sorted(POINTS)
