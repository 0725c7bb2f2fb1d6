"""The IMAP door: a mailbox watched, and whatever comes into it kept and moved out of the way.

Never stops trying, and never stops the process: a mail server that is away, or full, or odd, must
not close the other doors.
"""

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from math import inf
from typing import Any, Final

import structlog
from prometheus_client import Gauge

from services.intake.imap_link import Link, LinkLost, LoginRefused, Refused
from services.intake.imap_session import Call, House, Session, first_position
from services.intake.mailboxes import LEASE, Lease, Overtaken, Position, Positions, Taken
from shared.errors import Transient
from shared.imap_url import NOW, MailboxUrl, since

log = structlog.get_logger()

_age = Gauge("desk_mailbox_age_seconds", "Since a mailbox was looked at with success", ["mailbox"])
_LONGEST_PAUSE: Final = 60.0
_LONGEST_OF_OURS: Final = 4.0
"""Seconds between two looks whether MongoDB is back: no mail server is asked."""
_AFTER_REFUSAL: Final = 60.0
"""Mail servers lock accounts that try a wrong password again and again."""
_TO_FINISH: Final = 4.0
"""Seconds to finish the letter in hand when the service stops."""


class Mailbox:
    """One mailbox, for as long as the service runs."""

    def __init__(
        self,
        place: int,
        url: MailboxUrl,
        imap_since: str,
        positions: Positions,
        house: House,
    ) -> None:
        self.name = f"{place}:{url.host}/{url.folder}"
        self._url = url
        self._since = imap_since
        self._positions = positions
        self._house = house
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()  # until it is read
        self._idle: Link | None = None
        self._is_lost = True
        self._looked_at = -inf
        self._pause = 1.0
        _age.labels(self.name).set_function(lambda: self._seconds_since)

    @property
    def _seconds_since(self) -> float:
        return time.monotonic() - self._looked_at

    async def is_there(self) -> bool:
        """Whether it is being read, by this copy of intake or another, for /readyz."""
        return not self._is_lost and self._seconds_since < self._house.stale

    async def run(self) -> None:
        """Watch it until `close`."""
        self._ended.clear()
        while not self._stopping.is_set():
            try:
                await self._try()
            except Overtaken:
                log.info("mailbox_overtaken", mailbox=self.name)
            except (LinkLost, Refused) as error:
                self._lose(str(error), _AFTER_REFUSAL if isinstance(error, LoginRefused) else 1.0)
            except Transient as error:
                self._lose(str(error), 1.0, _LONGEST_OF_OURS)
            except Exception:
                # Whatever a mail server may say, the other doors stay open.
                log.exception("door_failed", door="imap", mailbox=self.name)
                self._lose("a fault of this program", 1.0)
            await self._sleep(self._pause)
        self._ended.set()

    def _lose(self, reason: str, least: float, most: float = _LONGEST_PAUSE) -> None:
        if self._stopping.is_set():
            return  # the link was cut by ourselves
        self._is_lost = True
        self._pause = max(least, min(2 * self._pause, most))
        log.warning("mailbox_lost", mailbox=self.name, reason=reason)

    async def close(self) -> None:
        """Finish the letter in hand and let go."""
        self._stopping.set()
        if self._idle is not None:
            self._idle.abort()
        with suppress(TimeoutError):  # a server that says nothing: nothing is lost by leaving it
            async with asyncio.timeout(_TO_FINISH):
                await self._ended.wait()

    async def _try(self) -> None:
        """Read it, if no other copy of intake does. Raises: Overtaken, Transient."""
        lease = await self._positions.claim(self._url.id)
        if isinstance(lease, Taken):
            self._is_lost = False
            self._looked_at = -inf if lease.age is None else time.monotonic() - lease.age
            self._pause = 2.0
            return
        try:
            await _while(self._read(lease), self._renew(lease))
        finally:
            # If that fails the lease ends by itself.
            with suppress(Transient, Overtaken):
                await self._positions.release(lease)

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(LEASE / 3000)
            with suppress(Transient):  # nor could anybody else take it
                await self._positions.renew(lease)

    async def _read(self, lease: Lease) -> None:
        link = Link(self._url)
        thread = ThreadPoolExecutor(1, thread_name_prefix="imap")
        try:
            call = partial(asyncio.get_running_loop().run_in_executor, thread)
            await call(link.open)
            await self._watch(link, call, lease)
        finally:
            link.abort()
            thread.shutdown(wait=False, cancel_futures=True)

    async def _watch(self, link: Link, call: Call, lease: Lease) -> None:
        position = await self._position(link, call, lease)
        session = Session(
            self.name,
            self._url.id,
            self._url.folder,
            self._url.processed,
            link,
            call,
            position,
            partial(self._positions.save, lease, position),
            self._house,
            self._stopping,
        )
        log.info("mailbox_opened", mailbox=self.name)
        # A link may go on for ever over a folder that was replaced under it: it is made anew.
        fresh_until = time.monotonic() + self._house.fresh
        while not self._stopping.is_set() and time.monotonic() < fresh_until:
            await session.look()
            self._is_lost, self._looked_at, self._pause = False, time.monotonic(), 1.0
            await self._wait(link, call, min(self._house.poll, session.due_in))

    async def _wait(self, link: Link, call: Call, seconds: float) -> None:
        if self._stopping.is_set():
            return
        self._idle = link
        try:
            has_idle = await call(link.wait, seconds)
        finally:
            self._idle = None
        if not has_idle:
            await self._sleep(seconds)

    async def _position(self, link: Link, call: Call, lease: Lease) -> Position:
        """How far it has been read. Where nothing is known, or the numbers are others (RFC 3501
        §2.3.1.1), what is left where it is is chosen by date, and the choice written down."""
        found = lease.position
        if found is not None and found.uid_validity == link.uid_validity:
            return found
        is_now = found is None and self._since == NOW
        moment = since(self._since) if found is None else lease.since
        position, count = await first_position(link, call, moment, is_now=is_now)
        await self._positions.begin(lease, position, moment, now=is_now)
        if found is not None:
            log.warning("mailbox_renumbered", mailbox=self.name)
        log.info("mail_left", mailbox=self.name, count=count)
        return position

    async def _sleep(self, seconds: float) -> None:
        """Until then, or until the service stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


async def _while(work: Coroutine[Any, Any, None], *beside: Coroutine[Any, Any, None]) -> None:
    """Do the work; whatever fails beside it ends it."""
    tasks = [asyncio.create_task(one) for one in (work, *beside)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
