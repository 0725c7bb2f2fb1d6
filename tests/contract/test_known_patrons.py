"""What is noted of patrons, kept: the same suite for the fake and for the real store."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

from services.intake.store import Letters
from services.routing.actions import close, resolve
from services.routing.known_patron import KnownPatron, noted, told
from services.routing.store import Tickets
from services.routing.ticket import Owner, Patron
from shared.outbox import from_saved
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.unit.examples import (
    LETTER,
    LIBRARY,
    NOW,
    OWNER,
    REFERENCE,
    kept_letter,
    opened,
    situation,
)

KEY: Final = "rhian@patrons.example"
MARK: Final = "0f" * 16
OTHER: Final = "ENQ-8888-8888"
SIAN: Final = Owner("sian", "Siân Example")


@dataclass
class House:
    tickets: Any

    async def note(self, known: KnownPatron) -> bool:
        kept: bool = await self.tickets.known_patrons.save(known, told(known, REFERENCE, NOW))
        return kept

    async def found(self) -> KnownPatron:
        found: KnownPatron | None = await self.tickets.known_patrons.find(KEY)
        assert found is not None
        return found


@pytest.fixture(params=["fake", "mongodb"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    if request.param == "fake":
        yield House(fakes.Tickets())
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        tickets = Tickets(database, LIBRARY)
        await tickets.make_indexes()
        yield House(tickets)


FIRST: Final = noted(KnownPatron(KEY, MARK), {"name": "Rhi", "format": None}, OWNER, NOW)
SECOND: Final = noted(FIRST, {"language": "cy"}, SIAN, NOW)


async def test_it_is_found_by_mailbox_and_by_its_mark(house: House) -> None:
    patrons = house.tickets.known_patrons
    assert await patrons.find(KEY) is None
    assert await patrons.marked(MARK) is None
    assert await house.note(FIRST)
    assert await patrons.find(KEY) == await patrons.marked(MARK) == FIRST
    assert await house.note(SECOND)
    assert await patrons.find(KEY) == await patrons.marked(MARK) == SECOND
    assert await patrons.find("gwen@patrons.example") is None


async def test_what_is_not_as_it_was_seen_is_not_changed(house: House) -> None:
    assert not await house.note(SECOND), "there is nothing yet"
    assert await house.note(FIRST)
    assert not await house.note(replace(FIRST, name="Another"))
    assert not await house.note(replace(SECOND, mark="0e" * 16)), "it was erased, and is another"
    assert await house.note(SECOND)
    assert not await house.note(replace(SECOND, language="en"))
    assert await house.found() == SECOND


async def test_of_changes_at_the_same_moment_one_is_kept(house: House) -> None:
    for version in (FIRST, SECOND):
        others = (replace(version, name=f"Rhi {one}") for one in "abcdefgh")
        kept = await asyncio.gather(*(house.note(one) for one in others))
        assert sorted(kept) == [False] * 7 + [True]


async def test_what_its_tickets_are_told_is_kept_in_the_same_write(house: House) -> None:
    await house.note(FIRST)
    await house.note(SECOND)
    assert not await house.note(SECOND)
    outbox = house.tickets.known_patrons.outbox
    saved = (await outbox.unsent(10))[KEY]
    messages = [told(one, REFERENCE, NOW) for one in (FIRST, SECOND)]
    assert [from_saved(one) for one in saved] == messages
    await outbox.mark_sent(KEY, [messages[0].message_id])
    assert [from_saved(one) for one in (await outbox.unsent(10))[KEY]] == messages[1:]


async def test_their_tickets_that_are_not_closed_are_found(house: House) -> None:
    gwen = replace(LETTER, id="gwens", patron=Patron("Gwen", "gwen@patrons.example"))
    tagged = replace(LETTER, id="tagged", patron=Patron("Rhian", "Rhian+x@patrons.example"))
    for number, letter in enumerate((LETTER, tagged, gwen, LETTER)):
        change = opened(reference=f"ENQ-{number}", letter=letter)
        await house.tickets.open(change, caused_by=f"opening {number}")
    ended = resolve(change.ticket, "mair", "none is owed", situation(cause="ending"))
    assert await house.tickets.save(ended, caused_by="ending")
    listed = house.tickets.known_patrons.open_tickets
    assert sorted(await listed(KEY)) == ["ENQ-0", "ENQ-1", "ENQ-3"], "resolved may open again"
    closed = close(ended.ticket, situation(cause="closing"))
    assert await house.tickets.save(closed, caused_by="closing")
    assert sorted(await listed(KEY)) == ["ENQ-0", "ENQ-1"]


@pytest.fixture
async def real(request: pytest.FixtureRequest) -> AsyncIterator[tuple[House, Letters]]:
    async with fresh_database(request.getfixturevalue("servers")) as database:
        tickets, letters = Tickets(database, LIBRARY), Letters(database)
        await tickets.make_indexes()
        for number in (1, 2):
            kept = kept_letter(f"letter-{number}", text="When are you open on Sunday?")
            await letters.save(kept, OTHER, None)
        yield House(tickets), letters


async def test_a_letter_of_who_wrote_before_is_as_they_wish(real: tuple[House, Letters]) -> None:
    house, _ = real
    await house.note(FIRST)
    await house.note(SECOND)
    letter = await house.tickets.letter("letter-1")
    assert (letter.patron.name, letter.language, letter.heeds) == ("Rhian Example", "en", None)
    await house.tickets.open(opened(), caused_by="letter-1")
    letter = await house.tickets.letter("letter-2")
    assert (letter.patron.name, letter.language, letter.heeds) == ("Rhi", "cy", 2)
    assert letter.helped_before == "mair"


async def test_of_whom_nothing_is_noted_the_last_ticket_tells(real: tuple[House, Letters]) -> None:
    house, _ = real
    before = replace(LETTER, format="large print")
    await house.tickets.open(opened(letter=before), caused_by="letter-1")
    letter = await house.tickets.letter("letter-2")
    assert (letter.format, letter.heeds) == ("large print", 0)
    await house.note(FIRST)
    letter = await house.tickets.letter("letter-2")
    assert (letter.format, letter.heeds) == (None, 1), "that it is none was said"
