"""What `make run` starts, where, and with which settings: read from the environment, checked."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.processes import in_use
from deploy.local.servers import ROOT

VAR: Final = ROOT / "var"
LOGS: Final = VAR / "log"
# What the running system was told; `make mail` reads it to find the door.
IN_USE_FILE: Final = VAR / "run.json"

SERVER_PORTS: Final = {
    "MONGODB_URI": ("RUN_MONGODB_PORT", 27027, "the private MongoDB"),
    "AMQP_URL": ("RUN_AMQP_PORT", 5682, "the private RabbitMQ"),
}
PORTS: Final = {
    "INTAKE_SMTP_PORT": (2525, "mail from patrons"),
    "INTAKE_HTTP_PORT": (8081, "the intake API"),
    "ROUTING_HTTP_PORT": (8082, "the staff API"),
    "NOTIFY_HTTP_PORT": (8083, "notify's health page"),
    "MAIL_SINK_PORT": (1025, "outgoing mail"),
    "MAIL_PAGE_PORT": (8025, "the page that shows outgoing mail"),
}


class BadPlan(Exception):
    """The system can't be started like this; one line for each reason."""


@dataclass(frozen=True)
class Plan:
    """Which private servers to start, by port (None: one that runs elsewhere), and the settings."""

    mongodb_port: int | None
    amqp_port: int | None
    ports: Mapping[str, int]
    settings: Mapping[str, str]

    def url(self, port: str, path: str = "") -> str:
        """An address of ours, by the name of its port's setting."""
        return f"http://127.0.0.1:{self.ports[port]}{path}"


def make_plan() -> Plan:
    """What to start. Raises: BadPlan, if a setting is no port or a port is taken."""
    faults: list[str] = []
    servers = {
        url: None if os.environ.get(url) else _port(name, default, what, faults)
        for url, (name, default, what) in SERVER_PORTS.items()
    }
    ports = {name: _port(name, default, what, faults) for name, (default, what) in PORTS.items()}
    faults += _shared(
        {
            **ports,
            "RUN_MONGODB_PORT": servers["MONGODB_URI"] or 0,
            "RUN_AMQP_PORT": servers["AMQP_URL"] or 0,
        }
    )
    if faults:
        raise BadPlan("\n".join(faults))
    mongodb, amqp = servers["MONGODB_URI"], servers["AMQP_URL"]
    return Plan(mongodb, amqp, ports, _settings(mongodb, amqp, ports))


def note_in_use(plan: Plan) -> None:
    """Write down the ports of the running system, for `make mail`."""
    IN_USE_FILE.write_text(json.dumps(dict(plan.ports), indent=2) + "\n")


def port_in_use(name: str) -> int:
    """A port's setting: from the environment, else as the last `make run` had it."""
    if told := os.environ.get(name):
        return int(told)
    noted: dict[str, int] = json.loads(IN_USE_FILE.read_text()) if IN_USE_FILE.exists() else {}
    return noted.get(name, PORTS[name][0])


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)


def _port(name: str, default: int, what: str, faults: list[str]) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        faults.append(f"{name}: wanted a port number from 1 to 65535")
        return 0
    port = int(text)
    if in_use(port):
        faults.append(
            f"Port {port} ({what}) can't be had: another program has it, or only root may. "
            f"Choose another, for example: make run {name}={port + 1000}"
        )
    return port


def _shared(ports: Mapping[str, int]) -> list[str]:
    names: dict[int, list[str]] = {}
    for name, port in ports.items():
        names.setdefault(port, []).append(name)
    return [
        f"Port {port} is wanted twice, by {' and '.join(same)}"
        for port, same in names.items()
        if port and len(same) > 1
    ]


def _settings(mongodb: int | None, amqp: int | None, ports: Mapping[str, int]) -> dict[str, str]:
    """The services' settings; what the environment says wins."""
    ours = {
        "MONGODB_URI": f"mongodb://127.0.0.1:{mongodb}/?replicaSet=rs0",
        "AMQP_URL": f"amqp://guest:guest@127.0.0.1:{amqp}/",
        "LIBRARY_FILE": str(ROOT / "deploy" / "library.toml"),
        "SMTP_RELAY_URL": f"smtp://127.0.0.1:{ports['MAIL_SINK_PORT']}",
        "MAIL_FOLDER": str(VAR / "mail"),
        "DESK_SECRET": _secret(),
    }
    told = {name: os.environ.get(name) or value for name, value in ours.items()}
    return told | {name: str(port) for name, port in ports.items()}


def _secret() -> str:
    """Made once: references in mail that went out earlier must stay valid."""
    file = VAR / "desk-secret"
    if not file.exists():
        write_private(file, secrets.token_hex(32))
    return file.read_text().strip()
