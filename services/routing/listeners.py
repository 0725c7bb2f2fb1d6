"""Those who look at the queue as it changes: each with a line that stays open, told by one reading
of the journal for all of this process.

Nobody waits for anybody: what somebody has not taken waits in a buffer of their own, and who lets
that run over is cut off, to resume where they were. RabbitMQ, or this process, says when there is
something to read; should that be lost, a look every two seconds finds it. It decides nothing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any, Final, Protocol

import structlog
from prometheus_client import Gauge
from pydantic import ValidationError

from services.routing.telling import (
    Entry,
    Round,
    Wanted,
    beat,
    entries_of,
    reset,
)
from shared.callers import Keys
from shared.errors import Transient
from shared.keys import Caller, Scope
from shared.lifecycle import run_together
from shared.messages import TicketsChanged

log = structlog.get_logger()

MOST: Final = 1500
"""Listeners of one process."""
MOST_OF_ONE: Final = 20
"""Of one person."""
RESUMED: Final = 5000
"""Changes that one may have missed; who missed more reads the list anew."""
MOST_WAITING: Final = 1000
"""Events that somebody may have not taken yet."""
_PIECE: Final = 100
"""Events in one write."""
_PAGES: Final = 10
_LOOK: Final = 2.0
"""Seconds between two looks at the journal, if nobody says that there is something."""
_PACE: Final = 0.2
"""Seconds between two rounds: what comes meanwhile is told together."""
_BEAT: Final = 15
"""Seconds between two signs of life."""
_AGAIN: Final = 3.0
"""Seconds after which it is looked again who may still listen, and to what."""
_NOTHING: Final = -1
"""Instead of a number: nobody has said what they know of; `_NO_NUMBER`: what they said is none."""
_NO_NUMBER: Final = -2
_listening = Gauge("desk_listeners", "Open streams of changes")


class Line(Protocol):
    """The connection to a listener."""

    def is_gone(self) -> bool:
        """Whether nobody is at the other end any more."""

    def cut(self) -> None:
        """Close it, whatever is still on its way."""


class Journal(Protocol):
    """Where the changes stand."""

    async def after(self, number: int, most: int) -> list[dict[str, Any]]: ...
    async def newest(self, most: int) -> list[dict[str, Any]]: ...


Again = Callable[[Keys, datetime], Awaitable[Caller | None]]
"""Who a listener is, found out once more; None: nobody."""


class Full(Exception):
    """No more listeners, of this person or at all."""


class Listener:
    """Somebody who is told of changes, with what they have not taken yet."""

    def __init__(
        self, caller: Caller, wanted: Wanted, line: Line, token: str, again: Again
    ) -> None:
        """`token`: what they showed; who shows the same is the same."""
        self.caller = caller
        self.wanted = wanted
        self.token = token
        self.again = again
        self.is_over = False
        self._line = line
        self._waiting: deque[bytes] = deque()
        self._room = MOST_WAITING
        self._ready = asyncio.Event()
        self._is_last = False

    @property
    def is_gone(self) -> bool:
        return self._line.is_gone()

    @property
    def has_taken_all(self) -> bool:
        return not self._waiting

    def begin(self, said: Sequence[bytes]) -> None:
        """What they have missed has room of its own."""
        self._room += len(said)
        self.tell(said)

    def tell(self, said: Sequence[bytes]) -> None:
        """It waits until they take it; too much of it, and they are cut off."""
        if self.is_over or not said:
            return
        if len(self._waiting) + len(said) > self._room:
            log.warning("listener_cut", by=self.caller.id, reason="too slow")
            self.end()
            self._line.cut()
            return
        self._waiting.extend(said)
        self._ready.set()

    def tell_instead(self, said: bytes) -> None:
        """This, and nothing of what they have not taken yet."""
        self._waiting.clear()
        self.tell([said])

    def end(self) -> None:
        """They are told nothing more."""
        self.is_over = True
        self._waiting.clear()
        self._ready.set()

    def stop_after_this(self) -> None:
        """They want no more than what waits now."""
        self._is_last = True
        self._ready.set()

    async def next(self) -> bytes | None:
        """Some of what waits, as soon as there is any; None: it is over."""
        while not self._waiting and not self.is_over and not self._is_last:
            self._ready.clear()
            await self._ready.wait()
        if not self._waiting:
            return None
        said = list(islice(self._waiting, _PIECE))
        for _ in said:
            self._waiting.popleft()
        return b"".join(said)


class Listeners:
    """All of this process."""

    def __init__(self, journal: Journal, keys: Keys, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._keys = keys
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._tail: deque[Entry] | None = None
        """The last changes; None: nobody listens."""
        self._last = 0
        self._news = asyncio.Event()
        self._reading = asyncio.Lock()
        self._is_closed = False

    async def join(self, listener: Listener, after: str | None) -> None:
        """Tell them what they have missed since that event, and what happens from now on.

        Raises: Full; Transient.
        """
        self._check_room(listener)
        number = _number(after)
        async with self._reading:
            if self._tail is None:
                await self._read_tail()
            elif number > self._last:  # another copy has told them more
                await self._read_on()
        # From here to the end nothing else runs: no change falls between the two.
        self._check_room(listener)
        listener.begin(self._missed(listener, number))
        self._listeners.add(listener)
        _listening.set(len(self._listeners))

    def leave(self, listener: Listener) -> None:
        """They have gone."""
        listener.end()
        self._listeners.discard(listener)
        _listening.set(len(self._listeners))

    def _check_room(self, listener: Listener) -> None:
        if self._is_closed:
            raise Transient("this process is stopping")
        theirs = [one for one in self._listeners if one.caller.id == listener.caller.id]
        if len(self._listeners) >= MOST or len(theirs) >= MOST_OF_ONE:
            raise Full

    def _missed(self, listener: Listener, number: int) -> list[bytes]:
        tail = self._tail or deque()
        first = tail[0].number if tail else self._last + 1
        if not first - 1 <= number <= self._last:
            return [reset(self._last, "begun" if number == _NOTHING else "unknown")]
        missed = list(islice(tail, number + 1 - first, None))
        return Round(missed).told_to(listener.caller, listener.wanted)

    def hear(self, last: int) -> None:
        """There are changes up to this one."""
        if last > self._last and self._listeners:
            self._news.set()

    def overhear(self, body: bytes) -> None:
        """The same, as another copy says it; what can't be read is worth a look too."""
        try:
            self.hear(TicketsChanged.model_validate_json(body).last)
        except ValidationError:
            self._news.set()

    async def run(self) -> None:
        """Until cancelled."""
        await run_together(self._follow(), self._watch(), self._keep_alive())

    async def close(self) -> None:
        """End every stream, and begin none: this process stops."""
        self._is_closed = True
        for one in self._listeners:
            one.end()

    async def _follow(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await self._news.wait()
            self._news.clear()
            if self._listeners:
                await self._carefully(self.catch_up)
            else:
                self._tail = None
            await asyncio.sleep(_PACE)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_AGAIN)
            await self._carefully(self.look_again)

    async def _keep_alive(self) -> None:
        seconds = 0
        while True:
            await asyncio.sleep(1)
            seconds += 1
            for one in self._listeners:
                if one.is_gone:
                    one.end()
                elif seconds % _BEAT == 0 and one.has_taken_all:
                    one.tell([beat(self._last)])

    async def _carefully(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Transient as error:
            log.warning("listeners_postponed", reason=str(error))

    async def catch_up(self) -> None:
        """Tell everybody what has come into the journal since the last time. Raises: Transient."""
        async with self._reading:
            await self._read_on()

    async def _read_on(self) -> None:
        while pages := await self._journal.after(self._last, _PAGES):
            if self._tail is None:
                return
            fresh = [one for page in pages for one in entries_of(page)]
            if fresh[0].number != self._last + 1:
                await self._begin_anew()
                return
            self._last = fresh[-1].number
            self._tail.extend(fresh)
            news = Round(fresh)
            for one in self._listeners:
                one.tell(news.told_to(one.caller, one.wanted))
            await asyncio.sleep(0)

    async def _begin_anew(self) -> None:
        """What comes next was cut from the journal before it was read."""
        await self._read_tail()
        for one in self._listeners:
            one.tell([reset(self._last, "missed")])

    async def _read_tail(self) -> None:
        pages = await self._journal.newest(RESUMED)
        found = [one for page in pages for one in entries_of(page)]
        self._tail = deque(found, maxlen=RESUMED)
        self._last = found[-1].number if found else 0

    async def look_again(self) -> None:
        """Who may still listen, and to what? Raises: Transient."""
        by_token = {one.token: one for one in self._listeners}
        now = self._clock()
        found = await asyncio.gather(*(one.again(self._keys, now) for one in by_token.values()))
        callers = dict(zip(by_token, found, strict=True))
        for one in self._listeners:
            if one.token in callers:
                self._judge(one, callers)

    def _judge(self, listener: Listener, callers: Mapping[str, Caller | None]) -> None:
        caller = callers[listener.token]
        if caller is None or Scope.TICKETS_READ not in caller.scopes:
            log.info("listener_cut", by=listener.caller.id, reason="the token")
            listener.end()
        elif caller != listener.caller:
            listener.caller = caller
            listener.tell_instead(reset(self._last, "sight"))


def _number(event_id: str | None) -> int:
    """The number of the last change that somebody knows of."""
    if event_id is None:
        return _NOTHING
    is_number = event_id.isascii() and event_id.isdecimal() and len(event_id) < 16
    return int(event_id) if is_number else _NO_NUMBER
