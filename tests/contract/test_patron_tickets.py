"""What patrons' own pages rely on of their store: the same suite for the fake and the real one."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.intake.opinion import Opinion, answered, letter_of
from services.intake.patron_tickets import PatronTickets
from services.intake.store import Letters
from shared.mongo import Database
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.unit.examples import NOW, REFERENCE

OTHER = "ENQ-0000-0000"
ROW = {"at": NOW, "event": "opened", "by": "patron", "letter": "x", "reason": "secret"}


@dataclass
class House:
    tickets: Any
    letters: Any
    database: Database | None

    async def there(self, reference: str = REFERENCE, **fields: Any) -> None:
        known: dict[str, Any] = {
            "_id": reference,
            "status": "resolved",
            "patron": {"name": "Rhian Example", "address": "rhian@patrons.example"},
            "patron_key": "rhian@patrons.example",
            "timeline": [ROW],
            "words": ["secret"],
        }
        if self.database is None:
            self.tickets.rows[reference] = known | fields
        else:
            await self.database.tickets.insert_one(known | fields)

    async def ticket(self, reference: str = REFERENCE) -> Mapping[str, Any]:
        found: Mapping[str, Any] | None = await self.tickets.ticket(reference)
        assert found is not None
        return found


@pytest.fixture(params=["fake", "mongodb"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    if request.param == "fake":
        letters = fakes.Letters()
        yield House(fakes.PatronTickets(letters), letters, None)
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        real = Letters(database)
        await real.make_indexes()
        yield House(PatronTickets(database), real, database)


async def test_a_ticket_is_there_until_its_patron_is_erased(house: House) -> None:
    assert await house.tickets.ticket(REFERENCE) is None
    await house.there()
    assert (await house.ticket())["_id"] == REFERENCE
    await house.there(OTHER, erased_at=NOW)
    assert await house.tickets.ticket(OTHER) is None


async def test_no_reason_and_no_words_are_read(house: House) -> None:
    await house.there()
    # A dictionary hands out what it was given.
    assert house.database is None or "secret" not in str(await house.ticket())


async def test_what_it_was_merged_into_stands_for_it_if_that_is_the_same_patrons(
    house: House,
) -> None:
    await house.there(merged_into=OTHER)
    await house.there(OTHER)
    ticket = await house.ticket()
    assert (await house.tickets.standing(ticket))["_id"] == OTHER
    assert (await house.tickets.standing(await house.ticket(OTHER)))["_id"] == OTHER


@pytest.mark.parametrize("key", ["gwen@patrons.example", None])
async def test_of_another_patrons_nothing_is_told(house: House, key: str | None) -> None:
    await house.there(merged_into=OTHER, patron_key=key and "rhian@patrons.example")
    await house.there(OTHER, patron_key=key)
    assert (await house.tickets.standing(await house.ticket()))["_id"] == REFERENCE


async def test_answers_come_in_their_order_and_one_of_each_number(house: House) -> None:
    await house.there()
    ticket = await house.ticket()
    assert await house.tickets.answers(REFERENCE) == []
    first = letter_of(Opinion("no", "3", "Sunday?"), ticket, 1, NOW)
    second = letter_of(Opinion("yes", "", ""), ticket, 2, NOW + timedelta(days=1))
    at_the_same_moment = letter_of(Opinion("yes", "10", ""), ticket, 1, NOW)
    assert await house.letters.save(second[0], REFERENCE, second[1])
    assert await house.letters.save(first[0], REFERENCE, first[1])
    assert not await house.letters.save(at_the_same_moment[0], REFERENCE, at_the_same_moment[1])
    found = await house.tickets.answers(REFERENCE)
    assert [one["text"] for one in found] == ["Sunday?", ""]
    assert answered(found) == Opinion("yes", "", "")
    assert answered(found[:1]) == Opinion("no", "3", "Sunday?")
    saved = await house.letters.outbox.unsent(10)
    assert {one: [row["key"] for row in rows] for one, rows in saved.items()} == {
        first[0].id: ["survey.answered"],
        second[0].id: ["survey.answered"],
    }
