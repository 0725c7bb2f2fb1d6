"""Whether the parser survives a letter: what it may raise, and what it may take."""

import hashlib
import multiprocessing
import resource
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from services.intake.mail import Unreadable
from services.intake.reading import read_letter
from services.intake.understand import fingerprint
from tests.fuzz.giants import GIANTS, SIZE
from tests.fuzz.letters import letters

SMALL_SECONDS: Final = 2.0
LARGE_SECONDS: Final = 5.0
LARGE_MEGABYTES: Final = 300
_FOUND: Final = Path("var/fuzz")


class Broken(Exception):
    """A letter that the parser does not stand up to."""


def survive(raw: bytes) -> None:
    """Raises: Broken: with the letter's file."""
    started = time.process_time()
    try:
        fingerprint(raw)
        read_letter(raw, "letter-1", has_null_sender=len(raw) % 2 == 0)
    except Unreadable:
        pass
    except Exception as error:
        raise Broken(f"{type(error).__name__}: {error}: {_kept(raw)}") from error
    seconds = time.process_time() - started
    if seconds > SMALL_SECONDS:
        raise Broken(f"{seconds:.1f} s: {_kept(raw)}")


def _kept(raw: bytes) -> Path:
    _FOUND.mkdir(parents=True, exist_ok=True)
    file = _FOUND / f"{hashlib.sha256(raw).hexdigest()[:16]}.eml"
    file.write_bytes(raw)
    return file


def examples(count: int, number: int) -> None:
    """So many letters, the same for the same number. Raises: Broken."""

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(letters)
    def one(raw: bytes) -> None:
        survive(raw)

    one()


def giant_takes(name: str) -> tuple[float, int]:
    """Seconds of CPU, and megabytes resident at most, that a giant takes in its own process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (name,))


def _measured(name: str) -> tuple[float, int]:
    raw = GIANTS[name](SIZE)
    started = time.process_time()
    fingerprint(raw)
    with suppress(Unreadable):
        read_letter(raw, "letter-1", has_null_sender=True)
    return time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
