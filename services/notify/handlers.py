"""Sending one letter: compose, claim, hand to the relay, and note what became of it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import structlog
from prometheus_client import Counter

from services.notify.compose import ALERT, ANSWERING, Composer, Digest, Facts
from services.notify.letters import Outgoing
from services.notify.store import Claim, Notices, Request
from shared.crash import crash_point
from shared.errors import Permanent, Transient
from shared.messages import AlertRequested, Notice, NoticeFailed, NoticeRequested, derived_id

log = structlog.get_logger()

_outcomes = Counter("desk_notices", "Letters by what became of them", ["notice", "outcome"])
_FIRST_PAUSE: Final = 3.0
_LONGEST_PAUSE: Final = 900.0
MOST_TRIES: Final = 200
"""How often a relay that can't take a letter is asked again: with these pauses, for two days. Tries
are counted, for a clock may jump, and this service may have been away meanwhile."""
_ENDED_AS: Final = {
    Notice.PROMISE_CHANGED: "renegotiated",
    Notice.PROMISE_MISSED: "broken",
}
"""What the ledger says of the promise that such a letter is about."""
_ERASED: Final = "its patron was erased"
_SWEEPERS: Final = 4
"""Deferred letters that are tried at once, so that one relay that hangs does not hold up all."""


class Erased(Exception):
    """The patron to whom a letter was to go is no longer known: nothing is sent, nobody is told."""


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
    try:
        letter = await _first_composed(message, desk)
    except Erased:
        _note("notice_suppressed", message, _ERASED)
        return
    # What answers nothing that came in makes no loop: a broken promise is told, however many
    # letters have gone to that address.
    if message.notice in ANSWERING and not await desk.notices.allow(letter.to, message.message_id):
        await desk.notices.suppress(message, letter, "too many automatic letters to this address")
        _note("notice_suppressed", message, "too many automatic letters to this address")
        return
    await _send_once(message, letter, desk)


async def on_alert_requested(message: AlertRequested, *, desk: Desk) -> None:
    """Tell a staff member what needs them, in the same way."""
    letter = await _first_composed(message, desk)
    await _send_once(message, letter, desk)


async def _first_composed(request: Request, desk: Desk) -> Outgoing:
    letter = await _compose(request, desk)
    crash_point("notify.before_claim")
    return letter


async def _send_once(message: Request, letter: Outgoing, desk: Desk) -> None:
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
    except Erased:
        await desk.notices.forget(claim.request.message_id, claim.fence)
        _note("notice_suppressed", claim.request, _ERASED)
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


async def _compose(request: Request, desk: Desk) -> Outgoing:
    if isinstance(request, AlertRequested):
        return desk.composer.compose_alert(await _digest(request, desk), desk.clock())
    return desk.composer.compose(await _facts(request, desk), desk.clock())


async def _facts(request: NoticeRequested, desk: Desk) -> Facts:
    ticket = await desk.notices.ticket(request.reference)
    if ticket is None:
        raise Permanent(f"there is no ticket {request.reference}")
    if ticket.get("erased_at"):
        raise Erased
    if not ticket["patron"]["address"]:
        raise Permanent("the patron gave no address")
    words = await desk.notices.words(request.letter_id) if request.letter_id else None
    if request.letter_id and words is None:
        raise Permanent(f"the words {request.letter_id} are not there")
    if words and words.get("erased_at"):
        raise Erased  # since the ticket was read
    return Facts(
        notice_id=request.message_id,
        notice=request.notice,
        reference=request.reference,
        ticket=ticket,
        about=request.about,
        words=words["text"] if words else None,
        author=words["by"]["name"] if words else None,
        earlier=await _earlier(request, desk),
    )


async def _earlier(request: NoticeRequested, desk: Desk) -> Mapping[str, Any] | None:
    """The promise that such a letter is about: the last that had ended so when it was asked for."""
    ended_as = _ENDED_AS.get(request.notice)
    if ended_as is None:
        return None
    # MongoDB keeps milliseconds, and the promise in its place was made at this very moment.
    asked_at = request.at.replace(microsecond=request.at.microsecond // 1000 * 1000)
    ledger = await desk.notices.ledger(request.reference)
    known = [one for one in ledger if one["state"] == ended_as and one["made_at"] < asked_at]
    return known[-1] if known else None


async def _digest(request: AlertRequested, desk: Desk) -> Digest:
    digest = await desk.notices.digest(request.digest_id)
    if digest is None:
        raise Permanent(f"there is no digest {request.digest_id}")
    member = await desk.notices.member(digest["staff"])
    if member is None:
        raise Permanent("the staff member whom it is for is no longer there")
    references = list(dict.fromkeys(one["reference"] for one in digest["alerts"]))
    found = await asyncio.gather(*(desk.notices.ticket(one) for one in references))
    tickets = {one: it for one, it in zip(references, found, strict=True) if it is not None}
    return Digest(request.digest_id, member, digest["alerts"], tickets)


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
    told = _failure(claim.request, reason, desk.clock())
    await desk.notices.failed(claim.request.message_id, claim.fence, reason, told)
    _note("notice_refused", claim.request, reason)


def _failure(request: Request, reason: str, now: datetime) -> NoticeFailed | None:
    """What routing must hear of it: only that of letters to patrons."""
    if isinstance(request, AlertRequested):
        return None
    return NoticeFailed(
        message_id=derived_id(request.message_id, "failed"),
        reference=request.reference,
        at=now,
        notice=request.notice,
        notice_id=request.message_id,
        reason=reason,
    )


def _note(event: str, request: Request, reason: str | None = None) -> None:
    kind = ALERT if isinstance(request, AlertRequested) else request.notice.value
    _outcomes.labels(kind, event.removeprefix("notice_")).inc()
    more = {"reason": reason} if reason else {}
    log.info(event, reference=request.reference, notice=kind, **more)
