"""Every problem that the code can answer with is registered, with its status, and documented."""

import ast
from collections.abc import Iterator
from pathlib import Path

from shared.problem_kinds import DOCUMENT, KINDS, document
from tests.unit.test_house import ROOT, SOURCES


def problems(file: Path) -> Iterator[tuple[str, int, int, str]]:
    """Each `Problem(status, kind, …)` that a file makes: file, line, status and kind."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
            status, kind = node.args[0], node.args[1]
            if isinstance(status, ast.Constant) and isinstance(kind, ast.Constant):
                yield str(file), node.lineno, int(str(status.value)), str(kind.value)
            else:
                assert file == Path("shared/problems.py"), f"{file}:{node.lineno} names none"


def test_every_problem_in_the_code_is_registered_with_its_status() -> None:
    found = [one for file in SOURCES for one in problems(file)]
    assert len(found) > 40
    strange = [one for one in found if one[3] not in KINDS or one[2] not in KINDS[one[3]].statuses]
    assert strange == []


def test_no_kind_is_registered_that_nothing_answers_with() -> None:
    named = {kind for file in SOURCES for _, _, _, kind in problems(file)}
    by_status = {"request", "method-not-allowed", "too-large"}
    assert KINDS.keys() == named | by_status


def test_the_document_is_what_the_registry_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "make errors"


def test_every_kind_says_what_it_means_and_what_to_do() -> None:
    for name, kind in KINDS.items():
        assert kind.means.endswith("."), name
        assert kind.do.endswith("."), name
