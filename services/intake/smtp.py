"""The SMTP door: mail for the library's own enquiry address, kept before it is answered `250`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.errors import Permanent, Transient

log = structlog.get_logger()

Accept = Callable[[bytes, str | None, tuple[str, ...]], Awaitable[object]]

_PATIENCE: Final = 5.0
"""Seconds in which a sender is answered, with `451` if need be."""
_LONGEST_LINE: Final = 64 * 1024
"""RFC 5321 §4.5.3.1.6 allows 1,000 bytes; real mail has longer lines, and is not refused."""
_MOST_RECIPIENTS: Final = 20
# RFC 3463 §3: what each refusal means to the sender's mail system.
_KEPT: Final = "250 2.0.0 Kept"
_NOT_NOW: Final = "451 4.3.0 Can't be kept just now, please try again"
_NOT_HERE: Final = "550 5.1.1 No such address here"
_TOO_MANY: Final = "452 4.5.3 Too many recipients"
_CANNOT_BE_KEPT: Final = "554 5.6.0 This message can't be kept"


class Door:
    """aiosmtpd's hooks: who may be written to, and what is done with a letter."""

    def __init__(self, enquiry_address: str, accept: Accept) -> None:
        self._local, _, self._domain = enquiry_address.lower().partition("@")
        self._accept = accept

    async def handle_RCPT(  # noqa: N802  the library calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Never a relay: the library's own addresses alone, with any tag after a plus sign."""
        local, _, domain = address.lower().rpartition("@")
        if domain != self._domain or local.partition("+")[0] != self._local:
            return _NOT_HERE
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return _TOO_MANY
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802  the library calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Say `250` only once the letter is durable."""
        raw = envelope.original_content or b""
        try:
            async with asyncio.timeout(_PATIENCE):
                # aiosmtpd writes the null sender as it stands on the wire.
                sender = (envelope.mail_from or "").removeprefix("<").removesuffix(">")
                await self._accept(raw, sender, tuple(envelope.rcpt_tos))
        except (Transient, TimeoutError) as error:
            log.warning("letter_refused", door="smtp", reason=str(error) or type(error).__name__)
            return _NOT_NOW
        except Permanent as error:
            log.error("letter_refused", door="smtp", reason=str(error))
            return _CANNOT_BE_KEPT
        return _KEPT


class _Conversation(SMTP):
    line_length_limit = _LONGEST_LINE


async def open_door(host: str, port: int, door: Door, most_bytes: int) -> asyncio.Server:
    """Listen. Raises: OSError: the port is taken."""
    loop = asyncio.get_running_loop()

    def conversation() -> asyncio.Protocol:
        made: Any = _Conversation(
            door,
            data_size_limit=most_bytes,
            enable_SMTPUTF8=True,
            ident="Enquiry Desk",
            timeout=60,
            loop=loop,
        )
        return made  # type: ignore[no-any-return]

    return await loop.create_server(conversation, host, port, backlog=1024)
