"""Making copies that patrons can read: a row for each that is asked for, and workers that make them
beside the letters, which wait for none.

Nothing of a document is opened here: a confined child does that (`formats`), and may die of it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from prometheus_client import Gauge

from services.notify.conversion_rows import RUNNING, WAITING, Claim
from services.notify.conversion_store import Conversions
from services.notify.formats.confine import way
from services.notify.formats.findings import WORDS, Reason, Refused
from services.notify.making import Far, Maker, key_for
from services.notify.work_folders import tidy
from shared.conversion_limits import ConversionSettings
from shared.crash import crash_point
from shared.errors import Permanent, Transient
from shared.messages import DeliveryCancelled, DeliveryRequested, Message, derived_id

log = structlog.get_logger()

_waiting = Gauge("desk_conversions", "Conversions that are not over", ["state"])
_BEAT: Final = 2.0
"""Seconds between two signs of life."""
_LOOK: Final = 1.0
"""Seconds between two looks for something to do."""
_COUNT: Final = 15.0
_LATER: Final = 5.0
"""Seconds after which what could not go on now is tried again."""


@dataclass
class Workshop:
    """Where copies are made."""

    conversions: Conversions
    maker: Maker
    limits: ConversionSettings
    send: Callable[[str, Sequence[Message]], None]
    """What publishes what a row has for routing; the row remembers it."""
    beat: float = _BEAT
    look: float = _LOOK
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _workers: list[asyncio.Task[None]] = field(default_factory=list)
    _is_stopping: bool = False

    async def on_delivery(self, message: DeliveryRequested | DeliveryCancelled) -> None:
        """Keep what is asked for; a worker makes it. Raises: Transient."""
        if isinstance(message, DeliveryCancelled):
            await self.conversions.cancel(message.conversion_id, message.reference)
            log.info("conversion_cancelled", reference=message.reference)
            return
        wanted = await self._wanted(message)
        if wanted is None:
            return  # something else is wanted by now, or nothing
        row = await self._row(message, wanted)
        await self.conversions.keep(message.message_id, row)
        crash_point("convert.after_row")
        log.info("conversion_asked", reference=message.reference)
        self._asked.set()

    async def _wanted(self, message: DeliveryRequested) -> Mapping[str, Any] | None:
        """What its item says of it, if it is still waited for."""
        ticket = await self.conversions.ticket(message.reference)
        if ticket is None:
            raise Permanent(f"there is no ticket {message.reference}")
        if ticket.get("erased_at"):
            return None
        for delivery in ticket.get("deliveries", ()):
            for item in delivery["items"]:
                made: Mapping[str, Any] = item.get("conversion") or {}
                if made.get("id") == message.message_id and made.get("outcome") is None:
                    return made
        return None

    async def _row(self, message: DeliveryRequested, wanted: Mapping[str, Any]) -> dict[str, Any]:
        source, wishes = wanted["source"], dict(wanted["wishes"])
        file = await self.conversions.attachment(source["letter_id"], source["number"])
        return {
            "state": WAITING,
            "fence": 0,
            "tries": 0,
            "reference": message.reference,
            "delivery_id": message.delivery_id,
            "item": message.item,
            "source": source,
            "key": key_for(file, wishes, message.message_id),
            "wishes": wishes,
            "copy_id": derived_id(message.message_id, "copy"),
        }

    async def run(self) -> None:
        """Make what is to be made until cancelled."""
        left = await asyncio.to_thread(tidy)
        if left:
            log.info("work_left_behind", count=left)
        if self.limits.convert_unconfined:
            log.warning("conversions_unconfined")
        elif self.limits.conversion_workers and await asyncio.to_thread(way) == "none":
            log.warning("conversions_refused", reason="they can't be confined on this machine")
        count = range(self.limits.conversion_workers)
        self._workers = [asyncio.create_task(self._work()) for _ in count]
        counting = asyncio.create_task(self._count())
        try:
            loops = {counting, *self._workers}
            done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
            if not self._is_stopping:
                for one in done:
                    await one  # it failed, and with it the process
            await asyncio.Event().wait()  # others still have something to tell
        finally:
            await _end(counting, *self._workers)

    async def stop(self) -> None:
        """End what is under way, and give it back to whoever is there."""
        self._is_stopping = True
        await _end(*self._workers)

    async def _work(self) -> None:
        while True:
            try:
                if not await self.do_next():
                    await self._pause()
            except Transient as error:
                log.warning("conversions_postponed", reason=str(error))
                await asyncio.sleep(self.look)

    async def _pause(self) -> None:
        self._asked.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.look):
                await self._asked.wait()

    async def _count(self) -> None:
        """What operators watch."""
        while True:
            try:
                counts = await self.conversions.counts()
            except Transient as error:
                log.warning("conversions_postponed", reason=str(error))
            else:
                for state in (WAITING, RUNNING):
                    _waiting.labels(state).set(counts.get(state, 0))
            await asyncio.sleep(_COUNT)

    async def do_next(self) -> bool:
        """Make one that waits; False: there is none. Raises: Transient."""
        claim = await self.conversions.claim()
        if claim is None:
            return False
        crash_point("convert.after_claim")
        if claim.tries >= self.limits.conversion_tries:
            await self._refuse(claim, Refused(Reason.CRASHED, f"{claim.tries} times."))
            return True
        log.info("conversion_begun", reference=claim.reference, attempt=claim.tries + 1)
        await self._carry_out(claim)
        return True

    async def _carry_out(self, claim: Claim) -> None:
        """Make it, and say all the while that it is being made."""
        far = Far()
        making = asyncio.create_task(self.maker.made(claim, far))
        beating = asyncio.create_task(self._beat(claim, far))
        try:
            done, _ = await asyncio.wait({making, beating}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _end(making, beating)
            with suppress(Transient):  # its lease ends by itself
                await asyncio.shield(self.conversions.release(claim))
            log.info("conversion_released", reference=claim.reference, reason="stopping")
            raise
        if making not in done:
            await _end(making)
            log.info("conversion_overtaken", reference=claim.reference)
            return
        await _end(beating)
        await self._settle(claim, making)

    async def _settle(self, claim: Claim, making: "asyncio.Task[Mapping[str, Any]]") -> None:
        """Note what became of it. Raises: Transient."""
        try:
            known = making.result()
        except Refused as error:
            await self._refuse(claim, error)
            return
        except Transient as error:
            await self.conversions.release(claim, _LATER)
            log.info("conversion_released", reference=claim.reference, reason=str(error))
            return
        except Exception as error:
            log.exception("handler_failed", reference=claim.reference)
            await self.conversions.release(claim, _LATER, counts=True)
            reason = f"a fault: {type(error).__name__}"
            log.info("conversion_released", reference=claim.reference, reason=reason)
            return
        crash_point("convert.after_file")
        message = await self.conversions.done(claim, known)
        if message is None:
            await self.conversions.drop(known["copy"]["file"])
            log.info("conversion_overtaken", reference=claim.reference)
            return
        crash_point("convert.after_end")
        self.send(claim.id, [message])
        log.info("conversion_made", reference=claim.reference, count=len(known["findings"]))

    async def _refuse(self, claim: Claim, error: Refused) -> None:
        known = {"reason": error.reason.value, "said": WORDS[error.reason], "detail": error.detail}
        message = await self.conversions.failed(claim, known)
        if message is not None:
            self.send(claim.id, [message])
        log.info("conversion_failed", reference=claim.reference, reason=error.reason.value)

    async def _beat(self, claim: Claim, far: Far) -> None:
        """Ends when the claim is lost. Where the database is away nobody else can claim it either:
        what is being made is not thrown away for that."""
        while True:
            await asyncio.sleep(self.beat)
            try:
                if not await self.conversions.still_mine(claim, far.progress):
                    return
            except Transient as error:
                log.warning("conversions_postponed", reason=str(error))


async def _end(*tasks: "asyncio.Task[Any]") -> None:
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
