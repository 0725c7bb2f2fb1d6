"""Sending letters: as soon as they are asked for, and again when they are due."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from prometheus_client import Gauge

from services.notify.compose import ANSWERING
from services.notify.desk import Desk, Erased, Void, composed
from services.notify.letters import Outgoing
from services.notify.rows import Claim, Request, domain_of
from services.notify.sending import (
    LONGEST,
    SURELY_AWAY,
    Passage,
    attempt,
    deferred,
    given_up,
    is_its_turn,
    queue,
    refused,
    suppressed,
    wait,
)
from services.notify.ways import PATIENCE, Outcome
from shared.crash import crash_point
from shared.errors import Permanent, Transient
from shared.messages import AlertRequested, Notice, NoticeRequested

log = structlog.get_logger()

_waiting = Gauge("desk_notices_waiting", "Letters that are still to go", ["state"])
_away = Gauge("desk_relay_away_seconds", "For how long the relay has taken nothing; 0: it does")
_resting = Gauge("desk_domains_resting", "Domains that take no letters at the moment")
_TOO_MANY: Final = "too many automatic letters to this address"
_SWEEPERS: Final = 12
"""Letters that are due and tried at once: more than one domain may have, so that one that hangs
does not hold up all."""
_LOOKING: Final = 4
"""Of them that look for what is due at the same time."""
_LOOK: Final = 15.0
"""Seconds between two counts of what waits."""


async def on_notice_requested(message: NoticeRequested, *, desk: Desk) -> None:
    """Send a letter, unless it is somebody's already: then its row says what becomes of it."""
    try:
        letter = await _first_composed(message, desk)
    except Void as void:
        suppressed(message, str(void))
        return
    # What answers nothing that came in makes no loop: a broken promise is told, however many
    # letters have gone to that address.
    if message.notice in ANSWERING and not await _has_room(message, letter, desk):
        await desk.notices.suppress(message, letter, _TOO_MANY)
        suppressed(message, _TOO_MANY)
        return
    await _send_first(message, letter, desk)


async def _has_room(message: NoticeRequested, letter: Outgoing, desk: Desk) -> bool:
    """Whether its recipient gets one more automatic letter. That something was added may stay
    unsaid; that an enquiry is there may not: the hour's last letter is kept for that."""
    spare = 1 if message.notice is Notice.ADDED else 0
    return await desk.notices.allow(letter.to, message.message_id, spare=spare)


async def on_alert_requested(message: AlertRequested, *, desk: Desk) -> None:
    """Tell a staff member what needs them, in the same way."""
    letter = await _first_composed(message, desk)
    await _send_first(message, letter, desk)


async def _first_composed(request: Request, desk: Desk) -> Outgoing:
    letter = await composed(request, desk)
    crash_point("notify.before_claim")
    return letter


async def _send_first(message: Request, letter: Outgoing, desk: Desk) -> None:
    """At once if its way is free; else its row says that it is to be sent, and it is due."""
    reason = desk.ways.closed(domain_of(letter.to))
    if reason is not None:
        await queue(message, letter, reason, desk)
    # Before it has room on its way: so letters that come together are claimed together.
    elif await desk.notices.claim(message, letter):
        crash_point("notify.after_claim")
        await _send(Claim(message, 1, 0), letter, desk, patience=PATIENCE)


async def send_due(desk: Desk) -> bool:
    """Try a letter that is due; False if there is none, or none may go now."""
    claim = await claim_next(desk)
    if claim is None:
        return False
    await send_claimed(claim, desk)
    return True


async def claim_next(desk: Desk) -> Claim | None:
    """A letter that is due, and whose way is free. Raises: Transient."""
    if desk.ways.relay.lets():
        return await desk.notices.claim_due(desk.ways.shut())
    if desk.ways.away_for() < SURELY_AWAY:
        return None
    claim = await desk.notices.claim_due(older=LONGEST)
    if claim is not None:
        await refused(claim, given_up("the relay is away"), desk)
    return None


async def send_claimed(claim: Claim, desk: Desk) -> None:
    """Send it if it can be. Raises: Transient: whatever happens to it is for another look."""
    try:
        await _send(claim, await composed(claim.request, desk), desk, patience=0)
    except Void as void:
        # Of whoever was erased the row says nothing.
        reason = None if isinstance(void, Erased) else str(void)
        await desk.notices.forget(claim.request.message_id, claim.fence, reason)
        suppressed(claim.request, str(void))
    except Permanent as error:
        await refused(claim, str(error), desk)
    except Transient:
        raise
    except Exception as error:
        # A fault with one letter must not stop the others; it is tried again, and told to staff.
        log.exception("handler_failed", reference=claim.request.reference)
        await deferred(claim, f"a fault: {type(error).__name__}", desk)


async def _send(claim: Claim, letter: Outgoing, desk: Desk, *, patience: float) -> None:
    """`patience`: seconds that it waits for room on its way. Raises: Transient."""
    if not await is_its_turn(claim, desk):
        return
    domain = domain_of(letter.to)
    reason = await desk.ways.enter(domain, patience=patience)
    if reason is not None:
        await wait(claim, reason, desk)
        return
    passage = Passage(desk.ways, domain, claim.request.message_id)
    try:
        await attempt(claim, letter, desk, passage)
    finally:
        passage.leave(Outcome.NOTHING)


async def sweep(desk: Desk, stopping: asyncio.Event) -> None:
    """Send what is due until `stopping`; what is being sent then is ended first."""
    looking = asyncio.Semaphore(_LOOKING)
    sweepers = (_sweep(desk, stopping, looking) for _ in range(_SWEEPERS))
    await asyncio.gather(_count(desk, stopping), *sweepers)


async def _sweep(desk: Desk, stopping: asyncio.Event, looking: asyncio.Semaphore) -> None:
    while not stopping.is_set():
        try:
            async with looking:
                claim = None if stopping.is_set() else await claim_next(desk)
                if claim is None:
                    await _pause(stopping, 1)
            if claim is not None:
                await send_claimed(claim, desk)
        except Transient as error:
            log.warning("sweep_postponed", reason=str(error))
            await _pause(stopping, 1)


async def _count(desk: Desk, stopping: asyncio.Event) -> None:
    """What operators watch."""
    was_away = False
    while not stopping.is_set():
        try:
            counts = await desk.notices.waiting()
        except Transient as error:
            log.warning("sweep_postponed", reason=str(error))
        else:
            for state in ("queued", "sending", "deferred"):
                _waiting.labels(state).set(counts.get(state, 0))
        _away.set(desk.ways.away_for())
        _resting.set(desk.ways.resting())
        was_away = _told(desk, was_away)
        await _pause(stopping, _LOOK)


def _told(desk: Desk, was_away: bool) -> bool:
    """Whether the relay is away, told when that has changed."""
    is_away = desk.ways.relay.is_open
    if is_away != was_away:
        log.warning("relay_lost") if is_away else log.info("relay_back")
    return is_away


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
