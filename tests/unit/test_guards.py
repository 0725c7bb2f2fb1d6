"""The list of guards is kept true: what it takes away is there, and so are the attacks."""

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.attacks.guards import ROOT, Guard, guards, taken_away

ALL: Final = guards()
CLASSES: Final = {2, 3, *range(5, 25), 28, 29, 30, 31, 32}
"""The classes of attack that come in by the doors that there are."""
CONTROLS: Final = {
    "test_what_our_own_mail_server_writes_has_one",
    "test_a_clear_one_is",
    "test_a_name_in_any_one_alphabet_is_no_trick",
    "test_the_canary_sings_where_nothing_is_made_safe",
    "test_a_person_is_answered",
    "test_a_mail_of_operators_is_only_words",
    "test_a_slow_expression_would_be_found",
    "test_the_expressions_are_found",
    "test_no_letter_can_be_made_slow",
    "test_a_day_that_staff_correct_is_kept",
    "test_every_route_has_a_row_and_every_row_a_route",
    "test_its_owner_of_another_team_sees_it",
    "test_who_sends_it_out_of_their_own_sight_is_told_what_they_did",
}
"""Tests beside the attacks that show the other side: what is harmless passes."""


def has_test(attack: str) -> bool:
    """Whether there is such a test."""
    file, _, name = attack.partition("::")
    if not (ROOT / file).is_file():
        return False
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    wanted = name.partition("[")[0]
    return any(
        isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == wanted
        for one in tree.body
    )


def test_every_attack_that_is_listed_exists() -> None:
    assert [one.attack for one in ALL if not has_test(one.attack)] == []


def test_every_text_that_is_taken_away_stands_there_once() -> None:
    changes = [change for one in ALL for change in one.changes]
    assert [(one.file, one.take) for one in changes if one.occurs() != 1] == []
    assert [one for one in changes if one.take == one.put] == []


def test_every_class_of_attack_has_a_guard_that_is_tried() -> None:
    files = list((ROOT / "tests/attacks").glob("test_*.py"))
    assert files
    tried = {one.attack.partition("::")[0] for one in ALL}
    assert [one.name for one in files if str(one.relative_to(ROOT)) not in tried] == []


def test_every_class_of_attack_has_a_test() -> None:
    assert {int(one.number) for one in ALL if one.number} >= CLASSES


def test_every_attack_has_a_guard_that_is_tried() -> None:
    """But for those that only count how many attacks there are, and for controls."""
    found = {
        f"{file.relative_to(ROOT)}::{one.name}"
        for file in (ROOT / "tests/attacks").glob("test_*.py")
        for one in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        and one.name.startswith("test_")
        and not one.name.startswith("test_there_are_enough")
    }
    names = {one.partition("::")[2] for one in found}
    assert names >= CONTROLS
    tried = {one.attack.partition("[")[0] for one in ALL}
    assert {one for one in found - tried if one.partition("::")[2] not in CONTROLS} == set()


def test_what_is_not_there_is_noticed() -> None:
    assert not has_test("tests/attacks/test_99_none.py::test_none")
    assert not has_test("tests/unit/test_guards.py::test_none")
    assert has_test("tests/unit/test_guards.py::test_what_is_not_there_is_noticed[one]")


@pytest.mark.parametrize(
    ("take", "put", "kind"),
    [
        ("'guarded'", "'open'", "caught"),
        ("'guarded'", "'guarded' * 1", "SURVIVED"),
        ("'guarded'", "(", "BROKEN"),
        ("'guarded'", "nobody", "BROKEN"),
        ("absent", "open", "BROKEN"),
    ],
)
def test_a_guard_is_tried_by_taking_it_away(tmp_path: Path, take: str, put: str, kind: str) -> None:
    (tmp_path / "door.py").write_text("STATE = 'guarded'\n")
    (tmp_path / "test_door.py").write_text(
        "import door\ndef test_it():\n    assert door.STATE == 'guarded'\n"
    )
    entry = {"attack": "test_door.py::test_it", "file": "door.py", "take": take, "put": put}
    assert taken_away(Guard.read(entry), tmp_path, {}).kind == kind
    assert (tmp_path / "door.py").read_text() == "STATE = 'guarded'\n"


def test_an_entry_that_says_more_than_is_understood_is_refused() -> None:
    entry = {"attack": "a", "file": "b", "take": "c", "put": "d", "server": True}
    with pytest.raises(ValueError, match="server"):
        Guard.read(entry)
