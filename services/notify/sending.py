"""One letter that has been claimed: its turn, its way to the relay, and what became of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from prometheus_client import Counter

from services.notify.compose import ALERT
from services.notify.courier import PATIENCE, RelayFailed, Unanswered
from services.notify.desk import Desk
from services.notify.letters import Outgoing
from services.notify.order import OVERTAKEN, turn
from services.notify.packing import NotNow
from services.notify.rows import Claim, Request
from services.notify.ways import Outcome, Ways, jittered
from shared.crash import crash_point
from shared.errors import Permanent, Transient
from shared.messages import AlertRequested, NoticeFailed, NoticeRequested, derived_id

log = structlog.get_logger()

_outcomes = Counter("desk_notices", "Letters by what became of them", ["notice", "outcome"])
_FIRST_PAUSE: Final = 3.0
_LONGEST_PAUSE: Final = 900.0
LONGEST: Final = timedelta(hours=48)
"""For so long a letter that can't be taken now is tried again."""
FEWEST_TRIES: Final = 12
"""But no fewer, some hour's worth: a clock may jump, and this service may have been away."""
SURELY_AWAY: Final = 3600.0
"""Seconds: or a relay that was away for so long, by our own knowledge."""
_NOT_YET: Final = 1.0
"""Seconds after which a letter that waits for another is looked at again."""
_MOST_PATIENCE: Final = 300.0
"""Seconds that a relay that is slow to answer is waited for, in the end (RFC 5321 §4.5.3.2.6)."""


@dataclass
class Passage:
    """A letter's way to its domain, from when it has entered. It is left once, as soon as the relay
    has answered: what is written of that then holds up no other letter."""

    ways: Ways
    domain: str
    letter: str
    _has_left: bool = False

    def leave(self, outcome: Outcome) -> None:
        """What became of the letter; that it has left already is all right."""
        if not self._has_left:
            self._has_left = True
            self.ways.leave(self.domain, self.letter, outcome)


async def attempt(claim: Claim, letter: Outgoing, desk: Desk, passage: Passage) -> None:
    """Send it. Raises: Transient."""
    try:
        async with desk.packed(letter) as content:
            await _carry(claim, letter, content, desk, passage)
    except Permanent as error:
        await refused(claim, str(error), desk)
    except NotNow as error:
        await wait(claim, str(error), desk)


async def _carry(
    claim: Claim, letter: Outgoing, content: bytes, desk: Desk, passage: Passage
) -> None:
    """Hand it to the relay, and note what that said. Raises: Transient."""
    request, patience = claim.request, claim.patience or PATIENCE
    try:
        said = await desk.courier.send(letter.envelope_from, letter.to, content, patience)
    except Permanent as error:
        passage.leave(Outcome.ANSWERED)
        await refused(claim, str(error), desk)
    except Unanswered as error:
        passage.leave(Outcome.RELAY_FAILED)
        await deferred(claim, str(error), desk, min(patience * 3, _MOST_PATIENCE))
    except RelayFailed as error:
        passage.leave(Outcome.RELAY_FAILED)
        await deferred(claim, str(error), desk)
    except Transient as error:
        passage.leave(Outcome.DOMAIN_WAITS)
        await deferred(claim, str(error), desk)
    else:
        passage.leave(Outcome.ANSWERED)
        crash_point("notify.after_send")
        await desk.notices.sent(request.message_id, claim.fence, said)
        crash_point("notify.after_mark")
        _note("notice_sent", request)


async def is_its_turn(claim: Claim, desk: Desk) -> bool:
    """Whether it goes now; if not, its row says what becomes of it. Raises: Transient.

    Its row stands by now, so that of two letters that look at each other at one moment at least
    one sees the other."""
    request = claim.request
    if isinstance(request, AlertRequested):
        return True
    now = turn(request, await desk.notices.others(request))
    if now.is_overtaken:
        await desk.notices.forget(request.message_id, claim.fence, OVERTAKEN)
        suppressed(request, OVERTAKEN)
        return False
    overtaken = [await desk.notices.overtake(one, OVERTAKEN) for one in now.overtakes]
    if now.waits or not all(overtaken):
        await wait(claim, "a letter before it is still to go", desk)
        return False
    return True


async def queue(request: Request, letter: Outgoing, reason: str, desk: Desk) -> None:
    """It can't go now, and is anybody's as soon as it can. Raises: Transient."""
    await desk.notices.queue(request, letter, reason, 0)
    _note("notice_queued", request, reason)


def suppressed(request: Request, reason: str) -> None:
    """It is not sent, and nobody is told."""
    _note("notice_suppressed", request, reason)


async def wait(claim: Claim, reason: str, desk: Desk) -> None:
    """It was not tried, and is looked at again in a moment. Raises: Transient."""
    await desk.notices.wait(claim.request.message_id, claim.fence, reason, _NOT_YET)


async def deferred(claim: Claim, reason: str, desk: Desk, patience: float | None = None) -> None:
    """It is tried again, unless it has been for long enough. Raises: Transient."""
    request = claim.request
    is_tried = claim.attempts >= FEWEST_TRIES or desk.ways.away_for() >= SURELY_AWAY
    if claim.waited >= LONGEST and is_tried:
        await refused(claim, given_up(reason), desk)
        return
    pause = min(_FIRST_PAUSE * 2 ** min(claim.attempts, 10), _LONGEST_PAUSE)
    pause = jittered(pause, desk.chance)
    await desk.notices.defer(request.message_id, claim.fence, reason, pause, patience)
    _note("notice_deferred", request, reason)


def given_up(reason: str) -> str:
    """Why a letter that could not be sent for so long is not tried again."""
    return f"given up after {LONGEST.total_seconds() / 3600:.0f} hours: {reason}"


async def refused(claim: Claim, reason: str, desk: Desk) -> None:
    """It will never be sent; routing hears of it if it is a patron's. Raises: Transient."""
    message = _failure(claim.request, reason, desk)
    await desk.notices.failed(claim.request.message_id, claim.fence, reason, message)
    _note("notice_refused", claim.request, reason)


def _failure(request: Request, reason: str, desk: Desk) -> NoticeFailed | None:
    """What routing must hear of it: only that of letters to patrons."""
    if not isinstance(request, NoticeRequested):
        return None
    return NoticeFailed(
        message_id=derived_id(request.message_id, "failed"),
        reference=request.reference,
        at=desk.clock(),
        notice=request.notice,
        notice_id=request.message_id,
        reason=reason,
    )


def _note(event: str, request: Request, reason: str | None = None) -> None:
    """What became of a letter, counted and logged."""
    kind = ALERT if isinstance(request, AlertRequested) else request.notice.value
    _outcomes.labels(kind, event.removeprefix("notice_")).inc()
    more = {"reason": reason} if reason else {}
    log.info(event, reference=request.reference, notice=kind, **more)
