"""How the faults of a TOML file are told: all of them, a line each, with the line in the file. Does
not know what the file is about."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from pydantic import ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from shared.toml_lines import Place, line_of, lines

Fault = tuple[Place, str]
"""Where it is, and the reason."""


STRICT: Final = ConfigDict(frozen=True, extra="forbid")
"""For each table of the file: unchangeable, and what it does not know is a fault."""


def refused(faults: Sequence[Fault]) -> ValidationError:
    """To be raised by a validator: each fault at its place below what is validated."""
    details: list[InitErrorDetails] = [
        {
            "type": PydanticCustomError("fault", "{reason}", {"reason": reason}),
            "loc": place,
            "input": None,
        }
        for place, reason in faults
    ]
    return ValidationError.from_exception_data("library file", details)


def faults_of(error: ValidationError) -> Iterator[Fault]:
    """What a validation has found."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    for one in found:
        # Items that are faulty are not counted: too few are left, which is no fault of its own.
        if one["type"] == "too_short" and any(
            _is_below(other["loc"], one["loc"]) for other in found
        ):
            continue
        yield one["loc"], one["msg"].removeprefix("Value error, ")


def _is_below(place: Place, other: Place) -> bool:
    return len(place) > len(other) and place[: len(other)] == other


def told(faults: Iterable[Fault], name: object, text: str) -> str:
    """A line for each fault of the file of that name, in the order of the file's own lines."""
    known = lines(text)
    rows = [(line_of(place, known) or 0, place, reason) for place, reason in faults]
    rows.sort(key=lambda row: row[0])
    return "\n".join(
        f"{name}{f':{line}' if line else ''}: {_named(place)}{_one_line(reason)}"
        for line, place, reason in rows
    )


def _named(place: Place) -> str:
    return ".".join(str(step) for step in place) + ": " if place else ""


def _one_line(reason: str) -> str:
    return " ".join(reason.split())


def repeated(values: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """Each value that has been there before, with its position; None is no value."""
    seen = set()
    for position, value in enumerate(values):
        if value is not None and value in seen:
            yield position, value
        seen.add(value)
