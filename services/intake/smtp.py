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
_BYTES_A_SECOND: Final = 2_000_000
"""More patience for a letter that takes long to write down."""
_END: Final = b"\r\n.\r\n"
"""RFC 5321 §4.1.1.4."""
_MOST_RECIPIENTS: Final = 20
# RFC 3463 §3: what each refusal means to the sender's mail system.
_KEPT: Final = "250 2.0.0 Kept"
_NOT_NOW: Final = "451 4.3.0 Can't be kept just now, please try again"
_NOT_HERE: Final = "550 5.1.1 No such address here"
_TOO_MANY: Final = "452 4.5.3 Too many recipients"
_TOO_LARGE: Final = "552 5.3.4 This message is too large"
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
            async with asyncio.timeout(_PATIENCE + len(raw) / _BYTES_A_SECOND):
                # aiosmtpd writes the null sender as it stands on the wire.
                sender = (envelope.mail_from or "").removeprefix("<").removesuffix(">")
                await self._accept(raw, sender, tuple(envelope.rcpt_tos))
        except (Transient, TimeoutError) as error:
            log.warning("letter_refused", door="smtp", reason=str(error) or type(error).__name__)
            return _NOT_NOW
        except Permanent as error:
            log.error("letter_refused", door="smtp", reason=str(error))
            return _CANNOT_BE_KEPT
        except Exception:
            # A fault of ours must cost nobody a letter, and tell the sender nothing.
            log.exception("door_failed", door="smtp")
            return _NOT_NOW
        return _KEPT


class _Conversation(SMTP):
    """aiosmtpd's, but for how a letter is read: it goes line by line, which was a third of what a
    letter costs at this door, and refuses long lines, which real mail has."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  the library calls it so
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        envelope = self.envelope
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
        elif envelope is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            answer = await self._take(envelope, await self._letter())
            self._set_post_data_state()  # type: ignore[no-untyped-call]
            await self.push(answer)

    async def _take(self, envelope: Envelope, raw: bytes | None) -> str:
        if raw is None:
            return _TOO_LARGE
        envelope.content = envelope.original_content = raw
        return str(await self._call_handler_hook("DATA"))

    async def _letter(self) -> bytes | None:
        """All until the line with the dot alone; None if it is larger than allowed.

        Only CRLF ends a line (RFC 5321 §2.3.8): a bare LF or CR smuggles nothing in. Too large a
        letter is read to its end, so that what follows it is not taken for commands.
        """
        most = (self.data_size_limit or 0) + len(_END)
        read = bytearray(b"\r\n")  # so that a dot in the first line stands after a line end too
        is_too_large = False
        while not read.endswith(_END):
            try:
                read += await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as overrun:
                read += await self._reader.readexactly(max(1, overrun.consumed))
            self._reset_timeout()  # only a silent sender is cut off, not a slow one
            if len(read) > most:
                is_too_large = True
                del read[: -len(_END)]
        # RFC 5321 §4.5.2: of a line that begins with a dot, the dot is taken away.
        return None if is_too_large else bytes(read[:-3].replace(b"\r\n.", b"\r\n")[2:])


async def open_door(host: str, port: int, door: Door, most_bytes: int) -> asyncio.Server:
    """Listen. Raises: OSError: the port is taken."""
    loop = asyncio.get_running_loop()

    def conversation() -> asyncio.Protocol:
        made: Any = _Conversation(
            door,
            data_size_limit=most_bytes,
            enable_SMTPUTF8=True,
            ident="Enquiry Desk",
            timeout=300,  # RFC 5321 §4.5.3.2: a large letter over a slow line is welcome
            loop=loop,
        )
        return made  # type: ignore[no-any-return]

    return await loop.create_server(conversation, host, port, backlog=1024)
