"""Sending one letter, and what becomes of it, with a store and a relay that are only values."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final, cast

import pytest

from services.notify.compose import Composer
from services.notify.handlers import MOST_TRIES, Desk, on_notice_requested, send_due, sweep
from shared.errors import Permanent, Transient
from shared.messages import Notice, NoticeRequested
from shared.references import Seal
from tests import fakes
from tests.unit.examples import LIBRARY, NOW, REFERENCE, SECRET, document, request

COMPOSER: Final = Composer(LIBRARY, Seal(SECRET))
BUSY: Final = Transient("the relay answered 451")
NO: Final = Permanent("the relay answered 550")


@dataclass
class House:
    """A desk whose rows and letters can be looked at; one ticket is there."""

    notices: fakes.Notices = field(default_factory=fakes.Notices)
    courier: fakes.Courier = field(default_factory=fakes.Courier)
    clock: fakes.Clock = field(default_factory=fakes.Clock)

    def __post_init__(self) -> None:
        self.notices.tickets[REFERENCE] = document()
        by = {"id": "mair", "name": "Mair Pretend"}
        self.notices.written["words-1"] = {"text": "From ten to four.", "by": by}

    @property
    def desk(self) -> Desk:
        return Desk(cast(Any, self.notices), COMPOSER, self.courier, self.clock)

    async def hear(self, message: NoticeRequested) -> None:
        await on_notice_requested(message, desk=self.desk)

    def pass_time(self, seconds: float) -> None:
        """For the services and for the database."""
        self.clock.move(seconds=seconds)
        self.notices.now += seconds

    def row(self, notice_id: str = request().message_id) -> fakes.Notice:
        return self.notices.rows[notice_id]


@pytest.fixture
def house() -> House:
    return House()


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
    house.courier.answers = [BUSY] * (MOST_TRIES + 1)
    await house.hear(request())
    for _ in range(MOST_TRIES):
        assert house.row().state == "deferred"
        house.pass_time(901)
        assert await send_due(house.desk)
    assert house.row().state == "refused"
    assert f"{MOST_TRIES} tries" in (house.row().reason or "")
    assert not await send_due(house.desk)


async def test_what_the_relay_refuses_is_noted_with_its_reason(house: House) -> None:
    house.courier.answers = [NO]
    await house.hear(request())
    assert (house.row().state, house.row().reason) == ("refused", "the relay answered 550")
    house.pass_time(3600)
    assert not await send_due(house.desk)


async def test_a_letter_whose_sender_died_is_sent_by_another(house: House) -> None:
    class Dies(fakes.Courier):
        async def send(self, envelope_from: str, to: str, content: bytes) -> str:
            raise asyncio.CancelledError

    dying = Desk(cast(Any, house.notices), COMPOSER, Dies(), house.clock)
    with pytest.raises(asyncio.CancelledError):
        await on_notice_requested(request(), desk=dying)
    assert not await send_due(house.desk)
    house.pass_time(15)
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

        async def claim_due(self) -> Any:
            if self.times:
                self.times -= 1
                raise Transient("MongoDB is away")
            return await super().claim_due()

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
