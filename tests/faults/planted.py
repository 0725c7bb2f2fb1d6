"""`make planted`: make the desk wrong in one place, in a copy of the tree, and see the accountant
say so. Nothing here changes the tree that it is run in, and no service knows of it."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.attacks.guards import Change, copied

_TABLE: Final = Path(__file__).with_name("planted.toml")
_SECONDS: Final = 900
_SHOWN: Final = 3
_COUNT: Final = 36


@dataclass(frozen=True)
class Planted:
    """What is made wrong, and the rounds that must find it."""

    name: str
    rounds: tuple[str, ...]
    count: int
    """Messages in a round."""
    shows: str
    """What the accountant must say of it, as a pattern: on a busy machine more may be amiss."""
    changes: tuple[Change, ...]


def planted(table: Path = _TABLE) -> list[Planted]:
    """All of them. Raises: KeyError."""
    return [
        Planted(
            entry["name"],
            tuple(entry["rounds"]),
            entry.get("count", _COUNT),
            entry["shows"],
            tuple(
                Change(it["file"], it["take"], it["put"]) for it in (entry, *entry.get("also", ()))
            ),
        )
        for entry in tomllib.loads(table.read_text(encoding="utf-8"))["planted"]
    ]


def main() -> int:
    """The status: 1 unless the tree as it is passes, and each one is found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--untried", action="store_true", help="not the tree as it is first")
    options.add_argument("--only", nargs="+", metavar="WORD", help="whose names have one of these")
    chosen = options.parse_args()
    every = planted()
    if chosen.only:
        every = [one for one in every if any(word in one.name for word in chosen.only)]
    rounds = list(dict.fromkeys(name for one in every for name in one.rounds))
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        copied(tree)
        status, told = (0, []) if chosen.untried else _tried(tree, rounds, _COUNT, chosen.seed)
        how = "untried" if chosen.untried else "FAILS" if status else "passes"
        print(f"{how:8} the tree as it is: {told[-1:]}", flush=True)
        found = sum(_is_found(one, tree, chosen.seed) for one in every)
    print(f"planted: found={found} missed={len(every) - found} seed={chosen.seed}")
    return int(status != 0 or found < len(every) or not every)


def _is_found(one: Planted, tree: Path, seed: int) -> bool:
    with _wrong(one, tree):
        status, told = _tried(tree, list(one.rounds), one.count, seed)
    # Anything else that goes wrong is no finding: the last line says what the accounts are.
    is_told = bool(re.search(one.shows, "\n".join(told)))
    is_found = status == 1 and is_told and told[-1].startswith("faults: ")
    print(f"{'found' if is_found else 'MISSED':8} {one.name}: {told[-1:]}", flush=True)
    for line in [line for line in told if line.startswith("    ")][:_SHOWN]:
        print(f"         {line.strip()[:160]}", flush=True)
    return is_found


@contextmanager
def _wrong(one: Planted, tree: Path) -> Iterator[None]:
    """While this lasts the copy is. Raises: ValueError: the text does not occur once."""
    before = {it.file: (tree / it.file).read_text(encoding="utf-8") for it in one.changes}
    try:
        for change in one.changes:
            if (count := change.occurs(tree)) != 1:
                raise ValueError(f"{one.name}: its text occurs {count} times in {change.file}")
            text = (tree / change.file).read_text(encoding="utf-8").replace(change.take, change.put)
            compile(text, change.file, "exec")
            (tree / change.file).write_text(text, encoding="utf-8")
        yield
    finally:
        for file, text in before.items():
            (tree / file).write_text(text, encoding="utf-8")


def _tried(tree: Path, rounds: list[str], count: int, seed: int) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "tests.faults", "--rounds", "0", f"--seed={seed}"]
    run = subprocess.run(
        [*command, "--stop", "--patience=24", f"--count={count}", "--seconds=4", "--only", *rounds],
        cwd=tree,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=_SECONDS,
    )
    return run.returncode, run.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main())
