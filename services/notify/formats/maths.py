"""Formulas as words, from LaTeX: for speech, braille and descriptions. Pure.

It reads the common things: fractions, roots, powers, indices, Greek letters, relations. What it
does not know it leaves as it is written, and somebody who knows the subject should look at it.
"""

import re
from typing import Final

_GROUP: Final = r"\{([^{}]*)\}"
_FRACTION: Final = re.compile(rf"\\[dt]?frac\s*{_GROUP}\s*{_GROUP}")
_ROOT: Final = re.compile(rf"\\sqrt\s*{_GROUP}")
_NTH_ROOT: Final = re.compile(rf"\\sqrt\s*\[([^\[\]]*)\]\s*{_GROUP}")
_POWER: Final = re.compile(rf"\^\s*(?:{_GROUP}|(\\[A-Za-z]+|[^\s{{}}\\]))")
_INDEX: Final = re.compile(rf"_\s*(?:{_GROUP}|(\\[A-Za-z]+|[^\s{{}}\\]))")
_PLAIN: Final = re.compile(rf"\\(?:text|mathrm|mathbf|mathit|operatorname|mathbb)\s*{_GROUP}")
_SAID: Final = {
    "times": "times",
    "cdot": "times",
    "div": "divided by",
    "pm": "plus or minus",
    "leq": "is at most",
    "le": "is at most",
    "geq": "is at least",
    "ge": "is at least",
    "neq": "is not equal to",
    "ne": "is not equal to",
    "approx": "is about",
    "equiv": "is equivalent to",
    "to": "to",
    "rightarrow": "to",
    "in": "in",
    "sum": "the sum",
    "int": "the integral",
    "prod": "the product",
    "infty": "infinity",
    "partial": "partial",
    "ldots": "and so on",
    "dots": "and so on",
}
_SILENT: Final = ("left", "right", "quad", "qquad", "displaystyle", ",", ";", "!", " ")
_SIGNS: Final = {"=": " equals ", "<": " is less than ", ">": " is greater than ", "+": " plus "}
_DEEPEST: Final = 12


def spoken(latex: str) -> str:
    """The formula in English words."""
    text = latex[:2000]
    for _ in range(_DEEPEST):
        before = text
        text = _PLAIN.sub(r"\1", text)
        text = _NTH_ROOT.sub(r" the \1th root of (\2) ", text)
        text = _ROOT.sub(r" the root of (\1) ", text)
        text = _POWER.sub(_power, text)
        text = _INDEX.sub(lambda one: f" sub {one[1] or one[2] or ''} ", text)
        text = _FRACTION.sub(r" (\1) over (\2) ", text)
        if text == before:
            break
    text = re.sub(r"\\([A-Za-z]+|.)", _command, text)
    for sign, said in _SIGNS.items():
        text = text.replace(sign, said)
    text = re.sub(r"(?<=[\w)\]])\s*[-−]\s*", " minus ", text)
    text = re.sub(r"[{}&$]", " ", text)
    text = re.sub(r"\((\s*[\w.]+\s*)\)", r"\1", text)
    return " ".join(text.split()) or latex.strip() or "formula"


def _power(found: re.Match[str]) -> str:
    of = (found[1] or found[2] or "").strip()
    return {"2": " squared ", "3": " cubed "}.get(of, f" to the power {of} ")


def _command(found: re.Match[str]) -> str:
    name = found[1]
    return " " if name in _SILENT else f" {_SAID.get(name, name)} "
