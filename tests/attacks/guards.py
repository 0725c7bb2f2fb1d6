"""Which line of the product stands against which attack: `guards*.toml`, read and tried.

    [[guard]]
    attack = "tests/attacks/test_06_header_injection.py::test_name"
    file = "services/notify/letters.py"
    take = '''exact source text, that occurs once'''
    put = '''what stands there when the guard is taken away'''
    servers = true  # if the attack needs MongoDB and RabbitMQ; they run last
    also = [{ file = "…", take = "…", put = "…" }]  # if two guards stand behind each other

A guard that can be taken away while its attack still fails guards nothing, or is not tested.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

ROOT: Final = Path(__file__).resolve().parents[2]
_COPIED: Final = ("services", "shared", "tests", "bench", "deploy", "pyproject.toml")
_NUMBER: Final = re.compile(r"/test_(\d\d)_")
_SECONDS: Final = 120


def copied(tree: Path) -> Path:
    """A copy of the product and its tests, in which a text may be changed: that folder, made."""
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    tree.mkdir()
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=leave)
        else:
            shutil.copy(source, tree / name)
    return tree


@dataclass(frozen=True)
class Change:
    """A text that is put in the place of another."""

    file: str
    take: str
    put: str

    def occurs(self, tree: Path = ROOT) -> int:
        """How often the text stands in its file."""
        path = tree / self.file
        return path.read_text(encoding="utf-8").count(self.take) if path.is_file() else 0


@dataclass(frozen=True)
class Guard:
    """What is taken away, and the attack that must then succeed."""

    attack: str
    changes: tuple[Change, ...]
    servers: bool = False

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        """From one entry. Raises: KeyError, ValueError."""
        if unknown := set(entry) - {"attack", "file", "take", "put", "servers", "also"}:
            raise ValueError(f"{entry['attack']}: {sorted(unknown)} is no part of a guard")
        changes = tuple(
            Change(one["file"], one["take"], one["put"]) for one in (entry, *entry.get("also", ()))
        )
        return cls(entry["attack"], changes, entry.get("servers", False))

    @property
    def number(self) -> str:
        """Of its class of attack."""
        found = _NUMBER.search(self.attack)
        return found[1] if found else ""


def guards(folder: Path = Path(__file__).parent) -> tuple[Guard, ...]:
    """Every entry of every file, those that need no servers first."""
    entries = [
        one
        for file in sorted(folder.glob("guards*.toml"))
        for one in tomllib.loads(file.read_text(encoding="utf-8"))["guard"]
    ]
    return tuple(sorted(map(Guard.read, entries), key=lambda one: one.servers))


@dataclass(frozen=True)
class Outcome:
    """What became of it."""

    kind: str
    """`caught`, `SURVIVED`, or `BROKEN` where nothing could be tried."""
    reason: str = ""


def taken_away(guard: Guard, tree: Path, env: Mapping[str, str]) -> Outcome:
    """Run the attack in that copy of the tree without the guard; the copy is whole again after."""
    before = {one.file: (tree / one.file) for one in guard.changes}
    for change in guard.changes:
        if (count := change.occurs(tree)) != 1:
            return Outcome("BROKEN", f"the text occurs {count} times in {change.file}")
    texts = {file: path.read_text(encoding="utf-8") for file, path in before.items()}
    try:
        for change in guard.changes:
            text = (tree / change.file).read_text(encoding="utf-8")
            (tree / change.file).write_text(text.replace(change.take, change.put), encoding="utf-8")
        for file, path in before.items():
            if file.endswith(".py"):
                compile(path.read_text(encoding="utf-8"), file, "exec")
        return attacked([guard.attack], tree, env)
    except SyntaxError as error:
        return Outcome("BROKEN", f"no Python without it: {error}")
    finally:
        for file, path in before.items():
            path.write_text(texts[file], encoding="utf-8")


def attacked(attacks: Iterable[str], tree: Path, env: Mapping[str, str]) -> Outcome:
    """Run these tests there: `caught` if one failed. Whatever else goes wrong is not that."""
    options = ("-x", "--tb=native", "-rfE", "-p", "no:cacheprovider", f"--timeout={_SECONDS}")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *dict.fromkeys(attacks)],
        cwd=tree,
        env={**os.environ, **env, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    failed = [one for one in run.stdout.splitlines() if one.startswith("FAILED ")]
    if run.returncode == 0:
        return Outcome("SURVIVED", "the attack's test passes without it")
    if run.returncode == 1 and failed:
        return Outcome("caught", failed[0].partition(" - ")[2])
    return Outcome("BROKEN", " / ".join(run.stdout.splitlines()[-3:]))
