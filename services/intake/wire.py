"""One connection of the SMTP door: lines and letters in, answers out, each within its time. It
knows nothing of what the lines mean.

Only CRLF ends a line and only CRLF, dot, CRLF a letter (RFC 5321 §2.3.8, §4.1.1.4): whatever else
looks like an end is part of what is said, and smuggles nothing in.
"""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast

from services.intake.room import Hold

_END: Final = b"\r\n.\r\n"
_LONGEST_LINE: Final = 2000
"""More than any command may have; of a longer line the rest is thrown away as it comes."""
_MOST_UNREAD: Final = 128 * 1024
"""Bytes that may wait here before the sender is held up."""
_DROPPED_LETTERS: Final = 4
"""How many times the size that is allowed is read of a letter that is not kept."""


class Gone(Exception):
    """The other side is not there any more."""


class TooSlow(Exception):
    """The other side has used up its time."""


class Closing(Exception):
    """This side wants to end, and no letter is under way."""


class TooLarge(Exception):
    """The letter is larger than allowed; it has been read to its end, and is not kept."""


class NoRoom(Exception):
    """The letter can't be held now; it has been read to its end, and is not kept."""


class NeverEnds(Exception):
    """The letter is so much larger than allowed that its end is not waited for."""


@dataclass(frozen=True)
class Times:
    """What the other side may take, in seconds."""

    command: float = 300
    """For a whole command line. RFC 5321 §4.5.3.2.7."""
    silence: float = 180
    """Between two pieces of a letter. RFC 5321 §4.5.3.2.5."""
    letter: float = 300
    """For a letter, and a second more for each `bytes_a_second`: a large letter over a slow line is
    welcome, but a byte a minute holds no place for ever."""
    bytes_a_second: float = 1000
    goodbye: float = 2
    """To hear the last answer."""


class Wire(asyncio.Protocol):
    """The bytes of one connection. `speak` is what is done with it, as a task of its own."""

    def __init__(
        self,
        times: Times,
        most_bytes: int,
        speak: Callable[["Wire"], Coroutine[Any, Any, None]],
    ) -> None:
        self._times = times
        self._most_bytes = most_bytes
        self._speak = speak
        self._loop = asyncio.get_running_loop()
        self._unread = bytearray()
        self._unsaid = bytearray()
        self._woken: asyncio.Future[None] | None = None
        self._can_write = asyncio.Event()
        self._can_write.set()
        self._lost = asyncio.Event()
        self._is_held_up = self._has_ended = self._is_closing = self._is_over = False
        self.is_encrypted = False
        self.peer = ""
        """The address of the other side."""

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")  # None if it has gone already
        self.peer = peer[0] if peer else "::"
        self.task = self._loop.create_task(self._speak(self))

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        self._unread += data
        if len(self._unread) > _MOST_UNREAD and not self._is_held_up:
            self._is_held_up = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """What was said before is still answered; over TLS there is no half of a connection."""
        self._has_ended = True
        self._wake()
        return not (self.is_encrypted or self._is_over)

    def connection_lost(self, error: Exception | None) -> None:
        self._has_ended = self._is_over = True
        self._lost.set()
        self._can_write.set()
        self._wake()

    def pause_writing(self) -> None:
        self._can_write.clear()

    def resume_writing(self) -> None:
        self._can_write.set()

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    # What is asked of it.

    def say(self, text: str) -> None:
        """Say so with what is said next: answers to commands that came together go together
        (RFC 2920 §3.2)."""
        self._unsaid += text.encode() + b"\r\n"

    async def line(self) -> bytes:
        """The next line, without its CRLF. One that ends otherwise still has its end; of one that
        is too long only the beginning is there.

        Raises: Gone, TooSlow, Closing.
        """
        by = self._loop.time() + self._times.command
        searched, is_too_long = 0, False
        while (end := self._unread.find(b"\n", searched)) < 0:
            if len(self._unread) > _LONGEST_LINE:
                del self._unread[_LONGEST_LINE:]
                is_too_long = True
            searched = len(self._unread)
            await self._more(by, ends=self._is_closing)
        if self._is_closing:
            raise Closing
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        return line[:_LONGEST_LINE] if is_too_long else line.removesuffix(b"\r\n")

    async def letter(self, hold: Hold) -> bytes:
        """All until the line with the dot alone.

        Raises: Gone, TooSlow; TooLarge, NoRoom, NeverEnds.
        """
        content = bytearray(b"\r\n")  # so that a dot in the first line stands after a line end too
        count, unkept = 0, None
        began = self._loop.time()
        while True:
            searched = max(0, len(content) - len(_END) + 1)
            count += len(self._unread)
            content += self._unread
            self._unread.clear()
            end = content.find(_END, searched)
            # Without its end it may have half of that: a dot and a CR that are not the letter's.
            size = count - 2 if end < 0 else count + end + 2 - len(content)
            unkept = unkept or self._unkept(size, hold)
            if end >= 0:
                break
            if unkept is not None:
                del content[: -len(_END) + 1]
                if count > _DROPPED_LETTERS * self._most_bytes:
                    raise NeverEnds
            await self._more(self._next_piece_by(began, count))
        self._unread[:0] = content[end + len(_END) :]
        if unkept is not None:
            raise unkept
        del content[end + 2 :]
        if b"\r\n." in content:  # RFC 5321 §4.5.2: the dot that begins a line is taken away
            content = content.replace(b"\r\n.", b"\r\n")
        return bytes(memoryview(content)[2:])

    def _unkept(self, size: int, hold: Hold) -> TooLarge | NoRoom | None:
        if size > self._most_bytes:
            hold.grow_to(0)
            return TooLarge()
        if not hold.grow_to(size):
            hold.grow_to(0)
            return NoRoom()
        return None

    def _next_piece_by(self, began: float, count: int) -> float:
        by = began + self._times.letter + count / self._times.bytes_a_second
        return min(by, self._loop.time() + self._times.silence)

    async def _more(self, by: float, *, ends: bool = False) -> None:
        """Wait for more of what the other side says. Raises: Gone, TooSlow, Closing."""
        if ends:
            raise Closing
        await self._flush(by)
        if self._is_held_up:
            self._is_held_up = False
            self._transport.resume_reading()
        if self._has_ended:
            raise Gone
        self._woken = self._loop.create_future()
        timer = self._loop.call_at(by, self._wake)
        had = len(self._unread)
        try:
            await self._woken
        finally:
            timer.cancel()
            self._woken = None
        if len(self._unread) == had and self._loop.time() >= by:
            raise TooSlow

    async def _flush(self, by: float) -> None:
        """Say what is to be said. Raises: TooSlow: nobody listens."""
        if self._unsaid and not self._transport.is_closing():
            self._transport.write(bytes(self._unsaid))
        self._unsaid.clear()
        if not self._can_write.is_set():
            try:
                async with asyncio.timeout_at(by):
                    await self._can_write.wait()
            except TimeoutError:
                raise TooSlow from None

    async def encrypt(self, context: ssl.SSLContext) -> None:
        """Answer, then speak TLS. Raises: Gone: it came to nothing.

        CVE-2011-0411, CVE-2024-34083: what was said in the clear after STARTTLS is no part of what
        is said under TLS. Whoever does so wants to harm, or does not listen.
        """
        await self._flush(self._loop.time() + self._times.command)
        if self._unread or self._has_ended:
            raise Gone
        try:
            transport = await self._loop.start_tls(
                self._transport, self, context, server_side=True, ssl_handshake_timeout=60
            )
        except (OSError, EOFError) as error:  # ssl.SSLError is an OSError
            raise Gone from error
        if transport is None:
            raise Gone
        self._transport = transport
        self.is_encrypted = True

    def interrupt(self) -> None:
        """End before the next command; a letter that is under way is heard out."""
        self._is_closing = True
        self._wake()

    async def close(self) -> None:
        """Say what is to be said, give time to hear it, and end."""
        with suppress(TooSlow):
            await self._flush(self._loop.time() + self._times.goodbye)
        self._is_over = True
        self._unread.clear()
        if self._transport.is_closing():
            return
        if self._is_held_up:
            self._transport.resume_reading()
        # Ended at once, with something still unread, the other side might never see our last words.
        if self.is_encrypted or self._has_ended or not self._transport.can_write_eof():
            self._transport.close()
        else:
            self._transport.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.goodbye):
                await self._lost.wait()
        self._transport.abort()

    def abort(self) -> None:
        """End at once."""
        self._transport.abort()
