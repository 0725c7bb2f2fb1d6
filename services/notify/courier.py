"""Hands letters to the library's mail relay, over connections that are kept."""

import asyncio
import time
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTP

from shared.addresses import is_address, is_international_address
from shared.errors import Permanent, Transient

_MOST_CONNECTIONS: Final = 16
_TOO_LARGE: Final = 552
"""RFC 1870 §6.1: said of the sender, but of this letter's size."""
_IDLE: Final = 20.0
"""Seconds after which an unused connection is not trusted any more."""
PATIENCE: Final = 10.0
"""Seconds for one letter, from first word to last."""


class Courier:
    """A pool of conversations with one relay."""

    def __init__(self, relay_url: str) -> None:
        parts = urlsplit(relay_url)
        self._host = parts.hostname or ""
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._idle: list[tuple[SMTP, float]] = []
        self._room = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def send(self, envelope_from: str, to: str, content: bytes) -> str:
        """The relay's own words on having taken the letter.

        Raises:
            Transient: it may or may not have been taken; send the same letter again later.
            Permanent: it will never be taken.
        """
        if not (is_address(to) or is_international_address(to)):
            # The client would send to what it makes of it (GHSA-v3q9-hj7j-63hq).
            raise Permanent("not an address that mail can be sent to")
        try:
            # The wait for a connection counts: the lease of a letter runs meanwhile.
            async with asyncio.timeout(PATIENCE), self._room:
                return await self._send(envelope_from, to, content)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise _translated(error) from error
        except ValueError as error:
            raise Permanent(f"this letter can't be sent: {type(error).__name__}") from error

    async def _send(self, envelope_from: str, to: str, content: bytes) -> str:
        connection = self._kept()
        if connection is not None:
            try:
                return await self._converse(connection, envelope_from, to, content)
            except aiosmtplib.SMTPServerDisconnected:
                pass  # The relay had hung up on an idle connection: begin a new one.
        return await self._converse(await self._connect(), envelope_from, to, content)

    async def _converse(self, connection: SMTP, envelope_from: str, to: str, content: bytes) -> str:
        # RFC 6531 §3.4: without it the relay may not be given letters beyond ASCII in an address.
        options = [] if to.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        try:
            _, words = await connection.sendmail(envelope_from, [to], content, mail_options=options)
        except aiosmtplib.SMTPNotSupported as error:
            self._keep(connection)
            raise Permanent("the relay knows no addresses beyond ASCII (SMTPUTF8)") from error
        except aiosmtplib.SMTPResponseException as error:
            if error.code != 421 and connection.is_connected:
                self._keep(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._keep(connection)
        return words

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
        connection = SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls,
            username=self._user,
            password=self._password,
            timeout=PATIENCE,
        )
        try:
            await connection.connect()
        except aiosmtplib.SMTPResponseException as error:
            # A wrong password, say: the relay's or the operator's fault, not this letter's.
            raise Transient(f"the relay refused to talk: {error.code}") from error
        return connection

    async def close(self) -> None:
        """Take leave of the relay."""
        while self._idle:
            connection, _ = self._idle.pop()
            connection.close()


def _translated(error: Exception) -> Transient | Permanent:
    """RFC 5321 §4.2.1: 4yz may succeed later, 5yz won't.

    But only what is said of the recipient or of the message speaks of this letter: a relay that
    wants no sender of ours, or no greeting, has been set up wrongly, and letters wait.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        code = error.recipients[0].code
    else:
        code = getattr(error, "code", 0)
    what = f"the relay answered {code}" if code else f"the relay: {type(error).__name__}"
    of_us = isinstance(error, aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPHeloError)
    if 500 <= code < 600 and (not of_us or code == _TOO_LARGE):
        return Permanent(what)
    return Transient(what)
