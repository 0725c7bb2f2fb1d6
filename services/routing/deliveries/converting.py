"""Making an item's file into the form that the patron can read: asked for, made, failed, cancelled.
Pure. Which program makes it, and how far it is, is not known here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.routing.deliveries import giving
from services.routing.deliveries.changing import Call, On, calls, look_at, soon
from services.routing.deliveries.item import Act, Conversion, File, Item, Outcome, State
from services.routing.status import Refused
from services.routing.ticket import Change
from shared.messages import DeliveryRequested, derived_id


def convert(on: On, number: int, source: File, wishes: Mapping[str, Any]) -> Change:
    """It is to be made into that format. Raises: Refused."""
    on.check_at_work()
    [item] = on.chosen([number])
    conversion = Conversion(
        derived_id(on.s.cause, on.delivery_id, "convert", str(number)),
        source,
        wishes,
        on.by,
        on.s.now,
    )
    begun = on.acted(
        item, Act.CONVERT, look_at(on.ticket, on.s), conversion=conversion, file=None, reason=""
    )
    change = on.done([begun], "conversion_began")
    asked = DeliveryRequested(
        message_id=conversion.id,
        reference=on.ticket.reference,
        at=on.s.now,
        delivery_id=on.delivery_id,
        item=number,
    )
    return replace(change, messages=(*change.messages, asked))


def cancel(on: On, number: int, reason: str) -> Change:
    """It is not to be made any more; its file is still there. Raises: Refused."""
    [item] = on.chosen([number])
    if item.state is not State.CONVERTING:
        raise Refused(f"item {number} is not being converted", on.ticket.status)
    back = on.acted(item, Act.FAIL, soon(on.ticket, on.s), reason=reason)
    return on.done([back], "conversion_cancelled", reason=reason)


def is_waited_for(item: Item | None, conversion_id: str) -> bool:
    """Whether what comes of that conversion still means anything to it."""
    return (
        item is not None
        and item.state is State.CONVERTING
        and item.conversion is not None
        and item.conversion.id == conversion_id
    )


def converted(on: On, number: int, result: File, failures: int) -> Change:
    """The copy is there, and somebody is to look at it: what its checks found, above all.

    Raises: Refused.
    """
    [item] = on.chosen([number])
    ended = _ended(item, on, Outcome.MADE, result=result, failures=failures)
    known = {"conversion": ended, "needs_somebody": True}
    after = on.acted(item, Act.CONVERTED, soon(on.ticket, on.s), **known)
    change = on.done([after], "conversion_ended", letter=result.letter_id)
    return replace(change, alerts=calls(on.ticket, Call.DUE, on.s, urgent=item.is_first))


def failed(on: On, number: int, reason: str) -> Change:
    """No copy can be made of this file; why is somebody's to read. Raises: Refused."""
    [item] = on.chosen([number])
    ended = _ended(item, on, Outcome.FAILED)
    known = {"conversion": ended, "needs_somebody": True, "reason": reason}
    after = on.acted(item, Act.FAIL, soon(on.ticket, on.s), **known)
    change = on.done([after], "conversion_failed", reason=reason)
    return replace(change, alerts=calls(on.ticket, Call.DUE, on.s, urgent=item.is_first))


def _ended(item: Item, on: On, outcome: Outcome, **more: Any) -> Conversion:
    if item.conversion is None:
        raise Refused(f"item {item.number} is not being converted", on.ticket.status)
    return replace(item.conversion, outcome=outcome, ended_at=on.s.now, **more)


def checked(item: Item) -> Conversion | None:
    """The copy that was made of an item last, and has been neither sent nor sent back."""
    made = item.conversion
    is_there = made is not None and made.is_made and made.result is not None
    return made if is_there and item.state in {State.CHECKING, State.READY} else None


def make_ready(on: On, number: int, override: str | None) -> Change:
    """The copy that was made is as the patron needs it. One whose checks failed is so by somebody's
    word alone (`override`: why). Raises: Refused."""
    [item] = on.chosen([number])
    made = checked(item)
    if made is None:
        return giving.make_ready(on, number, None)
    if made.failures and override is None:
        raise Refused("its checks failed: say why it goes all the same", on.ticket.status)
    change = giving.make_ready(on, number, made.result)
    if not made.failures:
        return change
    first, *rest = change.entries
    return replace(change, entries=({**first, "override": override}, *rest))
