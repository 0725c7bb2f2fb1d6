"""How a service lives: every loop supervised, and an orderly end.

A loop that ends, for whatever reason, ends the process, so that whoever runs it starts it anew:
a service that is half alive would accept work and never do it.
"""

import asyncio
import ctypes
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import structlog
import uvloop

from shared.errors import Transient

log = structlog.get_logger()

_M_ARENA_MAX: Final = -8
_NEW_OBJECTS: Final = 10_000
"""That may have come without going before those caught in rings are looked for."""
DRAIN: Final = 12.0
"""Seconds that an ending service may take to finish what it has in hand."""
_ASKED: Final = 6
_ASKED_AGAIN: Final = 0.5
"""Seconds in which a loop that is cancelled ends, or is cancelled again."""


async def serve(
    loops: Mapping[str, Coroutine[Any, Any, None]],
    drain: Sequence[Callable[[], Awaitable[None]]],
) -> int:
    """Run the loops until SIGTERM, then `drain` in order. Returns the exit status: 0, or 1 if a
    loop ended by itself."""
    stop = _stop_signal()
    tasks = [asyncio.create_task(loop, name=name) for name, loop in loops.items()]
    stopping = asyncio.create_task(stop.wait())
    log.info("service_started")
    done, _ = await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    ended = [task for task in tasks if task in done]
    for task in ended:
        log.error("loop_ended", part=task.get_name(), reason=_why(task))
    await _drain(drain)
    await _end({stopping, *tasks})
    log.info("service_stopped")
    return 1 if ended else 0


async def _end(left: set[asyncio.Task[Any]]) -> None:
    """Cancel them until they have ended. Before Python 3.12 `wait_for`, as the client of RabbitMQ
    calls it, loses a cancellation that comes together with what it waits for: whoever cancels only
    once may wait for ever."""
    for _ in range(_ASKED):
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=_ASKED_AGAIN)
    for task in left:
        log.error("loop_unending", part=task.get_name())


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _drain(steps: Sequence[Callable[[], Awaitable[None]]]) -> None:
    try:
        async with asyncio.timeout(DRAIN):
            for step in steps:
                await _one_step(step)
    except TimeoutError:
        log.warning("stop_incomplete")


async def _one_step(step: Callable[[], Awaitable[None]]) -> None:
    """A step that fails must not keep the others from their turn."""
    try:
        await step()
    except asyncio.CancelledError:
        raise
    except Exception:
        log.exception("stop_incomplete")


def _why(task: asyncio.Task[None]) -> str:
    if task.cancelled():
        return "cancelled"
    error = task.exception()
    return type(error).__name__ if error else "returned"


async def once_there(
    prepare: Callable[[], Awaitable[None]], loop: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Run `loop` after `prepare` (indexes) has succeeded; MongoDB may come up after us."""
    while True:
        try:
            await prepare()
            break
        except Transient as error:
            log.warning("database_awaited", reason=str(error))
            await asyncio.sleep(1)
    log.info("database_prepared")
    await loop()


async def run_together(*loops: Coroutine[Any, Any, None]) -> None:
    """Run loops that must all live: when one ends, this ends."""
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            await task
    finally:
        for task in tasks:
            task.cancel()


def run(main: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """The process: run `main`, and exit with its status."""
    _share_memory_between_threads()
    _leave_what_stays()
    try:
        uvloop.run(_live(main))
    except OSError as error:
        # Only opening a port gets here: the loops have answers of their own.
        print(f"can't listen: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(1) from None


async def _live(main: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """And end at once: Python's own way out waits for every thread, and one that waits for a mail
    server or a name may do so for minutes. What was to be finished is."""
    status = await main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _share_memory_between_threads() -> None:
    """Keep a tenth of the memory of a busy service: glibc gives each thread of the database driver
    an arena of its own, that stays as large as the largest batch it ever wrote (mallopt(3))."""
    with suppress(OSError, AttributeError):  # another C library has no such setting
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _leave_what_stays() -> None:
    """Modules and settings are never looked through for what may be thrown away: there are so many
    that each time, whoever waited for an answer waited a fifteenth of a second longer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
