"""A private dovecot for tests, and mailboxes that tests may fill, look at and spoil."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from grp import getgrgid
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from imapclient import IMAPClient

from deploy.local.processes import Process, answers, free_port
from deploy.local.servers import ROOT

PASSWORD: Final = "not@a/secret %3A é"
"""With what must be percent-encoded in a URL."""
_CONFIG: Final = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
disable_plaintext_auth = no
auth_username_chars =
auth_failure_delay = 0
mail_location = maildir:~/mail
mail_max_userip_connections = 100
mail_plugins = quota
mbox_lock_timeout = 2 secs
mbox_read_locks = dotlock
mbox_write_locks = dotlock
{tls}
namespace inbox {{
  inbox = yes
  separator = /
}}
namespace archive {{
  prefix = Archive/
  separator = /
  location = maildir:~/archive
}}
protocol imap {{
  mail_plugins = quota
}}
plugin {{
  quota = count:Archive:ns=Archive/
  quota_vsizes = yes
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users/%u
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
{more}
"""


@dataclass
class ImapServer:
    """A dovecot with users of its own; each user's mail is a maildir under its folder."""

    tls: bytes = b""
    """A key and its certificates, as PEM; without them there is no TLS."""
    more: str = ""
    """Lines added to its configuration."""
    port: int = field(default_factory=free_port)
    tls_port: int = 0

    def __post_init__(self) -> None:
        # Not under pytest's own folder, which is closed to the account that holds the mail.
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.folder.chmod(0o755)
        is_root = os.geteuid() == 0  # dovecot lets nobody read mail as root
        self.owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        if self.tls:
            self.tls_port = free_port()
            (self.folder / "tls.pem").write_bytes(self.tls)
        (self.folder / "users").mkdir()
        (self.folder / "dovecot.conf").write_text(
            _CONFIG.format(
                folder=self.folder,
                internal="dovecot" if is_root else self.owner.pw_name,
                group="dovecot" if is_root else getgrgid(self.owner.pw_gid).gr_name,
                login="dovenull" if is_root else self.owner.pw_name,
                tls=self._tls(),
                port=self.port,
                tls_port=self.tls_port,
                more=self.more,
            )
        )
        command = ["/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        log = self.folder / "output.log"
        self._process = Process("dovecot", command, log, os.environ, ROOT)

    def _tls(self) -> str:
        file = self.folder / "tls.pem"
        return f"ssl = yes\nssl_cert = <{file}\nssl_key = <{file}" if self.tls else "ssl = no"

    def start(self) -> None:
        """Start it, and wait until it serves."""
        self._process.launch()
        self._process.wait_until(lambda: answers(self.port), 60)

    def stop(self) -> None:
        """End it, and every link to it."""
        self._process.stop(20)

    def remove(self) -> None:
        """End it for good."""
        self.stop()
        shutil.rmtree(self.folder)

    def ctl(self, *arguments: str) -> str:
        """What `doveadm` with these arguments prints. Raises: subprocess.CalledProcessError."""
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), *arguments]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def kick(self, account: "Account") -> None:
        """Cut every link of a user."""
        self.ctl("kick", account.name)

    def add(self, name: str, *fields: str) -> "Account":
        """A new user; `fields` are dovecot's, such as `userdb_quota_rule=*:storage=1M`."""
        home = self.folder / "home" / name
        home.mkdir(parents=True)
        for one in (home.parent, home):
            os.chown(one, self.owner.pw_uid, self.owner.pw_gid)
        account = Account(self, name, home)
        self.change(account, *fields)
        return account

    def change(self, account: "Account", *fields: str) -> None:
        """Other fields for a user; dovecot heeds them at the next login."""
        ids = f"{self.owner.pw_uid}:{self.owner.pw_gid}"
        line = f"{account.name}:{{PLAIN}}{PASSWORD}:{ids}::{account.home}::{' '.join(fields)}"
        (self.folder / "users" / account.name).write_text(f"{line}\n")


@dataclass(frozen=True)
class Account:
    """One user of the server, seen as his mail program sees it."""

    server: ImapServer
    name: str
    home: Path

    def url(self, folder: str = "INBOX", **more: str) -> str:
        """What IMAP_URL says of it."""
        query = f"?{urlencode(more, quote_via=quote)}" if more else ""
        who = f"{quote(self.name, safe='')}:{quote(PASSWORD, safe='')}"
        return f"imap://{who}@127.0.0.1:{self.server.port}/{quote(folder)}{query}"

    @contextmanager
    def client(self) -> Iterator[Any]:
        """A mail program, logged in."""
        with IMAPClient("127.0.0.1", self.server.port, ssl=False, timeout=30) as client:
            client.plain_login(self.name, PASSWORD)
            yield client

    def deliver(
        self,
        *letters: bytes,
        folder: str = "INBOX",
        at: datetime | None = None,
        flags: Sequence[str] = (),
    ) -> None:
        """Put letters into a folder, as if they had come at that moment."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for raw in letters:
                client.append(folder, raw, flags, at)

    def letters(self, folder: str = "INBOX") -> list[bytes]:
        """What is in a folder; nothing if there is no such folder."""
        with self.client() as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [one[b"BODY[]"] for one in found.values()]

    def count(self, folder: str = "INBOX") -> int:
        """How many letters are in a folder; 0 if there is no such folder."""
        with self.client() as client:
            if not client.folder_exists(folder):
                return 0
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])

    def flags(self, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
        """The flags of every letter in a folder."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return list(client.get_flags(client.search()).values())

    def uid_validity(self, folder: str = "INBOX") -> int:
        """The number of this numbering."""
        with self.client() as client:
            return int(client.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"])

    def delete(self, *uids: int, folder: str = "INBOX") -> None:
        """Delete letters, as another mail program would."""
        with self.client() as client:
            client.select_folder(folder)
            client.delete_messages(uids)
            client.expunge()

    def renumber(self, folder: str = "INBOX") -> None:
        """Have the server number a folder anew: another UIDVALIDITY, other UIDs."""
        before = self.uid_validity(folder)
        place = self.home / "mail" / ("" if folder == "INBOX" else f".{folder}")
        for index in place.glob("dovecot*"):
            index.unlink()
        (place / "dovecot-uidlist").write_text(f"3 V{before + 7} N1 G{secrets.token_hex(16)}\n")
        os.chown(place / "dovecot-uidlist", self.server.owner.pw_uid, self.server.owner.pw_gid)
        assert self.uid_validity(folder) != before
