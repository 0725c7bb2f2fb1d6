"""Sending one letter: compose, claim, hand to the relay, and note what became of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog
from prometheus_client import Counter

from services.notify.compose import AUTOMATIC, Composer, Facts
from services.notify.letters import Outgoing
from services.notify.store import Claim, Notices
from shared.crash import crash_point
from shared.errors import Permanent, Transient
from shared.messages import NoticeRequested

log = structlog.get_logger()

_outcomes = Counter("desk_notices", "Letters by what became of them", ["notice", "outcome"])
_FIRST_PAUSE: Final = 3.0
_LONGEST_PAUSE: Final = 900.0
MOST_TRIES: Final = 200
"""How often a relay that can't take a letter is asked again: with these pauses, for two days. Tries
are counted, for a clock may jump, and this service may have been away meanwhile."""
_SWEEPERS: Final = 4
"""Deferred letters that are tried at once, so that one relay that hangs does not hold up all."""


class Courier(Protocol):
    """Who carries letters."""

    async def send(self, envelope_from: str, to: str, content: bytes) -> str: ...


@dataclass(frozen=True)
class Desk:
    """What sending takes."""

    notices: Notices
    composer: Composer
    courier: Courier
    clock: Callable[[], datetime]


async def on_notice_requested(message: NoticeRequested, *, desk: Desk) -> None:
    """Send a letter, unless it is somebody's already: then its row says what becomes of it."""
    letter = await _compose(message, desk)
    crash_point("notify.before_claim")
    if message.notice in AUTOMATIC and not await desk.notices.allow(letter.to, message.message_id):
        await desk.notices.suppress(message, letter, "too many automatic letters to this address")
        _note("notice_suppressed", message, "too many automatic letters to this address")
        return
    if await desk.notices.claim(message, letter):
        crash_point("notify.after_claim")
        await _send(Claim(message, 1, 0), letter, desk)


async def send_due(desk: Desk) -> bool:
    """Try a letter that was deferred or left behind; False if none is due."""
    claim = await desk.notices.claim_due()
    if claim is None:
        return False
    try:
        await _send(claim, await _compose(claim.request, desk), desk)
    except Permanent as error:
        await _refused(claim, str(error), desk)
    except Transient:
        raise
    except Exception as error:
        # A fault with one letter must not stop the others; it is tried again, and told to staff.
        log.exception("handler_failed", reference=claim.request.reference)
        await _deferred(claim, f"a fault: {type(error).__name__}", desk)
    return True


async def sweep(desk: Desk, stopping: asyncio.Event) -> None:
    """Send what is due until `stopping`; what is being sent then is ended first."""
    await asyncio.gather(*(_sweep(desk, stopping) for _ in range(_SWEEPERS)))


async def _sweep(desk: Desk, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            worked = await send_due(desk)
        except Transient as error:
            log.warning("sweep_postponed", reason=str(error))
            worked = False
        if not worked:
            await _pause(stopping)


async def _pause(stopping: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            await stopping.wait()


async def _compose(request: NoticeRequested, desk: Desk) -> Outgoing:
    ticket = await desk.notices.ticket(request.reference)
    if ticket is None:
        raise Permanent(f"there is no ticket {request.reference}")
    if not ticket["patron"]["address"]:
        raise Permanent("the patron gave no address")
    words = await desk.notices.words(request.letter_id) if request.letter_id else None
    if request.letter_id and words is None:
        raise Permanent(f"the words {request.letter_id} are not there")
    facts = Facts(
        notice_id=request.message_id,
        notice=request.notice,
        reference=request.reference,
        ticket=ticket,
        about=request.about,
        words=words["text"] if words else None,
        author=words["by"]["name"] if words else None,
    )
    return desk.composer.compose(facts, desk.clock())


async def _send(claim: Claim, letter: Outgoing, desk: Desk) -> None:
    request = claim.request
    try:
        relay_said = await desk.courier.send(letter.envelope_from, letter.to, letter.content)
    except Permanent as error:
        await _refused(claim, str(error), desk)
    except Transient as error:
        await _deferred(claim, str(error), desk)
    else:
        crash_point("notify.after_send")
        await desk.notices.sent(request.message_id, claim.fence, relay_said)
        crash_point("notify.after_mark")
        _note("notice_sent", request)


async def _deferred(claim: Claim, reason: str, desk: Desk) -> None:
    request = claim.request
    if claim.attempts >= MOST_TRIES:
        await _refused(claim, f"given up after {claim.attempts} tries: {reason}", desk)
        return
    pause = min(_FIRST_PAUSE * 2 ** min(claim.attempts, 10), _LONGEST_PAUSE)
    await desk.notices.defer(request.message_id, claim.fence, reason, pause)
    _note("notice_deferred", request, reason)


async def _refused(claim: Claim, reason: str, desk: Desk) -> None:
    await desk.notices.failed(claim.request.message_id, claim.fence, reason)
    _note("notice_refused", claim.request, reason)


def _note(event: str, request: NoticeRequested, reason: str | None = None) -> None:
    _outcomes.labels(request.notice, event.removeprefix("notice_")).inc()
    more = {"reason": reason} if reason else {}
    log.info(event, reference=request.reference, notice=request.notice, **more)
