"""Tells the language of passages that don't say it, where their letters leave little doubt. Pure.

A voice or a braille code of another script makes nothing of such letters at all.
"""

import unicodedata
from typing import Any, Final

from services.notify.formats.tree import Node, attribute, text_of

LANGUAGES: Final = {"ARABIC": "ar", "HEBREW": "he"}
_SCRIPTS: Final = {
    "ARABIC": frozenset(("ar", "fa", "ur", "ps", "sd", "ug")),
    "HEBREW": frozenset(("he", "yi")),
}
_ATTRIBUTED: Final = frozenset(("Span", "Div", "Link"))


def is_of(script: str, language: str) -> bool:
    """Whether the language is written in it."""
    return language.split("-", maxsplit=1)[0].lower() in _SCRIPTS[script]


def script_of(text: str) -> str:
    """The one that most of its letters are in, of those that are known here; else nothing."""
    letters = [one for one in text if one.isalpha()]
    for script in LANGUAGES:
        there = sum(unicodedata.name(one, "").startswith(script) for one in letters)
        if letters and there * 2 > len(letters):
            return script
    return ""


def marked(node: Any, language: str) -> tuple[Any, int]:
    """With a language for each run of words in other letters, and how many there were."""
    if isinstance(node, dict):
        inner = language
        if node.get("t") in _ATTRIBUTED:
            inner = attribute(node, "lang") or language
        made = {}
        count = 0
        for key, value in node.items():
            made[key], more = marked(value, inner)
            count += more
        return made, count
    if not isinstance(node, list):
        return node, 0
    if any(isinstance(one, dict) and one.get("t") == "Str" for one in node):
        return _marked_runs(node, language)
    pairs = [marked(one, language) for one in node]
    return [one for one, _ in pairs], sum(count for _, count in pairs)


def _marked_runs(inlines: list[Node], language: str) -> tuple[list[Node], int]:
    made: list[Node] = []
    run: list[Node] = []
    script = ""
    count = 0
    for node in [*inlines, {"t": "End"}]:
        here = script_of(text_of(node)) if node["t"] == "Str" else ""
        is_between = node["t"] in {"Space", "SoftBreak"} or _is_mark(node)
        if run and not is_between and here != script:
            count += 1
            made += _span(run, script)
            run = []
        if here and not is_of(here, language):
            script = here
            run.append(node)
        elif run and is_between:
            run.append(node)
        elif node["t"] != "End":
            inner, more = marked(node, language)
            made.append(inner)
            count += more
    return made, count


def _is_mark(node: Node) -> bool:
    return node["t"] == "Str" and not any(one.isalpha() for one in node["c"])


def _span(run: list[Node], script: str) -> list[Node]:
    """The run as a span; what stands between it and other words stays outside."""
    end = len(run)
    while run[end - 1]["t"] != "Str":
        end -= 1
    attributes = [["lang", LANGUAGES[script]], ["dir", "rtl"]]
    return [{"t": "Span", "c": [["", [], attributes], run[:end]]}, *run[end:]]
