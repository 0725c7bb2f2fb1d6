"""The library's relay, which writes down every letter that it takes; it misbehaves when told to."""

import asyncio
import time
from dataclasses import dataclass, field
from enum import Enum, auto

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.stage import Relay


class Manner(Enum):
    """How it answers the end of a letter."""

    GOOD = auto()
    REFUSES = auto()
    """451: not now."""
    HANGS = auto()
    """Says nothing, and has not taken it."""
    CLOSES = auto()
    """Hangs up, and has not taken it."""
    TAKES_AND_CLOSES = auto()
    """Has taken it, and hangs up before it says so."""


@dataclass
class Sink(Relay):
    """A relay whose manner can be changed."""

    manner: Manner = Manner.GOOD
    came: dict[str, float] = field(default_factory=dict)
    """By address, when its first letter was taken."""

    async def handle_DATA(  # noqa: N802  the library calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.manner in {Manner.GOOD, Manner.TAKES_AND_CLOSES}:
            for to in envelope.rcpt_tos:
                self.came.setdefault(to, time.monotonic())
        match self.manner:
            case Manner.REFUSES:
                return "451 4.3.0 Not now"
            case Manner.HANGS:
                while self.manner is Manner.HANGS:
                    await asyncio.sleep(0.1)
                return "451 4.3.0 It took too long"
            case Manner.CLOSES:
                _hang_up(server)
                return "451 4.3.0 Nobody hears this"
            case Manner.TAKES_AND_CLOSES:
                await super().handle_DATA(server, session, envelope)
                _hang_up(server)
                return "250 2.0.0 Nobody hears this"
            case Manner.GOOD:
                return await super().handle_DATA(server, session, envelope)


def _hang_up(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.close()
