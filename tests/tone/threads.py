"""Short threads with what is wrong with the reply, as it was labelled, and the score."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from services.routing.tone.background import Background
from services.routing.tone.check import check
from services.routing.tone.finding import Finding
from tests.unit.examples import CALENDARS, REFERENCE

NOW: Final = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FILES: Final = ("english", "welsh", "french", "arabic", "held_out", "second")


@dataclass(frozen=True)
class Score:
    """Of threads: guilty ones that were missed, and innocent ones that were not let pass."""

    missed: int = 0
    false_alarms: int = 0
    guilty: int = 0
    innocent: int = 0
    told: tuple[str, ...] = ()

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.missed + other.missed,
            self.false_alarms + other.false_alarms,
            self.guilty + other.guilty,
            self.innocent + other.innocent,
            (*self.told, *other.told),
        )

    def __str__(self) -> str:
        of = self.guilty + self.innocent
        return f"tone: missed={self.missed} false_alarms={self.false_alarms} of {of}"


def threads(name: str) -> list[dict[str, Any]]:
    """Those of a file, each with its language."""
    file = Path(__file__).parent / f"{name}.toml"
    read = tomllib.loads(file.read_text(encoding="utf-8"))
    return [{"language": read.get("language", "en"), **one} for one in read["thread"]]


def background(thread: Mapping[str, Any]) -> Background:
    """What its reply is held against."""
    due = thread.get("due")
    return Background(
        now=NOW,
        calendar=CALENDARS["enquiries"],
        language=thread["language"],
        patron=thread.get("patron", "Rhian Example"),
        letters=tuple(thread.get("letters", [thread.get("letter", "")])),
        before=tuple(thread.get("before", ())),
        due_at=datetime.fromisoformat(due) if due else None,
        others=tuple(thread.get("others", ())),
        references=frozenset({REFERENCE}),
        staff=("Mair Pretend",),
    )


def findings(thread: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the checks say of it."""
    return check(thread["reply"], background(thread))


def scored(name: str) -> Score:
    """A guilty thread is missed if a rule that it is labelled with is not found; one label stands
    for all findings beside it. An innocent one must have none."""
    score = Score()
    for one in threads(name):
        found, wanted = {str(it.rule) for it in findings(one)}, set(one["expect"])
        missed, alarm = bool(wanted - found), bool(found - wanted)
        told = f"{one['id']}: wanted {sorted(wanted)}, found {sorted(found)}"
        score += Score(
            missed=int(missed),
            false_alarms=int(alarm and not wanted),
            guilty=int(bool(wanted)),
            innocent=int(not wanted),
            told=(told,) if missed or alarm else (),
        )
    return score
