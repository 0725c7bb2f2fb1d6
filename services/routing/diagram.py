"""Prints the ticket's table of transitions as a Mermaid diagram; `--write` puts it in the README.

python -m services.routing.diagram [--write]
"""

import sys
from pathlib import Path
from typing import Final

from services.routing.status import TRANSITIONS, Event, Status

README: Final = Path(__file__).parents[1] / "README.md"
BEGIN: Final = "<!-- state diagram: made by make diagram -->"
END: Final = "<!-- end of state diagram -->"


def render() -> str:
    """TRANSITIONS in Mermaid: an arrow for each pair of statuses, with the events that take it."""
    lines = ["stateDiagram-v2"]
    for status in Status:
        by_target: dict[Status, list[Event]] = {}
        for event, target in TRANSITIONS[status].items():
            by_target.setdefault(target, []).append(event)
        lines += [f"    {status} --> {to}: {', '.join(why)}" for to, why in by_target.items()]
    return "\n".join(lines)


def placed(text: str) -> str:
    """This text with the diagram between its marks. Raises: ValueError: a mark is missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"wanted: {BEGIN} and {END}")
    return f"{before}{BEGIN}\n```mermaid\n{render()}\n```\n{END}{after}"


def main() -> None:
    """The command."""
    if "--write" in sys.argv[1:]:
        README.write_text(placed(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(render())


if __name__ == "__main__":
    main()
