"""Conversions that nobody waits for any more: what takes an item away from one says so. Pure."""

from dataclasses import replace

from services.routing.deliveries.delivery import Delivery
from services.routing.deliveries.item import Outcome, State
from services.routing.situation import Situation
from shared.messages import DeliveryCancelled, derived_id


def cut_short(
    delivery: Delivery, reference: str, s: Situation
) -> tuple[Delivery, tuple[DeliveryCancelled, ...]]:
    """The delivery, with the conversions ended of items that are not being converted, and what is
    told of them."""
    items, told = [], []
    for one in delivery.items:
        running = one.conversion
        if running is None or running.outcome is not None or one.state is State.CONVERTING:
            continue
        ended = replace(running, outcome=Outcome.CANCELLED, ended_at=s.now)
        items.append(replace(one, conversion=ended))
        told.append(
            DeliveryCancelled(
                message_id=derived_id(running.id, "cancelled"),
                reference=reference,
                at=s.now,
                conversion_id=running.id,
            )
        )
    return delivery.with_items(items) if items else delivery, tuple(told)
