"""The SMTP door: mail for the library's own addresses, kept before it is answered `250`."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from services.intake.dialogue import GREETING, Dialogue, Rules, Then
from services.intake.room import Network, Room
from services.intake.wire import (
    Closing,
    Gone,
    NeverEnds,
    NoRoom,
    Times,
    TooLarge,
    TooSlow,
    Wire,
)
from shared.certificate import Certificate
from shared.errors import Permanent, Transient

log = structlog.get_logger()

Accept = Callable[[bytes, str | None, tuple[str, ...]], Awaitable[object]]

_PATIENCE: Final = 5.0
"""Seconds in which a sender is answered, with `451` if need be."""
_BYTES_A_SECOND: Final = 2_000_000
"""More patience for a letter that takes long to write down."""
_LAST_LETTERS: Final = 5.0
"""Seconds in which letters that are under way may end when the door closes."""
_TOLD: Final = 2
"""How many times the connections that are allowed there may be, the refused ones with them: those
are given time to hear why, and whoever comes on top of them is not."""
_MOST_HOPS: Final = 50
"""What mail servers allow: enough for any way that ends."""
_MOST_HEAD: Final = 256 * 1024
_HEAD_ENDS: Final = re.compile(rb"\r?\n\r?\n")
_HOP: Final = re.compile(rb"^received:", re.IGNORECASE | re.MULTILINE)
# RFC 3463 §3: what each answer means to the sender's mail system.
_KEPT: Final = "250 2.0.0 Kept"
_NOT_NOW: Final = "451 4.3.0 Can't be kept just now, please try again"
_NO_ROOM: Final = "452 4.3.1 Too much mail at once, please try again"
_TOO_LARGE: Final = "552 5.3.4 This message is too large"
_LOOPS: Final = "554 5.4.6 This message has been through too many mail servers: a loop"
_CANNOT_BE_KEPT: Final = "554 5.6.0 This message can't be kept"
_TOO_SLOW: Final = "421 4.4.2 Too slow: goodbye"
_GOING: Final = "421 4.3.2 This door is closing, please try again"
_FAULT: Final = "421 4.3.0 A fault of ours, please try again"


@dataclass(frozen=True)
class Limits:
    """What one door allows in all."""

    message_bytes: int
    connections: int = 200
    connections_per_address: int = 20
    letter_bytes: int = 128 * 1024 * 1024
    """Of all letters that are under way."""
    trusted: tuple[Network, ...] = ()
    """Whose connections are only counted in all: the mail servers in front."""
    requires_tls: bool = False
    times: Times = field(default_factory=Times)
    last_letters: float = _LAST_LETTERS


class Door:
    """The conversations at one port."""

    def __init__(
        self,
        own: frozenset[str],
        accept: Accept,
        limits: Limits,
        certificate: Certificate | None = None,
    ) -> None:
        """`own`: the library's addresses, in lower case and without tags."""
        self._accept = accept
        self._limits = limits
        self._certificate = certificate
        self._room = Room(
            limits.connections,
            limits.connections_per_address,
            limits.letter_bytes,
            limits.trusted,
        )
        self._rules = Rules(
            own,
            limits.message_bytes,
            offers_tls=certificate is not None,
            requires_tls=limits.requires_tls,
            has_room=self._room.has,
        )
        self._server: asyncio.Server | None = None
        self._wires: dict[Wire, asyncio.Task[None]] = {}
        self._is_closing = False

    async def open(self, host: str, port: int) -> int:
        """Listen; the port. Raises: OSError: it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._wire, host, port, backlog=1024)
        return int(self._server.sockets[0].getsockname()[1])

    def _wire(self) -> Wire:
        return Wire(self._limits.times, self._limits.message_bytes, self._attend)

    async def close(self) -> None:
        """Take no more: whoever waits is told to come again, letters under way are heard out."""
        self._is_closing = True
        if self._server is not None:
            self._server.close()
        for wire in self._wires:
            wire.interrupt()
        if self._wires:
            await asyncio.wait(self._wires.values(), timeout=self._limits.last_letters)
        for wire, task in self._wires.items():
            wire.abort()
            task.cancel()
        await asyncio.gather(*self._wires.values(), return_exceptions=True)

    async def _attend(self, wire: Wire) -> None:
        """One conversation, from the greeting to the end."""
        self._wires[wire] = wire.task
        refusal = _GOING if self._is_closing else self._room.enter(wire.peer)
        try:
            if refusal is None:
                await self._converse(wire)
            elif len(self._wires) > _TOLD * self._limits.connections:
                wire.abort()
            else:
                wire.say(refusal)
            await wire.close()
        finally:
            if refusal is None:
                self._room.leave(wire.peer)
            del self._wires[wire]

    async def _converse(self, wire: Wire) -> None:
        wire.say(GREETING)
        try:
            await self._listen(wire, Dialogue(self._rules))
        except Gone:
            pass
        except TooSlow:
            wire.say(_TOO_SLOW)
        except Closing:
            wire.say(_GOING)
        except Exception:
            log.exception("door_failed", door="smtp")
            wire.say(_FAULT)

    async def _listen(self, wire: Wire, dialogue: Dialogue) -> None:
        then = Then.NEXT
        while then is not Then.END:
            answer = dialogue.hear(await wire.line())
            wire.say(answer.text)
            then = answer.then
            if then is Then.LETTER:
                then = await self._take(wire, dialogue)
            elif then is Then.TLS and self._certificate is not None:
                await wire.encrypt(self._certificate.context())
                dialogue.begin_anew()

    async def _take(self, wire: Wire, dialogue: Dialogue) -> Then:
        then = Then.NEXT
        with self._room.hold() as hold:
            try:
                raw = await wire.letter(hold)
                said = await self.keep(raw, dialogue.sender, tuple(dialogue.recipients))
            except TooLarge:
                said = _TOO_LARGE
            except NoRoom:
                said = _NO_ROOM
            except NeverEnds:
                said, then = _TOO_LARGE, Then.END
        dialogue.letter_ended(is_kept=said == _KEPT)
        wire.say(said)
        return then

    async def keep(self, raw: bytes, sender: str | None, recipients: tuple[str, ...]) -> str:
        """What is answered to a letter: `250` only once it is durable."""
        if has_gone_round(raw):
            return _LOOPS
        try:
            async with asyncio.timeout(_PATIENCE + len(raw) / _BYTES_A_SECOND):
                await self._accept(raw, sender, recipients)
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


def has_gone_round(raw: bytes) -> bool:
    """RFC 5321 §6.3: whether so many servers have had it that it must be going in circles."""
    end = _HEAD_ENDS.search(raw, 0, _MOST_HEAD)
    head = raw[: end.start() if end else _MOST_HEAD]
    return len(_HOP.findall(head)) > _MOST_HOPS
