"""What causes enquiries, as staff name it on tickets (`trouble` in the code: a cause is something
else here). Pure: names made comparable, and counted with the tickets behind them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_SHOWN: Final = 50
"""Tickets that are named behind each."""


@dataclass
class Trouble:
    """One that tickets name."""

    name: str
    """As the newest of them has it."""
    count: int = 0
    tickets: list[str] = field(default_factory=list)
    """References, the newest first; the newest fifty."""


def key_of(name: str) -> str:
    """What makes two names the same, whatever their case and spaces: every ticket stores it beside
    the name as written (`trouble_key`), and what was done is kept under it."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def count_in(row: Mapping[str, Any], found: dict[str, Trouble]) -> None:
    """One more ticket (the newest come first) among the troubles found, by key."""
    trouble = found.setdefault(row["trouble_key"], Trouble(" ".join(row["trouble"].split())))
    trouble.count += 1
    if len(trouble.tickets) < _SHOWN:
        trouble.tickets.append(row["_id"])


def most_first(found: Mapping[str, Trouble]) -> list[tuple[str, Trouble]]:
    """With their keys; of those named as often, by name."""
    return sorted(found.items(), key=lambda one: (-one[1].count, one[0]))
