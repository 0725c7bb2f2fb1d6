"""Every line that the source can log is in the lists of `shared.log`; nothing else gets out."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from shared.log import EVENTS, KEYS

ROOT: Final = Path(__file__).resolve().parents[3]
SOURCES: Final = sorted(
    one for folder in ("services", "shared") for one in (ROOT / folder).rglob("*.py")
)
LEVELS: Final = {"debug", "info", "warning", "error", "exception", "critical"}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for call in calls(tree):
        match call.func:
            case ast.Attribute(value=ast.Name(id="log"), attr=level) if level in LEVELS:
                yield call


def events(tree: ast.Module) -> Iterator[str]:
    """The events of a file: named where they are logged, or handed to the function that logs."""
    for call in log_calls(tree):
        match call.args[0]:
            case ast.Constant(value=str(event)):
                yield event
            case ast.Name(id=parameter):
                yield from _handed_on(tree, call, parameter)
            case other:
                raise AssertionError(f"an event that can't be looked up: {ast.unparse(other)}")


def _handed_on(tree: ast.Module, logged: ast.Call, parameter: str) -> list[str]:
    """What the callers of the function around `logged` give for this parameter."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    [around] = [one for one in functions if logged in list(ast.walk(one))]
    place = [one.arg for one in around.args.args].index(parameter)
    given = [
        call.args[place]
        for call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id == around.name
    ]
    found = [one.value for one in given if isinstance(one, ast.Constant)]
    assert len(found) == len(given) > 0
    return [str(one) for one in found]


def keys(tree: ast.Module) -> Iterator[str]:
    for call in log_calls(tree):
        yield from (one.arg for one in call.keywords if one.arg is not None)
        for one in call.keywords:
            if one.arg is None:
                assert isinstance(one.value, ast.Name), "a line whose keys can't be looked up"
                yield from _of_dictionary(tree, one.value.id)


def _of_dictionary(tree: ast.Module, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=one)], value=value) if one == name:
                for part in ast.walk(value):
                    if isinstance(part, ast.Dict):
                        yield from (k.value for k in part.keys if isinstance(k, ast.Constant))  # type: ignore[misc]


def trees() -> list[tuple[str, ast.Module]]:
    return [(str(one.relative_to(ROOT)), ast.parse(one.read_text())) for one in SOURCES]


def test_every_event_in_the_source_is_explained() -> None:
    used = {(file, event) for file, tree in trees() for event in events(tree)}
    assert len(used) > 20
    assert {one for one in used if one[1] not in EVENTS} == set()


def test_no_event_is_explained_that_nothing_logs() -> None:
    assert EVENTS.keys() - {event for _, tree in trees() for event in events(tree)} == set()


def test_every_key_in_the_source_was_decided_on() -> None:
    used = {(file, key) for file, tree in trees() for key in keys(tree)}
    assert len(used) > 10
    assert {one for one in used if one[1] not in KEYS} == set()


def test_no_file_logs_otherwise() -> None:
    for file, tree in trees():
        prints = [one for one in calls(tree) if getattr(one.func, "id", "") == "print"]
        assert not prints or file in PRINTING, file


PRINTING: Final = {
    "services/desk/__main__.py",
    "services/desk/dead.py",
    "services/desk/patron.py",
    "services/desk/quarantine.py",
    "services/desk/reports.py",
    "services/desk/retention.py",
    "services/desk/rules.py",
    "services/desk/session.py",
    "services/desk/shown.py",
    "services/routing/diagram.py",
    "shared/config.py",
    "shared/lifecycle.py",
}
"""What people run at a terminal, and the line that says why nothing starts."""

SPEAKER: Final = """
import warnings
import structlog
from shared.log import start_logging
start_logging("intake", {level!r})
warnings.warn("an odd header: words", RuntimeWarning)
log = structlog.get_logger()
log.debug("broker_close_failed", reason="quiet")
log.info("letter_kept", reference="ENQ-7K3M-92Q2", address="rhian@patrons.example", text="words")
structlog.contextvars.bind_contextvars(reference="ENQ-7K3M-92Q2", subject="words")
try:
    raise KeyError("lost")
except KeyError:
    log.exception("handler_failed", queue="routing.enquiries")
"""


def spoken(level: str) -> list[dict[str, str]]:
    said = subprocess.run(
        [sys.executable, "-c", SPEAKER.format(level=level)],
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    assert said.stderr == b"", "a library's warning may quote a patron"
    return [json.loads(line) for line in said.stdout.splitlines()]


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    return spoken("info")


def test_a_line_is_json_with_its_event_service_level_and_moment(
    lines: list[dict[str, str]],
) -> None:
    kept = lines[0]
    assert (kept["event"], kept["service"], kept["level"]) == ("letter_kept", "intake", "info")
    assert kept["timestamp"].endswith("Z")


def test_a_key_that_nobody_decided_on_is_dropped(lines: list[dict[str, str]]) -> None:
    assert lines[0].keys() == {"event", "service", "level", "timestamp", "reference"}
    assert "patrons.example" not in str(lines)
    assert "subject" not in lines[1]


def test_what_was_bound_stands_in_the_line_and_a_fault_has_its_traceback(
    lines: list[dict[str, str]],
) -> None:
    assert lines[1]["reference"] == "ENQ-7K3M-92Q2"
    assert lines[1]["exception"].endswith("\nKeyError")
    assert "in <module>" in lines[1]["exception"]


def test_what_an_error_says_is_not_written_for_it_may_quote_a_patron(
    lines: list[dict[str, str]],
) -> None:
    assert "lost" not in str(lines)


def test_what_is_below_the_level_is_not_written(lines: list[dict[str, str]]) -> None:
    assert [one["event"] for one in lines] == ["letter_kept", "handler_failed"]
