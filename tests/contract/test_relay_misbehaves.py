"""A relay that misbehaves on purpose, case by case: the real courier and a real relay, with each
store. What the row says in the end, and of each attempt; time passes only when the test says so."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, cast

import pytest

from services.notify import store
from services.notify.compose import Composer
from services.notify.courier import Courier
from services.notify.desk import Desk
from services.notify.handlers import on_notice_requested, send_due
from services.notify.rows import MOST_TOLD
from services.notify.ways import AT_ONCE, Ways
from shared.messages import Notice
from shared.mongo import Database
from shared.outbox import from_saved
from shared.references import Seal
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.contract.test_notices import _older
from tests.relay import BE_SILENT, HANG_UP, TAKE_AND_BE_SILENT, TAKE_AND_HANG_UP, Relay, open_relay
from tests.unit.examples import LIBRARY, NOW, REFERENCE, SECRET, document, request

COMPOSER: Final = Composer(LIBRARY, Seal(SECRET))
TO: Final = "rhian@patrons.example"
GREYLISTED: Final = "450 4.2.0 Greylisted"
TAKEN: Final = ("sent", None)
WORDS: Final = {"_id": "words-1", "text": "From ten to four.", "by": {"id": "m", "name": "Mair"}}
LATER: Final = NOW + timedelta(minutes=5)


class Hasty(Courier):
    """Waits for a part of what it should."""

    haste: float = 1.0
    waited: tuple[float, ...] = ()

    async def send(self, sender: str, to: str, content: bytes, patience: float = 10) -> str:
        self.waited = (*self.waited, patience)
        return await super().send(sender, to, content, patience / self.haste)


@dataclass
class House:
    """Notify's sending, with a relay of ours."""

    notices: Any
    relay: Relay
    older: Callable[[float], Awaitable[None]]
    look: Callable[[], Awaitable[dict[str, dict[str, Any]]]]
    """The rows as they stand, by id: `state`, `history`, …"""
    put: Callable[[str, str], Awaitable[None]]
    """Make a ticket of this reference and address."""
    clock: fakes.Clock = field(default_factory=fakes.Clock)
    passed: float = 0.0

    def __post_init__(self) -> None:
        self.courier = Hasty(self.relay.settings)
        self.ways = Ways(lambda: self.passed, lambda: 0.5)
        notices = cast(Any, self.notices)
        self.desk = Desk(notices, COMPOSER, self.courier, self.clock, self.ways, lambda: 0.5)

    async def hear(self, number: int = 0, reference: str = REFERENCE, **fields: Any) -> None:
        wanted = request(message_id=name_of(number), reference=reference, **fields)
        await on_notice_requested(wanted, desk=self.desk)

    async def reply(self, number: int = 1, **fields: Any) -> None:
        known: dict[str, Any] = {
            "at": LATER,
            "letter_id": "words-1",
            "notice": Notice.REPLY,
        } | fields
        await self.hear(number, **known)

    async def pass_time(self, seconds: float) -> None:
        """And whatever is due then is done."""
        self.passed += seconds
        self.clock.move(seconds=seconds)
        await self.older(seconds)
        while await send_due(self.desk):
            pass

    async def row(self, number: int = 0) -> dict[str, Any]:
        return (await self.look())[name_of(number)]

    async def told(self) -> list[str]:
        """What routing will hear: the reasons."""
        unsent = await self.notices.outbox.unsent(1000)
        return [getattr(from_saved(one), "reason", "") for many in unsent.values() for one in many]


def name_of(number: int) -> str:
    """The id of a notice; the beginning alone stands in its Message-ID."""
    return f"{number:016x}" * 2


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    history = [(one["what"], one.get("reason")) for one in row.get("history", ())]
    return row | {"history": history}


@pytest.fixture(params=["fake", "mongodb"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    async with open_relay() as relay:
        if request.param == "fake":
            made = _with_fake(relay)
            yield made
        else:
            async with fresh_database(request.getfixturevalue("servers")) as database:
                made = await _with_database(relay, database)
                yield made
        await made.courier.close()


def _with_fake(relay: Relay) -> House:
    notices = fakes.Notices()
    notices.tickets[REFERENCE] = document()
    notices.written["words-1"] = dict(WORDS)

    async def older(seconds: float) -> None:
        notices.now += seconds

    async def look() -> dict[str, dict[str, Any]]:
        return {name: vars(row) for name, row in notices.rows.items()}

    async def put(reference: str, address: str) -> None:
        patron = {"name": "", "address": address}
        notices.tickets[reference] = document(_id=reference, patron=patron)

    return House(notices, relay, older, look, put)


async def _with_database(relay: Relay, database: Database) -> House:
    await database.tickets.insert_one(document())
    await database.messages.insert_one(dict(WORDS))
    notices = store.Notices(database)
    await notices.make_indexes()

    async def older(seconds: float) -> None:
        await _older(database, seconds)

    async def look() -> dict[str, dict[str, Any]]:
        rows = await database.notices.find().to_list(None)
        return {one["_id"]: _plain(one) for one in rows}

    async def put(reference: str, address: str) -> None:
        patron = {"name": "", "address": address}
        await database.tickets.insert_one(document(_id=reference, patron=patron))

    return House(notices, relay, older, look, put)


async def test_a_relay_that_is_away_is_found_when_it_is_back(house: House) -> None:
    await house.relay.close()
    await house.hear()
    away = ("deferred", "the relay: SMTPConnectError")
    assert (await house.row())["history"] == [away]
    await house.pass_time(3.1)
    await house.relay.open()
    await house.pass_time(6.1)
    row = await house.row()
    assert (row["state"], row["history"]) == ("sent", [away, away, TAKEN])
    assert row["relay_said"] == "2.0.0 Taken"
    assert await house.told() == []


async def test_a_relay_that_is_away_is_asked_by_one_letter_and_then_all_go(house: House) -> None:
    for number in range(30):
        await house.put(f"ENQ-{number}", f"p{number}@{number % 10}.example")
    await house.relay.close()
    for number in range(30):
        await house.hear(number, f"ENQ-{number}")
    states = [one["state"] for one in (await house.look()).values()]
    assert (states.count("deferred"), states.count("queued")) == (5, 25)
    for _ in range(12):
        await house.pass_time(61)
    tries = sum(len(one["history"]) for one in (await house.look()).values())
    assert 6 <= tries <= 5 + 13, "one probe each time"
    await house.relay.open()
    for _ in range(16):
        await house.pass_time(61)
    assert {one["state"] for one in (await house.look()).values()} == {"sent"}
    assert len(house.relay.taken) == 30


async def test_a_relay_that_is_away_for_two_days_refuses_what_is_so_old_and_routing_hears(
    house: House,
) -> None:
    for number in range(8):
        await house.put(f"ENQ-{number}", f"p{number}@{number}.example")
    await house.relay.close()
    for number in range(8):
        await house.hear(number, f"ENQ-{number}")
    for _ in range(49):
        assert await house.told() == []
        await house.pass_time(3600)
        if house.passed >= 48 * 3600:
            break
    for _ in range(20):
        await house.pass_time(61)
    assert {one["state"] for one in (await house.look()).values()} == {"refused"}
    assert {one.partition(":")[0] for one in await house.told()} == {"given up after 48 hours"}
    assert len(await house.told()) == 8


async def test_a_letter_that_is_greylisted_goes_when_its_time_has_come(house: House) -> None:
    house.relay.rcpt = [GREYLISTED, GREYLISTED]
    await house.hear()
    await house.pass_time(3.1)
    await house.pass_time(6.1)
    row = await house.row()
    greylisted = ("deferred", "the relay answered 450")
    assert (row["state"], row["history"]) == ("sent", [greylisted, greylisted, TAKEN])


async def test_a_letter_that_is_never_taken_is_refused_after_two_days_and_tells_of_its_last_tries(
    house: House,
) -> None:
    house.relay.rejects = {TO: GREYLISTED}
    await house.hear()
    while (await house.row())["state"] == "deferred":
        assert await house.told() == []
        await house.pass_time(910)
    row = await house.row()
    reason = "given up after 48 hours: the relay answered 450"
    assert (row["state"], row["reason"]) == ("refused", reason)
    assert 48 * 3600 <= house.passed < 49 * 3600
    assert len(row["history"]) == MOST_TOLD
    assert row["history"][-1] == ("refused", reason)
    assert await house.told() == [reason]


@pytest.mark.parametrize("where", ["rcpt", "data"])
async def test_a_refusal_for_good_is_believed_at_once_and_told_to_routing(
    house: House, where: str
) -> None:
    getattr(house.relay, where).append("550 5.1.1 Nobody here")
    await house.hear()
    row = await house.row()
    assert (row["state"], row["history"]) == (
        "refused",
        [("refused", "the relay answered 550")],
    )
    assert await house.told() == ["the relay answered 550"]
    await house.pass_time(3600)
    assert house.relay.taken == []


@pytest.mark.parametrize(
    ("does", "reason", "copies"),
    [
        (HANG_UP, "the relay: SMTPServerDisconnected", 1),
        (TAKE_AND_HANG_UP, "the relay: SMTPServerDisconnected", 2),
        (BE_SILENT, "the relay has the letter and did not answer in time", 1),
        (TAKE_AND_BE_SILENT, "the relay has the letter and did not answer in time", 2),
    ],
)
async def test_a_letter_whose_answer_never_came_is_sent_again_and_is_the_same(
    house: House, does: str, reason: str, copies: int
) -> None:
    house.relay.data = [does]
    house.courier.haste = 50
    await house.hear()
    row = await house.row()
    assert (row["state"], row["history"]) == ("deferred", [("deferred", reason)])
    await house.pass_time(3.1)
    row = await house.row()
    assert (row["state"], row["history"][-1]) == ("sent", TAKEN)
    contents = house.relay.to(TO)
    assert len(contents) == copies
    assert len({_message_id(one) for one in contents}) == 1


def _message_id(content: bytes) -> bytes:
    [line] = [one for one in content.split(b"\r\n") if one.startswith(b"Message-ID: ")]
    return line


async def test_a_relay_that_is_slow_to_answer_is_waited_for_longer_each_time(house: House) -> None:
    house.relay.data = [BE_SILENT] * 4
    house.courier.haste = 100
    await house.hear()
    for pause in (3.1, 6.1, 12.1, 24.1):
        await house.pass_time(pause)
    assert (await house.row())["state"] == "sent"
    assert house.courier.waited == (10, 30, 90, 270, 300)


async def test_while_a_slow_relay_is_waited_for_nobody_else_sends_the_letter(house: House) -> None:
    house.relay.data = [BE_SILENT]
    house.courier.haste = 50
    await house.hear()
    await house.older(4)
    claim = await house.notices.claim_due()
    assert claim.patience == 30
    await house.older(44)
    assert await house.notices.claim_due() is None
    await house.older(2)
    assert await house.notices.claim_due() is not None


async def test_of_many_letters_the_refused_ones_take_nothing_from_the_others(house: House) -> None:
    house.relay.rejects = {f"p{number}@patrons.example": "550 5.1.1 No" for number in (2, 5)}
    house.relay.rejects["p7@patrons.example"] = GREYLISTED
    for number in range(10):
        await house.put(f"ENQ-{number}", f"p{number}@patrons.example")
    await asyncio.gather(*(house.hear(number, f"ENQ-{number}") for number in range(10)))
    states = [(await house.row(number))["state"] for number in range(10)]
    assert [number for number, one in enumerate(states) if one == "refused"] == [2, 5]
    assert states[7] == "deferred"
    assert states.count("sent") == 7
    assert len(await house.told()) == 2


async def test_a_sender_that_the_relay_does_not_want_refuses_no_letter(house: House) -> None:
    house.relay.mail = ["554 5.7.1 Not from you"] * 2
    await house.hear()
    await house.pass_time(3.1)
    assert await house.told() == []
    await house.pass_time(6.1)
    assert (await house.row())["state"] == "sent"


# Order.


async def test_an_acknowledgement_that_waits_when_there_is_an_answer_is_not_sent_after_it(
    house: House,
) -> None:
    house.relay.rcpt = [GREYLISTED]
    await house.hear()
    await house.reply()
    row = await house.row()
    overtaken = ("suppressed", "overtaken by an answer")
    assert (row["state"], row["history"][-1]) == ("suppressed", overtaken)
    assert (await house.row(1))["state"] == "sent"
    for _ in range(5):
        await house.pass_time(60)
    [content] = house.relay.to(TO)
    assert b"From ten to four." in content
    assert await house.told() == []


async def test_an_acknowledgement_that_is_asked_for_after_its_answer_is_not_sent(
    house: House,
) -> None:
    """A message may have gone round through the retry queue."""
    await house.reply()
    await house.hear()
    assert (await house.row())["state"] == "suppressed"
    assert len(house.relay.taken) == 1


async def test_answers_go_in_the_order_in_which_they_were_written(house: House) -> None:
    house.relay.rcpt = [GREYLISTED, GREYLISTED]
    await house.reply(1)
    await house.reply(2, at=LATER + timedelta(minutes=1))
    assert (await house.row(2))["state"] == "queued"
    await house.pass_time(1.1)
    assert (await house.row(2))["reason"] == "a letter before it is still to go"
    for _ in range(12):
        await house.pass_time(1.1)
    assert [(await house.row(number))["state"] for number in (1, 2)] == ["sent", "sent"]
    first, second = (_message_id(one) for one in house.relay.to(TO))
    assert first != second
    assert (await house.row(1))["history"][-1] == (await house.row(2))["history"][-1] == TAKEN
    assert len((await house.row(2))["history"]) == 1, "it was not tried meanwhile"


async def test_of_an_acknowledgement_and_an_answer_of_one_moment_the_patron_gets_them_in_order(
    house: House,
) -> None:
    for number in range(0, 40, 2):
        reference = f"ENQ-{number}"
        await house.put(reference, f"p{number}@{number}.example")
        await asyncio.gather(
            house.hear(number, reference), house.reply(number + 1, reference=reference)
        )
    for _ in range(3):
        await house.pass_time(16)
    for number in range(0, 40, 2):
        contents = house.relay.to(f"p{number}@{number}.example")
        assert [b"From ten to four." in one for one in contents] in ([True], [False, True])


# Domains.


async def test_a_domain_that_defers_everything_rests_and_costs_the_others_nothing(
    house: House,
) -> None:
    house.relay.rejects = {"@dead.example": "451 4.4.1 No answer from host"}
    for number in range(40):
        await house.put(f"ENQ-{number}", f"p{number}@dead.example")
        await house.hear(number, f"ENQ-{number}")
    states = [one["state"] for one in (await house.look()).values()]
    assert (states.count("deferred"), states.count("queued")) == (3, 37)
    await house.hear(100)
    assert (await house.row(100))["state"] == "sent"
    house.relay.rejects = {}
    for _ in range(4):
        await house.pass_time(300)
    assert {one["state"] for one in (await house.look()).values()} == {"sent"}


async def test_no_more_than_so_many_letters_to_one_domain_are_under_way(house: House) -> None:
    for number in range(40):
        await house.put(f"ENQ-{number}", f"p{number}@patrons.example")
    await asyncio.gather(*(house.hear(number, f"ENQ-{number}") for number in range(40)))
    for _ in range(3):
        await house.pass_time(2)
    assert {one["state"] for one in (await house.look()).values()} == {"sent"}
    assert house.relay.most_at_once["patrons.example"] <= AT_ONCE


async def test_with_five_hundred_letters_to_a_dead_domain_another_goes_at_once(
    house: House,
) -> None:
    """The dead domain does not even answer: each letter to it hangs."""
    house.relay.rejects = {"@dead.example": BE_SILENT}
    house.courier.haste = 20
    for number in range(500):
        await house.put(f"ENQ-{number}", f"p{number}@dead.example")
    filling = asyncio.gather(*(house.hear(number, f"ENQ-{number}") for number in range(500)))
    await asyncio.sleep(0.1)
    begun = time.monotonic()
    await house.hear(1000)
    under_load = time.monotonic() - begun
    await filling
    sweeping = asyncio.create_task(house.pass_time(10))
    begun = time.monotonic()
    await house.put("ENQ-OTHER", "sian@elsewhere.example")
    await house.hear(1002, "ENQ-OTHER")
    with_queue = time.monotonic() - begun
    await sweeping
    assert (await house.row(1000))["state"] == (await house.row(1002))["state"] == "sent"
    rows = [one for one in (await house.look()).values() if one["state"] in {"queued", "deferred"}]
    assert len(rows) == 500
    print(f"\nbeside 500 letters to a dead domain: {under_load:.2f} s while they come in,", end=" ")
    print(f"{with_queue:.2f} s while they wait")
    assert max(under_load, with_queue) < 5
