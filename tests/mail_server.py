"""A real Postfix, private to a test, on the files of deploy/postfix: what is tried is the example
that an operator copies, with other ports, other folders and less patience."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import trustme

from deploy.local.processes import Process, answers, free_port
from deploy.local.servers import ROOT
from tests.stage import Relay

EXAMPLE: Final = ROOT / "deploy/postfix"
LOST: Final = "lost@llanfair.example"
"""An address that the mail server hands over and the desk does not know, by somebody's mistake."""
_PROGRAMS: Final = "/usr/lib/postfix/sbin"
_READY_SECONDS: Final = 30.0
_CERTIFICATE: Final = "/etc/ssl/private/mail.llanfair.example.pem"


class World(Relay):
    """Everybody else's mail servers."""


class MailServer:
    """Postfix, with a queue of its own. Its folders are not below pytest's, which only root may
    enter: Postfix's programs run as another user."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.port, self.port_for_notify = free_port(), free_port()
        self._settings = self.folder / "conf"
        self._as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        self._mail_log = self.folder / "mail.log"
        # Its main program itself, in the foreground and ours, so that it ends when we do.
        self._process = Process(
            "postfix",
            [*self._as_root, f"{_PROGRAMS}/master", "-c", str(self._settings), "-d"],
            self.folder / "master.log",
            os.environ,
            self.folder,
        )

    def start(self, *, door: int, world: int) -> None:
        """Run between intake's SMTP door and the world, each known by its port."""
        self.folder.chmod(0o755)
        shutil.copytree(EXAMPLE, self._settings)
        self._change("desk_transport", ":2525", f":{door}")
        self._add("desk_transport", f"{LOST} smtp:[127.0.0.1]:{door}")
        self._change("master.cf", "\nsmtp       inet", f"\n127.0.0.1:{self.port} inet")
        self._change("master.cf", "127.0.0.1:10025", f"127.0.0.1:{self.port_for_notify}")
        self._change("main.cf", _CERTIFICATE, str(self._certificate()))
        self._change("main.cf", "relayhost =", f"relayhost = [127.0.0.1]:{world}")
        for name in ("queue_run_delay", "minimal_backoff_time", "maximal_backoff_time"):
            self._change("main.cf", f"\n{name} =", f"\n{name} = 1s\n#{name} =")
        self._add("main.cf", f"queue_directory = {self._made('queue')}")
        self._add("main.cf", f"data_directory = {self._made('data')}")
        self._add("main.cf", f"maillog_file_prefixes = {self.folder}")
        self._add("main.cf", f"maillog_file = {self._mail_log}")
        self._run("chown", "-R", "root:root", str(self._settings), str(self.folder / "queue"))
        self._run("chown", "postfix", str(self.folder / "data"))
        self._run("/usr/sbin/postfix", "-c", str(self._settings), "check")  # makes its folders
        self._process.launch()
        self._process.wait_until(
            lambda: answers(self.port) and answers(self.port_for_notify), _READY_SECONDS
        )

    def waiting(self) -> int:
        """How many mails are in its queue."""
        listed = self._run("/usr/sbin/postqueue", "-c", str(self._settings), "-j")
        return len(listed.splitlines())

    def log(self) -> str:
        """All that it said."""
        return self._run("cat", str(self._mail_log))

    def stop(self) -> None:
        """End it, and take its folders away."""
        self._process.stop(20)
        self._run("rm", "-rf", str(self.folder))

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [*self._as_root, *command], check=True, capture_output=True, text=True, timeout=30
        )
        return done.stdout

    def _change(self, name: str, old: str, new: str) -> None:
        file = self._settings / name
        text = file.read_text()
        assert old in text, f"{name} has no {old!r}"
        file.write_text(text.replace(old, new))

    def _add(self, name: str, line: str) -> None:
        with (self._settings / name).open("a") as file:
            file.write(line + "\n")

    def _made(self, name: str) -> Path:
        (self.folder / name).mkdir()
        return self.folder / name

    def _certificate(self) -> Path:
        issued = trustme.CA().issue_cert("mail.llanfair.example")
        file = self.folder / "certificate.pem"
        issued.private_key_and_cert_chain_pem.write_to_path(str(file))
        return file
