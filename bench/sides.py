"""The two sides of the comparison, as processes that can be started and stopped.

Both get their settings from the environment under the same names. It knows how
to start each side and when it is ready, and nothing about what is measured.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from deploy.local.processes import free_port

ROOT: Final = Path(__file__).resolve().parent.parent
LIBRARY_FILE: Final = ROOT / "deploy" / "library.toml"
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
LOG_TAIL_BYTES: Final = 2_000
SERVICES: Final = ("intake", "routing", "notify")
FLOOR_ROLES: Final = {"intake": "intake", "routing": "route", "notify": "notify"}
STAFF: Final = ("Mair Example", "Gareth Example", "Anwen Example", "Ifor Example")
# What a developer may have set for himself must not reach the bench.
FOREIGN_SETTINGS: Final = (
    "CRASH_AT",
    "HTTP_HOST",
    "IMAP_URL",
    "INTAKE_SMTP_HOST",
    "LOG_LEVEL",
    "MAX_MESSAGE_BYTES",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
)

IsReady = Callable[[], bool]


class SideFailed(Exception):
    """A side did not start, or one of its processes ended by itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """What one run of a side is given: servers, a database of its own, a sink, a folder."""

    mongodb_uri: str
    amqp_url: str
    database: str
    sink_port: int
    folder: Path
    library_file: Path = LIBRARY_FILE
    has_staff: bool = False
    """Whether they stand in the database already."""

    def environment(self) -> dict[str, str]:
        """The settings that both sides share."""
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_SETTINGS}
        return kept | {
            "MONGODB_URI": self.mongodb_uri,
            "MONGODB_DATABASE": self.database,
            "AMQP_URL": self.amqp_url,
            "SMTP_RELAY_URL": f"smtp://127.0.0.1:{self.sink_port}",
        }


@dataclass(slots=True)
class Service:
    """One running process of a side, with its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    is_ready: IsReady
    http_port: int = 0
    """The product's: health, metrics, and its API."""

    def check(self) -> None:
        """Raises: SideFailed: it has ended by itself."""
        if self.process.poll() is not None:
            raise SideFailed(f"{self.name} ended ({self.process.returncode}):\n{_tail(self.log)}")


@dataclass(slots=True)
class Side:
    """The running processes of one side, and the ports of its doors: one of each copy."""

    doors: list[int]
    services: list[Service] = field(default_factory=list)

    async def ready(self) -> None:
        """Wait until every service can work.

        Raises:
            SideFailed: one ended, or was not ready in time.
        """
        give_up_at = asyncio.get_running_loop().time() + READY_SECONDS
        for service in self.services:
            while not await asyncio.to_thread(service.is_ready):
                service.check()
                if asyncio.get_running_loop().time() > give_up_at:
                    raise SideFailed(f"{service.name} is not ready:\n{_tail(service.log)}")
                await asyncio.sleep(0.1)

    def check(self) -> None:
        """Raises: SideFailed: a service has ended by itself."""
        for service in self.services:
            service.check()

    def pids(self) -> dict[str, list[int]]:
        """The processes of each service, by its name."""
        found: dict[str, list[int]] = {}
        for service in self.services:
            found.setdefault(service.name, []).append(service.process.pid)
        return found

    async def stop(self) -> list[str]:
        """End every service; complaints about those that would not go in time."""
        for service in self.services:
            service.process.send_signal(signal.SIGTERM)
        return [c for c in [await asyncio.to_thread(_wait, s) for s in self.services] if c]


def start_floor(place: Place) -> Side:
    """Start the three processes of the floor."""
    side = Side(doors=[free_port()])
    environment = place.environment() | {"INTAKE_SMTP_PORT": str(side.doors[0])}
    for name, role in FLOOR_ROLES.items():
        log = place.folder / f"{name}.log"
        process = _start(["-m", "bench.floor", role], environment, log)
        side.services.append(Service(name, process, log, _says_ready(log)))
    return side


def start_product(place: Place, *, copies: int = 1, names: Sequence[str] = SERVICES) -> Side:
    """Add a few staff, then start so many copies of each of these services."""
    side = Side(doors=[])
    if not place.has_staff:
        _add_staff(place.environment() | _product_settings(place))
    for name in names:
        for number in range(copies):
            side.services.append(_start_service(name, number, place, side))
    return side


def _start_service(name: str, number: int, place: Place, side: Side) -> Service:
    port = free_port()
    own = {f"{name.upper()}_HTTP_PORT": str(port)}
    if name == "intake":
        side.doors.append(free_port())
        own["INTAKE_SMTP_PORT"] = str(side.doors[-1])
    log = place.folder / f"{name}-{number}.log"
    environment = place.environment() | _product_settings(place) | own
    process = _start(["-m", f"services.{name}"], environment, log)
    return Service(name, process, log, _answers_ready(port), port)


def library() -> dict[str, Any]:
    """The library that the product serves, as its file has it."""
    return tomllib.loads(LIBRARY_FILE.read_text())


def enquiry_address() -> str:
    """Where patrons write to; the floor takes mail for anybody."""
    return str(library()["library"]["enquiry_address"])


def _product_settings(place: Place) -> dict[str, str]:
    return {
        "LIBRARY_FILE": str(place.library_file),
        "DESK_SECRET": "only-for-the-bench-and-nothing-else-0123456789",
        "MOST_READS_A_MINUTE": "1000000",
        "MOST_CHANGES_A_MINUTE": "1000000",
    }


def _add_staff(environment: Mapping[str, str]) -> None:
    """Add one to each team, and the rest to the first, so that every ticket finds an owner.

    Raises:
        SideFailed: the operators' command line would not add somebody.
    """
    teams = [team["id"] for team in library()["teams"]]
    for name, team in zip_longest(STAFF, teams[: len(STAFF)], fillvalue=teams[0]):
        address = f"{name.split()[0].lower()}@staff.example.org"
        command = ["staff", "add", name, address, "--team", team, "--language", "en"]
        done = subprocess.run(
            [sys.executable, "-m", "services.desk", *command],
            cwd=ROOT,
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SideFailed(f"desk {' '.join(command)}: {done.stderr or done.stdout}")


def _start(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait(service: Service) -> str | None:
    try:
        service.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        service.process.kill()
        service.process.wait()
        return f"{service.name} did not stop in {STOP_SECONDS:.0f} s"
    return None


def _says_ready(log: Path) -> IsReady:
    return lambda: "ready" in log.read_text(errors="replace").splitlines()


def _answers_ready(port: int) -> IsReady:
    def ask() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ask


def _tail(log: Path) -> str:
    return log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace")
