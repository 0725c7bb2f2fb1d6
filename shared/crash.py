"""Places where tests kill a process on purpose.

`CRASH_AT` names one place and a share, such as `intake.stored:0.05`: one time in twenty that the
process reaches it, it kills itself as SIGKILL would. `CRASH_LOG` names a file that notes the hit.
Without these variables nothing happens.
"""

import os
import random
import signal
from functools import cache
from pathlib import Path
from typing import Final

POINTS: Final = (
    "intake.before_store",
    "intake.after_files",
    "intake.after_store",
    "imap.before_move",
    "imap.after_move",
    "outbox.before_publish",
    "outbox.after_confirm",
    "outbox.after_mark",
    "consume.before_handle",
    "consume.before_ack",
    "consume.after_ack",
    "routing.before_effect",
    "routing.after_effect",
    "pair.decided",
    "pair.before_effect",
    "pair.before_move",
    "pair.after_effect",
    "patron.before_effect",
    "patron.after_effect",
    "notify.before_claim",
    "notify.after_claim",
    "notify.after_send",
    "notify.after_mark",
    "convert.after_row",
    "convert.after_claim",
    "convert.after_made",
    "convert.after_file",
    "convert.after_end",
    "erase.begun",
    "erase.after_ticket",
    "erase.after_files",
    "erase.after_letters",
)
"""Every boundary of the line: each is somewhere that an await may be the last one."""


def crash_point(name: str) -> None:
    """End this process here, if tests ask for it."""
    place, share = _armed()
    if place == name and random.random() < float(share):  # noqa: S311  chance, not secrecy
        _die(name)


@cache
def _armed() -> tuple[str, str]:
    place, _, share = os.environ.get("CRASH_AT", "").partition(":")
    return place, share


def _die(name: str) -> None:
    if log := os.environ.get("CRASH_LOG"):
        with Path(log).open("a") as file:
            file.write(name + "\n")
    os.kill(os.getpid(), signal.SIGKILL)
