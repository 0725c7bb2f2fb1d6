"""What routing does when a conversion has ended: the copy becomes a letter of its ticket, and its
item somebody's to look at."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import structlog

from services.routing.deliveries import converting
from services.routing.deliveries.changing import On
from services.routing.deliveries.item import File
from services.routing.handlers import Desk, carried_out, change_standing, on_outcome
from services.routing.ticket import Change, Ticket
from shared.errors import Permanent
from shared.messages import ContactLost, DeliveryFinished, NoticeFailed, SurveyAnswered

log = structlog.get_logger()

_WRITER: Final = {"id": "desk", "name": "desk"}
_NO_WORDS: Final = "It could not be converted."


class Conversions(Protocol):
    """What this needs of their store."""

    async def find(self, conversion_id: str) -> Mapping[str, Any] | None: ...
    async def keep_copy(self, letter: dict[str, Any]) -> None: ...


async def on_any_outcome(
    message: ContactLost | NoticeFailed | SurveyAnswered | DeliveryFinished,
    *,
    desk: Desk,
    conversions: Conversions,
) -> None:
    """What became of a contact, a letter, an answer or a conversion: they come by one queue."""
    if isinstance(message, DeliveryFinished):
        await on_delivery_finished(message, desk=desk, conversions=conversions)
    else:
        await on_outcome(message, desk=desk)


async def on_delivery_finished(
    message: DeliveryFinished, *, desk: Desk, conversions: Conversions
) -> None:
    """The copy is kept, and its item says so; or why there is none. What nobody waits for any more
    changes nothing."""
    row = await conversions.find(message.conversion_id)
    ticket = await desk.tickets.find(message.reference)
    if row is None:
        if ticket is not None and ticket.erased_at is None:
            raise Permanent(f"there is no conversion {message.conversion_id}")
        return  # it was on its way when its patron was erased
    if row["state"] == "done" and ticket is not None and ticket.erased_at is None:
        # Before the ticket names it, and done again if this process ends here.
        await conversions.keep_copy(_letter(row, desk))

    def decide(ticket: Ticket) -> Change | None:
        return _decided(ticket, message, row, desk)

    changed = change_standing(message.reference, message.message_id, decide, desk)
    await carried_out(changed, desk)


def _decided(
    ticket: Ticket, message: DeliveryFinished, row: Mapping[str, Any], desk: Desk
) -> Change | None:
    known = next((one for one in ticket.deliveries if one.id == message.delivery_id), None)
    item = known.item(message.item) if known else None
    if ticket.erased_at is not None or not converting.is_waited_for(item, message.conversion_id):
        return None
    on = On(ticket, message.delivery_id, "desk", desk.situation(message.message_id))
    if row["state"] == "done":
        failures = sum(bool(one["is_failure"]) for one in row["findings"])
        return converting.converted(on, message.item, File(row["copy_id"]), failures)
    return converting.failed(on, message.item, _why(row))


def _why(row: Mapping[str, Any]) -> str:
    """For staff."""
    said = f"{row.get('said') or _NO_WORDS} {row.get('detail') or ''}"
    return said.strip()[:1000]


def _letter(row: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    return {
        "_id": row["copy_id"],
        "direction": "copy",
        "reference": row["reference"],
        "at": desk.clock(),
        "by": _WRITER,
        "text": row["copy"]["filename"],
        "attachments": [row["copy"]],
    }
