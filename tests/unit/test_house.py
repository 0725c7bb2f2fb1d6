"""The rules of the house that no linter knows: what the README names exists, and nothing has grown
too large."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = ROOT / "services" / "README.md"
SOURCES: Final = sorted(
    one.relative_to(ROOT)
    for folder in ("services", "shared")
    for one in (ROOT / folder).rglob("*.py")
)
_NAMED: Final = re.compile(r"((?:services|shared)/[\w/]+\.py)::([A-Za-z_][\w.]*)")
_BEGIN: Final = "<!-- state diagram: made by make diagram -->"
_END: Final = "<!-- end of state diagram -->"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def named(text: str) -> list[tuple[str, str]]:
    """Every `file::name` in a text."""
    return list(dict.fromkeys(_NAMED.findall(text)))


def life_of_an_enquiry() -> str:
    """That section of the README."""
    _, _, rest = README.read_text(encoding="utf-8").partition("## The life of an enquiry\n")
    return rest.partition("\n## ")[0]


def has(file: str, name: str) -> bool:
    """Whether a file has such a function, method, class or constant."""
    if not (ROOT / file).is_file():
        return False
    scope: ast.Module | Definition = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for step in name.split("."):
        found = next((one for one in scope.body if step in _names(one)), None)
        if found is None:
            return False
        if isinstance(found, Definition):
            scope = found
    return True


def _names(statement: ast.stmt) -> set[str]:
    """What a statement gives a name to."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case ast.Assign(targets=targets):
            return {one.id for one in targets if isinstance(one, ast.Name)}
    return set()


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file and its lines, decorators and docstring counted."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield node.name, (node.end_lineno or first) - first + 1


def test_every_step_in_the_life_of_an_enquiry_exists() -> None:
    steps = named(life_of_an_enquiry())
    assert len(steps) >= 8
    assert [f"{file}::{name}" for file, name in steps if not has(file, name)] == []


def test_everything_that_the_readme_names_exists() -> None:
    everything = named(README.read_text(encoding="utf-8"))
    assert [f"{file}::{name}" for file, name in everything if not has(file, name)] == []


def test_a_name_that_is_not_there_would_be_noticed() -> None:
    assert has("services/intake/smtp.py", "Door.keep")
    assert not has("services/intake/smtp.py", "Door.kept")
    assert not has("services/intake/smtp.py", "keep")
    assert not has("services/intake/smpt.py", "Door")


def test_no_file_has_grown_too_large_to_read() -> None:
    lines = {str(one): len((ROOT / one).read_text().splitlines()) for one in SOURCES}
    assert {file: count for file, count in lines.items() if count > 350} == {}


def test_no_function_has_grown_too_large_to_read() -> None:
    found = [(str(file), name, lines) for file in SOURCES for name, lines in functions(file)]
    assert len(found) > 100
    assert [one for one in found if one[2] > 50] == []


def test_every_file_says_what_it_is_for() -> None:
    silent = [
        str(file)
        for file in SOURCES
        if not ast.get_docstring(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_the_state_diagram_in_the_readme_is_that_of_the_table() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "services.routing.diagram"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    ).stdout
    _, begin, rest = README.read_text(encoding="utf-8").partition(_BEGIN)
    written, end, _ = rest.partition(_END)
    assert begin
    assert end
    assert written.strip().removeprefix("```mermaid\n").removesuffix("```") == printed
