"""How the child says how far it is: a line each, and not more of them than anybody reads."""

import sys
import time
from typing import Final, Literal

from services.notify.formats.job import Progress, Said

Step = Literal["reading", "recognising", "writing", "speaking", "checking"]
_EVERY: Final = 0.5
"""Seconds between lines of one step."""


class Say:
    """Says how far it is."""

    def __init__(self) -> None:
        self._step: Step | None = None
        self._at = 0.0

    def __call__(self, step: Step, done: int = 0, of: int = 0) -> None:
        now = time.monotonic()
        if step == self._step and done != of and now - self._at < _EVERY:
            return
        self._step, self._at = step, now
        line(Said(progress=Progress(step=step, done=done, of=of)))


def line(said: Said) -> None:
    sys.stdout.write(said.model_dump_json(exclude_defaults=True) + "\n")
    sys.stdout.flush()
