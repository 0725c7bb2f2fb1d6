"""Hands letters to the library's mail relay, over connections that are kept."""

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import aiosmtplib
from aiosmtplib import SMTP

from shared.addresses import is_address, is_international_address
from shared.errors import Permanent, Transient
from shared.relay import Relay

_MOST_CONNECTIONS: Final = 16
_TOO_LARGE: Final = 552
"""RFC 1870 §6.1: said of the sender, but of this letter's size."""
_IDLE: Final = 20.0
"""Seconds after which an unused connection is not trusted any more."""
PATIENCE: Final = 10.0
"""Seconds for one letter, from first word to last."""
_OF_THE_RELAY: Final = re.compile(r"4\.3\.\d")
"""RFC 3463 §3.4: the mail system is full, is being shut down, …"""
_LARGE: Final = 256 * 1024
"""Bytes of a letter that is signed beside the other work: a shorter one is signed sooner than a
thread is there for it."""


class RelayFailed(Transient):
    """The relay's fault, or its operator's, and neither this letter's nor its recipient's."""


class Unanswered(RelayFailed):
    """The relay has the whole letter and was silent for longer than we waited: it may have been
    taken, and whoever sends it again should wait longer for the answer."""


class _Step(Enum):
    """How far a conversation had come: whose fault it is when it breaks off."""

    SENDER = auto()
    """Or before."""
    RECIPIENT = auto()
    CONTENT = auto()


@dataclass
class _Letter:
    """One that is being sent."""

    sender: str
    to: str
    content: bytes
    step: _Step = _Step.SENDER

    @property
    def encoding(self) -> str:
        """Of the addresses in the envelope."""
        return "ascii" if self.to.isascii() else "utf-8"


class Courier:
    """A pool of conversations with one relay."""

    def __init__(self, relay: Relay, signed: Callable[[bytes], bytes] | None = None) -> None:
        """`signed`: puts the signature on a letter."""
        self._relay = relay
        self._signed = signed
        self._idle: list[tuple[SMTP, float]] = []
        self._room = asyncio.Semaphore(_MOST_CONNECTIONS)
        self.most_bytes: int | None = None
        """The largest letter that the relay takes, as it last said; None: it has named no bound."""

    async def send(
        self, envelope_from: str, to: str, content: bytes, patience: float = PATIENCE
    ) -> str:
        """The relay's own words on having taken the letter.

        Raises:
            Transient: it may or may not have been taken; send the same letter again later.
            Permanent: it will never be taken.
        """
        if not (is_address(to) or is_international_address(to)):
            # The client would send to what it makes of it (GHSA-v3q9-hj7j-63hq).
            raise Permanent("not an address that mail can be sent to")
        letter = _Letter(envelope_from, to, content)
        try:
            # The wait for a connection counts: the lease of a letter runs meanwhile.
            async with asyncio.timeout(patience), self._room:
                return await self._send(letter, patience)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise _translated(error, letter.step) from error
        except ValueError as error:
            raise Permanent(f"this letter can't be sent: {type(error).__name__}") from error

    async def _send(self, letter: _Letter, patience: float) -> str:
        kept = self._kept()
        connection = kept or await self._connect()
        await self._sign(connection, letter)
        try:
            await self._begin(connection, letter)
        except aiosmtplib.SMTPServerDisconnected:
            if kept is None:
                raise
            connection = await self._connect()  # It had hung up on an idle connection.
            await self._begin(connection, letter)
        return await self._finish(connection, letter, patience)

    async def _sign(self, connection: SMTP, letter: _Letter) -> None:
        if self._signed is None:
            return
        if len(letter.content) < _LARGE:
            letter.content = self._signed(letter.content)
            return
        try:
            letter.content = await asyncio.to_thread(self._signed, letter.content)
        except BaseException:
            connection.close()
            raise

    async def _begin(self, connection: SMTP, letter: _Letter) -> None:
        """The letter's sender, with what the relay must know of the letter."""
        try:
            options = self._options(connection, letter)
        except Permanent:
            self._keep(connection)
            raise
        async with self._conversing(connection):
            await connection.mail(letter.sender, options=options, encoding=letter.encoding)

    async def _finish(self, connection: SMTP, letter: _Letter, patience: float) -> str:
        """The letter's recipient, and the letter."""
        async with self._conversing(connection):
            letter.step = _Step.RECIPIENT
            await connection.rcpt(letter.to, encoding=letter.encoding)
            letter.step = _Step.CONTENT
            _, words = await connection.data(letter.content, timeout=patience)
        self._keep(connection)
        return words

    @asynccontextmanager
    async def _conversing(self, connection: SMTP) -> AsyncIterator[None]:
        """What was refused is taken back, and the connection kept; one that failed is closed."""
        try:
            yield
        except aiosmtplib.SMTPResponseException as error:
            if error.code != 421 and await _is_reset(connection):
                self._keep(connection)
            else:
                connection.close()
            raise
        except BaseException:
            connection.close()
            raise

    def _options(self, connection: SMTP, letter: _Letter) -> list[str]:
        """Raises: Permanent: the relay takes no such letter."""
        offered = connection.esmtp_extensions
        options = []
        if not letter.to.isascii():
            # RFC 6531 §3.4: without it the relay may not be given letters beyond ASCII in an
            # address.
            if "smtputf8" not in offered:
                raise Permanent("the relay knows no addresses beyond ASCII (SMTPUTF8)")
            options.append("SMTPUTF8")
        if not letter.content.isascii():
            if "8bitmime" not in offered:  # RFC 6152 §3
                raise Permanent("the relay takes letters in seven bits alone (no 8BITMIME)")
            options.append("BODY=8BITMIME")
        if "size" in offered:
            options.append(f"SIZE={self._size(offered['size'], letter.content)}")
        return options

    def _size(self, said: str, content: bytes) -> int:
        """RFC 1870 §4: no number, or 0, is no bound."""
        bound = re.match(r"\s*(\d{1,15})", said)
        self.most_bytes = (int(bound[1]) or None) if bound else None
        if self.most_bytes is not None and len(content) > self.most_bytes:
            sizes = f"{len(content)} bytes, and the relay takes {self.most_bytes}"
            raise Permanent(f"the letter has {sizes}")
        return len(content)

    def _kept(self) -> SMTP | None:
        while self._idle:
            connection, since = self._idle.pop()
            if connection.is_connected and time.monotonic() - since < _IDLE:
                return connection
            connection.close()
        return None

    def _keep(self, connection: SMTP) -> None:
        self._idle.append((connection, time.monotonic()))

    async def _connect(self) -> SMTP:
        relay = self._relay
        connection = SMTP(**relay.link(PATIENCE), username=relay.user, password=relay.password)
        try:
            await connection.connect()
            if connection.is_ehlo_or_helo_needed:
                await _greet(connection)
        except aiosmtplib.SMTPResponseException as error:
            connection.close()
            # A wrong password, say: the relay's or the operator's fault, not this letter's.
            raise RelayFailed(f"the relay refused to talk: {error.code}") from error
        except BaseException:
            connection.close()
            raise
        return connection

    async def close(self) -> None:
        """Take leave of the relay."""
        while self._idle:
            connection, _ = self._idle.pop()
            connection.close()


async def _greet(connection: SMTP) -> None:
    try:
        await connection.ehlo()
    except aiosmtplib.SMTPHeloError:
        await connection.helo()  # RFC 5321 §3.2


async def _is_reset(connection: SMTP) -> bool:
    """Whether it is ready for another letter; what was said of this one is told either way."""
    try:
        await connection.rset()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


def _translated(error: Exception, step: _Step) -> Transient | Permanent:
    """RFC 5321 §4.2.1: 4yz may succeed later, 5yz won't.

    But only what is said of the recipient or of the message speaks of this letter: a relay that
    wants no sender of ours, or no greeting, has been set up wrongly, and letters wait.
    """
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(error, step)
    what = f"the relay: {_fault(error)}"
    if step is _Step.RECIPIENT:
        return Transient(what)
    if step is _Step.CONTENT and isinstance(error, TimeoutError):
        return Unanswered("the relay has the letter and did not answer in time")
    return RelayFailed(what)


def _answered(error: aiosmtplib.SMTPResponseException, step: _Step) -> Transient | Permanent:
    what = f"the relay answered {error.code}"
    is_final = 500 <= error.code < 600
    if step is _Step.SENDER:
        return Permanent(what) if error.code == _TOO_LARGE else RelayFailed(what)
    if error.code == 421 or _OF_THE_RELAY.match(error.message):
        return RelayFailed(what)
    return Permanent(what) if is_final else Transient(what)


def _fault(error: BaseException) -> str:
    """In a word; never the error's own, which may name hosts and addresses."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "its certificate is not good for its name"
        cause = cause.__cause__ or cause.__context__
    if type(error) is aiosmtplib.SMTPException and "STARTTLS" in str(error):
        return "it offers no TLS"
    return type(error).__name__
