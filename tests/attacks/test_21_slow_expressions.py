"""Class 21: text that makes a regular expression try everything: no text may cost more than in
proportion to its length, by any expression. Lists of phrases, which try much at each place, may.

The expressions are found, not listed: a new one is attacked as soon as it is written, in the ways
in which its own module uses it, with pieces that such expressions stumble over and with its own
words.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import inf
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

import services.intake
import services.notify
import services.routing
import shared
from services.intake.reply_text import split
from tests.attacks.costs import seconds

SIZE: Final = 100_000
SHORT: Final = 500
LONGER: Final = 2_000
LONG: Final = 8_000
AT_ONCE: Final = 0.000_05
"""Seconds for a longer text: so soon, no processor tries everything at each of its places."""
HOSTILE: Final = (
    "a", " ", "\n", "-", "_", ">", "<", '<a "', "@", "a@b.c\n", "1 2 ", "1:", "(12-", "On 1\n",
    "On 1 May 2026\n", "wrote: ", "From: a\n", "Regards, ", "Aa ", "Sent from my ", "http://x/",
    "|\n", "-\n--\n", "____________\n", ">\n\n", "في ", "e\u0301", "写道", "de ", "\u200f",
    "1", ".", "a.", "=", "=?", "=?a?q?", '"', '\\"', '"\\', "(", "[", ": ", "; ", ",", "+", "a+a",
    "/", "\t", "\r\n", "\r\n\t", "<a", "<!--", "<?xml ", "&", "&#", "é", "\0", "ENQ-", "ENQ 0000",
)  # fmt: skip
"""Each is said over and over again."""
_WORDS: Final = re.compile(r"[A-Za-z]{3,}")
_METHODS: Final = frozenset(
    {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
)
Pattern = re.Pattern[str] | re.Pattern[bytes]


OPERATORS: Final = frozenset({"shared.toml_lines", "shared.topic_rules"})
"""They read the library's own file, and nothing that a stranger sends."""


def modules() -> Iterator[ModuleType]:
    for package in (services.intake, services.routing, services.notify, shared):
        for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not one.name.endswith("__main__") and one.name not in OPERATORS:
                yield importlib.import_module(one.name)


def patterns(value: Any) -> Iterator[Pattern]:
    """An expression, or those in a table of them."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Mapping):
        yield from patterns(tuple(value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from patterns(one)


def uses(module: ModuleType) -> dict[str, set[str]]:
    """How a module uses what it gives names to: the methods that it calls on each."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


def all_expressions() -> dict[Pattern, tuple[str, set[str]]]:
    """Each expression with its name, and the methods that any module calls on it."""
    found: dict[Pattern, tuple[str, set[str]]] = {}
    for module in modules():
        used = uses(module)
        for name, value in vars(module).items():
            for one in patterns(value):
                _, methods = found.setdefault(one, (f"{module.__name__}.{name}", set()))
                methods |= used.get(name, set()) & _METHODS
    return found


EXPRESSIONS: Final = all_expressions()


def attempt(pattern: Pattern, method: str, text: str) -> Callable[[], object]:
    """The work of one use, to its end."""
    subject: Any = text if isinstance(pattern.pattern, str) else text.encode()
    if method in {"sub", "subn"}:
        return partial(getattr(pattern, method), subject[:0], subject)
    if method == "finditer":
        return lambda: sum(1 for _ in pattern.finditer(subject))
    return partial(getattr(pattern, method), subject)


def texts(pattern: Pattern) -> Iterator[str]:
    written = pattern.pattern
    source = written if isinstance(written, str) else written.decode("latin-1")
    own = list(dict.fromkeys(_WORDS.findall(source)))[:4]
    for piece in (*HOSTILE, *own, *(f"{one} " for one in own)):
        yield piece * (LONG // len(piece))


def test_the_expressions_are_found() -> None:
    names = {name for name, _ in EXPRESSIONS.values()}
    assert len(EXPRESSIONS) > 90
    assert {"services.intake.bounce.PHRASE", "shared.addresses._ADDRESS"} <= names


def is_slow(pattern: Pattern, method: str, text: str) -> bool:
    """Whether the work grows much faster than the text. A glance first; who is suspected is
    measured again, over a longer way and three times, since a busy machine is not the text's."""

    def taken(length: int, enough: float = AT_ONCE) -> float:
        return seconds(attempt(pattern, method, text[:length]), enough)

    glance = taken(LONGER)
    if glance <= AT_ONCE or glance <= 1.3 * (LONGER / SHORT) * taken(SHORT):
        return False
    most = 2 * max(LONG / SHORT * taken(SHORT), LONG / LONGER * glance)
    return all(taken(LONG, enough=inf) > most for _ in range(3))


@pytest.mark.parametrize("slow", [r"a+b", r"[^<]*<", r"(?:^| )\s*\S"])
def test_a_slow_expression_would_be_found(slow: str) -> None:
    pattern = re.compile(slow)
    assert any(is_slow(pattern, "search", text) for text in texts(pattern))


@pytest.mark.parametrize("pattern", EXPRESSIONS, ids=[name for name, _ in EXPRESSIONS.values()])
def test_no_expression_can_be_made_slow(pattern: Pattern) -> None:
    _, methods = EXPRESSIONS[pattern]
    for method in sorted(methods) or ["search"]:
        for text in texts(pattern):
            assert not is_slow(pattern, method, text), (method, text[:12])


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_letter_can_be_made_slow(piece: str) -> None:
    for text in (piece * (SIZE // len(piece)), (piece * 60 + "\n") * (1500 // len(piece))):
        assert seconds(partial(split, f"Hi\n{text}\nHi"), 2) < 2
