"""What sending takes, and what a letter is about: gathered from the database when it is composed,
so that a letter that waited says what is true when it goes."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from services.notify.compose import Composer, Digest, Facts
from services.notify.copies import Copies, files_of, letter_in
from services.notify.letters import Outgoing
from services.notify.packing import unpacked
from services.notify.rows import Request
from services.notify.store import Notices
from services.notify.ways import Ways
from shared.errors import Permanent
from shared.messages import (
    OF_DELIVERIES,
    TO_PUBLISHERS,
    AlertRequested,
    Notice,
    NoticeRequested,
)

_ENDED_AS: Final = {
    Notice.PROMISE_CHANGED: "renegotiated",
    Notice.PROMISE_MISSED: "broken",
}
"""What the ledger says of the promise that such a letter is about."""
_ENDED: Final = frozenset({"resolved", "closed"})
"""States of a ticket of which one may ask whether it is solved."""


class Void(Exception):
    """What a letter was to say is no longer so: it is not sent, and nobody is told. Why, in few
    words."""


class Erased(Void):
    """The patron to whom it was to go is no longer known."""

    def __init__(self) -> None:
        super().__init__("its patron was erased")


class Courier(Protocol):
    """Who carries letters."""

    most_bytes: int | None

    async def send(
        self, envelope_from: str, to: str, content: bytes, patience: float = ...
    ) -> str: ...


@dataclass(frozen=True)
class Desk:
    """What sending takes."""

    notices: Notices
    composer: Composer
    courier: Courier
    clock: Callable[[], datetime]
    ways: Ways = field(default_factory=lambda: Ways(time.monotonic))
    chance: Callable[[], float] = random.random
    packed: Callable[[Outgoing], AbstractAsyncContextManager[bytes]] = unpacked


async def composed(request: Request, desk: Desk) -> Outgoing:
    """The letter, from what stands in the database at this moment.

    Raises: Transient; Void; Permanent: there is nobody or nothing to write to.
    """
    if isinstance(request, AlertRequested):
        return desk.composer.compose_alert(await _digest(request, desk), desk.clock())
    return desk.composer.compose(await _facts(request, desk), desk.clock())


async def _facts(request: NoticeRequested, desk: Desk) -> Facts:
    ticket = await desk.notices.ticket(request.reference)
    if ticket is None:
        raise Permanent(f"there is no ticket {request.reference}")
    if ticket.get("erased_at"):
        raise Erased
    if request.notice is Notice.RESOLVED and ticket.get("status") not in _ENDED:
        raise Void("it was opened again")
    copies = await _copies(request, desk)
    if not ticket["patron"]["address"] and request.notice not in TO_PUBLISHERS:
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
        letter_id=request.letter_id,
        asked_at=request.at,
        files=await _files(copies, desk) or (words.get("attachments", ()) if words else ()),
        most_bytes=desk.courier.most_bytes,
        copies=copies,
    )


async def _copies(request: NoticeRequested, desk: Desk) -> Copies | None:
    """What a letter of a delivery is about. Raises: Permanent: it is not there any more."""
    if request.notice not in OF_DELIVERIES:
        return None
    found = letter_in(await desk.notices.deliveries(request.reference), request.message_id)
    if found is None:
        raise Permanent("the delivery has forgotten this letter")
    delivery, sent = found
    if request.notice is Notice.DELIVERY_FORMAT and not delivery.get("format_by"):
        raise Void("it is known in which form they are needed")
    if request.notice not in TO_PUBLISHERS:
        return Copies(request.notice, delivery, sent)
    publisher = await desk.notices.publisher(sent["publisher"])
    if publisher is None:
        raise Permanent("that publisher is no longer in the directory")
    return Copies(request.notice, delivery, sent, publisher)


async def _files(copies: Copies | None, desk: Desk) -> list[Mapping[str, Any]]:
    """The rows of the copies that go with it, each with where it stands."""
    rows: list[Mapping[str, Any]] = []
    for place in files_of(copies.delivery, copies.sent) if copies else ():
        kept = await desk.notices.words(place["letter_id"])
        if kept is None or kept.get("erased_at"):
            raise Permanent("a copy that goes with it is not there any more")
        row = kept["attachments"][place["number"]]
        rows.append({**row, "letter": place["letter_id"], "place": place["number"]})
    return rows


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
