"""A relay that misbehaves as it is told to: real SMTP, answered from a script, and every letter
that it took remembered."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from shared.relay import Relay as Settings
from shared.relay import relay_of

HANG_UP: Final = "hang up"
"""Not said but done, in place of an answer."""
BE_SILENT: Final = "be silent"
TAKE_AND_HANG_UP: Final = "take it and hang up"
"""To DATA: it is stored, and the answer never comes."""
TAKE_AND_BE_SILENT: Final = "take it and be silent"


@dataclass
class Relay:
    """Answers as it is told to; what is not in a list any more is answered well."""

    data: list[str] = field(default_factory=list)
    """What it says to the next letters."""
    rcpt: list[str] = field(default_factory=list)
    mail: list[str] = field(default_factory=list)
    rejects: dict[str, str] = field(default_factory=dict)
    """What it says of recipients whose address ends so, for as long as it stands here."""
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    """Envelope sender, recipients, content."""
    options: list[list[str]] = field(default_factory=list)
    """What came with each MAIL."""
    conversations: list[SMTP] = field(default_factory=list)
    port: int = 0
    knows_utf8: bool = True
    most_bytes: int | None = None
    tls: ssl.SSLContext | None = None
    password: str | None = None
    most_at_once: dict[str, int] = field(default_factory=dict)
    """By domain, how many letters to it were under way at the same time."""
    under_way: dict[str, int] = field(default_factory=dict)
    _server: asyncio.Server | None = None

    @property
    def connections(self) -> int:
        """How many there have been."""
        return len(self.conversations)

    @property
    def settings(self) -> Settings:
        """As notify is told of it."""
        return relay_of(f"smtp://127.0.0.1:{self.port}")

    def to(self, address: str) -> list[bytes]:
        """What was taken for somebody."""
        return [content for _, whom, content in self.taken if address in whom]

    async def open(self) -> None:
        """At the port that it had, if it was open before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Nobody is there any more."""
        if self._server is not None:
            self._server.close()
        self.hang_up()
        await asyncio.sleep(0.01)

    def talk(self) -> asyncio.Protocol:
        auth: dict[str, Any] = (
            {"authenticator": self._authenticate} if self.password is not None else {}
        )
        made: Any = SMTP(
            self,
            enable_SMTPUTF8=self.knows_utf8,
            data_size_limit=self.most_bytes,
            tls_context=self.tls,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
            **auth,
        )
        self.conversations.append(made)
        return made  # type: ignore[no-any-return]

    def hang_up(self) -> None:
        """Drop every connection."""
        for one in self.conversations:
            if one.transport is not None:
                one.transport.close()

    def _authenticate(self, _: SMTP, __: Session, ___: Envelope, ____: str, data: Any) -> Any:
        is_right = isinstance(data, LoginPassword) and data.password == str(self.password).encode()
        return AuthResult(success=is_right, handled=False)

    async def handle_MAIL(  # noqa: N802  the library calls it so
        self, server: SMTP, _: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.mail.pop(0) if self.mail else "250 2.1.0 OK"
        await self._misbehave(server, answer)
        if answer.startswith("250"):
            self.options.append(options)
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802  the library calls it so
        self, server: SMTP, _: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 2.1.5 OK"
        for end, said in self.rejects.items():
            answer = said if address.endswith(end) else answer
        domain = address.rpartition("@")[2]
        self.under_way[domain] = self.under_way.get(domain, 0) + 1
        most = max(self.most_at_once.get(domain, 0), self.under_way[domain])
        self.most_at_once[domain] = most
        try:
            await asyncio.sleep(0)
            await self._misbehave(server, answer)
        finally:
            self.under_way[domain] -= 1
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802  the library calls it so
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        answer = self.data.pop(0) if self.data else "250 2.0.0 Taken"
        if answer.startswith(("250", "take it")):
            content = envelope.original_content or b""
            self.taken.append((envelope.mail_from or "", list(envelope.rcpt_tos), content))
        await self._misbehave(server, answer)
        return answer

    async def _misbehave(self, server: SMTP, answer: str) -> None:
        if answer.endswith(BE_SILENT):
            await asyncio.Event().wait()
        if answer.endswith(HANG_UP):
            assert server.transport is not None
            server.transport.close()


@asynccontextmanager
async def open_relay(**settings: Any) -> AsyncIterator[Relay]:
    """A relay that is there while this lasts."""
    relay = Relay(**settings)
    await relay.open()
    try:
        yield relay
    finally:
        await relay.close()
