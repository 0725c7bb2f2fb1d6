"""Matching on a real MongoDB: forgeries join nothing, real letters join, merges are followed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from services.intake.accept import Desk, accept_mail
from services.intake.store import Letters
from tests.builders import desk_of, mail
from tests.contract.conftest import fresh_database
from tests.fakes import Outbox
from tests.forgeries import FIRST, PATRON, SEAL, STRANGER, forgeries
from tests.stage import Servers
from tests.unit.examples import ADDRESS, NOW


@dataclass
class House:
    """Intake's store, and one ticket of Rhian's."""

    database: Any
    desk: Desk
    reference: str = ""

    async def accept(self, raw: bytes, to: tuple[str, ...] = (ADDRESS,)) -> str | None:
        return await accept_mail(raw, PATRON, to, NOW, desk=self.desk)

    async def last(self) -> dict[str, Any]:
        """The letter that was kept last."""
        [found] = await self.database.messages.find().sort("$natural", -1).to_list(1)
        return dict(found)


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        letters = Letters(database)
        await letters.make_indexes()
        house = House(database, desk_of(letters, Outbox(), SEAL, most_enquiries=10_000))
        found = await house.accept(mail(Message_ID=FIRST))
        assert found is not None
        house.reference = found
        yield house


async def test_forgeries_join_nothing_and_ten_real_letters_do(house: House) -> None:
    forged = list(forgeries_of(house))[::24]
    for raw, to in forged:
        assert await house.accept(raw, to) != house.reference
    assert await house.database.messages.count_documents({"reference": house.reference}) == 1
    assert await house.database.messages.count_documents({"state": "opened"}) == len(forged) + 1
    token = (SEAL.reply_address(ADDRESS, house.reference),)
    for number in range(10):
        raw = mail(sender=PATRON if number % 2 else STRANGER, subject=f"Real {number}")
        assert await house.accept(raw, token) == house.reference
    where = {"reference": house.reference, "state": "added", "is_proven": True}
    assert await house.database.messages.count_documents(where) == 10


def forgeries_of(house: House) -> list[tuple[bytes, tuple[str, ...]]]:
    found = forgeries(house.reference, FIRST)
    return [(raw, to) for _, (_, _, raw, to) in zip(range(3612), found, strict=False)]


async def test_a_merged_and_a_closed_ticket_are_seen_as_routing_left_them(house: House) -> None:
    other = await house.accept(mail(Message_ID="<other@patrons.example>"))
    token = (SEAL.reply_address(ADDRESS, house.reference),)
    tickets = house.database.tickets
    await tickets.insert_one({"_id": house.reference, "status": "resolved", "merged_into": other})
    assert await house.accept(mail(), token) == other
    await tickets.insert_one({"_id": other, "status": "closed", "merged_into": None})
    found = await house.accept(mail(), token)
    assert found not in {house.reference, other, None}
    [event] = (await house.last())["outbox"]
    assert (event["continues"], event["opens"]) == (other, True)


async def test_every_letter_has_one_state_and_only_what_has_no_ticket_stands_aside(
    house: House,
) -> None:
    token = (SEAL.reply_address(ADDRESS, house.reference),)
    await house.accept(mail(), token)
    await house.accept(mail(Auto_Submitted="auto-replied"), token)
    await house.accept(mail(sender=STRANGER, Auto_Submitted="auto-replied"))
    await house.accept(b"From: " + b"(" * 5000 + b"\r\n\r\nwords")
    found = await house.database.messages.find().sort("$natural", 1).to_list(None)
    assert [(one["state"], one.get("aside"), bool(one["reference"])) for one in found] == [
        ("opened", None, True),
        ("added", None, True),
        ("noted", None, True),
        ("noted", "noted", False),
        ("quarantined", "quarantined", False),
    ]


async def test_a_storm_is_quarantined(house: House) -> None:
    desk = desk_of(house.desk.letters, Outbox(), SEAL, most_enquiries=5)
    for number in range(30):
        raw = mail(sender=STRANGER, subject=f"{number}")
        await accept_mail(raw, STRANGER, (ADDRESS,), NOW, desk=desk)
    count = house.database.messages.count_documents
    assert await count({"address": STRANGER, "state": "opened"}) == 5
    assert await count({"address": STRANGER, "aside": "quarantined"}) == 25
