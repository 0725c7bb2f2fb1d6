"""One link to a real dovecot: TLS, passwords, and a network that swallows everything."""

import asyncio
import gc
import io
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final

import pytest
import trustme

from deploy.local.processes import free_port
from services.intake.imap_link import Link, LinkLost, LoginRefused, Refused, _translated
from shared.errors import Transient
from shared.imap_url import MailboxUrl, mailboxes
from tests.builders import mail
from tests.imap_server import Account, ImapServer

_numbers: Final = count(1)


@pytest.fixture
def account(imap_server: ImapServer) -> Account:
    return imap_server.add(f"link{next(_numbers)}")


def url_of(account: Account) -> MailboxUrl:
    [url] = mailboxes(account.url())
    return url


def refusal(url: MailboxUrl) -> Exception:
    """Why this mailbox can't be opened."""
    link = Link(url)
    try:
        link.open()
    except Transient as error:
        return error.with_traceback(None)
    finally:
        link.abort()
        with warnings.catch_warnings():
            # Where TLS fails, the library leaves the closing of the socket to the collector.
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
    raise AssertionError("it was opened")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def sealed(authority: trustme.CA) -> Iterator[Account]:
    """A user of a server with TLS, whose certificate is good for `localhost` alone."""
    server = ImapServer(
        tls=authority.issue_cert("localhost").private_key_and_cert_chain_pem.bytes()
    )
    try:
        server.start()
        yield server.add("sealed")
    finally:
        server.remove()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust that authority, as an operator does for his own."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


def by_tls(account: Account, *, starttls: bool) -> MailboxUrl:
    port = account.server.port if starttls else account.server.tls_port
    return replace(
        url_of(account), host="localhost", port=port, tls=not starttls, starttls=starttls
    )


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("starttls", [False, True])
def test_a_server_whose_certificate_is_good(sealed: Account, starttls: bool) -> None:
    link = Link(by_tls(sealed, starttls=starttls))
    link.open()
    assert link.uid_next >= 1
    link.abort()
    said = (sealed.server.folder / "dovecot.log").read_text().splitlines()
    assert "TLS" in [one for one in said if "Login: user=<sealed>" in one][-1]


@pytest.mark.parametrize("starttls", [False, True])
def test_a_certificate_of_nobody_known(sealed: Account, starttls: bool) -> None:
    said = refusal(by_tls(sealed, starttls=starttls))
    assert isinstance(said, LinkLost)
    assert "SSLCertVerificationError" in str(said)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("starttls", [False, True])
def test_a_certificate_for_another_name(sealed: Account, starttls: bool) -> None:
    said = refusal(replace(by_tls(sealed, starttls=starttls), host="127.0.0.1"))
    assert isinstance(said, LinkLost)
    assert "SSLCertVerificationError" in str(said)


def test_no_password_is_sent_where_there_is_no_tls_to_be_had(account: Account) -> None:
    assert "STARTTLS" in str(refusal(replace(url_of(account), starttls=True)))
    said = (account.server.folder / "dovecot.log").read_text()
    assert f"user=<{account.name}>" not in said


def test_a_wrong_password(account: Account) -> None:
    said = refusal(replace(url_of(account), password="hunter2"))
    assert isinstance(said, LoginRefused)
    assert str(said) == "login: AUTHENTICATIONFAILED"


def test_a_user_and_a_password_in_any_letters(imap_server: ImapServer) -> None:
    account = imap_server.add("gwäith+a@llanfair.example")
    link = Link(url_of(account))
    link.open()
    link.abort()


def test_a_folder_that_is_not_there(account: Account) -> None:
    said = refusal(replace(url_of(account), folder="Nowhere"))
    assert isinstance(said, Refused)
    assert str(said) == "opening: there is no such folder"


def test_many_letters_are_asked_for_in_turn(account: Account) -> None:
    account.deliver(*[mail() for _ in range(7)])
    link = Link(url_of(account), window=3)
    link.open()
    assert [link.above(uid) for uid in (0, 3, 6, 7)] == [
        ([1, 2, 3], 3),
        ([4, 5, 6], 6),
        ([7], None),
        ([], None),
    ]
    assert sorted(link.sizes([1, 7, 8])) == [1, 7]
    link.abort()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("is_sealed", [False, True])
def test_what_comes_as_idle_begins_is_not_waited_for(
    account: Account, sealed: Account, is_sealed: bool
) -> None:
    account = sealed if is_sealed else account
    link = Link(by_tls(account, starttls=False) if is_sealed else url_of(account))
    link.open()
    try:
        for number in range(1, 4):
            link.refresh()
            assert link.above(number - 1) == ([], None)
            account.deliver(mail())
            begun = time.monotonic()
            assert link.wait(20)
            assert time.monotonic() - begun < 10
            link.refresh()
            assert link.above(number - 1) == ([number], None)
        begun = time.monotonic()
        assert link.wait(2)
        assert time.monotonic() - begun > 1.5, "nothing is new"
    finally:
        link.abort()


def test_what_was_told_with_another_answer_is_not_waited_for(account: Account) -> None:
    link = Link(url_of(account))
    link.open()
    try:
        assert link.above(0) == ([], None)
        account.deliver(mail())
        link.refresh()  # tells of it, as every command would, and IDLE has nothing to tell
        begun = time.monotonic()
        assert link.wait(20)
        assert time.monotonic() - begun < 10
        assert link.above(0) == ([1], None)
        begun = time.monotonic()
        assert link.wait(2)
        assert time.monotonic() - begun > 1.5, "nothing is new"
    finally:
        link.abort()


def test_a_letter_that_was_deleted_meanwhile_has_no_bytes(account: Account) -> None:
    account.deliver(mail(), mail())
    link = Link(url_of(account))
    link.open()
    account.delete(1)
    with pytest.raises(Refused, match="nothing came"):
        link.letter(1)
    assert link.letter(2)
    link.refresh()
    assert sorted(link.sizes([1, 2])) == [2]
    link.move(1)
    link.abort()


@pytest.fixture
def hole(account: Account) -> Iterator["Hole"]:
    hole = Hole(account.server.port)
    yield hole
    hole.close()


class Hole:
    """Passes everything on until it swallows everything, without a word, or holds it back."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        self.swallows = threading.Event()
        self.passes = threading.Event()
        self.passes.set()
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self._open = [self._listening]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.passes.wait(60)
                if not self.swallows.is_set():
                    target.sendall(data)

    def close(self) -> None:
        for one in self._open:
            one.close()


def test_a_network_that_swallows_everything_while_waiting(account: Account, hole: Hole) -> None:
    link = Link(replace(url_of(account), port=hole.port), patience=1.0)
    link.open()
    assert link.wait(0.1)
    hole.swallows.set()
    begun = time.monotonic()
    with pytest.raises(LinkLost):
        link.wait(0.5)
    assert time.monotonic() - begun < 10
    link.abort()


def test_a_network_that_swallows_everything_from_the_start(account: Account, hole: Hole) -> None:
    hole.swallows.set()
    begun = time.monotonic()
    assert isinstance(refusal(replace(url_of(account), port=hole.port)), LinkLost)
    assert time.monotonic() - begun < 15


def test_a_link_that_was_cut_while_it_was_read_is_lost() -> None:
    closed = io.BufferedReader(io.BytesIO(b"* OK"))
    closed.close()
    with pytest.raises(LinkLost), _translated("wait"):
        closed.readline()


def test_another_fault_is_no_lost_link() -> None:
    with pytest.raises(ValueError, match="invalid literal"), _translated("wait"):
        int("one")


async def test_a_link_can_be_cut_from_another_thread(account: Account) -> None:
    link = Link(url_of(account))
    link.open()
    waiting = asyncio.create_task(asyncio.to_thread(link.wait, 600))
    await asyncio.sleep(0.5)
    link.abort()
    with pytest.raises(LinkLost):
        async with asyncio.timeout(10):
            await waiting


async def test_a_link_can_be_cut_while_it_is_still_connecting(account: Account, hole: Hole) -> None:
    hole.passes.clear()
    link = Link(replace(url_of(account), port=hole.port))
    opening = asyncio.create_task(asyncio.to_thread(link.open))
    await asyncio.sleep(0.3)
    link.abort()
    hole.passes.set()
    with pytest.raises(LinkLost):
        async with asyncio.timeout(20):
            await opening
