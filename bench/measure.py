"""CPU time and memory of groups of processes, and percentiles.

A group is a name and the ids of its processes; their children count with them.
It reads what the kernel has accounted and samples nothing.
"""

import math
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

MEBIBYTE = 2**20
# proc(5): writing 5 to clear_refs makes the peak (VmHWM) begin anew.
_FORGET_PEAK = "5"


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU seconds used up to one moment: by each group, by this process, by the machine."""

    at: float
    groups: Mapping[str, float]
    own: float
    machine: float


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds used between two readings; `foreign_cores` were busy with something else."""

    groups: Mapping[str, float]
    foreign_cores: float


class Meter:
    """Reads the accounts of some groups of processes."""

    def __init__(self, groups: Mapping[str, Sequence[int]]) -> None:
        self._groups = {name: [psutil.Process(p) for p in pids] for name, pids in groups.items()}
        self._own = psutil.Process()

    def read(self) -> Reading:
        """Take a reading."""
        return Reading(
            at=time.perf_counter(),
            groups={name: sum(map(_cpu_of_tree, found)) for name, found in self._groups.items()},
            own=_cpu(self._own),
            machine=_busy_seconds(),
        )

    def resident_mb(self) -> dict[str, float]:
        """Resident memory of each group now, in MiB."""
        return {
            name: sum(p.memory_info().rss for one in found for p in _tree(one)) / MEBIBYTE
            for name, found in self._groups.items()
        }

    def forget_peaks(self) -> None:
        """From here on `peak_mb` counts anew."""
        for process in (p for found in self._groups.values() for one in found for p in _tree(one)):
            Path(f"/proc/{process.pid}/clear_refs").write_text(_FORGET_PEAK, encoding="ascii")

    def peak_mb(self) -> dict[str, float]:
        """The most resident memory of each group's processes since then, added up, in MiB."""
        return {
            name: sum(_peak(p) for one in found for p in _tree(one)) / MEBIBYTE
            for name, found in self._groups.items()
        }


def used(before: Reading, after: Reading) -> Usage:
    """What was used between two readings."""
    groups = {name: after.groups[name] - before.groups[name] for name in after.groups}
    ours = sum(groups.values()) + after.own - before.own
    foreign = (after.machine - before.machine - ours) / (after.at - before.at)
    return Usage(groups=groups, foreign_cores=max(0.0, foreign))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle value; not a number if there is none."""
    return statistics.median(values) if values else math.nan


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _peak(process: psutil.Process) -> int:
    """Bytes; of a process that has just ended, none."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return 0
    return next((int(one.split()[1]) * 1024 for one in lines if one.startswith("VmHWM:")), 0)


def _cpu_of_tree(process: psutil.Process) -> float:
    """CPU seconds of a process, its living children, and those it has waited for."""
    finished = process.cpu_times()
    living = sum(_cpu(one) for one in _tree(process))
    return living + finished.children_user + finished.children_system


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _busy_seconds() -> float:
    """CPU seconds that all cores together were not idle (user includes guest time)."""
    times = psutil.cpu_times()
    return sum((times.user, times.nice, times.system, times.irq, times.softirq, times.steal))
