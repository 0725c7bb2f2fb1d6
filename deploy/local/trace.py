"""`make trace REF=…`: one enquiry's log lines from all services, in order of time."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from deploy.local.plan import LOGS

SHOWN_FIRST: Final = ("timestamp", "service", "event", "reference")
Line = dict[str, Any]


def main() -> int:
    """Print the lines. Answers 1 if there are none."""
    if len(sys.argv) != 2:
        print("Say which enquiry: make trace REF=ENQ-7K3M-92QX", file=sys.stderr)
        return 1
    reference = sys.argv[1].upper()
    lines = sorted(_lines_of(reference, LOGS.glob("*.log")), key=lambda line: line["timestamp"])
    for line in lines:
        print(_shown(line))
    if not lines:
        print(f"No log line under {LOGS} speaks of {reference}", file=sys.stderr)
    return 0 if lines else 1


def _lines_of(reference: str, files: Iterable[Path]) -> Iterator[Line]:
    for file in files:
        with file.open(errors="replace") as text:
            for raw in text:
                # Cheaper than reading every line as JSON, in a log of days.
                line = _parse(raw) if reference in raw else {}
                if line.get("reference") == reference and "timestamp" in line:
                    yield line


def _parse(raw: str) -> Line:
    try:
        line = json.loads(raw)
    except ValueError:
        return {}  # a traceback, or a library's own words
    return line if isinstance(line, dict) else {}


def _shown(line: Line) -> str:
    others = (f"{key}={line[key]}" for key in line if key not in SHOWN_FIRST)
    start = f"{line['timestamp']}  {line.get('service', '?'):8} {line.get('event', '?'):22}"
    return " ".join([start, *others]).rstrip()


if __name__ == "__main__":
    sys.exit(main())
