"""Where a service spends its time, by py-spy, if it is installed.

Sampling costs CPU, so figures made meanwhile are not to be quoted.
"""

import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SAMPLES_A_SECOND: Final = 200
WRITING_SECONDS: Final = 30.0
OURS: Final = re.compile(r"\((services|shared|bench)/")


def find_py_spy() -> str | None:
    """The path of py-spy, beside this interpreter or on the PATH."""
    beside = Path(sys.executable).parent / "py-spy"
    return str(beside) if beside.exists() else shutil.which("py-spy")


@contextmanager
def recorded(pids: Mapping[str, Sequence[int]], folder: Path, prefix: str) -> Iterator[None]:
    """Sample each process while the block runs; one file of folded stacks a service."""
    program = find_py_spy()
    assert program is not None, "find_py_spy() is asked before a session with profiles"
    folder.mkdir(parents=True, exist_ok=True)
    running = [
        _start(program, pid, folder / f"{prefix}-{name}.folded")
        for name, found in pids.items()
        for pid in found
    ]
    try:
        yield
    finally:
        for process in running:
            process.send_signal(signal.SIGINT)
        for process in running:
            process.wait(WRITING_SECONDS)


def forget(folder: Path) -> None:
    """Remove what an earlier session recorded."""
    for file in folder.glob("*.folded"):
        file.unlink()


def costliest(file: Path, count: int) -> list[tuple[str, float]]:
    """The functions that were on top of the stack most often, with their share of the samples."""
    return _shares(file, count, lambda frames: frames[-1:])


def costliest_of_ours(file: Path, count: int) -> list[tuple[str, float]]:
    """The project's functions, with the share of the samples spent in them or in what they call."""
    return _shares(file, count, lambda frames: [one for one in frames if OURS.search(one)])


def _shares(
    file: Path, count: int, blamed: Callable[[list[str]], list[str]]
) -> list[tuple[str, float]]:
    """Share of the samples for each blamed frame, a frame counting once a sample."""
    samples: Counter[str] = Counter()
    total = 0
    for line in file.read_text().splitlines():
        stack, _, times = line.rpartition(" ")
        total += int(times)
        for frame in set(blamed(stack.split(";"))):
            samples[frame] += int(times)
    return [(name, times / total) for name, times in samples.most_common(count)]


def _start(program: str, pid: int, file: Path) -> subprocess.Popen[bytes]:
    command = [program, "record", "--pid", str(pid), "--output", str(file), "--format", "raw"]
    command += ["--rate", str(SAMPLES_A_SECOND), "--gil", "--function"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
