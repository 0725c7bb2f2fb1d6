"""Reads mail without letting it stop the service.

A small letter is read on the spot: the limits in `mail.py` bound what it can cost. A large one is
read by a child process, which may be killed: whatever hostile bytes do to a parser, they do it to a
process that has a bound on its memory, is ended after a few seconds of work, and knows nothing but
that letter. It is work that is counted, not time: on a busy machine no letter is at fault for what
others do. `python -m services.intake.reader` is that child.
"""

import asyncio
import io
import os
import pickle
import resource
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, BinaryIO, Final, cast

from services.intake.letter import Bounce, Remark
from services.intake.mail import Mail, Unreadable
from services.intake.reading import Reading, read_letter
from services.intake.reply_text import Words
from services.intake.safe_html import SafeHtml
from shared.attachments import Attachment
from shared.errors import Transient

LARGE: Final = 64 * 1024
"""Bytes from which a letter is read by a child."""
_CHILDREN: Final = 2
"""How many read at the same time; each may take `_MEMORY`."""
_SECONDS: Final = 4.0
"""Of the processor, for one letter; more for each of its bytes."""
_LONGEST: Final = 60.0
"""Seconds after which a child is ended that does not even work: it waits for what never comes, or a
letter has taken it over."""
_BYTES_A_SECOND: Final = 4_000_000
_SECONDS_TO_START: Final = 20.0
_MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of address space. What is resident is a third of it."""
_CHILD: Final = (sys.executable, "-m", "services.intake.reader")
_TRIES: Final = 2
"""A child may have been ended by somebody else; one that dies twice dies of the letter."""
_BUFFER: Final = 1024 * 1024
_MOST_OF_AN_ANSWER: Final = 16 * 1024 * 1024
"""Bytes, and four times the letter's own: its texts, their HTML, and what is attached."""
_LENGTH: Final = 8
_READY: Final = b"ready\n"
_Order = tuple[str, bool, int, float]
"""A letter's id, whether its sender is the null sender, its bytes, and seconds of the processor."""
_VALUES: Final = {
    (one.__module__, one.__qualname__): one
    for one in (
        *(Reading, Mail, Words, SafeHtml, Bounce, Attachment, Remark),
        *(datetime, timedelta, timezone),
    )
}


class Reader:
    """Reads letters. Children are started when the first large letter comes, and kept."""

    def __init__(
        self,
        child: Sequence[str] = _CHILD,
        seconds: float = _SECONDS,
        longest: float = _LONGEST,
    ) -> None:
        """`seconds` of the processor for a letter; `longest`: in all, by the clock."""
        self._command = child
        self._seconds = seconds
        self._longest = longest
        self._free = asyncio.Semaphore(_CHILDREN)
        self._idle: list[Process] = []
        self._begun: list[asyncio.Task[Process]] = []
        """Children that were being started for somebody who has gone meanwhile."""

    async def read(self, raw: bytes, letter_id: str, *, has_null_sender: bool) -> Reading:
        """Raises: Unreadable: also if it takes too long, or more memory than there is for it;
        Transient: there is nobody to read it now."""
        if len(raw) <= LARGE:
            return read_letter(raw, letter_id, has_null_sender)
        async with self._free:
            for _ in range(_TRIES):
                child = await self._child()
                # From here on it is the letter that ends a child.
                with suppress(OSError, asyncio.IncompleteReadError):
                    return _reading(await self._answer(child, raw, letter_id, has_null_sender))
        raise Unreadable("reading it ends the process that reads it")

    async def _answer(
        self, child: Process, raw: bytes, letter_id: str, has_null_sender: bool
    ) -> bytes:
        order = (letter_id, has_null_sender, len(raw), self._seconds + len(raw) / _BYTES_A_SECOND)
        is_done = False
        try:
            async with asyncio.timeout(self._longest):
                answer = await _ask(child, order, raw)
            is_done = True
            return answer
        except TimeoutError as error:
            raise Unreadable("its reading does not end") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            if await _end(child) == -signal.SIGPROF:
                raise Unreadable("it takes too long to read") from error
            raise
        finally:
            if is_done:
                self._idle.append(child)
            else:
                await _end(child)

    async def _child(self) -> Process:
        while self._idle:
            child = self._idle.pop()
            if child.returncode is None:
                return child
        begun = self._begun.pop() if self._begun else asyncio.create_task(self._start())
        try:
            return await asyncio.shield(begun)
        except asyncio.CancelledError:
            # A door waits for some seconds only, and a busy machine may need more to start a child:
            # what was begun goes on, else whoever tries again would never find one.
            self._begun.append(begun)
            raise

    async def _start(self) -> Process:
        """Raises: Transient: no process, memory or time is left for it; no letter's doing."""
        try:
            return await self._begin()
        except (OSError, EOFError) as error:
            raise Transient(f"no reader could be started: {type(error).__name__}") from error

    async def _begin(self) -> Process:
        child = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, limit=_BUFFER
        )
        try:
            async with asyncio.timeout(_SECONDS_TO_START):
                await _output(child).readexactly(len(_READY))
        except BaseException:
            await _end(child)
            raise
        return child

    async def close(self) -> None:
        """End the children."""
        for begun in self._begun:
            begun.cancel()
        found = await asyncio.gather(*self._begun, return_exceptions=True)
        self._begun.clear()
        self._idle += [one for one in found if isinstance(one, Process)]
        while self._idle:
            await _end(self._idle.pop())


async def _ask(child: Process, order: _Order, raw: bytes) -> bytes:
    given, output = cast(asyncio.StreamWriter, child.stdin), _output(child)
    head = pickle.dumps(order)
    given.write(bytes([len(head)]) + head)
    given.write(raw)
    await given.drain()
    length = int.from_bytes(await output.readexactly(_LENGTH))
    if length > _MOST_OF_AN_ANSWER + 4 * len(raw):
        raise Unreadable("its reading is longer than any")
    return await output.readexactly(length)


def _output(child: Process) -> asyncio.StreamReader:
    return cast(asyncio.StreamReader, child.stdout)


async def _end(child: Process) -> int:
    """Its status: of a child that has ended before, what ended it."""
    # Not Popen's kill(): it asks for the status first, and of a child that has just ended takes it
    # away from whoever waits.
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    return await child.wait()


class _Values(pickle.Unpickler):
    """Reads nothing but our own plain values: the child may have been taken over by a letter."""

    def find_class(self, module: str, name: str) -> Any:
        found = _VALUES.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"{module}.{name} is no value of ours")
        return found


def _reading(answer: bytes) -> Reading:
    try:
        found = _Values(io.BytesIO(answer)).load()
    except Exception as error:
        raise Unreadable("its reading makes no sense") from error
    if isinstance(found, Reading):
        return found
    raise Unreadable(str(found)[:200])


def _serve(given: BinaryIO, output: BinaryIO) -> None:
    """The child: letters in, readings out, until there is nobody to read for."""
    output.write(_READY)
    output.flush()
    while length := given.read(1):
        order: _Order = pickle.loads(given.read(length[0]))  # noqa: S301  ours
        letter_id, has_null_sender, size, seconds = order
        raw = given.read(size)
        # Of the processor's time; unlike RLIMIT_CPU not in whole seconds, and for each letter anew.
        # Whatever is being done then, SIGPROF ends the process.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = _answer(raw, letter_id, has_null_sender)
        signal.setitimer(signal.ITIMER_PROF, 0)
        output.write(len(answer).to_bytes(_LENGTH))
        output.write(answer)
        output.flush()


def _answer(raw: bytes, letter_id: str, has_null_sender: bool) -> bytes:
    try:
        return pickle.dumps(read_letter(raw, letter_id, has_null_sender), protocol=5)
    except Unreadable as error:
        return pickle.dumps(str(error))


def main() -> None:
    """The child's whole life. It ends when whoever started it does, and by no other sign."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(BrokenPipeError):
        _serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
