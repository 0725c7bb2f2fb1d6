"""What is noted of a patron reaches their tickets: once, late, twice, in any order, and also those
that are being opened at that moment."""

import asyncio
from dataclasses import replace
from typing import Any, Final, cast

import pytest

from services.routing.actions import correct
from services.routing.handlers import Desk, on_enquiry_received
from services.routing.heeding import on_patron_changed
from services.routing.known_patron import KnownPatron, noted, told
from services.routing.roster import Roster
from services.routing.status import Status
from services.routing.ticket import Patron, Ticket
from shared.messages import EnquiryReceived, PatronChanged
from tests.fakes import Clock, Outbox, Tickets
from tests.unit.examples import CALENDARS, LETTER, LIBRARY, MAIR, NOW, OWNER, opened

A, B, CLOSED, GWENS = "ENQ-0000-000A", "ENQ-0000-000B", "ENQ-0000-000C", "ENQ-0000-000D"
KEY: Final = "rhian@patrons.example"


class House:
    """A desk on a dictionary: two open tickets of Rhian's, a closed one, one of Gwen's."""

    def __init__(self) -> None:
        self.tickets, self.outbox, self.clock = Tickets(people=[MAIR]), Outbox(), Clock()
        self.roster = Roster(self.tickets, self.clock)
        self.roster.staff = [MAIR]
        store: Any = cast(Any, self.tickets)
        self.desk = Desk(store, self.outbox, self.roster, LIBRARY, CALENDARS, self.clock)

    async def open(self) -> None:
        for one in (A, B, CLOSED):
            await self.tickets.open(opened(reference=one), caused_by=f"opening {one}")
        row = self.tickets.rows[CLOSED]
        row.ticket = replace(row.ticket, status=Status.CLOSED)
        gwen = replace(LETTER, patron=Patron("Gwen", "gwen@patrons.example"))
        await self.tickets.open(opened(reference=GWENS, letter=gwen), caused_by="opening Gwen's")

    def ticket(self, reference: str) -> Ticket:
        return self.tickets.rows[reference].ticket

    async def note(self, **said: str | None) -> PatronChanged:
        patrons = self.tickets.known_patrons
        before = await patrons.find(KEY) or KnownPatron(KEY, "0f" * 16)
        known = noted(before, said, OWNER, self.clock())
        message = told(known, A, self.clock())
        assert await patrons.save(known, message)
        return message

    async def hear(self, *messages: PatronChanged) -> None:
        for one in messages:
            await on_patron_changed(one, desk=self.desk)

    def rows(self, reference: str) -> list[Any]:
        found = self.tickets.rows[reference].timeline
        return [one["now"] for one in found if one["event"] == "patron_changed"]


@pytest.fixture
async def house() -> House:
    house = House()
    await house.open()
    return house


async def test_every_ticket_of_theirs_that_is_not_closed_follows(house: House) -> None:
    await house.hear(await house.note(language="cy"))
    assert [house.ticket(one).language for one in (A, B, CLOSED, GWENS)] == ["cy", "cy", "en", "en"]
    assert [one.events for one in house.outbox.changes] == [("patron_changed",)] * 2


async def test_however_often_it_is_told_it_is_followed_once(house: House) -> None:
    message = await house.note(language="cy")
    await house.hear(message, message)
    await asyncio.gather(*(house.hear(message) for _ in range(5)))
    assert house.rows(A) == house.rows(B) == [{"language": "cy"}]


async def test_what_comes_again_sets_nothing_back_that_staff_have_set_since(house: House) -> None:
    message = await house.note(language="cy")
    await house.hear(message)
    mended = correct(house.ticket(A), "mair", NOW, language="en")
    assert await house.tickets.save(mended, caused_by="correcting")
    await house.hear(message)
    assert house.ticket(A).language == "en"


async def test_what_was_noted_first_and_comes_last_undoes_nothing(house: House) -> None:
    first = await house.note(language="cy", name="Rhi")
    second = await house.note(language="en")
    await house.hear(second, first)
    assert (house.ticket(A).language, house.ticket(A).patron.name) == ("en", "Rhi")
    assert house.rows(A) == [{"name": "Rhi", "language": "en"}]


async def test_somebody_else_may_be_quicker_at_a_ticket(house: House) -> None:
    async def a_colleague_corrects_it() -> None:
        mended = correct(house.ticket(A), "mair", NOW, urgency="soon")
        assert await house.tickets.save(mended, caused_by="correcting")

    house.tickets.overtaken_by.append(a_colleague_corrects_it)
    await house.hear(await house.note(language="cy"))
    assert (house.ticket(A).language, house.ticket(A).urgency) == ("cy", "soon")


async def test_of_who_was_erased_since_nothing_is_done(house: House) -> None:
    message = await house.note(language="cy")
    house.tickets.known_patrons.rows.clear()
    await house.hear(message)
    assert house.rows(A) == []


async def _enquiry(house: House, heeds: int | None) -> Ticket:
    """One more, that was read while only this version was there."""
    house.tickets.patron_letters["again"] = replace(LETTER, id="again", heeds=heeds)
    message = EnquiryReceived(
        message_id="m", reference="ENQ-0000-000E", at=NOW, letter_id="again", opens=True
    )
    await on_enquiry_received(message, desk=house.desk)
    return house.ticket("ENQ-0000-000E")


async def test_a_ticket_that_is_opened_while_it_is_noted_follows_too(house: House) -> None:
    """Whoever told the tickets did not find it yet."""
    await house.note(language="cy")
    assert (await _enquiry(house, 0)).language == "cy"
    assert (await _enquiry(house, 1)).version == 2, "done again, it follows once"


async def test_a_ticket_that_is_as_it_was_noted_is_left_alone(house: House) -> None:
    await house.note(language="cy")
    assert (await _enquiry(house, 1)).language == "en"


async def test_who_never_wrote_before_is_not_looked_for(house: House) -> None:
    await house.note(language="cy")
    assert (await _enquiry(house, None)).language == "en"
