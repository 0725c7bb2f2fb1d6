"""Services that start in a moment: forked from a process that has already imported them.

Importing takes most of the time that a service needs to start, and the crash tests start services
hundreds of times. What runs in the fork is the service's own `__main__`, nothing less.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from deploy.local.servers import ROOT, STOP_SECONDS, Service
from shared.opening_hours import public_holidays


class Nursery:
    """One process for one kind of service, that forks copies of it."""

    def __init__(self, name: str) -> None:
        self._mother = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery", name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C on the terminal reaches only us
        )

    def fork(self, env: Mapping[str, str], log: Path) -> int:
        """Start a copy; its process id."""
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(json.dumps({"env": dict(env), "log": str(log)}).encode() + b"\n")
        self._mother.stdin.flush()
        return int(self._mother.stdout.readline())

    def has(self, pid: int) -> bool:
        """Whether this is a copy that is alive."""
        return _is_child(pid, self._mother.pid)

    def close(self) -> None:
        """End it and every copy."""
        self._mother.communicate()


class Forked(Service):
    """A service that a nursery starts; otherwise like any other."""

    def __init__(self, name: str, env: Mapping[str, str], log: Path, nursery: Nursery) -> None:
        super().__init__(name, env, log)
        self._nursery = nursery
        self._pid: int | None = None

    @property
    def pid(self) -> int | None:
        return self._pid if self.alive else None

    @property
    def alive(self) -> bool:
        return self._pid is not None and self._nursery.has(self._pid)

    def start(self) -> None:
        self._pid = self._nursery.fork(self.process.env, self.process.log)

    def stop(self) -> None:
        """Ask it to stop and wait 20 s; nobody knows its exit status."""
        give_up_at = time.monotonic() + STOP_SECONDS
        if self.alive and self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)
        while self.alive and time.monotonic() < give_up_at:
            time.sleep(0.005)
        self.kill()

    def kill(self) -> None:
        while self._pid is not None and self.alive:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            time.sleep(0.005)


def _mother(name: str) -> None:
    __import__(f"services.{name}.__main__")
    public_holidays("GB", "WLS", 2026)  # as the example library wants them; slow to load
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    children: list[int] = []
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(name, order["env"], order["log"])
        children.append(child)
        print(child, flush=True)
    for child in children:
        if _is_child(child, os.getpid()):
            os.kill(child, signal.SIGKILL)


def _is_child(pid: int, parent: int) -> bool:
    """Whether it is alive and still that: the number of one that died is soon somebody else's."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    state, whose = told.rpartition(")")[2].split()[:2]
    return state != "Z" and int(whose) == parent


def _become(name: str, env: dict[str, str], log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(env)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = [name]
    sys.modules.pop(f"services.{name}.__main__")
    if name == "notify" and env.get("CRASH_AT"):
        # It dies within moments, hundreds of times: trying every template is most of its start, and
        # whoever started before it has tried them.
        checking = sys.modules["services.notify.checking"]
        vars(checking)["checked"] = vars(checking)["Wording"]
    try:
        runpy.run_module(f"services.{name}", run_name="__main__")
    finally:
        os._exit(1)


if __name__ == "__main__":
    _mother(sys.argv[1])
