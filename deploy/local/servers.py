"""Private servers for development and tests: a MongoDB, a RabbitMQ, and the services.

Each lives in a folder of its own, listens on the loopback interface only, and touches no server
that it did not start. Not for production. Use them from the main thread (see processes.py).
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.processes import Process, ProcessFailed, answers, free_port, http_status

ROOT: Final = Path(__file__).resolve().parents[2]
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
NOT_YET_INITIALISED: Final = 94


class _Server:
    """What both servers share: start, stop, and `with`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder.resolve()
        self.port = port or free_port()

    def launch(self) -> None:
        """Start it and return at once, so that several can start together."""
        raise NotImplementedError

    def wait_ready(self) -> None:
        """Wait until it serves. Raises: ProcessFailed."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it, on the data and port that it had before, and wait until it serves."""
        self.launch()
        self.wait_ready()

    def stop(self) -> None:
        """Stop it in an orderly way; nothing of it is left running."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class MongoServer(_Server):
    """A replica set of one, so that majority writes, sessions and change streams work."""

    def __init__(self, folder: Path, port: int = 0, arguments: Sequence[str] = ()) -> None:
        """`arguments` are added to mongod's, e.g. `("--setParameter", "enableTestCommands=1")`."""
        super().__init__(folder, port)
        self.uri = f"mongodb://127.0.0.1:{self.port}/?replicaSet=rs0"
        self._process = Process(
            "mongodb",
            [str(find_mongod()), *self._arguments(), *arguments],
            self.folder / "mongodb.log",
            os.environ,
            ROOT,
        )

    @property
    def pid(self) -> int | None:
        """mongod's process id, while it runs."""
        return self._process.pid

    def launch(self) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        self._process.launch()

    def wait_ready(self) -> None:
        self._process.wait_until(lambda: answers(self.port), READY_SECONDS)
        with MongoClient[dict[str, Any]](
            "127.0.0.1", self.port, directConnection=True, timeoutMS=5000
        ) as client:
            _form_replica_set(client, f"127.0.0.1:{self.port}")
            self._process.wait_until(lambda: _is_primary(client), READY_SECONDS)

    def stop(self) -> None:
        self._process.stop(STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def _arguments(self) -> list[str]:
        return [
            *("--dbpath", str(self.folder / "data")),
            *("--bind_ip", "127.0.0.1", "--port", str(self.port), "--nounixsocket"),
            *("--replSet", "rs0", "--oplogSize", "256"),
            # The packaged build is an old patch level: its zlib compressor has a known fault.
            *("--networkMessageCompressors", "snappy"),
            *("--wiredTigerCacheSizeGB", "0.5"),
            # On SIGTERM a primary waits up to 15 s for a successor; here there is none.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        ]


class RabbitServer(_Server):
    """A private node: own name, cookie, data and name server (epmd); AMQP on loopback only."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        super().__init__(folder, port)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        self.data = self.folder / "data"
        """All that it remembers."""
        self._scripts = find_rabbitmq()
        self._env = self._environment(free_port(), free_port())
        log = self.folder / "rabbitmq.log"
        # In the foreground and ours, so that it can be ended with the node. The one that Erlang
        # would start is a daemon that outlives it.
        epmd = [_epmd(), "-address", "127.0.0.1", "-port", self._env["ERL_EPMD_PORT"]]
        self._epmd = Process("epmd", epmd, log, self._env, self.folder)
        self._process = Process("rabbitmq", self._command(), log, self._env, self.folder)

    @property
    def pid(self) -> int | None:
        """The Erlang machine's process id, while it runs."""
        return self._process.pid

    def launch(self) -> None:
        self._write_files()
        self._epmd.launch()
        self._epmd.wait_until(lambda: answers(int(self._env["ERL_EPMD_PORT"])), READY_SECONDS)
        self._process.launch()

    def wait_ready(self) -> None:
        self._process.wait_until(lambda: answers(self.port, b"AMQP\0\0\x09\x01"), READY_SECONDS)

    def stop(self) -> None:
        self._process.stop(STOP_SECONDS)
        self._epmd.kill()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._epmd.kill()

    def ctl(self, *arguments: str) -> str:
        """What `rabbitmqctl` with these arguments prints, run against this node.

        Raises: subprocess.CalledProcessError.
        """
        return subprocess.run(
            [str(self._scripts / "rabbitmqctl"), "--node", "desk@localhost", *arguments],
            env=self._env,
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=READY_SECONDS,
        ).stdout

    def _command(self) -> list[str]:
        loopback = ["-kernel", "inet_dist_use_interface", "{127,0,0,1}"]
        return [str(self._scripts / "rabbitmq-server"), "-noinput", *loopback]

    def _environment(self, epmd_port: int, distribution_port: int) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RABBITMQ_", "ERL_"))
        }
        return inherited | {
            "HOME": str(self.folder),  # Erlang keeps the cookie there
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "desk@localhost",
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.data),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "rabbitmq-env.conf"),
            # Settings are in the Erlang form alone: translating a rabbitmq.conf costs a second.
            "RABBITMQ_CONFIG_FILE": str(self.folder / "no-rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            # Makes the script become the Erlang machine, which stops in order on SIGTERM.
            "RABBITMQ_ALLOW_INPUT": "true",
            "RABBITMQ_CTL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _write_files(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "enabled_plugins").write_text("[].\n")
        (self.folder / "rabbitmq-env.conf").write_text("")
        (self.folder / "advanced.config").write_text(
            f'[{{rabbit, [{{tcp_listeners, [{{"127.0.0.1", {self.port}}}]}},\n'
            "  {log, [{console, [{enabled, true}]}, {file, [{file, false}]}]}]}].\n"
        )


class Service:
    """`python -m services.<name>`, or another module that is run and watched the same way."""

    def __init__(
        self, name: str, env: Mapping[str, str], log: Path, *, module: str = "", ready_url: str = ""
    ) -> None:
        """`env` is added to this process's; `<NAME>_HTTP_PORT` is in it, or `ready_url` told."""
        self.name = name
        self.ready_url = ready_url or _ready_url(env[f"{name.upper()}_HTTP_PORT"])
        self.process = Process(
            name,
            [sys.executable, "-m", module or f"services.{name}"],
            log,
            {**os.environ, "PYTHONUNBUFFERED": "1", **env},
            ROOT,
        )

    @property
    def pid(self) -> int | None:
        """Its process id, while it runs."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Has it been started, and not ended?"""
        return self.process.alive

    @property
    def is_ready(self) -> bool:
        """Does it say that it is ready?"""
        return http_status(self.ready_url) == 200

    def start(self) -> None:
        """Start it; see `wait_ready`."""
        self.process.launch()

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until it says that it is ready. Raises: ProcessFailed."""
        self.process.wait_until(lambda: self.is_ready, seconds)

    def stop(self) -> int | None:
        """Ask it to stop and wait 20 s. Answers its exit status: -9 if it had to be killed."""
        return self.process.stop(STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()


def find_mongod() -> Path:
    """The mongod that setup.sh put beside this interpreter, else the machine's.

    Raises: ProcessFailed.
    """
    own = Path(sysconfig.get_path("purelib")) / "fiftyone/db/bin/mongod"
    found = own if os.access(own, os.X_OK) else shutil.which("mongod")
    if not found:
        raise ProcessFailed("No mongod here: run deploy/local/setup.sh, or set MONGODB_URI")
    return Path(found)


def find_rabbitmq() -> Path:
    """The folder of RabbitMQ's own scripts. Raises: ProcessFailed."""
    # Not the wrapper that Debian puts on the PATH: it refuses ordinary users, and as root it
    # runs as another one.
    if os.access("/usr/lib/rabbitmq/bin/rabbitmq-server", os.X_OK):
        return Path("/usr/lib/rabbitmq/bin")
    found = shutil.which("rabbitmq-server")
    if not found:
        raise ProcessFailed("No rabbitmq-server here: run deploy/local/setup.sh, or set AMQP_URL")
    return Path(found).resolve().parent


def _epmd() -> str:
    found = shutil.which("epmd")
    bundled = sorted(Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))
    if not found and not bundled:
        raise ProcessFailed("No epmd here: it belongs to Erlang, which RabbitMQ needs")
    return found or str(bundled[-1])


def _ready_url(port: str) -> str:
    return f"http://127.0.0.1:{port}/readyz"


def _form_replica_set(client: MongoClient[dict[str, Any]], host: str) -> None:
    """Make this node a replica set of one, under this address; it may have had another before."""
    config: dict[str, Any] = {
        "_id": "rs0",
        "version": 1,
        "members": [{"_id": 0, "host": host}],
        "settings": {"electionTimeoutMillis": 1000},
    }
    try:
        kept = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALISED:
            raise
        client.admin.command("replSetInitiate", config)
        return
    if kept["members"][0]["host"] != host:
        config["version"] = kept["version"] + 1
        client.admin.command("replSetReconfig", config, force=True)


def _is_primary(client: MongoClient[dict[str, Any]]) -> bool:
    try:
        return bool(client.admin.command("hello")["isWritablePrimary"])
    except PyMongoError:
        return False
