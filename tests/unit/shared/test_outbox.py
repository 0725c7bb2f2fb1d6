"""What was saved is published, whatever happens in between, and exactly that is marked."""

import asyncio

import pytest

from shared.errors import Transient
from shared.messages import EnquiryReceived
from shared.outbox import Outbox
from tests.fakes import Publisher, Saved
from tests.unit.examples import NOW, REFERENCE


def event(name: str = "m1") -> EnquiryReceived:
    return EnquiryReceived(
        message_id=name, reference=REFERENCE, at=NOW, letter_id=f"letter-of-{name}", opens=True
    )


async def test_what_was_saved_is_published_in_order_and_marked() -> None:
    saved, publisher = Saved(), Publisher()
    messages = [event("m1"), event("m2")]
    saved.add("d1", messages)
    outbox = Outbox(saved, publisher)
    outbox.send("d1", messages)
    await outbox.flush()
    assert publisher.published == messages
    assert saved.marked == [("d1", ("m1", "m2"))]
    assert await saved.unsent(10) == {}


async def test_nothing_to_send_is_nothing_done() -> None:
    saved, publisher = Saved(), Publisher()
    outbox = Outbox(saved, publisher)
    outbox.send("d1", [])
    await outbox.flush()
    assert (publisher.published, saved.marked) == ([], [])


async def test_sending_returns_at_once_and_never_fails() -> None:
    saved, publisher = Saved(), Publisher(fails_with=[Transient("RabbitMQ is away")])
    saved.add("d1", [event()])
    outbox = Outbox(saved, publisher)
    outbox.send("d1", [event()])
    assert publisher.published == []
    await outbox.flush()
    assert list(await saved.unsent(10)) == ["d1"]
    assert saved.marked == []


async def test_a_failure_halfway_marks_nothing_so_that_all_is_sent_again() -> None:
    class SecondFails(Publisher):
        async def __call__(self, message: object) -> None:
            assert isinstance(message, EnquiryReceived)
            if message.message_id == "m2" and not self.published[1:]:
                self.published.append(message)
                raise Transient("lost after it was sent")
            self.published.append(message)

    saved, publisher = Saved(), SecondFails()
    messages = [event("m1"), event("m2")]
    saved.add("d1", messages)
    outbox = Outbox(saved, publisher)
    outbox.send("d1", messages)
    await outbox.flush()
    assert saved.marked == []
    await outbox.sweep()
    await outbox.sweep()
    assert [one.message_id for one in publisher.published] == ["m1", "m2", "m1", "m2"]
    assert await saved.unsent(10) == {}


async def test_the_sweep_sends_only_what_two_looks_in_a_row_have_seen() -> None:
    saved, publisher = Saved(), Publisher()
    outbox = Outbox(saved, publisher)
    saved.add("d1", [event("m1")])
    await outbox.sweep()
    assert publisher.published == []
    saved.add("d2", [event("m2")])
    await outbox.sweep()
    assert publisher.published == [event("m1")]
    await outbox.sweep()
    assert publisher.published == [event("m1"), event("m2")]
    assert await saved.unsent(10) == {}


async def test_the_sweep_leaves_alone_what_is_being_sent() -> None:
    gate = asyncio.Event()
    saved, publisher = Saved(), Publisher(gate=gate.wait)
    outbox = Outbox(saved, publisher)
    saved.add("d1", [event()])
    outbox.send("d1", [event()])
    await outbox.sweep()
    await outbox.sweep()
    gate.set()
    await outbox.flush()
    assert publisher.published == [event()]
    assert saved.marked == [("d1", ("m1",))]


async def test_exactly_what_was_confirmed_is_marked_though_another_joined_meanwhile() -> None:
    gate = asyncio.Event()
    saved, publisher = Saved(), Publisher(gate=gate.wait)
    outbox = Outbox(saved, publisher)
    saved.add("d1", [event("m1")])
    outbox.send("d1", [event("m1")])
    await asyncio.sleep(0)
    saved.add("d1", [event("m2")])
    gate.set()
    await outbox.flush()
    assert saved.marked == [("d1", ("m1",))]
    assert [one["message_id"] for one in (await saved.unsent(10))["d1"]] == ["m2"]


async def test_the_sweep_tries_again_what_it_could_not_send() -> None:
    saved = Saved()
    publisher = Publisher(fails_with=[Transient("RabbitMQ is away")])
    outbox = Outbox(saved, publisher)
    saved.add("d1", [event()])
    assert [await outbox.sweep() for _ in range(3)] == [False, False, False]
    assert publisher.published == [event()]


async def test_one_that_fails_holds_up_no_other() -> None:
    class OneFails(Publisher):
        async def __call__(self, message: object) -> None:
            assert isinstance(message, EnquiryReceived)
            if message.message_id == "m1":
                raise Transient("only this one")
            self.published.append(message)

    saved, publisher = Saved(), OneFails()
    outbox = Outbox(saved, publisher)
    for name in ("m1", "m2", "m3"):
        saved.add(f"document of {name}", [event(name)])
    await outbox.sweep()
    await outbox.sweep()
    assert {one.message_id for one in publisher.published} == {"m2", "m3"}
    assert list(await saved.unsent(10)) == ["document of m1"]


@pytest.mark.parametrize(
    "strange",
    [
        {"key": "contact.lost", "message_id": "m2"},
        {"message_id": "m2"},
        {"key": "enquiry.received", "message_id": "m2", "opens": "perhaps"},
    ],
)
async def test_a_message_of_another_version_stays_saved_and_holds_up_no_other(
    strange: dict[str, str],
) -> None:
    saved, publisher = Saved(), Publisher()
    outbox = Outbox(saved, publisher)
    saved.documents["d2"] = [strange]
    saved.add("d1", [event("m1")])
    await outbox.sweep()
    await outbox.sweep()
    assert publisher.published == [event("m1")]
    assert await saved.unsent(10) == {"d2": [strange]}


async def test_the_loop_sweeps_until_it_is_cancelled_though_the_database_is_away() -> None:
    class Away(Saved):
        async def unsent(self, most: int) -> dict[str, list[dict[str, object]]]:
            raise Transient("MongoDB is away")

    loop = asyncio.create_task(Outbox(Away(), Publisher()).run())
    await asyncio.sleep(0.02)
    assert not loop.done()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert loop.cancelled()
