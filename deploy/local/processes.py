"""A child process of the development environment: started, stopped, and never left behind.

Start processes from the main thread: Linux sends the "parent died" signal when the *thread* that
started a child ends.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

POLL_SECONDS: Final = 0.02
# Below the kernel's range for outgoing connections (32768 and up): a port from that range could
# be taken by some client between a stop and the next start.
PRIVATE_PORTS: Final = range(20000, 32000)
_given: Final[deque[int]] = deque(maxlen=500)


class ProcessFailed(Exception):
    """A process did not start, or did not become ready; says which and shows its last words."""


class Process:
    """One program, that writes to a log file and ends when this process does."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path
    ) -> None:
        self.name = name
        self.command = tuple(command)
        self.log = log
        self.env = dict(env)
        self.cwd = cwd
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._popen.pid if self._popen and self.alive else None

    @property
    def alive(self) -> bool:
        """Has it been started, and not ended?"""
        return self._popen is not None and self._popen.poll() is None

    @property
    def status(self) -> int | None:
        """How it ended (minus a signal's number if by one); None before that."""
        return self._popen.poll() if self._popen else None

    def launch(self) -> None:
        """Start the program; its output is added to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                _ending_with_us(self.command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                # A session of its own: Ctrl-C on the terminal reaches only us, and we stop
                # things in their order; and whatever it starts can be found by the session.
                start_new_session=True,
            )

    def ask_to_stop(self) -> None:
        """Send SIGTERM and return at once, so that several can stop together."""
        if self._popen and self.alive:
            self._popen.terminate()

    def stop(self, seconds: float) -> int | None:
        """Ask it to end (SIGTERM); end it by force after so long. Answers its exit status."""
        if self._popen is None:
            return None
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        return self.kill()

    def kill(self) -> int | None:
        """End it at once (SIGKILL), with whatever it started. Answers its exit status."""
        if self._popen is None:
            return None
        if self.alive:
            self._popen.kill()
        self._popen.wait()
        _end_session(self._popen.pid)
        return self._popen.returncode

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready()`.

        Raises: ProcessFailed, if the program ends first or the time runs out.
        """
        give_up_at = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise ProcessFailed(f"{self.name} ended with status {self.status}{self._words()}")
            if time.monotonic() > give_up_at:
                raise ProcessFailed(f"{self.name} was not ready in {seconds:.0f} s{self._words()}")
            time.sleep(POLL_SECONDS)

    def _words(self) -> str:
        return f"; {self.log} ends with:\n{last_lines(self.log, 8)}"


def last_lines(file: Path, count: int) -> str:
    """The end of a log file, as text."""
    with suppress(FileNotFoundError):
        return "\n".join(file.read_text(errors="replace").splitlines()[-count:])
    return ""


def free_port() -> int:
    """A port of the loopback interface where nothing listens now, and that nobody else was given
    lately: who asked for one may not listen yet."""
    while True:
        port = random.choice(PRIVATE_PORTS)  # noqa: S311 - no secret
        if port not in _given and not in_use(port):
            _given.append(port)
            return port


def in_use(port: int) -> bool:
    """Does something hold this port of the loopback interface?"""
    with socket.socket() as trial:
        # As servers do, so that a port whose last connection is just ending counts as free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def answers(port: int, greeting: bytes = b"") -> bool:
    """Does the port take a connection, and answer this greeting (if one is given)?"""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as link:
        if not greeting:
            return True
        link.sendall(greeting)
        return bool(link.recv(1))
    return False


def http_status(url: str, token: str = "") -> int:
    """The status that a GET of an address of ours answers; 0 if nobody answers."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}"
    link = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        link.request("GET", target, headers={"Authorization": f"Bearer {token}"} if token else {})
        return link.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        link.close()


def _ending_with_us(command: Sequence[str]) -> list[str]:
    """The command, told by the kernel to end (SIGTERM) when we die abruptly, even by SIGKILL.

    By setpriv, which becomes the program and keeps its process id: Python's own way (preexec_fn)
    may deadlock in a process that has threads.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else [*command]


def _end_session(session: int) -> None:
    """End what a program left behind in its session (Erlang's port programs, for instance)."""
    for entry in Path("/proc").iterdir():
        with suppress(ValueError, OSError):
            pid = int(entry.name)
            if os.getsid(pid) == session:
                os.kill(pid, signal.SIGKILL)
