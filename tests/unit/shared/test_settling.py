"""What becomes of a delivery that has come again and again. With RabbitMQ itself: the integration
tests."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.errors import Permanent, Transient
from shared.messages import EnquiryReceived, Message
from shared.queues import DEAD_EXCHANGE, ISOLATED_AFTER, ISOLATION, RETRY_QUEUE, isolated
from shared.settling import Settling
from tests.unit.examples import NOW, REFERENCE

QUEUE, OTHER = "routing.enquiries", "routing.outcomes"
EVENT = EnquiryReceived(
    message_id="m1", reference=REFERENCE, at=NOW, letter_id="letter-1", opens=True
)


class Delivery:
    """As the client hands it over, as far as it is looked at."""

    def __init__(self, exchange: str, key: str, times: int) -> None:
        self.exchange, self.routing_key = exchange, key
        self.headers: dict[str, Any] = {"event_id": "m1", "x-delivery-count": times}
        self.body = EVENT.model_dump_json().encode()
        self.type = EVENT.routing_key
        self.is_acknowledged = False

    async def ack(self) -> None:
        self.is_acknowledged = True


class Desk:
    """Two queues, and what is done with their messages."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.handled: list[str] = []
        self.moved: list[tuple[str, str, Mapping[str, Any]]] = []
        self._failure = failure
        self.settling = Settling(self._move)
        for queue in (QUEUE, OTHER):
            self.settling.handlers[queue] = self._handler(queue)

    def _handler(self, queue: str) -> Any:
        async def handle(_: Message) -> None:
            self.handled.append(queue)
            if self._failure is not None:
                raise self._failure

        return handle

    async def _move(self, exchange: str, key: str, _: Any, headers: Mapping[str, Any]) -> None:
        self.moved.append((exchange, key, headers))

    async def settle(self, delivery: Any, source: str) -> None:
        await self.settling.settle(delivery, source)
        assert delivery.is_acknowledged


@pytest.mark.parametrize("times", [0, ISOLATED_AFTER - 1])
async def test_what_came_seldom_is_handled(times: int) -> None:
    desk = Desk()
    await desk.settle(Delivery("enquiries", EVENT.routing_key, times), QUEUE)
    assert (desk.handled, desk.moved) == ([QUEUE], [])


async def test_what_comes_again_and_again_is_isolated_and_counted_anew() -> None:
    desk = Desk()
    await desk.settle(Delivery("enquiries", EVENT.routing_key, ISOLATED_AFTER), QUEUE)
    assert desk.handled == []
    assert desk.moved == [(ISOLATION, QUEUE, {"event_id": "m1"})]


async def test_what_is_isolated_is_handled_by_whoever_handles_its_queue() -> None:
    desk = Desk()
    await desk.settle(Delivery(ISOLATION, OTHER, ISOLATED_AFTER), isolated(OTHER))
    assert (desk.handled, desk.moved) == ([OTHER], [])


@pytest.mark.parametrize(
    ("failure", "to"), [(Transient("not now"), RETRY_QUEUE), (Permanent("never"), DEAD_EXCHANGE)]
)
async def test_from_there_it_goes_where_it_would_have_gone(failure: Exception, to: str) -> None:
    desk = Desk(failure)
    await desk.settle(Delivery(ISOLATION, OTHER, 1), isolated(OTHER))
    [(exchange, key, headers)] = desk.moved
    assert (exchange, key) == (to, OTHER)
    assert "x-delivery-count" not in headers


async def test_what_somebody_else_put_there_is_looked_at_too() -> None:
    desk = Desk()
    await desk.settle(Delivery("", isolated(QUEUE), 0), isolated(QUEUE))
    assert (desk.handled, desk.moved) == ([QUEUE], [])
