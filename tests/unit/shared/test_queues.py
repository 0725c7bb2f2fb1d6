"""Every message has a queue, and every queue somebody who works on it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shared.messages import CONTRACT, TicketChanged, TicketsChanged
from shared.queues import DELIVERY_LIMIT, ISOLATED_AFTER, QUEUES

SERVICES: Final = Path(__file__).resolve().parents[3] / "services"


def _subscriptions() -> Iterator[tuple[str, int]]:
    """Each queue that a service consumes, and how many of its messages at once."""
    for file in SERVICES.glob("*/__main__.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="Subscription"), args=[queue, *_]):
                    [most] = [one.value for one in node.keywords if one.arg == "prefetch"]
                    yield ast.literal_eval(queue), ast.literal_eval(most)


def test_every_message_of_the_contract_has_a_queue() -> None:
    keys = [one for keys in QUEUES.values() for one in keys]
    # The one goes into the journal, the other is for whoever listens just then.
    others = [TicketChanged.routing_key, TicketsChanged.routing_key]
    assert sorted([*keys, *others]) == sorted(one.routing_key for one in CONTRACT)


def test_every_queue_has_one_service_that_works_on_it() -> None:
    assert sorted(queue for queue, _ in _subscriptions()) == sorted(QUEUES)


def test_a_queue_allows_several_deliveries_before_it_gives_up() -> None:
    assert DELIVERY_LIMIT >= 20
    assert ISOLATED_AFTER * 2 < DELIVERY_LIMIT
    assert all(0 < most <= 100 for _, most in _subscriptions())
