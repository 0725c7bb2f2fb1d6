"""What is done with a mailbox while a link to it lasts: find letters, have them kept, move them.

A letter is moved only once it is kept. One that can't be kept now, that the server does not give
out or that kills whoever reads it holds up none of those behind it.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final, Protocol

import structlog

from services.intake.envelope import envelope
from services.intake.imap_link import Link, LinkLost, Refused
from services.intake.mailboxes import Position
from shared.crash import crash_point
from shared.errors import Permanent, Transient

log = structlog.get_logger()

_SUSPECT: Final = 3
"""Tries that ended badly, or with the link, after which a letter is taken behind all others."""
MOST_TRIES: Final = 20
"""And that ended badly, after which its header alone is kept, and a person has to look."""
_IN_A_ROW: Final = 3
"""Moves refused in a row after which the others need not be tried now."""
_MANY: Final = 100
Call = Callable[..., Awaitable[Any]]


class Save(Protocol):
    """Writes the position down. Raises: Overtaken, Transient."""

    async def __call__(self, *, looked: bool = False) -> None: ...


@dataclass(frozen=True)
class House:
    """Where the letters of all mailboxes go, and the limits that they are held to."""

    accept: Callable[[bytes, str | None, tuple[str, ...]], Awaitable[object]]
    """Keeps a letter. Raises: Transient, Permanent."""
    set_aside: Callable[[bytes, str, tuple[str, ...], str], Awaitable[object]]
    """Keeps the header of one that can't be taken in, with the reason and where the whole of it is:
    a name for that letter alone. Raises: likewise."""
    own: tuple[str, ...]
    """The library's addresses, the enquiry address first."""
    most_bytes: int
    poll: float = 50.0
    """Seconds after which a mailbox is looked at, whatever IDLE says."""
    fresh: float = 300.0
    """Seconds after which a link is made anew."""
    stale: float = 180.0
    """Seconds without a successful look after which a mailbox counts as away."""
    again: float = 30.0
    """Seconds before what did not succeed is tried again; if it was for what we lack ourselves, two
    seconds at first, twice as many each time."""


@dataclass
class Session:
    """An open mailbox, and how far it has been read."""

    name: str
    """As the log knows it."""
    id: str
    """As no other mailbox is called, of whatever account."""
    folder: str
    processed: str
    link: Link
    call: Call
    """Makes a call of the link in its thread."""
    position: Position
    save: Save
    house: House
    stopping: asyncio.Event

    def __post_init__(self) -> None:
        self._not_before: dict[int, float] = {}
        """Letters that could not be kept, with the moment of their next try."""
        self._lacking: Counter[int] = Counter()
        """How often each of them could not be for what we lack ourselves, such as MongoDB."""
        self._move_again_at = 0.0

    @property
    def due_in(self) -> float:
        """Seconds until the next try at what we could not keep; infinite if there is none."""
        moments = [self._not_before[uid] for uid in self._lacking if uid in self.position.waiting]
        return max(0.1, min(moments, default=inf) - time.monotonic())

    async def look(self) -> None:
        """Take all that is new, and what was not kept or moved before.

        Raises: LinkLost, Overtaken; Transient: nothing can be kept now.
        """
        try:
            await self._look()
        except LinkLost:
            await self.save()  # what was kept and not moved has not been tried in vain
            raise

    async def _look(self) -> None:
        await self.call(self.link.refresh)
        await self._take_all(self._waiting(lambda tries: tries < _SUSPECT))
        end: int | None = 0
        while end is not None and not self.stopping.is_set():
            found, end = await self.call(self.link.above, self.position.uid)
            await self._take_all([one for one in found if one not in self.position.left])
            if end is not None and not self.stopping.is_set():
                self.position.uid = max(self.position.uid, end)
        await self._move_again()
        await self._take_all(self._waiting(lambda tries: tries >= _SUSPECT))
        await self.save(looked=not self.stopping.is_set())

    def _waiting(self, wanted: Callable[[int], bool]) -> list[int]:
        """Those that were tried longest ago first: one that cuts the link is not in the way of the
        next time."""
        now = time.monotonic()
        return [
            uid
            for uid, tries in self.position.waiting.items()
            if wanted(tries) and self._not_before.get(uid, 0.0) <= now
        ]

    async def _take_all(self, uids: Sequence[int]) -> None:
        for place in range(0, len(uids), _MANY):
            some = uids[place : place + _MANY]
            sizes = await self._sizes(some)
            for uid in some:
                if self.stopping.is_set():
                    return
                if uid in sizes:
                    await self._take(uid, sizes[uid])
                else:
                    self._forget(uid)

    async def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes of those that are still there; 0 where the server won't tell."""
        found = await self._asked_sizes(uids)
        if missing := [uid for uid in uids if uid not in found]:
            # A server may leave one out of a good answer.
            found |= await self._asked_sizes(missing)
        return found

    async def _asked_sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """One letter that is broken there does not hide the others."""
        try:
            return await self.call(self.link.sizes, uids)  # type: ignore[no-any-return]
        except Refused:
            if len(uids) == 1:
                return {uids[0]: 0}
        found: dict[int, int] = {}
        for uid in uids:
            found |= await self._asked_sizes([uid])
        return found

    def _forget(self, uid: int) -> None:
        """Somebody has deleted or moved it."""
        log.info("letter_gone", mailbox=self.name, uid=uid)
        self.position.uid = max(self.position.uid, uid)
        self.position.waiting.pop(uid, None)

    async def _take(self, uid: int, size: int) -> None:
        """Have a letter kept, then move it. The try is written down before it is made: should the
        letter kill this process, the next one knows."""
        tries = self.position.waiting.pop(uid, 0)
        self.position.uid = max(self.position.uid, uid)
        self.position.waiting[uid] = tries + 1
        await self.save()
        try:
            await self._keep(uid, size, tries)
        except LinkLost:
            # Who knows whose doing it is: it goes behind the others, and is waited for.
            self.position.waiting[uid] = max(tries, min(tries + 1, _SUSPECT))
            raise
        except Refused as refusal:
            if refusal.is_for_now:
                self.position.waiting[uid] = tries
            self._postpone(uid, refusal, self.house.again)
        except Transient as error:
            self.position.waiting[uid] = tries  # it is not the letter's doing
            self._lacking[uid] += 1
            self._postpone(uid, error, min(self.house.again, 2.0 ** self._lacking[uid]))
        except Exception:
            # A fault of ours must cost nobody a letter.
            log.exception("door_failed", door="imap", mailbox=self.name, uid=uid)
            self._not_before[uid] = time.monotonic() + self.house.again
        else:
            del self.position.waiting[uid]
            del self._lacking[uid]
            self.position.unmoved.append(uid)
            crash_point("imap.before_move")
            await self._move(uid)
            crash_point("imap.after_move")

    def _postpone(self, uid: int, error: Exception, seconds: float) -> None:
        log.warning("letter_postponed", mailbox=self.name, uid=uid, reason=str(error))
        self._not_before[uid] = time.monotonic() + seconds

    async def _keep(self, uid: int, size: int, tries: int) -> None:
        if size > self.house.most_bytes:
            await self._set_aside(uid, f"too large: {size} bytes")
            return
        if tries >= MOST_TRIES:
            await self._set_aside(uid, f"it could not be taken in {MOST_TRIES} tries")
            return
        raw = await self.call(self.link.letter, uid)
        if len(raw) > self.house.most_bytes:  # some servers only estimate
            await self._set_aside(uid, f"too large: {len(raw)} bytes")
            return
        try:
            await self.house.accept(raw, *envelope(raw, self.house.own))
        except Permanent as error:
            await self._set_aside(uid, str(error))

    async def _set_aside(self, uid: int, reason: str) -> None:
        """Keep what shows who wrote; the letter itself is moved like any other."""
        try:
            head = await self.call(self.link.head, uid)
        except Refused as refusal:
            if refusal.is_for_now:
                raise
            head = b""
            reason += f"; the mail server does not give it out (UID {uid} in {self.folder})"
        _, recipients = envelope(head, self.house.own)
        reason += f"; the whole message is in the mailbox, in the folder {self.processed}"
        place = f"{self.id} {self.position.uid_validity} {uid}"
        await self.house.set_aside(head, reason, recipients, place)

    async def _move(self, uid: int) -> bool:
        """Whether a kept letter is in the processed folder now; if not, it is tried again."""
        try:
            await self.call(self.link.move, uid)
        except Refused as refusal:
            log.warning("move_postponed", mailbox=self.name, uid=uid, reason=str(refusal))
            self._move_again_at = time.monotonic() + self.house.again
            return False
        self.position.unmoved.remove(uid)
        return True

    async def _move_again(self) -> None:
        if not self.position.unmoved or time.monotonic() < self._move_again_at:
            return
        there = await self._sizes(self.position.unmoved)
        self.position.unmoved[:] = [uid for uid in self.position.unmoved if uid in there]
        in_a_row = 0
        for uid in list(self.position.unmoved):
            if self.stopping.is_set() or in_a_row == _IN_A_ROW:
                return
            if await self._move(uid):
                in_a_row = 0
            else:
                in_a_row += 1
                self.position.unmoved.remove(uid)
                self.position.unmoved.append(uid)  # the others come first next time


async def first_position(
    link: Link, call: Call, moment: datetime | None, *, is_now: bool
) -> tuple[Position, int]:
    """Where reading begins, and how many letters are left where they are.

    By arrival at the server, not by UID alone: an old letter may have been put there lately.
    Raises: LinkLost, Refused.
    """
    if is_now:
        return Position(link.uid_validity, link.uid_next - 1), link.count
    if moment is None:
        return Position(link.uid_validity, 0), 0
    newer = await call(link.since, moment)
    first = newer[0] if newer else link.uid_next
    older: list[int] = []
    end: int | None = first - 1
    while end is not None:
        found, end = await call(link.above, end)
        older += [uid for uid in found if uid < link.uid_next]
    left = frozenset(older) - frozenset(newer)
    return Position(link.uid_validity, first - 1, left), link.count - len(newer)
