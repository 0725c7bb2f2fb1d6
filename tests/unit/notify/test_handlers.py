"""Sending one letter, and what becomes of it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from services.notify.desk import Desk
from services.notify.handlers import on_notice_requested, send_due, sweep
from services.notify.rows import LEASE, MOST_TOLD
from services.notify.sending import FEWEST_TRIES, LONGEST
from shared.errors import Permanent, Transient
from shared.messages import Notice
from tests import fakes
from tests.unit.examples import NOW, REFERENCE, document, request
from tests.unit.notify.sending_house import BUSY, COMPOSER, NO, House


async def test_an_acknowledgement_is_sent_and_noted(house: House) -> None:
    await house.hear(request())
    [(sender, to, content)] = house.courier.carried
    assert (sender, to) == ("", "rhian@patrons.example")
    assert b"We have your enquiry" in content
    assert (house.row().state, house.row().relay_said) == ("sent", "2.0.0 Taken")


async def test_a_reply_is_sent_with_the_words_of_who_wrote_it(house: House) -> None:
    await house.hear(request(Notice.REPLY, letter_id="words-1"))
    [(sender, _, content)] = house.courier.carried
    assert sender.startswith("enquiries+7k3m92q2.")
    assert b"From ten to four." in content
    assert b"Mair Pretend" in content


async def test_the_same_request_again_sends_nothing_more(house: House) -> None:
    for _ in range(3):
        await house.hear(request())
    assert len(house.courier.carried) == 1


async def test_a_letter_that_is_somebodys_already_is_left_to_them(house: House) -> None:
    house.courier.answers = [BUSY]
    await house.hear(request())
    await house.hear(request())
    assert house.courier.carried == []
    assert house.row().state == "deferred"


async def test_a_relay_that_can_not_take_it_now_is_asked_again_less_and_less_often(
    house: House,
) -> None:
    house.courier.answers = [BUSY] * 12
    await house.hear(request())
    pauses = []
    for _ in range(11):
        due_at = house.row().due_at
        assert due_at is not None
        pauses.append(round(due_at - house.notices.now))
        assert not await send_due(house.desk)
        house.pass_time(due_at - house.notices.now)
        assert await send_due(house.desk)
    assert pauses == [3, 6, 12, 24, 48, 96, 192, 384, 768, 900, 900]
    house.pass_time(900)
    assert await send_due(house.desk)
    assert house.row().state == "sent"
    assert not await send_due(house.desk)


async def test_each_try_bears_the_same_message_id(house: House) -> None:
    house.courier.answers = [BUSY]
    await house.hear(request())
    house.pass_time(10)
    await send_due(house.desk)
    again = House()
    await again.hear(request())
    ids = [
        next(line for line in content.split(b"\r\n") if line.startswith(b"Message-ID: "))
        for _, _, content in house.courier.carried + again.courier.carried
    ]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_a_relay_that_takes_nothing_for_two_days_is_asked_no_more(house: House) -> None:
    house.courier.answers = [BUSY] * 400
    await house.hear(request())
    while house.row().state == "deferred":
        assert house.notices.now < LONGEST.total_seconds() + 901
        house.pass_time(901)
        assert await send_due(house.desk)
    assert house.row().state == "refused"
    assert house.notices.now >= LONGEST.total_seconds()
    assert house.row().reason == "given up after 48 hours: the relay answered 451"
    assert len(house.row().history) == MOST_TOLD
    assert house.row().history[-1] == ("refused", house.row().reason)
    assert not await send_due(house.desk)


async def test_a_clock_that_jumps_by_days_gives_up_no_letter(house: House) -> None:
    house.courier.answers = [BUSY] * 400
    await house.hear(request())
    for _ in range(FEWEST_TRIES - 1):
        house.pass_time(LONGEST.total_seconds())
        assert await send_due(house.desk)
        assert house.row().state == "deferred"
    house.pass_time(901)
    assert await send_due(house.desk)
    assert house.row().state == "refused"


async def test_what_the_relay_refuses_is_noted_with_its_reason(house: House) -> None:
    house.courier.answers = [NO]
    await house.hear(request())
    assert (house.row().state, house.row().reason) == ("refused", "the relay answered 550")
    house.pass_time(3600)
    assert not await send_due(house.desk)


async def test_a_letter_whose_sender_died_is_sent_by_another(house: House) -> None:
    class Dies(fakes.Courier):
        async def send(
            self, envelope_from: str, to: str, content: bytes, patience: float = 10.0
        ) -> str:
            raise asyncio.CancelledError

    dying = Desk(cast(Any, house.notices), COMPOSER, Dies(), house.clock)
    with pytest.raises(asyncio.CancelledError):
        await on_notice_requested(request(), desk=dying)
    assert not await send_due(house.desk)
    house.pass_time(LEASE / 1000)
    assert await send_due(house.desk)
    assert house.row().state == "sent"
    assert len(house.courier.carried) == 1


async def test_at_most_three_automatic_letters_an_hour_go_to_one_address(house: House) -> None:
    for number in range(5):
        await house.hear(request(message_id=f"{number:032}"))
    states = [house.row(f"{number:032}").state for number in range(5)]
    assert states == ["sent"] * 3 + ["suppressed"] * 2
    assert "too many" in (house.row(f"{4:032}").reason or "")
    house.pass_time(3601)
    await house.hear(request(message_id=f"{9:032}"))
    assert len(house.courier.carried) == 4


async def test_what_confirms_an_addition_takes_no_acknowledgements_place(house: House) -> None:
    for number in range(4):
        await house.hear(request(Notice.ADDED, message_id=f"{number:032}"))
    await house.hear(request(message_id=f"{8:032}"))
    states = [house.row(f"{number:032}").state for number in (0, 1, 2, 3, 8)]
    assert states == ["sent", "sent", "suppressed", "suppressed", "sent"]


async def test_a_letter_that_was_held_back_once_is_never_sent(house: House) -> None:
    for number in range(4):
        await house.hear(request(message_id=f"{number:032}"))
    house.pass_time(3601)
    await house.hear(request(message_id=f"{3:032}"))
    assert house.row(f"{3:032}").state == "suppressed"
    assert len(house.courier.carried) == 3


async def test_replies_that_people_wrote_are_never_held_back(house: House) -> None:
    for number in range(6):
        await house.hear(request(Notice.REPLY, message_id=f"{number:032}", letter_id="words-1"))
    assert len(house.courier.carried) == 6


@pytest.mark.parametrize(
    "ticket", [None, document(patron={"name": "Rhian", "address": None})], ids=["none", "nowhere"]
)
async def test_a_letter_that_can_go_nowhere_is_put_aside(house: House, ticket: Any) -> None:
    if ticket is None:
        house.notices.tickets.clear()
    else:
        house.notices.tickets[REFERENCE] = ticket
    with pytest.raises(Permanent) as error:
        await house.hear(request())
    assert "Rhian" not in str(error.value)
    assert house.notices.rows == {}


async def test_a_ticket_that_is_gone_when_its_letter_is_due_refuses_the_letter(
    house: House,
) -> None:
    house.courier.answers = [BUSY]
    await house.hear(request())
    house.notices.tickets.clear()
    house.pass_time(10)
    assert await send_due(house.desk)
    assert house.row().state == "refused"


async def test_a_reply_whose_words_are_not_there_is_not_sent(house: House) -> None:
    with pytest.raises((Permanent, Transient)):
        await house.hear(request(Notice.REPLY, letter_id="words-of-nobody"))
    assert house.courier.carried == []


async def test_the_sweep_sends_all_that_is_due_and_survives_a_database_that_is_away() -> None:
    class Away(fakes.Notices):
        times: int = 1

        async def claim_due(self, *but: Any, **more: Any) -> Any:
            if self.times:
                self.times -= 1
                raise Transient("MongoDB is away")
            return await super().claim_due(*but, **more)

    house = House(notices=Away())
    house.courier.answers = [BUSY] * 3
    for number in range(3):
        await house.hear(request(message_id=f"{number:032}"))
    house.pass_time(10)
    stopping = asyncio.Event()
    loop = asyncio.create_task(sweep(house.desk, stopping))
    async with asyncio.timeout(5):
        while len(house.courier.carried) < 3:
            assert not loop.done()
            house.pass_time(1)
            await asyncio.sleep(0.05)
    stopping.set()
    await asyncio.wait_for(loop, 5)
    assert {one.state for one in house.notices.rows.values()} == {"sent"}


async def test_a_fault_with_one_letter_does_not_stop_the_sweep_for_the_others(
    house: House,
) -> None:
    house.courier.answers = [BUSY, BUSY]
    other = f"{2:032}"
    await house.hear(request())
    await house.hear(request(message_id=other))
    house.notices.rows[other].request = request(message_id=other, reference="ENQ-OTHER")
    house.notices.tickets["ENQ-OTHER"] = document()
    del house.notices.tickets[REFERENCE]["subject"]
    house.pass_time(10)
    for _ in range(2):
        await send_due(house.desk)
    assert house.row(other).state == "sent"


async def test_a_request_from_long_ago_is_still_sent(house: House) -> None:
    house.clock.move(days=30)
    await house.hear(request(at=NOW))
    assert house.row().state == "sent"


# What routing hears.


async def test_what_the_relay_refuses_is_told_to_routing_once_and_without_an_address(
    house: House,
) -> None:
    house.courier.answers = [NO]
    await house.hear(request(Notice.REPLY, letter_id="words-1"))
    [told] = house.told()
    assert (told.reference, told.notice) == (REFERENCE, Notice.REPLY)
    assert (told.notice_id, told.reason) == (request().message_id, "the relay answered 550")
    assert "patrons.example" not in told.model_dump_json()
    await house.hear(request(Notice.REPLY, letter_id="words-1"))
    assert len(house.told()) == 1


async def test_what_is_given_up_after_all_tries_is_told_to_routing_and_nothing_before(
    house: House,
) -> None:
    house.courier.answers = [BUSY] * 400
    await house.hear(request())
    while house.row().state == "deferred":
        assert house.told() == []
        house.pass_time(901)
        await send_due(house.desk)
    assert [one.reason.partition(":")[0] for one in house.told()] == ["given up after 48 hours"]


async def test_a_letter_that_somebody_else_has_taken_over_is_theirs_to_tell_of(
    house: House,
) -> None:
    class Overtaken(fakes.Courier):
        async def send(
            self, envelope_from: str, to: str, content: bytes, patience: float = 10.0
        ) -> str:
            house.pass_time(LEASE / 1000 + 1)
            assert await house.notices.claim_due() is not None
            raise NO

    slow = Desk(cast(Any, house.notices), COMPOSER, Overtaken(), house.clock)
    await on_notice_requested(request(), desk=slow)
    assert house.told() == []
    assert house.row().state == "sending"


# Promises.


@pytest.mark.parametrize(
    "notice", [Notice.HANDED_OVER, Notice.PROMISE_CHANGED, Notice.PROMISE_MISSED]
)
async def test_what_a_patron_must_know_of_a_promise_is_never_held_back(
    house: House, notice: Notice
) -> None:
    for number in range(5):
        await house.hear(request(message_id=f"{number:032}"))
    await house.hear(request(notice, message_id=f"{7:032}"))
    assert house.row(f"{7:032}").state == "sent"
    house.pass_time(3601)
    for number in range(10, 18):
        await house.hear(request(notice, message_id=f"{number:032}"))
    await house.hear(request(message_id=f"{20:032}"))
    assert house.row(f"{20:032}").state == "sent", "nor do they use up what acknowledgements have"


def _promised(hours: float, state: str, **more: Any) -> dict[str, Any]:
    """The ledger's row of a promise that was made so many hours ago, for two hours."""
    made_at = NOW - timedelta(hours=hours)
    return {"made_at": made_at, "due_at": made_at + timedelta(hours=2), "state": state, **more}


@pytest.mark.parametrize(
    ("notice", "asked_at", "said"),
    [
        (Notice.PROMISE_CHANGED, NOW - timedelta(hours=7), "The first reason"),
        (Notice.PROMISE_CHANGED, NOW - timedelta(hours=5, microseconds=-999), "The first reason"),
        (Notice.PROMISE_CHANGED, NOW, "The second reason"),
        (Notice.PROMISE_MISSED, NOW, "Monday 23 November 2026 at 11:00"),
    ],
)
async def test_a_letter_tells_of_the_promise_that_it_was_asked_for(
    house: House, notice: Notice, asked_at: datetime, said: str
) -> None:
    house.notices.tickets[REFERENCE] = document(
        promises=[
            _promised(8, "made"),
            _promised(8, "renegotiated", reason="The first reason"),
            _promised(5, "made"),
            _promised(5, "renegotiated", reason="The second reason"),
            _promised(1, "made"),
            _promised(1, "broken"),
            _promised(0, "made"),
        ]
    )
    await house.hear(request(notice, at=asked_at))
    [(_, _, content)] = house.courier.carried
    text = content.decode().replace("=\r\n", "")
    assert said in text
    others = {"The first reason", "The second reason"} - {said}
    assert not any(one in text for one in others)
